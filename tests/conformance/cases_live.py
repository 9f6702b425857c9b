# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Status, and what everybody may see of it."""

import datetime
import zoneinfo

from client import BASE, now, until
from conformance import Conformance

DAY = 86400000
HOUR = 3600000
# The add-on looks each second, once the first full minute has begun.
SOON = 75


class Live(Conformance):
    def shown(self):
        """The device as everybody sees it, or None."""
        return next((one for one in self.devices() if one['name'] == self.device), None)

    def put(self, **members):
        return self.api('PUT', '/status', members)

    def test_shows_as_much_as_the_owner_chose(self):
        activity = {'app': '<app>', 'title': 'a title', 'since': now() - 1000}
        media = {'title': 'a song', 'artist': None}
        self.report(activity=activity, media=media)
        self.assertIsNone(self.shown())
        self.show(public='state')
        shown = self.shown()
        self.assertEqual(set(shown), {'name', 'state', 'since', 'activity', 'media', 'last_seen'})
        self.assertEqual((shown['state'], shown['activity'], shown['media']), ('active', None, None))
        self.show(public='activity')
        shown = self.shown()
        self.assertEqual(shown['media'], media)
        self.assertEqual((shown['activity']['app'], shown['activity']['title']), ('<app>', 'a title'))
        self.assertAlmostEqual(shown['activity']['since'], activity['since'], delta=5000)
        self.report(activity={'app': 'b', 'title': None, 'since': now()}, media=None)
        shown = self.shown()
        self.assertEqual((shown['activity']['app'], shown['activity']['title'], shown['media']),
                         ('b', None, None))
        self.show(public='none')
        self.assertIsNone(self.shown())

    def test_private_equals_unknown(self):
        self.need_commands()
        self.report(activity={'app': 'secretapp', 'title': 'secrettitle', 'since': now()})
        self.show(hours='on')
        name = self.device.replace(' ', '%20')
        for path in (f'{BASE}/days?device=%s', '/badge/%s.svg'):
            known, unknown = (self.ask('GET', path % one, token=None) for one in (name, 'nobody'))
            self.assertEqual((known.status, known.body), (404, unknown.body), path)
            skip = ('date',)
            self.assertEqual([pair for pair in known.headers.items() if pair[0] not in skip],
                             [pair for pair in unknown.headers.items() if pair[0] not in skip])
        for path in (f'{BASE}/devices', '/metrics', BASE):
            body = self.ask('GET', path, token=None).body
            for secret in (self.device, 'secret'):
                self.assertNotIn(secret.encode(), body, path)

    def test_a_badge_shows_the_state(self):
        self.show(public='state')
        self.report('away')
        answer = self.ask('GET', f'/badge/{self.device.replace(" ", "%20")}.svg', token=None)
        self.assertEqual((answer.status, answer.headers['content-type']), (200, 'image/svg+xml'))
        self.assertIn(f'{self.device}: away'.encode(), answer.body)

    def test_viewers_see_changes_at_once(self):
        self.show(public='activity')
        self.report('away')
        watcher = self.watch()
        watcher.until(lambda shown: shown.get(self.device, {}).get('state') == 'away')
        for state in ('active', 'locked', 'paused'):
            self.report(state)
            watcher.until(lambda shown: shown[self.device]['state'] == state, 5)
        self.report(activity={'app': 'an app', 'title': 'a title', 'since': now()})
        watcher.until(lambda shown: (shown[self.device]['activity'] or {}).get('app') == 'an app', 5)

    def test_a_device_made_private_vanishes(self):
        self.show(public='activity')
        self.report()
        watcher = self.watch()
        watcher.until(lambda shown: self.device in shown)
        self.show(public='none')
        # What is shown may tell it before it is told.
        watcher.until(lambda shown: self.device not in shown and watcher.end_of_one in watcher.heard,
                      SOON)
        heard = len(watcher.heard)
        self.report(activity={'app': 'secretapp', 'title': 'secrettitle', 'since': now()})
        other = self.make_other()
        other.show(public='state')
        other.report()
        watcher.until(lambda shown: other.device in shown, SOON)
        self.assertNotIn(self.device, watcher.heard[heard:])
        self.show(public='state')
        watcher.until(lambda shown: self.device in shown, SOON)
        self.assertNotIn('secret', watcher.heard)

    def test_becomes_offline_when_its_time_ends(self):
        self.show(public='activity')
        watcher = self.watch()
        self.report(ttl=1, activity={'app': 'a', 'title': 't', 'since': now()})
        seen = self.shown()
        self.assertEqual(seen['state'], 'active')
        watcher.until(lambda shown: shown.get(self.device, {}).get('state') == 'offline'
                      and shown[self.device]['last_seen'], SOON)
        gone = self.shown()
        self.assertEqual((gone['since'], gone['last_seen']), (seen['last_seen'],) * 2)
        self.assertEqual((gone['activity'], gone['media']), (None, None))
        for state in ('paused', 'offline'):
            self.report(state, ttl=1)
        since = self.shown()
        self.report('paused', ttl=1)
        self.report('active', ttl=1)
        until(lambda: self.shown()['state'] == 'offline')
        self.assertGreater(self.shown()['since'], since['since'])

    def test_paused_does_not_expire(self):
        self.show(public='state')
        self.report('paused', ttl=1)
        other = Live('test_paused_does_not_expire')
        other.setUp()
        other.show(public='state')
        other.report('active', ttl=1)
        until(lambda: other.shown()['state'] == 'offline')
        self.assertEqual(self.shown()['state'], 'paused')

    def test_clocks_differ(self):
        self.show(public='activity')
        for wrong in (-10**9, 10**9):
            begin = now()
            answer = self.put(now=begin + wrong, since=begin + wrong - 60000, state='active', ttl=90,
                              activity={'app': f'a{wrong}', 'title': None,
                                        'since': begin + wrong - 30000})
            self.assertEqual(answer.status, 204)
            shown = self.shown()
            self.assertAlmostEqual(shown['since'], begin - 60000, delta=5000)
            self.assertAlmostEqual(shown['activity']['since'], begin - 30000, delta=5000)
            self.assertAlmostEqual(shown['last_seen'], begin, delta=5000)

    def test_the_same_since_stays_the_same(self):
        self.show(public='activity')
        since = now() - 60000
        seen = set()
        for delay in (0, 300, 40, 900):
            self.put(now=now() - delay, since=since, state='active', ttl=90,
                     activity={'app': 'a', 'title': 't', 'since': since})
            shown = self.shown()
            seen.add((shown['since'], shown['activity']['since']))
        self.assertEqual(len(seen), 1, seen)

    def test_history_does_not_move_last_seen(self):
        self.show(public='state')
        self.assertIsNone(self.shown()['last_seen'])
        self.report()
        last = self.shown()['last_seen']
        self.write([self.event(now())])
        self.drop('b')
        self.assertEqual(self.shown()['last_seen'], last)

    def test_a_status_tells_store_and_seq(self):
        self.write([self.event(1)])
        answer = self.put(now=now(), since=now(), state='away', ttl=90)
        self.assertEqual((answer.status, answer.body), (204, b''))
        self.assertEqual(answer.headers['heliograph-state'], f'{self.info()["store"]} {self.seq}')

    def test_remembers_over_a_restart(self):
        self.show(public='activity')
        self.report('away', activity={'app': 'a', 'title': 't', 'since': now()})
        before = self.shown()
        self.backend.restart()
        self.port = self.backend.port
        self.assertEqual(self.shown(), before)

        # Its time ends while the server is away, too.
        self.report('active', ttl=1, activity={'app': 'a', 'title': 't', 'since': now()})
        ends = self.shown()['last_seen'] + 1000
        self.backend.stop()
        until(lambda: now() > ends)
        self.backend.start()
        self.port = self.backend.port
        gone = self.shown()
        self.assertEqual((gone['state'], gone['activity']), ('offline', None))

    def test_long_texts_are_cut(self):
        self.show(public='activity')
        self.report(activity={'app': 'ä' * 1500, 'title': '😀' * 1500, 'since': now()},
                    media={'title': 'm' * 1500, 'artist': 'n' * 1500})
        shown = self.shown()
        self.assertEqual(shown['activity']['app'], 'ä' * 1000)
        self.assertEqual(shown['activity']['title'], '😀' * 1000)
        self.assertEqual((len(shown['media']['title']), len(shown['media']['artist'])), (1000, 1000))

    def test_half_a_letter_is_shown_as_none(self):
        self.show(public='activity')
        watcher = self.watch()
        body = ('{"now":%d,"since":%d,"state":"active","ttl":90,"activity":{"app":"a\\ud800b","title":'
                '"\\udc00","since":%d},"media":{"title":"\\ud83d","artist":"\\ud83d\\ude00"}}')
        answer = self.api('PUT', '/status', (body % ((now(),) * 3)).encode())
        self.assertEqual(answer.status, 204)
        shown = watcher.until(lambda shown: (found := shown.get(self.device)) and found['media']
                              and found, 5)
        self.assertEqual((shown['activity']['app'], shown['activity']['title'], shown['media']),
                         ('a\ufffdb', '\ufffd', {'title': '\ufffd', 'artist': '😀'}))

    def test_a_since_that_no_clock_knows_is_refused(self):
        self.show(public='activity')
        self.report('away')
        before = self.shown()
        most = 2**53 - 1
        good = {'now': now() - HOUR, 'since': now(), 'state': 'active', 'ttl': 90}
        for body in ({**good, 'since': most}, {**good, 'since': -most, 'now': now() + HOUR},
                     {**good, 'now': -most}, {**good, 'now': most, 'since': -most},
                     {**good, 'since': most + 1}, {**good, 'since': 10**30},
                     {**good, 'activity': {'app': 'a', 'since': most}},
                     {**good, 'activity': {'app': 'a', 'since': -most - 1}}):
            self.assert_refused(self.api('PUT', '/status', body), 400)
        self.assertEqual(self.shown(), before)
        self.assertEqual(self.put(**{**good, 'now': most, 'since': most}).status, 204)
        self.assertAlmostEqual(self.shown()['since'], now(), delta=5000)

    def test_garbage_is_refused_and_changes_nothing(self):
        self.show(public='activity')
        self.report('away')
        before = self.shown()
        good = {'now': now(), 'since': now(), 'state': 'active', 'ttl': 90}
        for body in (b'', b'null', b'[]', b'7', b'{', b'{}', b'\xff', b'[' * 60000, b'{"a":' * 9000,
                     {**good, 'state': 'busy'}, {**good, 'state': 7}, {**good, 'ttl': 0},
                     {**good, 'ttl': 86401}, {**good, 'ttl': '90'}, {**good, 'ttl': 1.5},
                     {**good, 'now': 1.5}, {**good, 'now': 2**53}, {**good, 'since': 'x'},
                     {k: v for k, v in good.items() if k != 'now'},
                     {k: v for k, v in good.items() if k != 'since'},
                     {k: v for k, v in good.items() if k != 'ttl'},
                     {**good, 'activity': 7}, {**good, 'activity': {}},
                     {**good, 'activity': {'app': 'a'}}, {**good, 'activity': {'app': 7, 'since': 1}},
                     {**good, 'activity': {'app': 'a\0b', 'since': 1}},
                     {**good, 'activity': {'app': 'a', 'title': [], 'since': 1}},
                     {**good, 'media': []}, {**good, 'media': {'artist': 'x'}}):
            self.assert_refused(self.api('PUT', '/status', body), 400)
        self.assertEqual(self.shown(), before)


