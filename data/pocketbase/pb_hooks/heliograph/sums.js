// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What days were used for. One that is over is counted when it is first asked for, and kept in
// heliograph_sums, in one transaction, until its events change; what changes them forgets it in the
// transaction of the change. So the sums are always those of the events. Today is counted each time.

const { execute, rows, transact } = require(`${__hooks}/heliograph/answer.js`);
const { MAX_NAMES, readUse } = require(`${__hooks}/heliograph/use.js`);

// An answer is bounded: what is left out of it is counted.
const MAX_APPS = 100;
// So many days are read at once, so that one text is never large.
const AT_ONCE = 400;

const seconds = (ms) => Math.floor(ms / 1000);

/** The count of a day: ms that somebody was there, those of the apps without a name here, and a flat
 * list of names and ms. */
function makeDay({ here, apps, others }) {
  let active = 0;
  for (let i = 0; i < here.length; i += 2)
    active += here[i + 1] - here[i];
  return { active, others, apps: apps.filter((app) => app.active > 0)
    .flatMap((app) => [app.name, app.active]) };
}

/** Forgets the sums of all days that end after @since, for something changed there. */
function forget(app, store, since) {
  execute(app, 'DELETE FROM heliograph_sums WHERE store = {:store} AND until > {:since}',
    { store, since });
}

const forgetAll = (app, store) => forget(app, store, -Number.MAX_SAFE_INTEGER);
const forgetStores = (app, ...stores) => stores.forEach((store) => forgetAll(app, store));

/** Of the stores of some buckets, one of whose events was changed by hand. */
function forgetBuckets(app, ...buckets) {
  for (const bucket of buckets)
    execute(app, `DELETE FROM heliograph_sums
      WHERE store = (SELECT store FROM heliograph_buckets WHERE id = {:bucket})`, { bucket });
}

/** What PocketBase is about to do for its dashboard, with what goes before and after it: all of it or
 * nothing. */
function change(e, after, before = () => {}) {
  const outer = e.app;
  try {
    transact((app) => {
      e.app = app;
      before(app);
      e.next();
      after(app);
    }, outer);
  } finally {
    e.app = outer;
  }
}

/** Of the days of those midnights, what is kept: by the end of the day. */
function readKept(store, midnights) {
  const kept = new Map();
  for (let i = 0; i < midnights.length - 1; i += AT_ONCE) {
    const [{ text }] = rows($app, { text: '' },
      `SELECT coalesce(group_concat(concat_ws(char(31), until, start, active, others, apps), char(30)),
                       '') AS text
         FROM heliograph_sums WHERE store = {:store} AND until > {:from} AND until <= {:to}`,
      { store, from: midnights[i], to: midnights[Math.min(i + AT_ONCE, midnights.length - 1)] });
    for (const day of text ? text.split('\x1e') : []) {
      const [until, start, active, others, ...apps] = day.split('\x1f');
      kept.set(Number(until),
        { start: Number(start), active: Number(active), others: Number(others), apps });
    }
  }
  return kept;
}

function countAndKeep(store, start, until) {
  let day;
  transact((app) => {
    day = makeDay(readUse(app, store, start, until, false));
    execute(app, `INSERT OR REPLACE INTO heliograph_sums (store, until, start, active, others, apps)
      VALUES ({:store}, {:until}, {:start}, {:active}, {:others}, {:apps})`,
    { store, start, until, ...day, apps: day.apps.join('\x1f') });
  });
  return day;
}

/** The count of each day. @midnights has one more than there are days. */
function readDays(store, midnights, now) {
  const kept = readKept(store, midnights);
  // A day that a zone left out has no length, and ends when the one before it does.
  const canBeKept = (start, until) => start < until && until <= now;
  const ends = new Map(midnights.slice(1).map((until, i) => [until, midnights[i]])
    .filter(([until, start]) => start < until));
  // Who only reads is not to suffer from a full disk, or from another process that writes.
  let canKeep = true;
  const tryToKeep = (func) => {
    try {
      return func();
    } catch (error) {
      canKeep = false;
      $app.logger().warn('heliograph: sums were not kept', 'error', String(error));
      return null;
    }
  };
  // The zone has changed: what was kept are no days any more.
  if ([...kept].some(([until, { start }]) => ends.get(until) !== start)) {
    kept.clear();
    tryToKeep(() => forgetAll($app, store));
  }
  return midnights.slice(1).map((until, i) => {
    const start = midnights[i];
    if (canBeKept(start, until) && kept.has(until))
      return kept.get(until);
    return (canBeKept(start, until) && canKeep && tryToKeep(() => countAndKeep(store, start, until)))
      // Nobody was active in the future.
      || makeDay(readUse($app, store, start, Math.max(start, Math.min(until, now)), false));
  });
}

/** Of some days, the earliest first: the most used app first. */
function addUp(days) {
  const sums = new Map();
  let active = 0;
  let others = 0;
  for (const day of days) {
    active += day.active;
    others += day.others;
    for (let i = 0; i + 1 < day.apps.length; i += 2) {
      const before = sums.get(day.apps[i]);
      const more = Number(day.apps[i + 1]);
      if (before === undefined && sums.size >= MAX_NAMES)
        others += more;
      else
        sums.set(day.apps[i], (before ?? 0) + more);
    }
  }
  const sorted = [...sums].filter(([, ms]) => ms >= 1000)
    .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
  return {
    active: seconds(active),
    apps: sorted.slice(0, MAX_APPS).map(([app, ms]) => ({ app, active: seconds(ms) })),
    others: seconds(sorted.slice(MAX_APPS).reduce((sum, [, ms]) => sum + ms, others)),
  };
}

module.exports = { addUp, change, forget, forgetAll, forgetBuckets, forgetStores, makeDay, readDays, seconds };
