# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a device was used for, beside a count of each single minute. A backend may keep sums of days
that are over, but never one that is not that of the events any more."""

import collections
import datetime
import random
import threading
import urllib.parse
import zoneinfo

from client import BASE, now
from conformance import Conformance

MINUTE = 60000
HOUR = 60 * MINUTE
DAY = 24 * HOUR
FIRST = datetime.date(2026, 3, 25)  # before clocks change in Berlin
DAYS = 9
BEGIN = int(datetime.datetime(2026, 3, 25, tzinfo=datetime.timezone.utc).timestamp()) * 1000
LOOK_BACK = 31 * DAY
ZONES = ('Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'UTC')


def count(buckets, zone):
    """(whether it is known who is away, day -> minutes, app -> day -> minutes): one by one."""
    days = [FIRST + datetime.timedelta(i) for i in range(DAYS)]
    tz = zoneinfo.ZoneInfo(zone)
    knows_away = any(kind == 'afkstatus' for kind, _ in buckets.values())
    active, apps = {}, collections.defaultdict(dict)
    for day in days:
        start, end = (int(datetime.datetime.combine(at, datetime.time(), tz).timestamp()) * 1000
                      for at in (day, day + datetime.timedelta(1)))
        here, windows = set(), collections.defaultdict(set)
        for kind, events in buckets.values():
            for (at, _), (duration, data) in events.items():
                if at < start - LOOK_BACK or kind not in ('currentwindow', 'afkstatus'):
                    continue
                minutes = range(max(at, start) // MINUTE, min(at + duration, end) // MINUTE)
                if kind == 'currentwindow':
                    windows[data['app']].update(minutes)
                if kind == 'currentwindow' and not knows_away or data.get('status') == 'not-afk':
                    here.update(minutes)
        active[str(day)] = len(here)
        for app, minutes in windows.items():
            apps[app][str(day)] = len(minutes & here)
    return knows_away, active, apps


class Sums(Conformance):
    def setUp(self):
        super().setUp()
        self.zone = 'UTC'
        self.buckets = {}

    def change(self, name, kind, upserts, deletes=()):
        """Here and there. @upserts: (start, n) -> (duration, data)"""
        self.write([self.event(start, duration, n=n, **data)
                    for (start, n), (duration, data) in upserts.items()],
                   [{'start': start, 'n': n} for start, n in deletes], bucket=name, kind=kind)
        _, events = self.buckets.get(name, (kind, {}))
        for key in deletes:
            events.pop(key, None)
        events.update(upserts)
        if upserts or name in self.buckets:
            self.buckets[name] = (kind if upserts else self.buckets[name][0], events)

    def apps(self, first, last):
        return self.get('/apps', start=str(FIRST + datetime.timedelta(first)),
                        to=str(FIRST + datetime.timedelta(last)))

    def check(self, first=0, last=DAYS - 1):
        knows_away, active, apps = count(self.buckets, self.zone)
        days = [str(FIRST + datetime.timedelta(i)) for i in range(first, last + 1)]
        found = self.apps(first, last)
        self.assertEqual({day['date']: day['active'] / 60 for day in found['days']},
                         {day: active[day] for day in days})
        wanted = {app: sum(some.get(day, 0) for day in days) for app, some in apps.items()}
        self.assertEqual({app['app']: app['active'] / 60 for app in found['apps']},
                         {app: minutes for app, minutes in wanted.items() if minutes})
        self.assertEqual((found['active'] / 60, found['others'], found['knows_away']),
                         (sum(active[day] for day in days), 0, knows_away))

    # -- by chance ---------------------------------------------------------------------------

    def pick(self, dice):
        name, kind = dice.choice((('w', 'currentwindow'), ('w', 'currentwindow'),
                                  ('v', 'currentwindow'), ('a', 'afkstatus')))
        start = BEGIN + dice.randrange(-DAY, DAYS * DAY, MINUTE)
        longest = dice.choice((30 * MINUTE, 90 * MINUTE, 90 * MINUTE, 60 * HOUR))
        data = ({'status': dice.choice(('not-afk', 'not-afk', 'afk'))} if kind == 'afkstatus'
                else {'app': f'app {dice.randrange(5)}'})
        return name, kind, (start, dice.randrange(2)), (dice.randrange(0, longest, MINUTE), data)

    def edit(self, dice):
        name, kind, key, value = self.pick(dice)
        what = dice.randrange(12)
        held = list(self.buckets.get(name, (kind, {}))[1])
        if what == 0 and name in self.buckets:
            self.drop(name)
            del self.buckets[name]
        elif what == 1 and self.buckets.get(name, ('', {}))[1]:
            self.change(name, dice.choice(('currentwindow', 'other')) if name != 'a' else kind,
                        {key: value})
        elif what == 2 and self.backend.has_commands:
            self.zone = dice.choice(ZONES)
            self.show(timezone=self.zone)
        elif what < 6 and held:
            self.change(name, kind, {}, dice.sample(held, min(3, len(held))))
        elif what < 9 and held:
            self.change(name, kind, {dice.choice(held): value})
        else:
            upserts = {key: value}
            for _ in range(dice.randrange(30)):
                other, _, key, value = self.pick(dice)
                if other == name:
                    upserts[key] = value
            self.change(name, kind, upserts)

    def test_are_those_of_the_events_whatever_changes(self):
        for seed in range(3):
            dice = random.Random(seed)
            end = threading.Event()
            wrong = []

            def pester():
                # So that days are counted in the middle of changes.
                path = '/apps?' + urllib.parse.urlencode(
                    {'from': str(FIRST), 'to': str(FIRST + datetime.timedelta(DAYS - 1))})
                while not end.is_set():
                    answer = self.ask('GET', BASE + path)
                    if answer.status != 200:
                        wrong.append(answer.body)
            pesterer = threading.Thread(target=pester)
            pesterer.start()
            try:
                for _ in range(25):
                    for _ in range(dice.randrange(4)):
                        self.edit(dice)
                    first = dice.randrange(DAYS)
                    self.check(first, dice.randrange(first, DAYS))
                    self.check()
            finally:
                end.set()
                pesterer.join()
            self.assertEqual(wrong, [])
            for name in list(self.buckets):
                self.drop(name)
            self.buckets = {}
            self.check()

    # -- one by one --------------------------------------------------------------------------

    def fill(self):
        self.change('w', 'currentwindow', {(BEGIN + i * HOUR, 0): (HOUR, {'app': f'app {i % 7}'})
                                           for i in range(DAYS * 24)})
        self.change('a', 'afkstatus', {(BEGIN + i * HOUR, 0): (40 * MINUTE, {'status': 'not-afk'})
                                       for i in range(DAYS * 24)})
        self.check()

    def test_an_event_of_an_earlier_day_grows_into_later_ones(self):
        self.fill()
        self.change('a', 'afkstatus', {(BEGIN + HOUR, 0): (100 * HOUR, {'status': 'not-afk'})})
        self.check()
        self.change('a', 'afkstatus', {(BEGIN + HOUR, 0): (MINUTE, {'status': 'not-afk'})})
        self.check()
        self.change('a', 'afkstatus', {}, [(BEGIN + HOUR, 0)])
        self.check()

    def test_a_day_that_a_zone_left_out_takes_nothing_from_the_one_before(self):
        self.show(timezone='Pacific/Apia')
        midnight = int(datetime.datetime(2011, 12, 30, 10, tzinfo=datetime.timezone.utc).timestamp()) * 1000
        self.change('w', 'currentwindow', {(midnight - 2 * HOUR, 0): (HOUR, {'app': 'before'}),
                                           (midnight + HOUR, 0): (2 * HOUR, {'app': 'after'})})
        for _ in range(2):
            found = self.get('/apps', start='2011-12-28', to='2012-01-01')
            self.assertEqual([day['active'] // 3600 for day in found['days']], [0, 1, 0, 2, 0])
            self.assertEqual({app['app']: app['active'] // 3600 for app in found['apps']},
                             {'before': 1, 'after': 2})

    def test_what_began_more_than_31_days_before_a_day_is_not_in_it(self):
        self.fill()
        self.change('a', 'afkstatus', {(BEGIN - 28 * DAY, 0): (60 * DAY, {'status': 'not-afk'})})
        self.change('v', 'currentwindow', {(BEGIN - 27 * DAY, 0): (60 * DAY, {'app': 'long'})})
        self.check()
        self.check(2, 5)

    def test_only_presence_in_another_bucket_changes_every_day(self):
        self.change('w', 'currentwindow', {(BEGIN + 5 * HOUR, 0): (3 * HOUR, {'app': 'a'})})
        self.check()
        self.change('a', 'afkstatus', {(BEGIN + 60 * HOUR, 0): (HOUR, {'status': 'not-afk'})})
        self.check()
        self.change('a', 'afkstatus', {}, [(BEGIN + 60 * HOUR, 0)])
        self.check()
        self.drop('a')
        del self.buckets['a']
        self.check()

    def test_what_is_refused_or_unchanged_changes_nothing(self):
        self.fill()
        self.change('w', 'currentwindow', {(BEGIN, 0): (HOUR, {'app': 'app 0'})})
        self.assertEqual(self.write([{'start': 'x'}, {'start': BEGIN, 'duration': -1}])['stored'], 0)
        self.check()

    def test_today_is_counted_each_time(self):
        begin = now() // MINUTE * MINUTE - 10 * MINUTE
        today = self.get('/apps')['to']
        for minutes in (2, 5, 3):
            self.change('w', 'currentwindow', {(begin, 0): (minutes * MINUTE, {'app': 'a'})})
            # It may be just after midnight.
            found = self.get('/apps', start=str(datetime.date.fromisoformat(today)
                                                - datetime.timedelta(1)))
            self.assertEqual(found['apps'], [{'app': 'a', 'active': minutes * 60}])

    def test_names_are_told_apart_as_far_as_the_limit(self):
        names = 700
        for day in range(2):
            self.change('w', 'currentwindow', {
                (BEGIN + day * DAY + i * MINUTE, 0): (MINUTE, {'app': f'name {day} {i}'})
                for i in range(names)})
        self.change('w', 'currentwindow', {(BEGIN + 20 * HOUR, 0): (HOUR, {'app': 'name 1 699'})})
        for _ in range(2):
            found = self.apps(0, 1)
            self.assertEqual(len(found['apps']), 100)
            self.assertEqual(found['apps'][0], {'app': 'name 1 699', 'active': 61 * 60})
            self.assertEqual(sum(app['active'] for app in found['apps']) + found['others'],
                             found['active'])

    def test_odd_names_stay_what_they_are(self):
        names = ['a"b\\c', 'é\u2028', '😀' * 250, 'x' * 300, "'", '{"a":1}', ' ']
        self.change('w', 'currentwindow', {(BEGIN + i * HOUR, 0): ((i + 1) * MINUTE, {'app': name})
                                           for i, name in enumerate(names)})
        for _ in range(2):
            found = self.apps(0, 0)['apps']
            self.assertEqual([app['app'] for app in reversed(found)], [name[:200] for name in names])
