// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a device was used for, for its owner: time per app, and a day from midnight to midnight. An
// app is used while its window is in front and somebody is there; where no bucket tells that, all
// of the time that it is in front.

const { call, findStore, getText, json, refuse, rows }
  = require(`${__hooks}/heliograph/answer.js`);
const { DAY, dayOf, format, midnight, parse } = require(`${__hooks}/heliograph/calendar.js`);

// An answer is bounded: what is left out of it is counted.
const MAX_APPS = 100;
const MAX_SPANS = 2000;
// So many names are told apart, the first ones of the range, each as long as this; the time of all
// that come later is that of others.
const MAX_NAMES = 1000;
const NAME_LENGTH = 200;
const MAX_DAYS = 3660;
const MAX_BUCKETS = 64;
// Years are read in pieces, so that one text is never large.
const PIECE = 31 * DAY;
// An afk event that reaches into the first day began at most this long before it.
const LOOK_BACK = 31 * DAY;
// A window watcher looks once a second, so between two titles of one app there may be a moment.
const MOMENT = 2000;

const readText = (sql, values) => rows($app, { text: '' }, sql, values)[0].text;

/** [start, end, start, end, …] of what one status says, merged. */
function readStatus(store, status, from, to) {
  const found = JSON.parse(readText(
    `SELECT '[' || coalesce(group_concat(start || ',' || (start + duration)), '') || ']' AS text
       FROM (SELECT start, duration FROM heliograph_events
              WHERE bucket IN (SELECT id FROM heliograph_buckets
                                WHERE store = {:store} AND type = 'afkstatus')
                AND start >= {:back} AND start < {:to}
                AND json_extract(data, '$.status') = {:status} ORDER BY start)`,
    { store, status, to, back: from - LOOK_BACK }));
  const merged = [];
  for (let i = 0; i < found.length; i += 2)
    add(merged, Math.max(found[i], from), Math.min(found[i + 1], to));
  return merged;
}

/** To spans that begin no later. */
function add(spans, start, end) {
  if (end <= start)
    return;
  if (spans.length && start <= spans[spans.length - 1])
    spans[spans.length - 1] = Math.max(spans[spans.length - 1], end);
  else
    spans.push(start, end);
}

function subtract(spans, others) {
  const left = [];
  let first = 0;
  for (let i = 0; i < spans.length; i += 2) {
    let from = spans[i];
    while (first < others.length && others[first + 1] <= from)
      first += 2;
    for (let j = first; j < others.length && others[j] < spans[i + 1]; j += 2) {
      add(left, from, others[j]);
      from = Math.max(from, others[j + 1]);
    }
    add(left, from, spans[i + 1]);
  }
  return left;
}

/** Calls @func with start, end and app of each window that may lie in the range, by start: those
 * that begin in it or a day before, and of each bucket the one before that. Returns how many buckets
 * were not read, for there are too many. */
function eachWindow(store, from, to, func) {
  const all = rows($app, { id: '', first: 0 },
    `SELECT id, coalesce((SELECT start FROM heliograph_events
                           WHERE bucket = b.id AND start < {:from}
                           ORDER BY start DESC LIMIT 1), {:from}) AS first
       FROM heliograph_buckets b WHERE store = {:store} AND type = 'currentwindow'
       ORDER BY id`, { store, from: from - DAY });
  const buckets = all.slice(0, MAX_BUCKETS);
  if (!buckets.length)
    return 0;
  const sql = buckets.map((_, i) => `SELECT start, duration, data FROM heliograph_events
    WHERE bucket = {:bucket${i}} AND start >= max({:first${i}}, {:begin}) AND start < {:end}`)
    .join(' UNION ALL ');
  const values = Object.assign({}, ...buckets.map(({ id, first }, i) => (
    { [`bucket${i}`]: id, [`first${i}`]: first })));
  for (let begin = Math.min(...buckets.map(({ first }) => first)), end = Math.min(to, from + PIECE);
    begin < to; begin = end, end = Math.min(to, end + PIECE)) {
    // Split, not parsed: here that is three times as fast.
    const found = readText(
      `SELECT coalesce(group_concat(start || char(31) || duration || char(31)
                || replace(CASE json_type(data, '$.app') WHEN 'text' THEN substr(data ->> '$.app', 1, ${NAME_LENGTH}) ELSE '' END,
                           char(31), ''), char(31)), '') AS text
         FROM (SELECT * FROM (${sql}) ORDER BY start)`, { ...values, begin, end }).split('\x1f');
    for (let i = 0; i + 2 < found.length; i += 3)
      func(Number(found[i]), Math.min(Number(found[i]) + Number(found[i + 1]), to), found[i + 2]);
  }
  return all.length - buckets.length;
}