class Days(Conformance):
    def days(self, n):
        return self.get('/days', token=None, device=self.device, days=n)

    def test_hours_are_public_by_choice_only(self):
        path = '/days?device=' + self.device.replace(' ', '%20')
        for public, hours, status in (('none', 'off', 404), ('activity', 'off', 404),
                                      ('none', 'on', 404), ('state', 'on', 200)):
            self.show(public=public, hours=hours)
            self.assertEqual(self.api('GET', path, token=None).status, status, (public, hours))
        self.assertEqual(len(self.api('GET', path, token=None).json()), 14)

    def test_counts_the_union_of_what_is_not_afk(self):
        self.show(public='state', hours='on')
        today = now() // DAY * DAY
        self.write([self.event(today - 30 * HOUR, 2 * HOUR, status='not-afk'),
                    self.event(today - 29 * HOUR, 2 * HOUR, status='not-afk'),
                    self.event(today - 10 * HOUR, 5 * HOUR, status='afk'),
                    self.event(today - 9 * HOUR, 5 * HOUR, status='other'),
                    self.event(today - 49 * HOUR, 2 * HOUR, status='not-afk'),
                    self.event(now() + HOUR, 5 * HOUR, status='not-afk')], kind='afkstatus')
        self.write([self.event(today - 29 * HOUR, HOUR // 2, status='not-afk')], bucket='c',
                   kind='afkstatus')
        self.write([self.event(today - 20 * HOUR, HOUR, status='not-afk')], bucket='d')
        days = self.days(4)
        self.assertEqual([day['active'] for day in days], [3600, 3600 + 10800, 0, 0])
        self.assertEqual(days[3]['date'], datetime.datetime.fromtimestamp(
            today / 1000, datetime.timezone.utc).date().isoformat())
        self.show(timezone='Etc/GMT-12')
        self.assertEqual(sum(day['active'] for day in self.days(5)), 7200 + 10800)
        self.drop('b')
        self.assertEqual(sum(day['active'] for day in self.days(5)), 1800)

    def test_days_begin_at_midnight_of_the_owner_whatever_the_clocks_do(self):
        self.show(public='state', hours='on')
        # Nobody sleeps: then each day has as many seconds as it is long.
        last = now() // HOUR * HOUR - HOUR
        events = [self.event(last - i * HOUR, HOUR, status='not-afk') for i in range(366 * 24)]
        for i in range(0, len(events), 2000):
            self.write(events[i:i + 2000], kind='afkstatus')
        for name in ('Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe',
                     'Africa/Cairo', 'America/Havana', 'Asia/Beirut', 'Pacific/Apia', 'UTC'):
            zone = zoneinfo.ZoneInfo(name)
            self.show(timezone=name)
            days = self.days(360)
            for day in days[:-2]:
                date = datetime.date.fromisoformat(day['date'])
                self.assertEqual(day['active'], length_of_day(date, zone), (name, day))
            self.assertEqual(days[-1]['date'], datetime.datetime.now(zone).date().isoformat())
            self.assertEqual(len(days), 360)


def length_of_day(date, zone):
    """In seconds: how many of them have that date there."""
    utc = datetime.timezone.utc
    middle = datetime.datetime.combine(date, datetime.time(12), zone).astimezone(utc)
    step = datetime.timedelta(minutes=30)
    slots = (middle + step * i for i in range(-32, 33))
    return sum(1800 for at in slots if at.astimezone(zone).date() == date)
