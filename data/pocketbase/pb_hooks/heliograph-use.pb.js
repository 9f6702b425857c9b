// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// <reference path="../pb_data/types.d.ts" />

// What a device was used for: the sums behind the owner's page.

routerAdd('GET', '/api/heliograph/v1/apps',
  (e) => require(`${__hooks}/heliograph/use.js`).apps(e), $apis.skipSuccessActivityLog());
routerAdd('GET', '/api/heliograph/v1/timeline',
  (e) => require(`${__hooks}/heliograph/use.js`).timeline(e), $apis.skipSuccessActivityLog());
