// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Who asks, for what, and what is answered when something goes wrong: PocketBase itself answers
// 400 to whatever is thrown, which an agent would take for a refusal of its data.

const MAX_TIME = Number.MAX_SAFE_INTEGER;
const MAX_TOKEN_CHARS = 64;
const RETRY_SECONDS = '10';

class Refusal {
  constructor(status, message, more) {
    this.status = status;
    this.message = message;
    this.more = more;
  }
}

/** Ends the call with that answer. */
function refuse(status, message, more) {
  throw new Refusal(status, message, more);
}

function write(e, refusal) {
  const { status, message, more } = refusal;
  if (status === 401)
    e.response.header().set('WWW-Authenticate', 'Bearer realm="heliograph"');
  if (status === 503)
    e.response.header().set('Retry-After', RETRY_SECONDS);
  return e.json(status, { status, message, ...more });
}

// What SQLite and PocketBase say names files and tables: that is for the server's log. It never
// holds a value, so no title gets there.
function explain(error) {
  const text = String(error);
  if (/too large/i.test(text))
    return new Refusal(413, 'The body is too large');
  $app.logger().error('heliograph: a call failed', 'error', text);
  if (/SQLITE_FULL|SQLITE_READONLY|SQLITE_IOERR|disk is full|readonly|\((8|10|13)\)/.test(text))
    return new Refusal(507, "The server can't write: its disk is full or read-only. "
      + 'Nothing of this request was stored');
  if (/SQLITE_BUSY|SQLITE_LOCKED|locked|closed|deadline|\((5|6|261|517)\)/.test(text))
    return new Refusal(503, "The server's database is in use; try again");
  return new Refusal(500, "The server's database failed; its log says why");
}

/** All rows of a query, as objects like @shape. */
function rows(app, shape, sql, values) {
  const found = arrayOf(new DynamicModel(shape));
  app.db().newQuery(sql).bind(values ?? {}).all(found);
  return found;
}

/** How many rows the statement changed. */
function execute(app, sql, values) {
  return app.db().newQuery(sql).bind(values ?? {}).execute().rowsAffected();
}

/** A transaction that begins with the lock for writing: one that reads before it writes fails when
 * another process, as a console command, has written meanwhile. */
function transact(func, outer = $app) {
  outer.runInTransaction((app) => {
    execute(app, 'UPDATE heliograph_stores SET seq = seq WHERE id = {:id}', { id: '' });
    func(app);
  });
}

// The hash is found by an index; how long that takes tells nothing of a token that has 256 random
// bits. The whole is compared once more in constant time. A token that only reads has no store; one
// whose store is gone is another thing, and opens nothing.
function identify(e, access) {
  const header = e.request.header.get('Authorization');
  if (!header) {
    if (access === 'anybody')
      return null;
    refuse(401, 'A token is needed: Authorization: Bearer hg_...');
  }
  const token = /^bearer (\S+)$/i.exec(header)?.[1] ?? '';
  const hash = $security.sha256(token);
  const [found] = token && token.length <= MAX_TOKEN_CHARS ? rows($app, {
    hash: '', id: '', name: '', store: '', seq: 0,
  }, `SELECT t.hash, coalesce(s.id, '') AS id, coalesce(s.name, '') AS name,
             coalesce(s.store, '') AS store, coalesce(s.seq, 0) AS seq
        FROM heliograph_tokens t LEFT JOIN heliograph_stores s ON s.id = t.store
       WHERE t.hash = {:hash} AND (t.store = '' OR s.id IS NOT NULL)`, { hash }) : [];
  if (!found || !$security.equal(found.hash, hash))
    refuse(401, 'The token is not known here, or was revoked');
  if (!found.id && e.request.method !== 'GET' && e.request.method !== 'HEAD')
    refuse(403, 'This token only reads');
  return found;
}

/**
 * Answers one call with what @func makes of it. @access is 'public', 'anybody' (a token may be
 * shown) or 'token'. The func gets the event and whose token it is: a device, a reader (without an
 * id), or null.
 */
function call(e, access, func) {
  try {
    return func(e, access === 'public' ? null : identify(e, access));
  } catch (error) {
    if (e.written())
      return null;
    return write(e, error instanceof Refusal ? error : explain(error));
  }
}

/** Text that is JSON already. */
function json(e, text) {
  e.response.header().set('Cache-Control', 'no-store');
  return e.blob(200, 'application/json', toBytes(text));
}

/** The body, which must be UTF-8 without a NUL. */
function readBody(e) {
  const type = e.request.header.get('Content-Type').split(';')[0].trim().toLowerCase();
  if (type && type !== 'application/json')
    refuse(415, 'The body must be application/json');
  const encoding = e.request.header.get('Content-Encoding').toLowerCase();
  if (encoding && encoding !== 'identity')
    refuse(415, 'No encoding of the body is understood here');
  const bytes = toBytes(e.request.body);
  const text = toString(bytes);
  // What is no UTF-8 looks like U+FFFD from here. Part of the text is written anew, and has become
  // longer if it was not that before.
  const isStrange = text.includes('\ufffd')
    && toBytes(text.slice(1)).length !== bytes.length - toBytes(text.slice(0, 1)).length;
  if (text.includes('\0') || isStrange)
    refuse(400, 'The body is no UTF-8 text');
  return text;
}

function getText(e, name) {
  const query = e.request.url.query();
  return query.has(name) ? query.get(name) : null;
}

/** A whole number of the query; without @otherwise it must be there. */
function getInteger(e, name, otherwise) {
  const text = getText(e, name);
  if (text === null && otherwise !== undefined)
    return otherwise;
  if (text === null)
    refuse(400, `${name} is missing`);
  if (!/^-?\d{1,16}$/.test(text) || Math.abs(Number(text)) > MAX_TIME)
    refuse(400, `${name} is no whole number below 2^53`);
  return Number(text);
}

/** The store that is read: the device's own or, with a read token, that of the device it names. */
function findStore(e, who) {
  if (who.id)
    return who.id;
  const name = getText(e, 'device');
  if (name === null)
    refuse(400, 'A token that reads needs device=NAME');
  const [found] = rows($app, { id: '' }, 'SELECT id FROM heliograph_stores WHERE name = {:name}',
    { name });
  return found?.id ?? refuse(404, 'There is no such device');
}

function getBucket(e) {
  return getText(e, 'bucket') || refuse(400, 'bucket is missing');
}

module.exports = {
  MAX_TIME, refuse, rows, execute, transact, call, json, readBody, getText, getInteger, findStore,
  getBucket,
};
