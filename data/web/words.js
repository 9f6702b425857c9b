// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every text of the page. A translation is one more table; what it leaves out stays English.
// Words in braces are filled in; a translation puts them where its grammar wants them.

const TABLES = {
  en: {
    link: { live: 'Live', lost: 'Connection lost', waiting: 'Connecting' },
    state: {
      active: 'active', away: 'away', locked: 'locked', online: 'online', paused: 'paused', offline: 'offline',
    },
    was: 'was {state}',
    connecting: 'Looking for the sun…',
    unreachable: 'No connection to the server. Trying again…',
    lost: 'Connection lost. At {time}: {sentence}',
    waiting: 'At {time}: {sentence}',
    empty: 'Nothing to see here yet.',
    emptyHow: 'No device is public. Does this server belong to you? Then choose what a device shows:',

    active: 'Active on {device}',
    away: 'Away from {device} since {time}',
    locked: 'Away from {device}, locked since {time}',
    online: 'Connected from {device}, activity unknown since {time}',
    paused: 'Sharing from {device} paused since {time}',
    nobody: 'Nobody is at a device right now.',
    nobodyThen: 'Nobody at a device.',
    lastSeenOn: 'Last seen {ago} on {device}',
    use: 'Using {app} on {device}',
    write: 'Writing in {app} on {device}',
    browse: 'Browsing in {app} on {device}',
    browseTitle: 'Reading {title} in {app} on {device}',
    work: 'Working in {app} on {device}',
    mail: 'Handling mail in {app} on {device}',
    chat: 'Chatting in {app} on {device}',
    read: 'Reading in {app} on {device}',
    readTitle: 'Reading {title} in {app} on {device}',
    watchTitle: 'Watching {title} in {app} on {device}',
    playTitle: 'Playing {title} on {device}',
    listenOn: 'Listening to {song} by {artist} on {device}',
    songOn: 'Playing {song} on {device}',
    listen: 'Listening to {song} by {artist}',
    song: 'Playing {song}',
    lasting: '{sentence}, for {duration}',
    moment: 'a moment',

    since: 'since {time}',
    stateSince: '{state} since {time}',
    seen: 'last seen {ago}',
    justNow: 'just now',
    dayTime: '{day}, {time}',
    hours: 'Active hours, last {days} days',
    total: '{duration} in all',
    day: '{day}: {duration}',
    zone: 'Times are in your time zone, {zone}.',
    data: 'As data (JSON)',
  },
};

// The visitor's first language that has a table, in its regional form. Dates speak the language of
// the text around them; the 12 or 24 hours are the visitor's in any case.
const wanted = navigator.languages ?? [navigator.language];
const locale = wanted.find((tag) => tag.split('-')[0] in TABLES) ?? 'en-GB';
const table = { ...TABLES.en, ...TABLES[locale.split('-')[0]] };
const { hourCycle } = new Intl.DateTimeFormat(wanted[0], { hour: 'numeric' }).resolvedOptions();

export const language = locale;
export const word = (key) => table[key];
export const zone = new Intl.DateTimeFormat().resolvedOptions().timeZone;

const dates = (options) => new Intl.DateTimeFormat(locale, options);
const units = (unit, unitDisplay = 'long') => new Intl.NumberFormat(locale, { style: 'unit', unit, unitDisplay });
const clockFormat = dates({ hour: '2-digit', minute: '2-digit', hourCycle });
const dateFormat = dates({ weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', hourCycle });
const initial = dates({ weekday: 'narrow', timeZone: 'UTC' });
const dayNumber = dates({ day: 'numeric', timeZone: 'UTC' });
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
export function worked(minutes) {
  const whole = Math.floor(minutes / 60);
  const rest = minutes % 60;
  return [whole && hour.format(whole), (rest || !whole) && minute.format(rest)].filter(Boolean).join(' ');
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

export const hours = (n) => oneDigit.format(n < 9.95 ? n : Math.round(n));
export const hoursMark = (n) => hourMark.format(n);
export const dayParts = (ms) => ({
  initial: initial.format(ms), number: dayNumber.format(ms), whole: wholeDay.format(ms),
});
