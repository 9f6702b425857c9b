// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What visitors see of each device. heliograph_devices is made from the stores: a record is there
// while its owner lets it be seen, and has what he lets be seen. Saving it is what PocketBase's
// realtime tells to those who listen.

const { rows, execute, transact } = require(`${__hooks}/heliograph/answer.js`);

const TOLD = 'heliograph-told';
const TOPIC = 'heliograph_devices/';
const WATCH_MS = 58e3;
const STEP_MS = 1e3;

const SHAPE = {
  id: '', name: '', public: '', status: '', last_seen: 0, ttl: 0, created: '', timezone: '', hours: 0,
};

/** The stores, or the one that is named so. */
function readStores(app, name) {
  return rows(app, SHAPE, `SELECT id, name, public, coalesce(status, '') AS status, last_seen, ttl,
      created, timezone, hours
    FROM heliograph_stores WHERE {:name} = '' OR name = {:name} ORDER BY name`,
  { name: name ?? '' });
}

function readStatus(store) {
  try {
    return JSON.parse(store.status) || null;
  } catch {
    return null;
  }
}

/** Whether nothing was heard for longer than was promised. */
function isExpired(store, status, now) {
  return status.state !== 'paused' && status.state !== 'offline'
    && now >= store.last_seen + store.ttl * 1000;
}

/** A device as everybody may see it, or null. */
function view(store, now) {
  const status = readStatus(store);
  const shown = {
    name: store.name, state: 'offline', since: Date.parse(store.created.replace(' ', 'T')) || 0,
    activity: null, media: null, last_seen: null,
  };
  if (store.public !== 'state' && store.public !== 'activity')
    return null;
  if (!status || !store.last_seen)
    return shown;
  shown.last_seen = store.last_seen;
  shown.since = store.last_seen;
  if (isExpired(store, status, now))
    return shown;
  shown.state = status.state;
  shown.since = status.since;
  if (store.public === 'activity') {
    shown.activity = status.activity ?? null;
    shown.media = status.media ?? null;
  }
  return shown;
}

const FIELDS = ['name', 'state', 'since', 'activity_app', 'activity_title', 'activity_since',
  'media_title', 'media_artist', 'last_seen'];

const flatten = (shown) => ({
  name: shown.name, state: shown.state, since: shown.since,
  activity_app: shown.activity?.app ?? '', activity_title: shown.activity?.title ?? '',
  activity_since: shown.activity?.since ?? 0,
  media_title: shown.media?.title ?? '', media_artist: shown.media?.artist ?? '',
  last_seen: shown.last_seen ?? 0,
});

const print = (fields) => JSON.stringify(FIELDS.map((name) => fields[name]));

/** What heliograph_devices holds: a text for each id. */
function readShown(app) {
  const shape = { id: '', name: '', state: '', since: 0, activity_app: '', activity_title: '',
    activity_since: 0, media_title: '', media_artist: '', last_seen: 0 };
  const shown = {};
  for (const row of rows(app, shape, `SELECT id, ${FIELDS} FROM heliograph_devices`))
    shown[row.id] = print(row);
  return shown;
}

/** What heliograph_devices should hold: the fields for each id. */
function readWanted(app) {
  const now = Date.now();
  const wanted = {};
  for (const store of readStores(app)) {
    const shown = view(store, now);
    if (shown)
      wanted[store.id] = flatten(shown);
  }
  return wanted;
}

const listWrong = (shown, wanted) => [
  ...Object.keys(shown).filter((id) => !wanted[id]),
  ...Object.keys(wanted).filter((id) => shown[id] !== print(wanted[id])),
];

/** Makes heliograph_devices what it should be, and gives what it changed: a text for each id, or
 * null. */
