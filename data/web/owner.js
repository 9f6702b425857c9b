// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The owner's page: sums that the backend counted, drawn. The token is in this variable and nowhere
// else: no address, no storage.

import { $, make, show } from './element.js';
import { calendar, turnTo } from './calendar.js';
import { ranking } from './ranking.js';
import { timeline } from './timeline.js';
import * as say from './words.js';

const BASE = new URL('api/heliograph/v1', document.baseURI).href;
const DAY = 86400e3;
const PATIENCE = 30e3;
const LOOK_AGAIN = 60e3;

let token = '';
let today = ''; // the backend says which day that is
let date = ''; // that is asked for
let shown = '';
let year = 0;
let span = 7; // days up to today, or 0: what the two fields say

const move = (day, days) => new Date(Date.parse(`${day}T00:00Z`) + days * DAY).toISOString().slice(0, 10);

async function ask(path, query = {}) {
  const answer = await fetch(`${BASE}${path}?${new URLSearchParams(query)}`, {
    headers: { Authorization: `Bearer ${token}` }, cache: 'no-store', credentials: 'omit',
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!answer.ok)
    throw Object.assign(new Error(`${answer.status}`), { status: answer.status });
  return answer.json();
}

const problem = (key) => show($('problem'), key ? say.word(key) : '');

// The newest question of a section is answered last, whatever the network does.
const newest = new Map();

// What another token or device was told, and what is still on its way, is not to be seen.
function empty() {
  newest.clear();
  for (const id of ['timeline', 'ranking', 'calendar'])
    show($(id));
}

function close(key) {
  token = '';
  $('token').value = '';
  empty();
  show($('device'));
  $('data').hidden = true;
  $('door').hidden = false;
  show($('foot'), '');
  problem(key);
  $('token').focus();
}

async function fill(id, path, query, draw, undo = () => {}) {
  const mine = {};
  newest.set(id, mine);
  $(id).ariaBusy = 'true';
  try {
    const found = await ask(path, { device: $('device').value, ...query });
    if (newest.get(id) !== mine)
      return;
    problem('');
    draw(found);
  } catch (error) {
    if (newest.get(id) !== mine)
      return;
    if (error.status === 401 || error.status === 403)
      close('refused');
    else
      problem(error.status === 404 ? 'noCharts' : 'unreached');
    undo();
  }
  $(id).ariaBusy = 'false';
}

const notes = (found) => [
  !found.knows_away && make('p', 'hint', say.word('noAway')),
  found.left_out > 0 && make('p', 'hint', say.word('leftOut')),
  found.left_out_buckets > 0
    && make('p', 'hint', say.text('leftOutBuckets', { count: String(found.left_out_buckets) })),
].filter(Boolean);

function turnDay() {
  $('date').value = date;
  $('date').max = today;
  $('day-after').disabled = date >= today;
}

// Without a day it is today, which after midnight is another one.
function readDay(query = {}) {
  $('day-after').disabled = date >= today;
  return fill('day', '/timeline', query, (found) => {
    const isLater = today && found.date > today;
    date = shown = found.date;
    if (!query.date)
      today = date;
    turnDay();
    if (isLater) {
      readApps();
      readYear();
    }
    show($('timeline'), ...timeline(found), ...notes(found));
    turnTo($('calendar'), date);
    show($('foot'), make('span', '', say.text('ownZone', { zone: found.timezone })));
  }, () => {
    date = shown;
    turnDay();
  });
}

function readApps() {
  if (span) {
    $('to').value = today;
    $('from').value = move(today, 1 - span);
  }
  for (const button of $('ranges').children)
    button.ariaPressed = String(Number(button.value) === span);
  if ($('from').value && $('from').value <= $('to').value)
    fill('apps', '/apps', { from: $('from').value, to: $('to').value },
      (found) => show($('ranking'), ...ranking(found), ...notes(found)));
}

function readYear() {
  const last = Number(today.slice(0, 4));
  $('year-after').disabled = year >= last;
  $('year-number').textContent = year;
  fill('year', '/apps', { from: `${year}-01-01`, to: year < last ? `${year}-12-31` : today }, (found) => {
    show($('calendar'), ...calendar(found, year), ...notes(found));
    turnTo($('calendar'), date);
  });
}

function goTo(day) {
  if (!day || day > today)
    return;
  date = day;
  readDay({ date });
}

async function readAll() {
  empty();
  today = date = shown = '';
  await readDay();
  if (!today)
    return;
  year = Number(today.slice(0, 4));
  readApps();
  readYear();
}

async function open() {
  let info;
  problem('');
  try {
    info = await ask('');
  } catch (error) {
    if (error.status === 401 || error.status === 403)
      close('refused');
    else
      problem('unreached');
    return;
  }
  const names = info.devices ?? [info.device].filter(Boolean);
  $('token').value = '';
  if (!names.length)
    return problem(info.devices ? 'noDevices' : 'refused');
  show($('device'), ...names.map((name) => Object.assign(make('option', '', name), { value: name })));
  $('door').hidden = true;
  $('data').hidden = false;
  readAll();
}

document.documentElement.lang = say.language;
document.title = `${say.word('own')} · Heliograph`;
show($('heading'), say.word('own'));
show($('now'), say.word('now'));
for (const element of document.querySelectorAll('[data-say]'))
  element.textContent = say.word(element.dataset.say);
for (const [id, key] of [['day-before', 'dayBefore'], ['day-after', 'dayAfter'], ['date', 'date'],
  ['year-before', 'yearBefore'], ['year-after', 'yearAfter'], ['ranges', 'range']])
  $(id).ariaLabel = $(id).title = say.word(key);
for (const [days, name] of [[1, say.word('today')], [7, say.days(7)], [30, say.days(30)], [365, say.aYear]])
  $('ranges').append(Object.assign(make('button', '', name), { type: 'button', value: days }));

$('door').addEventListener('submit', (event) => {
  event.preventDefault();
  token = $('token').value.trim();
  open();
});
$('forget').addEventListener('click', () => close(''));
$('device').addEventListener('change', readAll);
$('date').addEventListener('change', (event) => goTo(event.target.value));
$('day-before').addEventListener('click', () => goTo(move(date, -1)));
$('day-after').addEventListener('click', () => goTo(move(date, 1)));
$('ranges').addEventListener('click', ({ target }) => {
  span = Number(target.value) || span;
  readApps();
});
for (const id of ['from', 'to'])
  $(id).addEventListener('change', () => {
    span = 0;
    readApps();
  });
$('year-before').addEventListener('click', () => {
  year -= 1;
  readYear();
});
$('year-after').addEventListener('click', () => {
  year += 1;
  readYear();
});
$('calendar').addEventListener('click', ({ target }) => {
  const day = target.closest('button')?.value;
  if (!day)
    return;
  goTo(day);
  $('day').scrollIntoView();
});
setInterval(() => !document.hidden && token && date && date === today && readDay(), LOOK_AGAIN);
$('door').hidden = false;
$('token').focus();
