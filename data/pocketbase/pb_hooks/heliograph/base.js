// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// "Is this a Heliograph backend, and whose is this token?"

const { call, refuse, rows } = require(`${__hooks}/heliograph/answer.js`);
const { MAX_EVENTS, MAX_BYTES } = require(`${__hooks}/heliograph/events.js`);

function get(e) {
  return call(e, 'anybody', (e, who) => {
    const info = {
      server: 'heliograph-pocketbase', protocol: 1, max_events: MAX_EVENTS, max_bytes: MAX_BYTES,
      encodings: [], now: Date.now(),
    };
    if (who?.id)
      Object.assign(info, { device: who.name, store: who.store, seq: who.seq });
    else if (who)
      info.devices = rows($app, { name: '' }, 'SELECT name FROM heliograph_stores ORDER BY name')
        .map((device) => device.name);
    e.response.header().set('Cache-Control', 'no-store');
    return e.json(200, info);
  });
}

const METHODS = {
  '': 'GET, HEAD', events: 'GET, HEAD, POST, DELETE', status: 'PUT', buckets: 'GET, HEAD',
  ranges: 'GET, HEAD', keys: 'GET, HEAD', devices: 'GET, HEAD', days: 'GET, HEAD',
  apps: 'GET, HEAD', timeline: 'GET, HEAD',
};

/** What is no call of the protocol. */
function other(e) {
  return call(e, 'public', () => {
    const path = e.request.pathValue('path').replace(/\/$/, '');
    if (path === '' && e.request.method === 'GET')
      return get(e);
    const methods = METHODS[path];
    if (!methods)
      refuse(404, 'There is no such call; the protocol begins at /api/heliograph/v1');
    e.response.header().set('Allow', methods);
    return refuse(405, `Only ${methods} here`);
  });
}

module.exports = { get, other };
