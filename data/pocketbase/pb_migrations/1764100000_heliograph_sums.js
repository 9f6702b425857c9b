// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// <reference path="../pb_data/types.d.ts" />

// heliograph_sums is no collection: what it holds is counted, and can be counted again.
migrate((app) => {
  // What a device was used for in a day that is over. It goes with whatever is written to an event
  // that began before its end. apps are names and ms, with char(31) between.
  app.db().newQuery(`CREATE TABLE heliograph_sums (
    store TEXT NOT NULL, until INTEGER NOT NULL, start INTEGER NOT NULL, active INTEGER NOT NULL,
    others INTEGER NOT NULL, apps TEXT NOT NULL, PRIMARY KEY (store, until)) WITHOUT ROWID`).execute();

  // The few that may reach into a day though they began long before it.
  const events = app.findCollectionByNameOrId('heliograph_events');
  events.addIndex('heliograph_events_long', false, 'bucket, start', 'duration >= 3600000');
  app.save(events);
}, (app) => {
  const events = app.findCollectionByNameOrId('heliograph_events');
  events.removeIndex('heliograph_events_long');
  app.save(events);
  app.db().newQuery('DROP TABLE heliograph_sums').execute();
});
