// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Writing events: one transaction per request, in the order of its seq. The body is never taken
// apart in this language, which would be slow and would not keep numbers as they are: SQLite reads
// it, once, into a table of its own, where it is judged as a whole before anything is touched.

const { MAX_TIME, call, execute, getBucket, getInteger, readBody, refuse, rows, transact }
  = require(`${__hooks}/heliograph/answer.js`);
const { forget, forgetAll } = require(`${__hooks}/heliograph/sums.js`);

const MAX_EVENTS = 5000;
const MAX_BYTES = 16 * 1024 * 1024;
const MAX_DATA_BYTES = 1024 * 1024;
const MAX_BUCKET_TEXT = 1024;
const MAX_N = 1000000;
const MAX_CHECK = 4294967295;

// The body, in the form that SQLite makes of it when it reads it, so that it is read only once.
const BODY = 'CREATE TEMP TABLE IF NOT EXISTS heliograph_body (body BLOB)';

// JSON has other forms that SQLite would understand, too: they are none of the protocol's.
const READ_BODY = `INSERT INTO heliograph_body
SELECT jsonb(body) FROM (SELECT {:body} AS body) WHERE json_valid(body)`;

// A key may come once in a request, be it to delete or to upsert; what is rejected has no key.
const BATCH = `CREATE TEMP TABLE IF NOT EXISTS heliograph_batch (
  i INTEGER, start INTEGER, n INTEGER, duration INTEGER, "check" INTEGER, data TEXT, reason TEXT,
  UNIQUE (start, n))`;

const isWhole = (text, least, most) => `${text} IS NOT NULL
  AND ltrim(${text}, '-') NOT GLOB '*[^0-9]*' AND length(${text}) <= 17
  AND CAST(${text} AS INTEGER) BETWEEN ${least} AND ${most}`;

const READ_UPSERTS = `INSERT INTO heliograph_batch
WITH read AS MATERIALIZED (
  SELECT key AS i,
         CASE type WHEN 'object' THEN value -> '$.start' END AS start,
         CASE type WHEN 'object' THEN value -> '$.n' END AS n,
         CASE type WHEN 'object' THEN value -> '$.duration' END AS duration,
         CASE type WHEN 'object' THEN value -> '$.check' END AS "check",
         CASE type WHEN 'object' THEN value -> '$.data' END AS data
    FROM heliograph_body, json_each(body, '$.upsert')),
judged AS (
  SELECT *, CASE
    WHEN NOT (${isWhole('start', -MAX_TIME, MAX_TIME)}) THEN 'start'
    WHEN n IS NOT NULL AND NOT (${isWhole('n', 0, MAX_N)}) THEN 'n'
    WHEN NOT (${isWhole('duration', 0, MAX_TIME)}) THEN 'duration'
    WHEN NOT (${isWhole('"check"', 0, MAX_CHECK)}) THEN 'check'
    WHEN data IS NULL OR substr(data, 1, 1) <> '{' THEN 'data'
    WHEN octet_length(data) > ${MAX_DATA_BYTES} THEN 'too-large' END AS reason
    FROM read)
SELECT i, CASE WHEN reason IS NULL THEN CAST(start AS INTEGER) END,
       CAST(coalesce(n, 0) AS INTEGER), CAST(duration AS INTEGER), CAST("check" AS INTEGER), data,
       reason
  FROM judged`;

const READ_DELETES = `INSERT INTO heliograph_batch (i, start, n, reason)
WITH read AS (
  SELECT CASE type WHEN 'object' THEN value -> '$.start' END AS start,
         CASE type WHEN 'object' THEN value -> '$.n' END AS n
    FROM heliograph_body, json_each(body, '$.delete'))
SELECT CASE WHEN ${isWhole('start', -MAX_TIME, MAX_TIME)}
             AND (n IS NULL OR ${isWhole('n', 0, MAX_N)}) THEN -1 ELSE -2 END,
       CAST(start AS INTEGER), CAST(coalesce(n, 0) AS INTEGER), 'delete'
  FROM read`;

