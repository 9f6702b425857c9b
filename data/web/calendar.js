// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// A year: hours of each day as a shade. One day is in the tab order; arrows go to the others.

import { make } from './element.js';
import { lasting } from './ranking.js';
import * as say from './words.js';

const DAY = 86400e3;
const STEPS = [0, 2, 4, 6, 8]; // hours; more is a darker shade

const shade = (seconds) => (seconds ? STEPS.findLastIndex((step) => seconds / 3600 >= step) + 1 : 0);

function cell(date, seconds) {
  const { number, whole } = say.dayParts(Date.parse(`${date}T00:00Z`));
  if (seconds === undefined)
    return make('span', 'none', number);
  const button = Object.assign(make('button', '', number), { type: 'button', value: date, tabIndex: -1 });
  button.dataset.shade = shade(seconds);
  button.ariaLabel = button.title = say.text('day', { day: whole, duration: lasting(seconds) });
  return button;
}

function monthOf(year, month, sums) {
  const first = Date.UTC(year, month, 1);
  const count = new Date(Date.UTC(year, month + 1, 0)).getUTCDate();
  const cells = Array.from({ length: count }, (_, i) => {
    const date = new Date(first + i * DAY).toISOString().slice(0, 10);
    return cell(date, sums.get(date));
  });
  cells[0].style.gridColumnStart = (new Date(first).getUTCDay() - say.firstWeekday + 7) % 7 + 1;
  const total = [...sums].reduce((sum, [date, active]) => sum + (Number(date.slice(5, 7)) === month + 1 ? active : 0), 0);
  return make('div', 'month', make('h3', '', say.monthName(first), ' ', make('span', 'length', total ? say.hoursMark(Math.round(total / 3600)) : '')),
    make('div', 'days', ...cells));
}

function legend() {
  const steps = STEPS.map((step, i) => {
    const box = make('span', 'box');
    box.dataset.shade = i + 1;
    return make('span', '', box, i ? `≥ ${say.hoursMark(step)}` : `< ${say.hoursMark(STEPS[1])}`);
  });
  return make('p', 'legend', ...steps);
}

/** Which day is shown, and reached by Tab. */
export function turnTo(element, date) {
  const buttons = [...element.querySelectorAll('button')];
  const shown = buttons.find(({ value }) => value === date);
  for (const button of buttons) {
    button.tabIndex = button === (shown ?? buttons.at(-1)) ? 0 : -1;
    button.ariaCurrent = button === shown ? 'date' : null;
  }
}

function onKey(event) {
  const steps = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 };
  const buttons = [...event.currentTarget.querySelectorAll('button')];
  const at = buttons.indexOf(event.target);
  const next = buttons[at + (steps[event.key] ?? 0)];
  if (at < 0 || !(event.key in steps))
    return;
  event.preventDefault();
  if (!next)
    return;
  event.target.tabIndex = -1;
  next.tabIndex = 0;
  next.focus();
}

export function calendar(found, year) {
  const sums = new Map(found.days.map(({ date, active }) => [date, active]));
  const months = make('div', 'months', ...Array.from({ length: 12 }, (_, month) => monthOf(year, month, sums)));
  months.addEventListener('keydown', onKey);
  return [make('figure', '', make('figcaption', '', legend(), ' ',
    make('b', '', say.text('total', { duration: lasting(found.active) }))), months)];
}
