// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// <reference path="../pb_data/types.d.ts" />

// heliograph_devices holds nothing but what everybody may see, and only while they may see it. All
// else is in collections that only superusers can read. So no filter, no sorting and no listening
// can tell a visitor more than that.
migrate((app) => {
  const text = (name, more) => ({ name, type: 'text', max: 5000, ...more });
  const whole = (name) => ({ name, type: 'number', onlyInt: true });
  const made = { name: 'created', type: 'autodate', onCreate: true };
  const make = (name, fields, indexes, more) => {
    const collection = new Collection({ type: 'base', name, fields, indexes, ...more });
    app.save(collection);
    return collection.id;
  };
  const of = (name, collectionId, more) => ({
    name, type: 'relation', collectionId, maxSelect: 1, cascadeDelete: true, ...more,
  });

  make('heliograph_devices', [
    text('name', { required: true, presentable: true }), text('state', { required: true }),
    whole('since'),
    text('activity_app'), text('activity_title'), whole('activity_since'),
    text('media_title'), text('media_artist'), whole('last_seen'),
  ], [
    'CREATE UNIQUE INDEX heliograph_devices_name ON heliograph_devices (name)',
  ], { listRule: '', viewRule: '' });

  const stores = make('heliograph_stores', [
    text('name', { required: true, presentable: true }), text('store', { required: true }),
    whole('seq'),
    { name: 'public', type: 'select', values: ['none', 'state', 'activity'], required: true },
    { name: 'hours', type: 'bool' }, text('timezone'),
    { name: 'status', type: 'json', maxSize: 100000 }, whole('last_seen'), whole('ttl'), made,
  ], [
    'CREATE UNIQUE INDEX heliograph_stores_name ON heliograph_stores (name)',
  ]);

  make('heliograph_tokens', [
    text('name', { required: true, presentable: true }),
    text('hash', { required: true, hidden: true }), of('store', stores), made,
  ], [
    'CREATE UNIQUE INDEX heliograph_tokens_name ON heliograph_tokens (name)',
    'CREATE UNIQUE INDEX heliograph_tokens_hash ON heliograph_tokens (hash)',
  ]);

  const buckets = make('heliograph_buckets', [
    of('store', stores, { required: true }), text('name', { required: true, presentable: true }),
    text('type'), text('client'), text('hostname'),
  ], [
    'CREATE UNIQUE INDEX heliograph_buckets_name ON heliograph_buckets (store, name)',
  ]);

  // Newest first, because a history is filled from its newest end: then rows are appended.
  make('heliograph_events', [
    of('bucket', buckets, { required: true }), whole('start'), whole('n'), whole('duration'),
    whole('check'), { name: 'data', type: 'json', maxSize: 2000000 },
  ], [
    'CREATE UNIQUE INDEX heliograph_events_key ON heliograph_events (bucket, start DESC, n)',
  ]);
}, (app) => {
  for (const name of ['events', 'buckets', 'tokens', 'stores', 'devices'])
    app.delete(app.findCollectionByNameOrId(`heliograph_${name}`));
});
