# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A made-up life at a computer, the same from one seed, and what it comes to, counted second by
second: nothing here knows how a backend does it."""

import collections
import datetime
import random
import zoneinfo

APPS = [('code', 9), ('firefox', 6), ('gnome-terminal-server', 4), ('thunderbird', 2), ('signal', 1.5), ('slack', 1.5),
        ('evince', 1), ('gimp', 0.7), ('libreoffice-calc', 0.7), ('spotify', 0.5), ('vlc', 0.4), ('obsidian', 1.2),
        ('keepassxc', 0.1), ('nautilus', 0.4)]


def days_before(zone, count):
    today = datetime.datetime.now(zoneinfo.ZoneInfo(zone)).date()
    return [today - datetime.timedelta(days) for days in range(count - 1, -1, -1)]


def sittings(day, dice):
    """(from, to) in minutes of the day."""
    if dice.random() < (0.45 if day.weekday() > 4 else 0.06):
        return
    at = dice.randrange(7 * 60 + 30, 10 * 60)
    end = dice.choice([17, 18, 19, 22]) * 60 if day.weekday() < 5 else at + dice.randrange(60, 240)
    while at < end:
        length = dice.randrange(25, 110)
        yield at, min(at + length, 24 * 60 - 1)
        at += length + dice.choice([7, 12, 15, 20, 55, 90])


def make(zone, days, seed=1, until=None):
    """(windows, statuses) of some days, oldest first: (start ms, duration ms, data)."""
    dice = random.Random(seed)
    tz = zoneinfo.ZoneInfo(zone)
    names, weights = zip(*APPS)
    windows, statuses = [], []
    for day in days:
        midnight = datetime.datetime.combine(day, datetime.time(), tz)
        last = None
        for begin, end in sittings(day, dice):
            start, stop = (int((midnight + datetime.timedelta(minutes=m)).timestamp()) * 1000 for m in (begin, end))
            if until and stop > until:
                continue
            if last and begin - last[1] < 60:
                statuses.append((last[0], start - last[0], {'status': 'afk'}))
            statuses.append((start, stop - start, {'status': 'not-afk'}))
            while start < stop:
                length = min(int(dice.expovariate(1 / 240)) * 1000 + 5000, stop - start + 60_000)
                windows.append((start, length, {'app': dice.choices(names, weights)[0], 'title': 'a title'}))
                start += length + 1000
            last = (stop, end)
    return windows, statuses


def count(zone, windows, statuses):
    """day -> seconds there, and app -> day -> seconds: of one window bucket without overlaps. Nobody
    made up here sits at midnight."""
    tz = zoneinfo.ZoneInfo(zone)

    def by_day(events):
        days = collections.defaultdict(list)
        for start, duration, data in events:
            days[datetime.datetime.fromtimestamp(start / 1000, tz).date().isoformat()].append(
                (range(start // 1000, (start + duration) // 1000), data))
        return days
    here, apps = collections.Counter(), collections.defaultdict(collections.Counter)
    windows = by_day(windows)
    for day, found in by_day(statuses).items():
        present = set().union(*(seconds for seconds, data in found if data['status'] == 'not-afk'))
        here[day] = len(present)
        for app in {data['app'] for _, data in windows[day]}:
            apps[app][day] = len(present.intersection(set().union(
                *(seconds for seconds, data in windows[day] if data['app'] == app))))
    return here, apps
