// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Hours per day: the union of the times that are not afk, cut at midnight in the owner's zone.

const { call, getInteger, getText, json, refuse, rows }
  = require(`${__hooks}/heliograph/answer.js`);
const board = require(`${__hooks}/heliograph/board.js`);
const { dayOf, format, listMidnights } = require(`${__hooks}/heliograph/calendar.js`);

const DEFAULT_DAYS = 14;
const MAX_DAYS = 366;
// So many are counted at least, so that who asks for one day more does not make all be counted anew.
const STEPS = [14, 62, MAX_DAYS];
// An interval that reaches into the first day began at most this long before it.
const LOOK_BACK = 31 * 86400e3;
// What was counted is good for so long: anybody may ask.
const FRESH_MS = 30e3;

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
  const today = dayOf(zone, now);
  const first = today - n + 1;
  const midnights = listMidnights(zone, first, n);
  // Nobody was active in the future.
  const intervals = readIntervals(store.id, midnights[0], Math.min(midnights[n], now));
  return sum(intervals, midnights).map((active, i) => ({
    date: format(first + i), active,
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
    const most = STEPS.find((step) => step >= n);
    const days = count(store, most, now);
    $app.store().set(key, JSON.stringify({ n: most, now, timezone: store.timezone, days }));
    return json(e, JSON.stringify(days.slice(most - n)));
  });
}

module.exports = { get };