/** Everything of a range. With @wantsSpans also when each app was used: [start, end, app]. */
function readUse(store, from, to, wantsSpans) {
  const knowsAway = rows($app, { id: '' }, `SELECT id FROM heliograph_buckets
    WHERE store = {:store} AND type = 'afkstatus' LIMIT 1`, { store }).length > 0;
  const here = knowsAway ? readStatus(store, 'not-afk', from, to) : [];
  if (!knowsAway)
    eachWindow(store, from, to, (start, end) => add(here, Math.max(start, from), end));
  const apps = new Map();
  const unnamed = { active: 0, until: from };
  const spans = [];
  let first = 0;
  const leftOutBuckets = eachWindow(store, from, to, (start, end, name) => {
    if (!name || end <= from)
      return;
    if (!apps.has(name) && apps.size < MAX_NAMES)
      apps.set(name, { name, active: 0, until: from });
    const app = apps.get(name) ?? unnamed;
    // Windows come by their start, so each app is counted once although windows overlap.
    const begin = Math.max(start, app.until);
    app.until = Math.max(app.until, end);
    while (first < here.length && here[first + 1] <= start)
      first += 2;
    for (let i = first; i < here.length && here[i] < end; i += 2) {
      const pieceStart = Math.max(begin, here[i]);
      const pieceEnd = Math.min(end, here[i + 1]);
      if (pieceEnd <= pieceStart)
        continue;
      app.active += pieceEnd - pieceStart;
      const last = spans[spans.length - 1];
      if (last && last[2] === app.name && pieceStart - last[1] <= MOMENT)
        last[1] = pieceEnd;
      else if (wantsSpans)
        spans.push([pieceStart, pieceEnd, app.name]);
    }
  });
  return { knowsAway, here, apps: [...apps.values()], unnamed, leftOutBuckets, spans };
}

const seconds = (ms) => Math.floor(ms / 1000);

function sumDays(here, midnights) {
  const sums = midnights.slice(1).map(() => 0);
  let first = 0;
  for (let i = 0; i < here.length; i += 2) {
    while (first + 1 < sums.length && midnights[first + 1] <= here[i])
      first++;
    for (let day = first; day < sums.length && midnights[day] < here[i + 1]; day++)
      sums[day] += Math.max(0,
        Math.min(here[i + 1], midnights[day + 1]) - Math.max(here[i], midnights[day]));
  }
  return sums;
}

/** What both answers have: the most used app first. */
function summarize({ knowsAway, here, apps, unnamed, leftOutBuckets }) {
  const sorted = apps.filter((app) => app.active >= 1000)
    .sort((a, b) => b.active - a.active || (a.name < b.name ? -1 : 1));
  let active = 0;
  for (let i = 0; i < here.length; i += 2)
    active += here[i + 1] - here[i];
  return {
    knows_away: knowsAway, active: seconds(active),
    apps: sorted.slice(0, MAX_APPS).map((app) => ({ app: app.name, active: seconds(app.active) })),
    others: seconds(sorted.slice(MAX_APPS).reduce((sum, app) => sum + app.active, unnamed.active)),
    left_out_buckets: leftOutBuckets,
  };
}

function getDay(e, name, otherwise) {
  const text = getText(e, name);
  return text === null ? otherwise : parse(text) ?? refuse(400, `${name} is no day like 2026-01-31`);
}

/** The device that is read, and its zone. */
function findDevice(e, who) {
  const store = findStore(e, who);
  const [{ timezone }] = rows($app, { timezone: '' },
    'SELECT timezone FROM heliograph_stores WHERE id = {:store}', { store });
  return { store, timezone: timezone || 'UTC', zone: new Timezone(timezone || 'UTC') };
}

function apps(e) {
  return call(e, 'token', (e, who) => {
    const { store, timezone, zone } = findDevice(e, who);
    const now = Date.now();
    const last = getDay(e, 'to', dayOf(zone, now));
    const first = getDay(e, 'from', last);
    if (first > last || last - first >= MAX_DAYS)
      refuse(400, `from must not lie after to, nor more than ${MAX_DAYS} days before it`);
    const days = Array.from({ length: last - first + 1 }, (_, i) => first + i);
    const midnights = [...days, last + 1].map((day) => midnight(zone, day));
    // Nobody was active in the future.
    const use = readUse(store, midnights[0], Math.min(midnights[days.length], now), false);
    const sums = sumDays(use.here, midnights);
    return json(e, JSON.stringify({
      from: format(first), to: format(last), timezone, ...summarize(use),
      days: days.map((day, i) => ({ date: format(day), active: seconds(sums[i]) })),
    }));
  });
}

/** The longest, in order of time. */
const limit = (spans) => (spans.length <= MAX_SPANS ? spans
  : [...spans].sort((a, b) => (b[1] - b[0]) - (a[1] - a[0]) || a[0] - b[0]).slice(0, MAX_SPANS)
    .sort((a, b) => a[0] - b[0]));

const pairs = (flat) => Array.from({ length: flat.length / 2 },
  (_, i) => [flat[i * 2], flat[i * 2 + 1]]);

function timeline(e) {
  return call(e, 'token', (e, who) => {
    const { store, timezone, zone } = findDevice(e, who);
    const now = Date.now();
    const day = getDay(e, 'date', dayOf(zone, now));
    const from = midnight(zone, day);
    const to = midnight(zone, day + 1);
    const use = readUse(store, from, Math.min(to, now), true);
    const named = use.spans.filter(([, , app]) => app !== undefined);
    const all = [pairs(use.here),
      pairs(subtract(readStatus(store, 'afk', from, Math.min(to, now)), use.here)), named];
    const [here, away, spans] = all.map(limit);
    return json(e, JSON.stringify({
      date: format(day), timezone, from, to, ...summarize(use),
      here: here.map(([start, end]) => ({ start, end })),
      away: away.map(([start, end]) => ({ start, end })),
      spans: spans.map(([start, end, app]) => ({ start, end, app })),
      left_out: all.reduce((sum, one) => sum + Math.max(0, one.length - MAX_SPANS),
        use.spans.length - named.length),
    }));
  });
}

module.exports = { apps, timeline };
