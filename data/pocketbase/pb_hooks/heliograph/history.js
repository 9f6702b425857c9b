// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a device was used for, for its owner: time per app and per day over years, and one day from
// midnight to midnight.

const { call, findStore, getText, json, refuse, rows }
  = require(`${__hooks}/heliograph/answer.js`);
const { dayOf, format, listMidnights, midnight, parse } = require(`${__hooks}/heliograph/calendar.js`);
const { addUp, makeDay, readDays, seconds } = require(`${__hooks}/heliograph/sums.js`);
const { readAway, readTrust, readUse, subtract } = require(`${__hooks}/heliograph/use.js`);

const MAX_DAYS = 3660;
// An answer is bounded: what is left out of it is counted.
const MAX_SPANS = 2000;

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
    const counts = readDays(store, listMidnights(zone, first, days.length), now);
    return json(e, JSON.stringify({
      from: format(first), to: format(last), timezone, ...addUp(counts), ...readTrust(store),
      days: days.map((day, i) => ({ date: format(day), active: seconds(counts[i].active) })),
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
    // Nobody was active in the future.
    const end = Math.max(from, Math.min(to, now));
    const use = readUse($app, store, from, end, true);
    const named = use.spans.filter(([, , app]) => app !== undefined);
    const all = [pairs(use.here), pairs(subtract(readAway(store, from, end), use.here)), named];
    const [here, away, spans] = all.map(limit);
    return json(e, JSON.stringify({
      date: format(day), timezone, from, to, ...addUp([makeDay(use)]), ...readTrust(store),
      here: here.map(([start, end]) => ({ start, end })),
      away: away.map(([start, end]) => ({ start, end })),
      spans: spans.map(([start, end, app]) => ({ start, end, app })),
      left_out: all.reduce((sum, one) => sum + Math.max(0, one.length - MAX_SPANS),
        use.spans.length - named.length),
    }));
  });
}

module.exports = { apps, timeline };