function settle() {
  const changed = {};
  if (listWrong(readShown($app), readWanted($app)).length === 0)
    return changed;
  transact((app) => {
    const shown = readShown(app);
    const wanted = readWanted(app);
    const wrong = listWrong(shown, wanted);
    // First what goes: its name may come back under another id.
    for (const id of wrong.filter((id) => !wanted[id])) {
      app.delete(app.findRecordById('heliograph_devices', id));
      changed[id] = null;
    }
    // A name may be free only once the device that has it got its own new one. Nobody is told of what
    // is between.
    for (const id of wrong.filter((id) => wanted[id] && shown[id]))
      execute(app, 'UPDATE heliograph_devices SET name = id WHERE id = {:id}', { id });
    for (const id of wrong.filter((id) => wanted[id])) {
      const record = shown[id] ? app.findRecordById('heliograph_devices', id)
        : new Record(app.findCollectionByNameOrId('heliograph_devices'), { id });
      for (const name of FIELDS)
        record.set(name, wanted[id][name]);
      app.save(record);
      changed[id] = print(wanted[id]);
    }
  });
  return changed;
}

/** Tells those who listen, as PocketBase does, of a record that another process deleted. */
function tellGone(id, name) {
  const clients = $app.subscriptionsBroker().clients();
  const data = JSON.stringify({
    action: 'delete', record: { id, name, collectionName: 'heliograph_devices' },
  });
  for (const client of Object.values(clients))
    for (const topic of Object.keys(client.subscriptions(`${TOPIC}*`, TOPIC + id)))
      client.send(new SubscriptionMessage({ name: topic, data }));
}

/** What a console command did, in a process of its own, nobody has been told yet. */
function tellOthers(told, shown) {
  for (const id of Object.keys(told).filter((id) => !shown[id]))
    tellGone(id, JSON.parse(told[id])[0]);
  for (const id of Object.keys(shown).filter((id) => shown[id] !== told[id])) {
    // One that has gone in this very moment is told of next time.
    const [record] = $app.findRecordsByFilter('heliograph_devices', 'id = {:id}', '', 1, 0, { id });
    if (record)
      $app.save(record);
  }
}

/** Brings all up to date, and tells it. */
function refresh() {
  const told = readShown($app);
  if ($app.subscriptionsBroker().totalClients() > 0)
    tellOthers(JSON.parse($app.store().get(TOLD) || '{}'), told);
  for (const [id, text] of Object.entries(settle()))
    if (text === null)
      delete told[id];
    else
      told[id] = text;
  $app.store().set(TOLD, JSON.stringify(told));
}

/** The same, but what fails is for the log alone. Gives whether all is up to date. */
function tryToRefresh() {
  try {
    refresh();
    return true;
  } catch (error) {
    $app.logger().warn('heliograph: what visitors see was not brought up to date', 'error',
      String(error));
    return false;
  }
}

/** Records that PocketBase is about to answer with, as they should be now: nobody waits for the watch.
 * Those that went are left out. */
function freshen(records) {
  tryToRefresh();
  const wanted = readWanted($app);
  const left = records.filter((record) => wanted[record.id]);
  for (const record of left)
    for (const name of FIELDS)
      record.set(name, wanted[record.id][name]);
  return left;
}

/** A process begins: nobody listens yet. */
function begin() {
  let shown = {};
  try {
    // The watch begins with the next minute, and much may have ended or been changed meanwhile.
    if ($os.args.includes('serve'))
      settle();
    shown = readShown($app);
  } catch {
    // The first start of all: the collections will be made in a moment.
  }
  $app.store().set(TOLD, JSON.stringify(shown));
}

/** For one minute, also if the clock is set back: time ends states, and console commands change what
 * may be seen. Nobody waits for that while nobody listens: the calls of the protocol look for
 * themselves. */
function watch() {
  const end = Date.now() + WATCH_MS;
  let isFirst = true;
  for (let left = WATCH_MS / STEP_MS; left > 0 && Date.now() < end; left--) {
    if (isFirst || $app.subscriptionsBroker().totalClients() > 0)
      isFirst = !tryToRefresh() && isFirst;
    sleep(STEP_MS);
  }
}

module.exports = { readStores, readStatus, isExpired, view, settle, refresh, freshen, begin, watch };