// Ids that grow are appended to their index; random ones would touch all of it.
const LAST_ID = `SELECT coalesce(CAST(substr(max(id), 6) AS INTEGER), 0) AS last
  FROM heliograph_events WHERE id BETWEEN 'h0000' AND 'h0000:'`;

const UPSERT = `INSERT INTO heliograph_events (id, bucket, start, n, duration, "check", data)
SELECT printf('h0000%010d', {:last} + rowid), {:bucket}, start, n, duration, "check", data
  FROM heliograph_batch WHERE reason IS NULL ORDER BY rowid
    ON CONFLICT (bucket, start, n) DO UPDATE
   SET duration = excluded.duration, "check" = excluded."check", data = excluded.data
 WHERE duration <> excluded.duration OR "check" <> excluded."check" OR data <> excluded.data`;

const isText = (value) => typeof value === 'string' && !value.includes('\0')
  && toBytes(value).length <= MAX_BUCKET_TEXT;

function readBucket(text) {
  const { id, type = '', client = '', hostname = '' } = JSON.parse(text);
  if (![id, type, client, hostname].every(isText) || !id)
    refuse(400, 'id, type, client and hostname of the bucket are texts of at most 1024 bytes, '
      + 'and there is an id');
  return { id, type, client, hostname };
}

/** The members of the body besides its events, checked, and how many events there are. */
function readHead(app, body) {
  execute(app, BODY);
  execute(app, 'DELETE FROM heliograph_body');
  execute(app, READ_BODY, { body });
  const [whole] = rows(app, { type: '' }, 'SELECT json_type(body) AS type FROM heliograph_body');
  if (whole?.type !== 'object')
    refuse(400, "The events can't be read: the body is no JSON object");
  const head = { n_upserts: 0, n_deletes: 0 };
  const seen = new Set();
  for (const { key, type, value } of rows(app, { key: '', type: '', value: '' },
    `SELECT key, type, coalesce(CAST(CASE type WHEN 'array'
              THEN json_array_length(body, fullkey) ELSE value END AS TEXT), '') AS value
       FROM heliograph_body, json_each(body) WHERE key IN ('seq', 'bucket', 'delete', 'upsert')`)) {
    if (seen.has(key))
      refuse(400, `${key} is named twice`);
    seen.add(key);
    if (key === 'seq' && type === 'integer' && /^\d{1,16}$/.test(value)
        && Number(value) <= MAX_TIME)
      head.seq = Number(value);
    else if (key === 'bucket' && type === 'object')
      head.bucket = readBucket(value);
    else if (key === 'upsert' && type === 'array')
      head.n_upserts = Number(value);
    else if (key === 'delete' && type === 'array')
      head.n_deletes = Number(value);
    else
      refuse(400, `${key} is not what it should be`);
  }
  if (head.seq === undefined || !head.bucket)
    refuse(400, 'seq and bucket are needed');
  if (head.n_upserts + head.n_deletes > MAX_EVENTS)
    refuse(413, `More than ${MAX_EVENTS} events in one request`);
  return head;
}

/** Takes the seq for this write, unless a later one came before. */
function takeSeq(app, who, seq) {
  if (execute(app, 'UPDATE heliograph_stores SET seq = {:seq} WHERE id = {:id} AND seq < {:seq}',
    { id: who.id, seq }) > 0)
    return;
  const [now] = rows(app, { seq: 0 }, 'SELECT seq FROM heliograph_stores WHERE id = {:id}',
    { id: who.id });
  refuse(now ? 409 : 401, now ? 'A later write came before this one' : 'The device is gone', now
    && { seq: now.seq });
}

function findBucket(app, store, name) {
  const [found] = rows(app, { id: '' },
    'SELECT id FROM heliograph_buckets WHERE store = {:store} AND name = {:name}', { store, name });
  return found?.id;
}

