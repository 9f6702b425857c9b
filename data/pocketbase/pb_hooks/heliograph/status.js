// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// "This is happening now."

const { MAX_TIME, call, execute, readBody, refuse } = require(`${__hooks}/heliograph/answer.js`);
const board = require(`${__hooks}/heliograph/board.js`);

const STATES = ['active', 'away', 'locked', 'online', 'paused', 'offline'];
const MAX_TTL = 86400;
const MAX_TEXT_CHARS = 1000;
// The same since is told again and again, each time with the delay of another request in it.
const SAME_SINCE_MS = 2000;

const isObject = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);
const isText = (value) => typeof value === 'string' && !value.includes('\0');
const isTextOrNull = (value) => value === undefined || value === null || isText(value);
const isTime = (value) => Number.isInteger(value) && Math.abs(value) <= MAX_TIME;

const wrong = (what) => refuse(400, `The status can't be read: ${what}`);
// Half of a letter that takes two is none, and would come back as another one.
const whole = (letter) => (/^[\ud800-\udfff]$/.test(letter) ? '\ufffd' : letter);
const cut = (text) => Array.from(text).slice(0, MAX_TEXT_CHARS).map(whole).join('');
const cutOrNull = (text) => (text === undefined || text === null ? null : cut(text));

function readActivity(activity) {
  if (activity === undefined || activity === null)
    return null;
  if (!isObject(activity) || !isText(activity.app) || !isTextOrNull(activity.title)
      || !isTime(activity.since))
    wrong('an activity has app, title and since');
  return { app: cut(activity.app), title: cutOrNull(activity.title), since: activity.since };
}

function readMedia(media) {
  if (media === undefined || media === null)
    return null;
  if (!isObject(media) || !isText(media.title) || !isTextOrNull(media.artist))
    wrong('media has title and artist');
  return { title: cut(media.title), artist: cutOrNull(media.artist) };
}

function read(text) {
  let body;
  try {
    body = JSON.parse(text);
  } catch {
    wrong('the body is no JSON');
  }
  if (!isObject(body))
    wrong('the body is no JSON object');
  const { now, state, since, ttl } = body;
  if (!isTime(now) || !isTime(since))
    wrong('now and since are times in whole milliseconds');
  if (!STATES.includes(state))
    wrong(`state is none of ${STATES.join(', ')}`);
  if (!Number.isInteger(ttl) || ttl < 1 || ttl > MAX_TTL)
    wrong(`ttl is no whole number from 1 to ${MAX_TTL}`);
  return { now, state, since, ttl, activity: readActivity(body.activity),
    media: readMedia(body.media) };
}

/** By our clock; but what was told before stays what it was. */
function shift(time, by, isSame, before) {
  const shifted = time + by;
  if (!isTime(shifted))
    wrong('since is no time by the clock of this server');
  return isSame && Math.abs(shifted - before) < SAME_SINCE_MS ? before : shifted;
}

function put(e) {
  return call(e, 'token', (e, who) => {
    const { now: theirs, ttl, ...status } = read(readBody(e));
    const now = Date.now();
    const [store] = board.readStores($app, who.name);
    const last = store?.last_seen ? board.readStatus(store) : null;
    const before = last && !board.isExpired(store, last, now) ? last : null;
    status.since = shift(status.since, now - theirs, before?.state === status.state, before?.since);
    if (status.activity)
      status.activity.since = shift(status.activity.since, now - theirs,
        before?.activity?.app === status.activity.app
          && before?.activity?.title === status.activity.title, before?.activity?.since);
    execute($app, `UPDATE heliograph_stores
      SET status = {:status}, last_seen = {:now}, ttl = {:ttl} WHERE id = {:id}`,
    { id: who.id, now, ttl, status: JSON.stringify(status) });
    board.refresh();
    // So that an agent notices within a minute that this store was set back to a backup.
    e.response.header().set('Heliograph-State', `${who.store} ${who.seq}`);
    return e.noContent(204);
  });
}

module.exports = { put };
