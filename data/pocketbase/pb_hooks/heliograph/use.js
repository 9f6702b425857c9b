// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a device was used for from one time to another, counted event by event. An app is used while
// its window is in front and somebody is there; where no bucket tells that, all of the time that it
// is in front. Who is there and what is in front at a time follows from the events that lie in it
// alone, so the counts of several days are those of each day, added up.

const { rows } = require(`${__hooks}/heliograph/answer.js`);

// Where buckets of windows are not read, for there are too many.
const MAX_WINDOW_BUCKETS = 64;
// So many names are told apart, the first ones, each as long as this; the time of all that come later
// is that of others.
const MAX_NAMES = 1000;
const NAME_LENGTH = 200;
// An event that reaches into the time began at most this long before it.
const LOOK_BACK = 31 * 86400e3;
// Those that are longer have an index of their own.
const LONG = 3600000;
// A window watcher looks once a second, so between two titles of one app there may be a moment.
const MOMENT = 2000;

/** Events of the buckets of one type that lie in the time or reach into it, by their start. */
function touching(type, most) {
  const from = `FROM heliograph_events
    WHERE bucket IN (SELECT id FROM heliograph_buckets WHERE store = {:store} AND type = '${type}'
                      ORDER BY id LIMIT ${most})`;
  return `SELECT start, duration, data ${from}
     AND start >= {:from} - ${LONG} AND start < {:to}
    UNION ALL SELECT start, duration, data ${from.replace('events', 'events INDEXED BY heliograph_events_long')}
     AND duration >= ${LONG} AND start >= {:from} - ${LOOK_BACK} AND start < {:from} - ${LONG}
     AND start + duration > {:from}
    ORDER BY 1, 3, 2`;
}

// Texts are split, not parsed: here that is three times as fast. So a name is without what they are
// split at, here and in the sums.
const NAME = `CASE json_type(data, '$.app') WHEN 'text'
  THEN replace(replace(substr(data ->> '$.app', 1, ${NAME_LENGTH}), char(31), ''), char(30), '')
  ELSE '' END`;

const readWindows = `SELECT coalesce(group_concat(concat_ws(char(31), start, duration, ${NAME}),
    char(31)), '') FROM (${touching('currentwindow', MAX_WINDOW_BUCKETS)})`;

const readStatus = (status) => `SELECT coalesce(group_concat(start || ',' || (start + duration)), '')
    FROM (${touching('afkstatus', -1)}) WHERE json_extract(data, '$.status') = '${status}'`;

const READ = `SELECT count(*) FILTER (WHERE type = 'afkstatus') AS afk,
    count(*) FILTER (WHERE type = 'currentwindow') AS windows,
    (${readStatus('not-afk')}) AS here, (${readWindows}) AS text
  FROM heliograph_buckets WHERE store = {:store}`;

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

/** [start, end, start, end, ...] of events that are so told, merged. */
function merge(text, from, to) {
  const found = text ? text.split(',') : [];
  const merged = [];
  for (let i = 0; i < found.length; i += 2)
    add(merged, Math.max(found[i], from), Math.min(found[i + 1], to));
  return merged;
}

/** When the device says that nobody was there, though somebody may have been. */
function readAway(store, from, to) {
  const [{ text }] = rows($app, { text: '' }, `SELECT (${readStatus('afk')}) AS text`,
    { store, from, to });
  return merge(text, from, to);
}

/** Everything of a time. With @wantsSpans also when each app was used: [start, end, app]. */
function readUse(app, store, from, to, wantsSpans) {
  const [found] = rows(app, { afk: 0, windows: 0, here: '', text: '' }, READ, { store, from, to });
  const windows = found.text ? found.text.split('\x1f') : [];
  const here = merge(found.here, from, to);
  if (found.afk === 0)
    for (let i = 0; i < windows.length; i += 3)
      add(here, Math.max(windows[i], from), Math.min(Number(windows[i]) + Number(windows[i + 1]), to));
  const apps = new Map();
  const unnamed = { active: 0, until: from };
  const spans = [];
  let first = 0;
  for (let w = 0; w < windows.length; w += 3) {
    const start = Number(windows[w]);
    const end = Math.min(start + Number(windows[w + 1]), to);
    const name = windows[w + 2];
    if (!name || end <= from)
      continue;
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
  }
  return { here, apps: [...apps.values()], others: unnamed.active, spans };
}

/** How far an answer can be trusted. */
function readTrust(store) {
  const [{ afk, windows }] = rows($app, { afk: 0, windows: 0 },
    `SELECT count(*) FILTER (WHERE type = 'afkstatus') AS afk,
            count(*) FILTER (WHERE type = 'currentwindow') AS windows
       FROM heliograph_buckets WHERE store = {:store}`, { store });
  return { knows_away: afk > 0, left_out_buckets: Math.max(0, windows - MAX_WINDOW_BUCKETS) };
}

module.exports = { MAX_NAMES, readAway, readTrust, readUse, subtract };
