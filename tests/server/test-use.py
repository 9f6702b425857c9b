#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device was used for, beside a count of each single second: test-use.py SERVER UNIT"""

import collections
import datetime
import os
import random
import sqlite3
import sys
import zoneinfo

sys.dont_write_bytecode = True
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from receiver import Receiver, now, run_tests  # noqa: E402

ZONE = zoneinfo.ZoneInfo('Europe/Berlin')


def at(text):
    """The ms of a time in the owner's zone."""
    return int(datetime.datetime.fromisoformat(text).replace(tzinfo=ZONE).timestamp()) * 1000


def seconds(start, duration):
    return range(start // 1000, (start + duration) // 1000)


def count(windows, statuses):
    """app -> day -> seconds, and day -> seconds in all: one set of seconds each."""
    here = {s for start, duration, status in statuses if status == 'not-afk' for s in seconds(start, duration)}
    apps = collections.defaultdict(set)
    for start, duration, app in windows:
        apps[app] |= here.intersection(seconds(start, duration))

    def by_day(found):
        return collections.Counter(datetime.datetime.fromtimestamp(s, ZONE).date().isoformat() for s in found)
    return {app: by_day(found) for app, found in apps.items() if found}, by_day(here)


class Use(Receiver):
    def setUp(self):
        super().setUp()
        self.command('device', 'set', 'laptop', '--timezone', 'Europe/Berlin')

    def send(self, windows=(), statuses=(), bucket='w'):
        if windows:
            self.assertEqual(self.events([self.event(s, d, app=a, title='t') for s, d, a in windows], bucket=bucket,
                                         ).json()['rejected'], [])
        if statuses:
            self.events([self.event(s, d, status=a) for s, d, a in statuses], bucket='a', kind='afkstatus')

    def get(self, path, **more):
        answer = self.api('GET', path, **more)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def test_sums_are_those_of_single_seconds(self):
        """Windows that overlap, in two buckets; presence that overlaps; days of 23 and 25 hours."""
        chance = random.Random(7)
        for first in ('2026-03-27', '2026-10-23'):
            begin = at(f'{first} 09:00')
            windows = [[(begin + chance.randrange(300_000) * 1000 + bucket, chance.randrange(4000) * 1000,
                         f'app{chance.randrange(5)}') for _ in range(400)] for bucket in range(2)]
            windows = [list({w[0]: w for w in some}.values()) for some in windows]
            windows[1] = [(start - 1, duration, app) for start, duration, app in windows[1]]
            statuses = list({w[0]: w for w in (
                (begin + chance.randrange(300_000) * 1000, chance.randrange(6000) * 1000,
                 chance.choice(['not-afk', 'afk'])) for _ in range(120))}.values())
            # The last before it reaches far into the range that is asked for.
            windows[0].append((begin - 40 * 3_600_000, 60 * 3_600_000, 'app0'))
            self.send(windows[0], statuses, 'w0')
            self.send(windows[1], bucket='w1')
            apps, days = count(windows[0] + windows[1], statuses)
            start = datetime.date.fromisoformat(first)
            for skip, length in ((0, 1), (1, 2), (0, 5)):
                dates = [(start + datetime.timedelta(skip + i)).isoformat() for i in range(length)]
                got = self.get(f'/apps?from={dates[0]}&to={dates[-1]}')
                wanted = {app: sum(found[d] for d in dates) for app, found in apps.items()}
                self.assertEqual({a['app']: a['active'] for a in got['apps']}, {a: s for a, s in wanted.items() if s})
                self.assertEqual([a['active'] for a in got['apps']], sorted(wanted.values(), reverse=True)[:len(got['apps'])])
                self.assertEqual(got['days'], [{'date': d, 'active': days[d]} for d in dates])
                self.assertEqual((got['active'], got['others'], got['knows_away'], got['timezone']),
                                 (sum(days[d] for d in dates), 0, True, 'Europe/Berlin'))
            for date in (first, (start + datetime.timedelta(2)).isoformat()):
                got = self.get(f'/timeline?date={date}')
                self.assertEqual(got['active'], days[date])
                self.assertEqual(sum(s['end'] - s['start'] for s in got['here']), days[date] * 1000)
                self.assertEqual({a['app']: a['active'] for a in got['apps']},
                                 {a: found[date] for a, found in apps.items() if found[date]})
                self.assertEqual((got['from'], got['to']), (at(f'{date} 00:00'), at(
                    f'{datetime.date.fromisoformat(date) + datetime.timedelta(1)} 00:00')))
            for bucket in ('w0', 'w1', 'a'):
                self.seq += 1
                self.api('DELETE', f'/events?bucket={bucket}&seq={self.seq}')

    def test_timeline_says_when_and_what_and_where_nothing_is(self):
        morning, noon = at('2026-11-20 09:00'), at('2026-11-20 12:00')
        self.send([(morning, 60_000, 'Code'), (morning + 61_000, 59_000, 'Code'), (morning + 120_000, 600_000, 'firefox'),
                   (noon, 300_000, 'Code')],
                  [(morning, 300_000, 'not-afk'), (morning + 300_000, 420_000, 'afk'), (noon + 60_000, 240_000, 'not-afk')])
        got = self.get('/timeline?date=2026-11-20')
        self.assertEqual(got['spans'], [
            {'start': morning, 'end': morning + 120_000, 'app': 'Code'},
            {'start': morning + 120_000, 'end': morning + 300_000, 'app': 'firefox'},
            {'start': noon + 60_000, 'end': noon + 300_000, 'app': 'Code'}])
        self.assertEqual(got['here'], [{'start': morning, 'end': morning + 300_000},
                                       {'start': noon + 60_000, 'end': noon + 300_000}])
        self.assertEqual(got['away'], [{'start': morning + 300_000, 'end': morning + 720_000}])
        self.assertEqual(got['apps'], [{'app': 'Code', 'active': 359}, {'app': 'firefox', 'active': 180}])
        self.assertEqual((got['active'], got['left_out']), (540, 0))
        empty = self.get('/timeline?date=2026-11-19')
        self.assertEqual((empty['here'], empty['away'], empty['spans'], empty['active']), ([], [], [], 0))

    def test_without_presence_the_window_in_front_counts(self):
        morning = at('2026-11-20 09:00')
        self.send([(morning, 60_000, 'Code'), (morning + 120_000, 60_000, 'firefox')])
        got = self.get('/timeline?date=2026-11-20')
        self.assertFalse(got['knows_away'])
        self.assertEqual((got['active'], len(got['spans']), got['away']), (120, 2, []))
        self.assertEqual(self.get('/apps?from=2026-11-20&to=2026-11-20')['active'], 120)

    def test_nothing_is_counted_that_is_still_to_come(self):
        begin = now() - 60_000
        self.send([(begin, 7_200_000, 'Code')], [(begin, 7_200_000, 'not-afk')])
        got = self.get('/apps?from=2026-01-01&to=' + (datetime.date.today() + datetime.timedelta(2)).isoformat())
        self.assertAlmostEqual(got['active'], 60, delta=20)

    def test_answers_are_bounded(self):
        morning = at('2026-11-20 00:00')
        self.send([(morning + i * 10_000, 1000 + i % 7000, f'app{i % 150}') for i in range(5000)],
                  [(morning, 86_400_000, 'not-afk')])
        got = self.get('/timeline?date=2026-11-20')
        self.assertEqual((len(got['spans']), got['left_out'], len(got['apps'])), (2000, 3000, 100))
        self.assertEqual(got['spans'], sorted(got['spans'], key=lambda s: s['start']))
        whole = sum(1000 + i % 7000 for i in range(5000)) // 1000
        self.assertAlmostEqual(sum(a['active'] for a in got['apps']) + got['others'], whole, delta=101)

    def test_names_without_end_are_bounded(self):
        """As of a watcher that takes each title for an app: the first thousand have their names."""
        morning = at('2026-11-20 00:00')
        self.send([(morning + i * 10_000, 5000, f'app{i}') for i in range(1500)]
                  + [(morning + 15_000_000, 60_000, 'n' * 1000), (morning + 16_000_000, 600_000, 'app7')])
        got = self.get('/timeline?date=2026-11-20')
        self.assertEqual(got['apps'][0], {'app': 'app7', 'active': 605})
        self.assertEqual((len(got['apps']), len(got['spans']), got['left_out']), (100, 1001, 501))
        self.assertEqual(sum(a['active'] for a in got['apps']) + got['others'], got['active'])
        names = {span['app'] for span in got['spans']}
        self.assertEqual(names, {f'app{i}' for i in range(1000)})
        self.assertEqual(got['left_out_buckets'], 0)

    def test_long_names_are_cut(self):
        morning = at('2026-11-20 00:00')
        self.send([(morning, 60_000, 'é' * 1000), (morning + 60_000, 60_000, 'é' * 300)])
        self.assertEqual(self.get('/timeline?date=2026-11-20')['apps'], [{'app': 'é' * 200, 'active': 120}])

    def test_buckets_that_are_not_read_are_told(self):
        morning = at('2026-11-20 00:00')
        for number in range(66):
            self.send([(morning + number * 1000, 1000, f'app{number}')], bucket=f'w{number}')
        got = self.get('/apps?from=2026-11-20&to=2026-11-20')
        self.assertEqual((len(got['apps']), got['left_out_buckets']), (64, 2))

    def test_odd_data_is_no_app(self):
        morning = at('2026-11-20 09:00')
        for number, data in enumerate(({}, {'app': None}, {'app': ''}, {'app': 7}, {'title': 'x'},
                                       {'app': 'a"<b>\\\u2028'}, {'t': {'app': 'x'}, 'z': [1]})):
            self.events([{**self.event(morning + number * 1000, 1000), 'data': data}])
        self.send(statuses=[(morning, 60_000, 'not-afk')])
        self.assertEqual(self.get('/timeline?date=2026-11-20')['apps'], [{'app': 'a"<b>\\\u2028', 'active': 1}])

    def test_an_older_database_gets_what_is_new(self):
        self.send([(at('2026-11-20 09:00'), 60_000, 'Code')])
        wanted = self.get('/apps?from=2026-11-20&to=2026-11-20')
        self.stop()
        with sqlite3.connect(os.path.join(self.data, 'receiver.sqlite')) as database:
            self.assertEqual(database.execute('SELECT active FROM day_sum').fetchall(), [(60_000,)])
            database.executescript('DROP TABLE day_sum; DROP INDEX event_long; PRAGMA user_version = 1;')
        database.close()
        self.start()
        for _ in range(2):
            self.assertEqual(self.get('/apps?from=2026-11-20&to=2026-11-20'), wanted)

    def test_only_tokens_read_it(self):
        reader = self.command('token', 'add', '--read', 'me')
        self.command('device', 'set', 'laptop', '--public', 'activity', '--hours', 'on')
        self.command('token', 'add', 'other')
        for path in ('/apps', '/timeline'):
            self.assertEqual(self.api('GET', path, token=None).status, 401)
            self.assertEqual(self.api('GET', path, token='hgr_wrong').status, 401)
            self.assertNotIn('access-control-allow-origin', self.api('GET', path).headers)
            self.assertEqual(self.api('GET', path, token=reader).status, 400)
            self.assertEqual(self.api('GET', path + '?device=nobody', token=reader).status, 404)
            self.assertEqual(self.api('GET', path + '?device=laptop', token=reader).status, 200)

    def test_refuses_days_that_are_none(self):
        for query in ('apps?from=2026-02-30&to=2026-03-01', 'apps?from=2026-03-02&to=2026-03-01', 'apps?from=x',
                      'apps?from=1900-01-01', 'apps?to=0000-00-00', 'timeline?date=2026-1-1', 'timeline?date=',
                      'timeline?date=2026-11-200', 'timeline?date=12345', 'timeline?date=9999-12-31',
                      'timeline?date=0001-01-01', 'apps?to=9999-12-31'):
            self.assertEqual(self.api('GET', '/' + query).status, 400, query)
        for query in ('apps', 'apps?to=2026-03-01', 'timeline', 'timeline?date=9999-12-30', 'timeline?date=0001-01-02'):
            self.assertEqual(self.api('GET', '/' + query).status, 200, query)
        today = datetime.datetime.now(ZONE).date().isoformat()
        self.assertEqual([d['date'] for d in self.get('/apps')['days']], [today])


if __name__ == '__main__':
    run_tests()
