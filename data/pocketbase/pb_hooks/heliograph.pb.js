// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later
/// <reference path="../pb_data/types.d.ts" />

// What the add-on adds to PocketBase: routes, console commands, and a watch over what visitors see.
// Each handler runs in a runtime of its own, in which nothing of this file exists: the work is in
// heliograph/, one file per thing.

const base = '/api/heliograph/v1';
// An agent asks every few seconds, and a history comes in thousands of requests: only those that
// fail are worth a line.
const quiet = $apis.skipSuccessActivityLog();

routerAdd('GET', base, (e) => require(`${__hooks}/heliograph/base.js`).get(e), quiet);
routerAdd('POST', `${base}/events`, (e) => require(`${__hooks}/heliograph/events.js`).post(e), quiet,
  $apis.bodyLimit(16 * 1024 * 1024));
routerAdd('DELETE', `${base}/events`, (e) => require(`${__hooks}/heliograph/events.js`).drop(e),
  quiet);
routerAdd('GET', `${base}/events`, (e) => require(`${__hooks}/heliograph/reading.js`).events(e),
  quiet);
routerAdd('GET', `${base}/buckets`, (e) => require(`${__hooks}/heliograph/reading.js`).buckets(e),
  quiet);
routerAdd('GET', `${base}/ranges`, (e) => require(`${__hooks}/heliograph/reading.js`).ranges(e),
  quiet);
routerAdd('GET', `${base}/keys`, (e) => require(`${__hooks}/heliograph/reading.js`).keys(e), quiet);
routerAdd('PUT', `${base}/status`, (e) => require(`${__hooks}/heliograph/status.js`).put(e), quiet,
  $apis.bodyLimit(64 * 1024));
routerAdd('GET', `${base}/devices`, (e) => require(`${__hooks}/heliograph/public.js`).devices(e),
  quiet);
routerAdd('GET', `${base}/days`, (e) => require(`${__hooks}/heliograph/days.js`).get(e), quiet);
for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'])
  routerAdd(method, `${base}/{path...}`, (e) => require(`${__hooks}/heliograph/base.js`).other(e));
for (const method of ['POST', 'PUT', 'PATCH', 'DELETE'])
  routerAdd(method, base, (e) => require(`${__hooks}/heliograph/base.js`).other(e));
routerAdd('GET', '/badge/{file}', (e) => require(`${__hooks}/heliograph/public.js`).badge(e), quiet);
routerAdd('GET', '/healthz', (e) => e.json(200, { status: 'ok' }), quiet);
routerAdd('GET', '/metrics', (e) => require(`${__hooks}/heliograph/public.js`).metrics(e), quiet);

// -- what visitors see ----------------------------------------------------------------------------

onBootstrap((e) => {
  e.next();
  require(`${__hooks}/heliograph/board.js`).begin();
});

cronAdd('heliograph', '* * * * *', () => require(`${__hooks}/heliograph/board.js`).watch());

// A state that has ended is shown to nobody, also by PocketBase's own calls.
onRecordsListRequest((e) => {
  const left = require(`${__hooks}/heliograph/board.js`).freshen(e.records);
  if (left.length < e.records.length) {
    e.result.totalItems -= e.records.length - left.length;
    e.records = e.result.items = left;
  }
  e.next();
}, 'heliograph_devices');

onRecordViewRequest((e) => {
  if (require(`${__hooks}/heliograph/board.js`).freshen([e.record]).length === 0)
    throw new NotFoundError();
  e.next();
}, 'heliograph_devices');

// Settings that are changed in the dashboard count at once.
onRecordAfterUpdateSuccess((e) => {
  require(`${__hooks}/heliograph/board.js`).refresh();
  e.next();
}, 'heliograph_stores');

onRecordAfterDeleteSuccess((e) => {
  require(`${__hooks}/heliograph/board.js`).refresh();
  e.next();
}, 'heliograph_stores');

// -- console commands -----------------------------------------------------------------------------

const command = (use, short) => new Command({
  use, short, run: (cmd, args) => require(`${__hooks}/heliograph/commands.js`).run(cmd, args),
});
const tokens = new Command({ use: 'heliograph-token', short: 'Tokens of devices and readers' });
const add = command('add NAME', 'Make a device and its token, which is shown only now');
add.flags().bool('read', false, 'a token that reads all devices, and writes nothing');
tokens.addCommand(add, command('list', 'List the tokens'),
  command('revoke NAME', 'It opens nothing any more; the history stays'),
  command('rotate NAME', 'A new token in place of the old one; the device keeps its history'));

const devices = new Command({ use: 'heliograph-device', short: 'What everybody may see of devices' });
const set = command('set NAME', 'Choose what everybody may see of a device');
set.flags().string('public', '', 'none, state or activity');
set.flags().string('hours', '', 'on or off: hours per day');
set.flags().string('timezone', '', 'where its days begin, as Europe/Berlin');
devices.addCommand(set, command('list', 'List the devices'));
$app.rootCmd.addCommand(tokens, devices);
