// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// <reference path="../pb_data/types.d.ts" />

// What a device was used for: the sums behind the owner's page, and what is changed by hand.

routerAdd('GET', '/api/heliograph/v1/apps',
  (e) => require(`${__hooks}/heliograph/history.js`).apps(e), $apis.skipSuccessActivityLog());
routerAdd('GET', '/api/heliograph/v1/timeline',
  (e) => require(`${__hooks}/heliograph/history.js`).timeline(e), $apis.skipSuccessActivityLog());

for (const on of [onRecordCreate, onRecordUpdate, onRecordDelete])
  on((e) => {
    const { change, forgetBuckets } = require(`${__hooks}/heliograph/sums.js`);
    const before = e.record.original().get('bucket');
    change(e, (app) => forgetBuckets(app, e.record.get('bucket'), before));
  }, 'heliograph_events');
for (const on of [onRecordCreate, onRecordUpdate])
  on((e) => {
    const { change, forgetStores } = require(`${__hooks}/heliograph/sums.js`);
    const before = e.record.original().get('store');
    change(e, (app) => forgetStores(app, e.record.get('store'), before));
  }, 'heliograph_buckets');
// PocketBase would delete the events of a bucket one by one.
onRecordDelete((e) => {
  const { change, forgetStores } = require(`${__hooks}/heliograph/sums.js`);
  const { clear } = require(`${__hooks}/heliograph/events.js`);
  change(e, (app) => forgetStores(app, e.record.get('store')), (app) => clear(app, e.record.id));
}, 'heliograph_buckets');
onRecordDelete((e) => {
  const { change, forgetStores } = require(`${__hooks}/heliograph/sums.js`);
  change(e, (app) => forgetStores(app, e.record.id));
}, 'heliograph_stores');
