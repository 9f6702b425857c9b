// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One's own data back: buckets, sums, keys and events. SQLite writes the answers: the data of an
// event leaves as it came.

const { MAX_TIME, call, findStore, getBucket, getInteger, getText, json, refuse, rows }
  = require(`${__hooks}/heliograph/answer.js`);

const DEFAULT_LIMIT = 1000;
const MAX_STEPS = 100000;
const MAX_KEYS = 50000;
const MAX_EVENTS = 10000;
// An answer with events ends when it has grown to this.
const MAX_ANSWER_BYTES = 4 * 1024 * 1024;

const IN_BUCKET = `bucket = (SELECT id FROM heliograph_buckets
                              WHERE store = {:store} AND name = {:name})`;

const read = (sql, values) => rows($app, { text: '' }, sql, values)[0].text;

function buckets(e) {
  return call(e, 'token', (e, who) => json(e, read(
    `SELECT json_group_array(json_object('id', name, 'type', type, 'client', client,
              'hostname', hostname, 'count', n, 'first', first, 'last', last)) AS text
       FROM (SELECT b.name, b.type, b.client, b.hostname, count(*) AS n,
                    min(ev.start) AS first, max(ev.start) AS last
               FROM heliograph_buckets b JOIN heliograph_events ev ON ev.bucket = b.id
              WHERE b.store = {:store} GROUP BY b.id ORDER BY b.name)`,
    { store: findStore(e, who) })));
}

function ranges(e) {
  return call(e, 'token', (e, who) => {
    const place = { store: findStore(e, who), name: getBucket(e) };
    const from = getInteger(e, 'from', -MAX_TIME);
    const to = getInteger(e, 'to', MAX_TIME + 1);
    const step = getInteger(e, 'step', MAX_TIME);
    if (from > to || step <= 0)
      refuse(400, 'from must not lie after to, and step must be larger than 0');
    const [found] = rows($app, { n: 0, text: '' },
      `SELECT count(*) AS n, json_group_array(json_object('from', at, 'count', n, 'check', sum))
                AS text
         FROM (SELECT start - (start - CAST({:from} AS INTEGER)) % CAST({:step} AS INTEGER) AS at,
                      count(*) AS n, sum("check") AS sum
                 FROM heliograph_events
                WHERE ${IN_BUCKET} AND start >= {:from} AND start < {:to}
                GROUP BY at ORDER BY at LIMIT ${MAX_STEPS + 1})`, { ...place, from, to, step });
    if (found.n > MAX_STEPS)
      refuse(400, `More than ${MAX_STEPS} steps hold events; ask for larger steps or a shorter `
        + 'range');
    return json(e, found.text);
  });
}

// A cursor is the last key that was given: "start.n".
function getCursor(e, otherwise) {
  const text = getText(e, 'cursor');
  if (text === null)
    return otherwise;
  const [, start, n] = /^(-?\d{1,16})\.(\d{1,10})$/.exec(text)
    ?? refuse(400, 'The cursor is none that was given here');
  if (Math.abs(Number(start)) > MAX_TIME)
    refuse(400, 'The cursor is none that was given here');
  return [Number(start), Number(n)];
}

function getLimit(e, most) {
  const limit = getInteger(e, 'limit', DEFAULT_LIMIT);
  if (limit < 1)
    refuse(400, 'limit must be larger than 0');
  return Math.min(limit, most);
}

function keys(e) {
  return call(e, 'token', (e, who) => {
    const place = { store: findStore(e, who), name: getBucket(e) };
    const limit = getLimit(e, MAX_KEYS);
    const [start, n] = getCursor(e, [MAX_TIME, -1]);
    const found = JSON.parse(read(
      `SELECT json_group_array(json_array(start, n, "check")) AS text
         FROM (SELECT start, n, "check" FROM heliograph_events
                WHERE ${IN_BUCKET} AND start <= {:start} AND NOT (start = {:start} AND n <= {:n})
                ORDER BY start DESC, n LIMIT {:limit})`,
      { ...place, start, n, limit: limit + 1 }));
    const last = found.length > limit ? found[limit - 1] : null;
    return json(e, JSON.stringify({
      keys: found.slice(0, limit), next: last && `${last[0]}.${last[1]}`,
    }));
  });
}

function events(e) {
  return call(e, 'token', (e, who) => {
    const place = { store: findStore(e, who), name: getBucket(e) };
    const from = getInteger(e, 'from', -MAX_TIME);
    const to = getInteger(e, 'to', MAX_TIME + 1);
    const limit = getLimit(e, MAX_EVENTS);
    if (from > to)
      refuse(400, 'from must not lie after to');
    const [start, n] = getCursor(e, [from, -1]);
    if (start < from)
      refuse(400, 'The cursor belongs to another range');

    // First how far it goes, then what is there: an event may be large.
    const page = `FROM heliograph_events
      WHERE ${IN_BUCKET} AND start >= {:start} AND NOT (start = {:start} AND n <= {:n})`;
    const sizes = JSON.parse(read(
      `SELECT json_group_array(json_array(start, n, size)) AS text
         FROM (SELECT start, n, octet_length(data) AS size ${page} AND start < {:to}
                ORDER BY start, n LIMIT {:limit})`, { ...place, start, n, to, limit: limit + 1 }));
    let count = 0;
    for (let bytes = 0; count < Math.min(sizes.length, limit) && bytes < MAX_ANSWER_BYTES; count++)
      bytes += sizes[count][2];
    if (count === 0)
      return json(e, '{"events":[],"next":null}');
    const [endStart, endN] = sizes[count - 1];
    const list = read(
      `SELECT coalesce(group_concat(text, ','), '') AS text
         FROM (SELECT '{"start":' || start || ',"n":' || n || ',"duration":' || duration
                      || ',"check":' || "check" || ',"data":' || data || '}' AS text
                 ${page} AND start <= {:endStart} AND NOT (start = {:endStart} AND n > {:endN})
                ORDER BY start, n)`, { ...place, start, n, endStart, endN });
    const next = count < sizes.length ? `"${endStart}.${endN}"` : 'null';
    return json(e, `{"events":[${list}],"next":${next}}`);
  });
}

module.exports = { buckets, ranges, keys, events };
