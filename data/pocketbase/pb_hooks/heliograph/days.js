// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Hours per day: the union of the times that are not afk, cut at midnight in the owner's zone.

const { call, getInteger, getText, json, refuse, rows }
  = require(`${__hooks}/heliograph/answer.js`);
const board = require(`${__hooks}/heliograph/board.js`);

const DAY = 86400e3;
const DEFAULT_DAYS = 14;
const MAX_DAYS = 366;
// An interval that reaches into the first day began at most this long before it.
const LOOK_BACK = 31 * DAY;
// What was counted is good for so long: anybody may ask.
const FRESH_MS = 30e3;

/** How far the zone's clocks are ahead of UTC at that time, in ms. */
function offsetAt(zone, time) {
  const [, seconds] = new DateTime(new Date(time).toISOString()).time().in(zone).zone();
  return seconds * 1000;
}

/** The first moment of a day: in some zones a clock is set at midnight, which then is left out, or
 * comes twice. @day: days since 1970 */
function midnight(zone, day) {
  const wanted = day * DAY;
  let early = wanted - DAY;
  let late = wanted + DAY;
  const offset = offsetAt(zone, early);
  if (offset === offsetAt(zone, late))
    return wanted - offset;
  while (late - early > 1000) {
    const middle = Math.floor((early + late) / 2000) * 1000;
    if (middle + offsetAt(zone, middle) >= wanted)
      late = middle;
    else
      early = middle;
  }
  return late;
}

function readIntervals(store, from, to) {
  const [found] = rows($app, { text: '' },
    `SELECT json_group_array(json_array(max(start, {:from}), min(start + duration, {:to}))) AS text
       FROM (SELECT start, duration FROM heliograph_events
              WHERE bucket IN (SELECT id FROM heliograph_buckets
                                WHERE store = {:store} AND type = 'afkstatus')
                AND start >= {:back} AND start < {:to}
                AND json_extract(data, '$.status') = 'not-afk' ORDER BY start)`,
    { store, from, to, back: from - LOOK_BACK });
  return JSON.parse(found.text);
}

/** Seconds per day. @midnights has one more than there are days. */
function sum(intervals, midnights) {
  const sums = midnights.slice(1).map(() => 0);
  let counted = -Infinity; // what lies before it is counted already
  let day = 0;
  for (const [start, end] of intervals) {
    let from = Math.max(start, counted);
    counted = Math.max(counted, end);
    while (day < sums.length && midnights[day + 1] <= from)
      day++;
    for (let at = day; at < sums.length && from < end; at++) {
      const until = Math.min(end, midnights[at + 1]);
      sums[at] += until - from;
      from = until;
    }
  }
  return sums.map((ms) => Math.floor(ms / 1000));
}

function count(store, n, now) {
  const zone = new Timezone(store.timezone);
  const today = Math.floor((now + offsetAt(zone, now)) / DAY);
  const days = Array.from({ length: n + 1 }, (_, i) => today - n + 1 + i);
  const midnights = days.map((day) => midnight(zone, day));
  // Nobody was active in the future.
  const intervals = readIntervals(store.id, midnights[0], Math.min(midnights[n], now));
  return sum(intervals, midnights).map((active, i) => ({
    date: new Date(days[i] * DAY).toISOString().slice(0, 10), active,
  }));
}

function get(e) {
  return call(e, 'public', () => {
    const n = getInteger(e, 'days', DEFAULT_DAYS);
    if (n < 1 || n > MAX_DAYS)
      refuse(400, `days is not 1 to ${MAX_DAYS}`);
    const name = getText(e, 'device');
    const [store] = name ? board.readStores($app, name) : [];
    if (!store || !store.hours || !board.view(store, 0))
      refuse(404, 'There is no such device, or its hours are private');

    const now = Date.now();
    const key = `heliograph-days-${store.id}`;
    const last = JSON.parse($app.store().get(key) || 'null');
    if (last && last.n >= n && last.timezone === store.timezone && now >= last.now
        && now - last.now < FRESH_MS)
      return json(e, JSON.stringify(last.days.slice(last.n - n)));
    const days = count(store, n, now);
    $app.store().set(key, JSON.stringify({ n, now, timezone: store.timezone, days }));
    return json(e, JSON.stringify(days));
  });
}

module.exports = { get };