function makeBucket(app, store, { id, type, client, hostname }) {
  const changed = execute(app, `INSERT INTO heliograph_buckets (store, name, type, client, hostname)
    VALUES ({:store}, {:id}, {:type}, {:client}, {:hostname})
    ON CONFLICT (store, name) DO UPDATE
    SET type = excluded.type, client = excluded.client, hostname = excluded.hostname
    WHERE type <> excluded.type OR client <> excluded.client OR hostname <> excluded.hostname`,
  { store, id, type, client, hostname });
  // Which buckets there are, and of which type, matters to all days.
  if (changed > 0)
    forgetAll(app, store);
  return findBucket(app, store, id);
}

/** Reads the body into the table of the batch, and says what is wrong with it, and which start is the
 * earliest. */
function readBatch(app, head) {
  execute(app, BATCH);
  execute(app, 'DELETE FROM heliograph_batch');
  try {
    if (head.n_upserts > 0)
      execute(app, READ_UPSERTS);
    if (head.n_deletes > 0)
      execute(app, READ_DELETES);
  } catch (error) {
    if (!/UNIQUE/.test(String(error)))
      throw error;
    refuse(400, 'An event (start, n) is named twice');
  }
  const [judged] = rows(app, { good: 0, strange: 0, first: 0, rejected: '' },
    `SELECT coalesce(sum(reason IS NULL), 0) AS good, coalesce(sum(i = -2), 0) AS strange,
            coalesce(min(start) FILTER (WHERE reason IS NULL OR i = -1), 0) AS first,
            json_group_array(json_object('index', i, 'reason', reason))
              FILTER (WHERE i >= 0 AND reason IS NOT NULL) AS rejected
       FROM heliograph_batch`);
  if (judged.strange > 0)
    refuse(400, 'A delete has a start and an n in whole numbers');
  return { good: judged.good, first: judged.first, rejected: JSON.parse(judged.rejected) };
}

function post(e) {
  return call(e, 'token', (e, who) => {
    const body = readBody(e);
    const answer = { stored: 0, unchanged: 0, deleted: 0, rejected: [] };
    let head;
    transact((app) => {
      head = readHead(app, body);
      takeSeq(app, who, head.seq);
      const { good, first, rejected } = readBatch(app, head);
      const bucket = good > 0 ? makeBucket(app, who.id, head.bucket)
        : findBucket(app, who.id, head.bucket.id);
      answer.rejected = rejected;
      if (bucket && head.n_deletes > 0)
        answer.deleted = execute(app, `DELETE FROM heliograph_events WHERE bucket = {:bucket}
          AND (start, n) IN (SELECT start, n FROM heliograph_batch WHERE i = -1)`, { bucket });
      if (good > 0)
        answer.stored = execute(app, UPSERT,
          { bucket, last: rows(app, { last: 0 }, LAST_ID)[0].last });
      answer.unchanged = good - answer.stored;
      if (answer.stored + answer.deleted > 0)
        forget(app, who.id, first);
      execute(app, 'DELETE FROM heliograph_batch');
      execute(app, 'DELETE FROM heliograph_body');
    });
    if (head.bucket.type === 'afkstatus')
      $app.store().remove(`heliograph-days-${who.id}`);
    return e.json(200, answer);
  });
}

/** Deletes the events of a bucket. */
function clear(app, bucket) {
  return execute(app, 'DELETE FROM heliograph_events WHERE bucket = {:bucket}', { bucket });
}

function drop(e) {
  return call(e, 'token', (e, who) => {
    const name = getBucket(e);
    const seq = getInteger(e, 'seq');
    $app.runInTransaction((app) => {
      takeSeq(app, who, seq);
      const bucket = findBucket(app, who.id, name);
      if (!bucket)
        return;
      clear(app, bucket);
      execute(app, 'DELETE FROM heliograph_buckets WHERE id = {:bucket}', { bucket });
      forgetAll(app, who.id);
    });
    $app.store().remove(`heliograph-days-${who.id}`);
    return e.noContent(204);
  });
}

module.exports = { MAX_EVENTS, MAX_BYTES, post, drop, clear };
