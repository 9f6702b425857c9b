// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A day: a lane for being there and one for each app, below one clock; then the same in words, one
// row for each stretch of time. Where nothing is known nothing is drawn.

import { make, own } from './element.js';
import { lasting, named, nameOf } from './ranking.js';
import * as say from './words.js';

const HOUR = 3600e3;
const LANES = 8;
const LEAST_HOURS = 8;
const LABELS = 8;
const PAUSE = 300e3; // a shorter one does not end a row
const IN_A_ROW = 3;

// The whole hours that something happened in, from the day's first moment on: some days have 23.
function hoursOf(day) {
  const first = Math.min(...day.here.map(({ start }) => start));
  const last = Math.max(...day.here.map(({ end }) => end));
  const all = Math.round((day.to - day.from) / HOUR);
  let begin = Math.floor((first - day.from) / HOUR);
  const end = Math.min(all, Math.max(Math.ceil((last - day.from) / HOUR), begin + LEAST_HOURS));
  begin = Math.max(0, Math.min(begin, end - LEAST_HOURS));
  return { from: day.from + begin * HOUR, to: day.from + end * HOUR, count: end - begin };
}

function lane(name, seconds, className, spans, hours) {
  const track = make('span', 'track', ...spans.filter(({ start, end }) => end > hours.from && start < hours.to)
    .map(({ start, end, kind, words }) => {
      const mark = make('i', kind ?? '');
      const from = Math.max(start, hours.from);
      mark.style.left = `${(from - hours.from) / (hours.to - hours.from) * 100}%`;
      mark.style.width = `${(Math.min(end, hours.to) - from) / (hours.to - hours.from) * 100}%`;
      mark.title = words;
      return mark;
    }));
  track.ariaHidden = 'true';
  return make('li', className, make('span', 'name', name), ' ', make('span', 'length', lasting(seconds)), track);
}

function axis(hours, clock) {
  const step = [1, 2, 3, 4, 6].find((size) => hours.count / size <= LABELS);
  const marks = Array.from({ length: Math.floor(hours.count / step) + 1 }, (_, i) => {
    const mark = make('span', '', clock.format(hours.from + i * step * HOUR));
    mark.style.left = `${i * step / hours.count * 100}%`;
    return mark;
  });
  const row = make('div', 'axis', ...marks);
  row.ariaHidden = 'true';
  return row;
}

function chart(day, clock) {
  const hours = hoursOf(day);
  const words = (name) => ({ start, end }) => `${name}, ${clock.formatRange(start, end)}`;
  const spansOf = (name, list, kind) => list.map((span) => ({ ...span, kind, words: words(name)(span) }));
  const ranked = named(day.apps);
  const top = ranked.slice(0, LANES);
  const tops = new Set(top.map(([name]) => name));
  const rest = ranked.slice(LANES).reduce((sum, [, active]) => sum + active, day.others);
  const byName = new Map();
  for (const span of day.spans) {
    const name = nameOf(span.app);
    byName.set(name, byName.get(name) ?? []).get(name).push(span);
  }
  const lanes = [lane(say.word('here'), day.active, 'here', [
    ...spansOf(say.word('here'), day.here), ...spansOf(say.word('gone'), day.away, 'gone')], hours)];
  for (const [name, active] of top)
    lanes.push(lane(own(name), active, '', spansOf(name, byName.get(name) ?? []), hours));
  if (rest >= 60) {
    const others = [...byName].filter(([name]) => !tops.has(name)).flatMap(([name, list]) => spansOf(name, list));
    lanes.push(lane(say.word('others'), rest, '', others, hours));
  }
  const list = make('ul', 'lanes', ...lanes);
  list.style.setProperty('--hours', hours.count);
  return [list, axis(hours, clock)];
}

// How much of a stretch lies in spans that are in order.
const within = (spans, from, to) => spans.reduce(
  (sum, { start, end }) => sum + Math.max(0, Math.min(end, to) - Math.max(start, from)), 0);

function rows(day, clock) {
  const stretches = [];
  for (const { start, end } of day.here) {
    const last = stretches.at(-1);
    if (last && start - last.end < PAUSE)
      last.end = end;
    else
      stretches.push({ start, end });
  }
  return stretches.flatMap(({ start, end }, i) => {
    const inside = named(day.spans.filter((span) => span.end > start && span.start < end)
      .map((span) => ({ app: span.app, active: within([span], start, end) / 1000 })));
    const apps = inside.filter(([, active]) => active >= 60).slice(0, IN_A_ROW)
      .flatMap(([name, active], j) => [j ? ', ' : '', own(name), ` ${lasting(active)}`]);
    const row = make('li', '', make('b', 'clock', clock.formatRange(start, end)), ' ',
      make('span', 'length', lasting(within(day.here, start, end) / 1000)), ' ', make('span', 'what', ...apps));
    const next = stretches[i + 1];
    if (!next)
      return [row];
    const away = within(day.away, end, next.start) * 2 > next.start - end;
    return [row, make('li', 'pause', make('span', 'clock', clock.formatRange(end, next.start)), ' ',
      make('span', 'length', lasting((next.start - end) / 1000)), ' ',
      make('span', 'what', say.word(away ? 'gone' : 'unknown')))];
  });
}

export function timeline(day) {
  const clock = say.clockIn(day.timezone);
  const whole = say.dayParts(Date.parse(`${day.date}T00:00Z`)).whole;
  const caption = make('figcaption', '', make('span', '', whole), ' ',
    make('b', '', say.text('total', { duration: lasting(day.active) })));
  if (!day.here.length)
    return [make('figure', '', caption, make('p', 'hint', say.word('nothing')))];
  return [make('figure', '', caption, ...chart(day, clock)), make('ol', 'rows', ...rows(day, clock))];
}
