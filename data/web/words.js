// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Words, times and lengths in the visitor's language: the first of theirs that has a table, in its
// regional form. Dates speak the language of the text around them; the 12 or 24 hours are the
// visitor's in any case.

const LANGUAGES = ['en', 'de', 'fr', 'es', 'zh'];

const wanted = navigator.languages ?? [navigator.language];
const short = (tag) => tag.split('-')[0];
const locale = wanted.find((tag) => LANGUAGES.includes(short(tag))) ?? 'en-GB';
const { default: table } = await import(`./words-${short(locale)}.js`);
const { hourCycle } = new Intl.DateTimeFormat(wanted[0], { hour: 'numeric' }).resolvedOptions();

export const language = locale;
export const word = (key) => table[key];
export const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const dates = (options) => new Intl.DateTimeFormat(locale, options);
const units = (unit, unitDisplay = 'long') => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay });
const clockFormat = dates({ hour: '2-digit', minute: '2-digit', hourCycle });
const dateFormat = dates({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle });
const initial = dates({ weekday: 'narrow', timeZone: 'UTC' });
const month = dates({ month: 'short', timeZone: 'UTC' });
const wholeDay = dates({ weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' });
const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
const day = units('day');
const hour = units('hour');
const minute = units('minute');
const hourMark = units('hour', 'narrow');
const oneDigit = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });

/** A template with its values put in: a list of strings and of whatever the values are. */
export function fill(key, values) {
  return table[key].split(/\{(\w+)\}/)
    .flatMap((part, i) => (i % 2 ? values[part] : part))
    .filter((part) => part !== '');
}

/** The same where all values are strings. */
export const text = (key, values) => fill(key, values).join('');

export function duration(ms) {
  const minutes = Math.floor(ms / 60e3);
  if (minutes < 1)
    return table.moment;
  if (minutes < 1440)
    return worked(minutes);
  const rest = Math.floor(minutes % 1440 / 60);
  return day.format(Math.floor(minutes / 1440)) + (rest ? ` ${hour.format(rest)}` : '');
}

/** Hours that are counted, not passed: they don't turn into days. */
export function worked(minutes, [hours, rests] = [hour, minute]) {
  const whole = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [whole && hours.format(whole), (rest || !whole) && rests.format(rest)].filter(Boolean).join(' ');
}

/** The clock time, with the day if that is not today. */
export function time(ms, now) {
  const then = new Date(ms);
  const today = new Date(now);
  if (then.toDateString() === today.toDateString())
    return clockFormat.format(then);
  today.setDate(today.getDate() - 1);
  if (then.toDateString() === today.toDateString())
    return text('dayTime', { day: relative.format(-1, 'day'), time: clockFormat.format(then) });
  return dateFormat.format(then);
}

export function ago(ms, now) {
  const minutes = Math.max(0, (now - ms) / 60e3);
  for (const [size, unit] of [[525600, 'year'], [43200, 'month'], [2880, 'day'], [60, 'hour'], [1, 'minute']]) {
    if (minutes >= size)
      return relative.format(-Math.floor(minutes / (unit === 'day' ? 1440 : size)), unit);
  }
  return table.justNow;
}

// For the owner's page
export const brief = [units('hour', 'short'), units('minute', 'short')];
export const clockIn = (timeZone) => dates({ hour: '2-digit', minute: '2-digit', hourCycle, timeZone });
export const monthName = (ms) => dates({ month: 'long', timeZone: 'UTC' }).format(ms);
export const dateRange = (from, to) => dates({ dateStyle: 'medium', timeZone: 'UTC' }).formatRange(from, to);
export const days = (n) => day.format(n);
export const aYear = units('year').format(1);
export const firstWeekday = (new Intl.Locale(locale).getWeekInfo?.().firstDay ?? 1) % 7;

export const hours = (n) => oneDigit.format(n < 9.95 ? n : Math.round(n));
export const hoursMark = (n) => hourMark.format(n);
export const dayParts = (ms) => ({
  initial: initial.format(ms), number: String(new Date(ms).getUTCDate()), month: month.format(ms),
  whole: wholeDay.format(ms),
});
