// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The live page: what the feed knows, put into words.

import { Feed, get } from './feed.js';
import { app, title, kindOf } from './apps.js';
import { $, clean, make, own, show } from './element.js';
import * as say from './words.js';

const BASE = new URL('api/heliograph/v1', document.baseURI).href;
const ORDER = ['active', 'away', 'locked', 'online', 'paused', 'offline'];
const DAYS = 14;
const DAY = 86400e3;
const DAYS_AGAIN = 600e3;
const HEADLINE = 72;

const feed = new Feed(BASE, changed);
const fact = (value) => make('span', 'fact', value);

function shorten(value) {
  const letters = [...value];
  if (letters.length <= HEADLINE)
    return value;
  return `${letters.slice(0, HEADLINE).join('').replace(/\s+\S{0,20}$/, '')}…`;
}

// One element of the feed, made sure of.
function view(device) {
  const { activity, media } = device;
  const state = ORDER.includes(device.state) ? device.state : 'offline';
  const it = {
    name: clean(device.name), state, rank: ORDER.indexOf(state),
    since: device.since ?? device.last_seen ?? null, seen: device.last_seen ?? null,
    kind: '', app: '', title: '', song: '', artist: '', began: null,
  };
  if (clean(activity?.app)) {
    const known = app(clean(activity.app));
    it.app = known.name || say.word('terminal');
    it.title = title(clean(activity.title), known.name);
    it.kind = kindOf(known.kind, it.title);
    it.began = activity.since ?? null;
  }
  if (clean(media?.title)) {
    it.song = clean(media.title);
    it.artist = clean(media.artist);
  }
  return it;
}

function sorted(devices) {
  return [...devices.values()].map(view)
    .sort((a, b) => a.rank - b.rank || a.name.localeCompare(b.name));
}

// The one the sentence is about: the best state, and of these the latest to change.
function foremost(list) {
  const when = (it) => (it.state === 'offline' ? it.seen : Math.max(it.since, it.began)) ?? 0;
  return list.filter((it) => it.rank === list[0].rank)
    .reduce((best, it) => (when(it) > when(best) ? it : best));
}

const music = (it, suffix, names) => say.fill(it.artist ? `listen${suffix}` : `song${suffix}`, names);

// The words of the sentence, since when it holds, and what of the device it already tells.
function sentence(it, now, live) {
  const names = {
    device: own(it.name, 'fact'), app: own(it.app, 'fact'), title: own(it.title, 'fact title'),
    song: own(shorten(it.song), 'fact title'), artist: own(it.artist, 'fact'),
    time: fact(it.since === null ? '' : say.time(it.since, now)),
  };
  if (it.state === 'offline')
    return { words: say.fill(live ? 'nobody' : 'nobodyThen', names) };
  if (it.state !== 'active')
    return { words: say.fill(it.state, names) };
  if (it.song && (!it.app || it.kind === 'listen'))
    return { words: music(it, 'On', names), tellsSong: true };
  if (!it.app)
    return { words: say.fill('active', names), from: it.since };
  const titled = it.title && it.title.length <= HEADLINE && say.word(`${it.kind}Title`);
  const key = titled ? `${it.kind}Title` : say.word(it.kind) && it.kind !== 'listen' ? it.kind : 'use';
  return { words: say.fill(key, names), from: it.began, tellsTitle: titled };
}

const lasted = (from, now) => say.duration(Math.max(0, now - from));

function headline(list) {
  const { now, live, link } = feed;
  if (!list.length)
    return [say.word(live ? 'empty' : link === 'lost' ? 'unreachable' : 'connecting')];
  const it = foremost(list);
  const { words, from } = sentence(it, now, live);
  if (!live)
    return say.fill(link, { time: say.time(now, Date.now()), sentence: words });
  if (it.state === 'offline' && it.seen !== null)
    return [...words, ' ', ...say.fill('lastSeenOn', { ago: fact(say.ago(it.seen, now)), device: own(it.name, 'fact') })];
  if (from === undefined || from === null)
    return words;
  return say.fill('lasting', { sentence: words, duration: fact(lasted(from, now)) });
}

function song(it) {
  return make('p', 'song', ...music(it, '', { song: own(it.song, 'title'), artist: own(it.artist) }));
}

// What the sentence leaves out, in smaller type below it.
function more(list) {
  if (!list.length) {
    const how = make('pre', '', make('code', '', 'heliograph-server device set NAME --public activity'));
    return feed.live ? [make('p', '', say.word('emptyHow')), how] : [];
  }
  const it = foremost(list);
  const { tellsTitle, tellsSong } = sentence(it, feed.now, feed.live);
  const lines = [];
  if (it.state === 'active' && it.title && !tellsTitle && !tellsSong)
    lines.push(make('p', '', own(it.title, 'title')));
  if (it.state === 'active' && it.song && !tellsSong)
    lines.push(song(it));
  return lines;
}

const stateOf = (it) => {
  const state = say.word('state')[it.state];
  return feed.live ? state : say.text('was', { state });
};

function chip(it) {
  const item = make('li', 'chip', make('span', 'dot'), own(it.name), ' ',
    make('span', 'state', stateOf(it)));
  item.dataset.state = it.state;
  return item;
}

function sinceLine(key, from, state) {
  const { now, live } = feed;
  const line = make('p', 'when', say.text(key, { state, time: say.time(from, now) }));
  if (live)
    line.append(make('span', 'lasted', lasted(from, now)));
  return line;
}

