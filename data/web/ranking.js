// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Time per app, the most used first, on one scale.

import { app } from './apps.js';
import { clean, make, own } from './element.js';
import * as say from './words.js';

const MOST = 12;

/** How people call it. */
export const nameOf = (given) => app(clean(given)).name || say.word('terminal');
export const lasting = (seconds) => say.worked(Math.floor(seconds / 60), say.brief);

/** [name, seconds], the most used first: one app may have several classes. */
export function named(apps) {
  const sums = new Map();
  for (const { app: given, active } of apps)
    sums.set(nameOf(given), (sums.get(nameOf(given)) ?? 0) + active);
  return [...sums].sort((a, b) => b[1] - a[1]);
}

export function ranking(found) {
  const list = named(found.apps);
  if (!list.length)
    return [make('p', 'hint', say.word('nothing'))];
  const rest = list.slice(MOST).reduce((sum, [, active]) => sum + active, found.others);
  const rows = list.slice(0, MOST).map(([name, active]) => [own(name), active]);
  if (rest >= 60)
    rows.push([say.word('others'), rest]);
  const most = Math.max(...rows.map(([, active]) => active));
  const items = rows.map(([name, active]) => {
    const item = make('li', '', make('span', 'name', name), ' ', make('span', 'meter', make('span', 'bar')), ' ',
      make('span', 'length', lasting(active)));
    item.style.setProperty('--part', active / most);
    return item;
  });
  const dates = [found.from, found.to].map((date) => Date.parse(`${date}T00:00Z`));
  return [make('figure', '', make('figcaption', '', make('span', '', say.dateRange(...dates)), ' ',
    make('b', '', say.text('total', { duration: lasting(found.active) }))), make('ol', 'ranking', ...items))];
}
