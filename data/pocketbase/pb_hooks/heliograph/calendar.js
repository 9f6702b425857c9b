// SPDX-FileCopyrightText: 2026 The Heliograph authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Days in the owner's time zone, where a day need not have 24 hours. A day is counted since 1970.

const DAY = 86400e3;

/** How far the zone's clocks are ahead of UTC at that time, in ms. */
function offsetAt(zone, time) {
  const [, seconds] = new DateTime(new Date(time).toISOString()).time().in(zone).zone();
  return seconds * 1000;
}

/** The first moment of a day: in some zones a clock is set at midnight, which then is left out, or
 * comes twice. @offsetOn: the offset at a UTC midnight */
function midnight(zone, day, offsetOn = (other) => offsetAt(zone, other * DAY)) {
  const wanted = day * DAY;
  let early = wanted - DAY;
  let late = wanted + DAY;
  const offset = offsetOn(day - 1);
  if (offset === offsetOn(day + 1))
    return wanted - offset;
  while (late - early > 1000) {
    const middle = Math.floor((early + late) / 2000) * 1000;
    if (middle + offsetAt(zone, middle) >= wanted)
      late = middle;
    else
      early = middle;
  }
  return late;
}

/** Those of @n days and the one after them; each offset is asked for once, for that is slow. */
function listMidnights(zone, first, n) {
  const offsets = Array.from({ length: n + 3 }, (_, i) => offsetAt(zone, (first - 1 + i) * DAY));
  return Array.from({ length: n + 1 },
    (_, i) => midnight(zone, first + i, (day) => offsets[day - first + 1]));
}

const dayOf = (zone, time) => Math.floor((time + offsetAt(zone, time)) / DAY);

const format = (day) => new Date(day * DAY).toISOString().slice(0, 10);

/** Of a text like 2026-01-31, or null. */
function parse(text) {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : NaN;
  return Number.isNaN(time) || format(time / DAY) !== text ? null : time / DAY;
}

module.exports = { dayOf, format, listMidnights, midnight, parse };
