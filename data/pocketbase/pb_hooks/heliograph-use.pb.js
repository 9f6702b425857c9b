// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// <reference path="../pb_data/types.d.ts" />

// What a device was used for: the sums behind the owner's page, and what is changed by hand.

routerAdd('GET', '/api/heliograph/v1/apps',
  (e) => require(`${__hooks}/heliograph/history.js`).apps(e), $apis.skipSuccessActivityLog());
routerAdd('GET', '/api/heliograph/v1/timeline',
  (e) => require(`${__hooks}/heliograph/history.js`).timeline(e), $apis.skipSuccessActivityLog());

for (const change of [onRecordCreate, onRecordUpdate, onRecordDelete])
  change((e) => {
    e.next();
    require(`${__hooks}/heliograph/sums.js`).forgetBuckets(e.app, e.record.get('bucket'),
      e.record.original().get('bucket'));
  }, 'heliograph_events');
for (const change of [onRecordCreate, onRecordUpdate])
  change((e) => {
    e.next();
    require(`${__hooks}/heliograph/sums.js`).forgetAll(e.app, e.record.get('store'));
    require(`${__hooks}/heliograph/sums.js`).forgetAll(e.app, e.record.original().get('store'));
  }, 'heliograph_buckets');
