// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What anybody may ask, and a monitor.

const { call, json, refuse } = require(`${__hooks}/heliograph/answer.js`);
const board = require(`${__hooks}/heliograph/board.js`);

const list = () => board.readStores($app).map((store) => board.view(store, Date.now()))
  .filter((shown) => shown);

function devices(e) {
  return call(e, 'public', () => json(e, JSON.stringify(list())));
}

const COLORS = {
  offline: '#6b6b6b', online: '#2f6f9f', active: '#2d7a3e', away: '#8f6300', locked: '#6b6b6b',
  paused: '#6b6b6b', unknown: '#6b6b6b',
};

// Close to what common sans-serif letters measure at 11 px; no font is known here.
const measure = (text) => Array.from(text).reduce((width, letter) => width
  + (letter >= '\u1100' ? 12 : "ijlI.,:;'|! ".includes(letter) ? 4 : 7), 0);

const escape = (text) => text.replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

function draw(label, word) {
  const left = measure(label) + 12;
  const right = measure(word) + 12;
  const name = escape(label);
  const half = (width) => Math.floor(width / 2);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${left + right}" height="20" role="img" `
    + `aria-label="${name}: ${word}"><title>${name}: ${word}</title>`
    + `<clipPath id="r"><rect width="${left + right}" height="20" rx="3"/></clipPath>`
    + `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#404040"/>`
    + `<rect x="${left}" width="${right}" height="20" fill="${COLORS[word]}"/></g>`
    + '<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" '
    + `font-size="11"><text x="${half(left)}" y="14" textLength="${left - 12}">${name}</text>`
    + `<text x="${left + half(right)}" y="14" textLength="${right - 12}">${word}</text></g></svg>\n`;
}

function badge(e) {
  return call(e, 'public', () => {
    const name = /^(.*)\.svg$/.exec(e.request.pathValue('file'))?.[1]
      ?? refuse(404, 'There is nothing here');
    const shown = list().find((device) => device.name === name);
    e.response.header().set('Cache-Control', 'no-cache, max-age=0');
    e.response.header().set('Content-Security-Policy', "default-src 'none'");
    return e.blob(shown ? 200 : 404, 'image/svg+xml',
      toBytes(draw(shown?.name ?? 'heliograph', shown?.state ?? 'unknown')));
  });
}

/** Totals without names. Who has no token hears only of public devices. */
function metrics(e) {
  return call(e, 'anybody', (e, who) => {
    const now = Date.now();
    const shown = who ? board.readStores($app)
      .map((store) => board.view({ ...store, public: 'state' }, now)) : list();
    const figures = [
      ['devices', who ? 'Devices known' : 'Public devices', shown.length],
      ['devices_reporting', 'Devices of these whose status is fresh',
        shown.filter((device) => device.state !== 'offline').length],
      ['viewers', 'Open realtime connections', $app.subscriptionsBroker().totalClients()],
    ];
    e.response.header().set('Cache-Control', 'no-store');
    return e.blob(200, 'text/plain; version=0.0.4; charset=utf-8', toBytes(figures
      .map(([name, help, value]) => `# HELP heliograph_${name} ${help}\n`
        + `# TYPE heliograph_${name} gauge\nheliograph_${name} ${value}\n`).join('')));
  });
}

module.exports = { devices, badge, metrics };