function card(it, chart) {
  const { now, live } = feed;
  const article = make('article', 'device', make('h2', '', own(it.name)));
  article.dataset.state = it.state;
  if (it.app) {
    const what = make('p', 'what', own(it.app, 'app'));
    if (it.title)
      what.append(' ', own(it.title, 'title'));
    article.append(what);
  }
  if (it.song)
    article.append(song(it));
  if (it.app && it.began !== null)
    article.append(sinceLine('since', it.began));
  if (it.since !== null)
    article.append(sinceLine('stateSince', it.since, stateOf(it)));
  // While the server vouches for a state, the device is there: only the other two were "last" seen.
  const here = it.state !== 'offline' && it.state !== 'paused';
  const ago = here ? live && say.word('justNow') : it.seen !== null && (live ? say.ago : say.time)(it.seen, now);
  if (ago)
    article.append(make('p', 'when', say.text('seen', { ago })));
  if (chart)
    article.append(chart);
  return article;
}

// Hours per day

const days = new Map(); // device name -> Map of day (ms, UTC midnight) -> seconds
let daysRead = 0;

async function readDays(name) {
  const query = new URLSearchParams({ device: name, days: DAYS });
  try {
    const list = await get(`${BASE}/days?${query}`);
    days.set(name, new Map(list.map(({ date, active }) => [Date.parse(`${date}T00:00Z`), active])));
  } catch (error) {
    if (error.status === 404)
      days.set(name, null);
    else
      daysRead = 0; // asked again with the next contact
  }
  update();
}

function refreshDays() {
  const due = Date.now() - daysRead > DAYS_AGAIN;
  if (due)
    daysRead = Date.now();
  for (const name of days.keys()) {
    if (!feed.devices.has(name))
      days.delete(name);
  }
  for (const name of feed.devices.keys()) {
    if (due || !days.has(name)) {
      days.set(name, days.get(name) ?? null);
      readDays(name);
    }
  }
}

// All devices share one scale and one row of days, so that their bars can be compared.
function charts(list) {
  const all = list.map((it) => days.get(it.name)).filter((found) => found?.size);
  if (!all.length)
    return () => null;
  const last = Math.max(...all.flatMap((found) => [...found.keys()]));
  const row = Array.from({ length: DAYS }, (_, i) => last - (DAYS - 1 - i) * DAY);
  const most = Math.max(...all.flatMap((found) => row.map((day) => found.get(day) ?? 0))) / 3600;
  const top = [2, 4, 6, 8, 10, 12, 16, 20].find((step) => step >= most) ?? 24;
  return (it) => (days.get(it.name)?.size ? chart(days.get(it.name), row, top) : null);
}

function chart(found, row, top) {
  const bars = make('ol', 'bars', ...row.map((ms, i) => {
    const active = found.get(ms) ?? 0;
    const { initial, number, month, whole } = say.dayParts(ms);
    const spoken = say.text('day', { day: whole, duration: say.worked(Math.floor(active / 60)) });
    const column = make('span', 'column', make('span', 'value', say.hours(active / 3600)), make('span', 'bar'));
    const label = make('span', 'label', initial, make('b', '', number), i && number !== '1' ? '' : month);
    const item = make('li', '', make('span', 'unseen', spoken), column, label);
    column.ariaHidden = label.ariaHidden = 'true';
    item.title = spoken;
    item.style.setProperty('--part', Math.min(1, active / 3600 / top));
    item.className = [0, 6].includes(new Date(ms).getUTCDay()) ? 'weekend' : '';
    return item;
  }));
  const total = row.reduce((sum, ms) => sum + (found.get(ms) ?? 0), 0);
  const scale = make('div', 'scale', make('span', '', say.hoursMark(top)), make('span', '', say.hoursMark(top / 2)));
  scale.ariaHidden = 'true';
  const caption = make('figcaption', '', make('span', '', say.text('hours', { days: String(DAYS) })), ' ',
    make('b', '', say.text('total', { duration: say.worked(Math.floor(total / 60)) })));
  return make('figure', 'hours', caption, make('div', 'plot', scale, bars));
}

// Said aloud only if somebody's state or app changed, not with every title or minute.
let told = null;
function announce(list) {
  const it = list.length ? foremost(list) : null;
  const key = JSON.stringify([feed.link, it?.name, it?.state, it?.app]);
  if (key === told || feed.link === 'waiting')
    return;
  told = key;
  $('said').textContent = $('sentence').textContent;
}

function update() {
  const list = sorted(feed.devices);
  const chartOf = charts(list);
  document.body.dataset.link = feed.link;
  document.body.dataset.mood = list[0]?.state ?? 'none';
  show($('link'), say.word('link')[feed.link]);
  show($('sentence'), ...headline(list));
  $('sentence').classList.toggle('long', $('sentence').textContent.length > 64);
  show($('more'), ...more(list));
  show($('chips'), ...list.map((it) => chip(it)));
  show($('devices'), ...list.map((it) => card(it, chartOf(it))));
  announce(list);
}

function changed() {
  if (feed.live)
    refreshDays();
  update();
}

document.documentElement.lang = say.language;
const link = (key, href) => Object.assign(make('a', '', say.word(key)), { href });
$('foot').append(make('span', '', say.text('zone', { zone: say.zone })), ' ',
  make('span', 'links', link('own', 'owner.html'), link('data', `${BASE}/devices`)));
feed.open();
setInterval(() => {
  feed.watch();
  update();
}, 5000);
