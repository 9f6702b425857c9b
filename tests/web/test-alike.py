#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device was used for, asked of both backends, which must say the same: the receiver's sums are
proved elsewhere. test-alike.py HELIOGRAPH-SERVER POCKETBASE-FOLDER"""

import datetime
import pathlib
import random
import sys
import zoneinfo

sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parent / 'aw')]

import backend  # noqa: E402
import history  # noqa: E402
from standin import run_tests  # noqa: E402

both = []
readers = []


def equal(path):
    answers = [one.ask('GET', path, token=token) for one, token in zip(both, readers)]
    for status, answer in answers:
        if status != 200:
            answer.pop('message', None)
    assert answers[0] == answers[1], (path, *(str(answer)[:2000] for answer in answers))
    return answers[0]


def send(*what):
    for one in both:
        one.send(*what)


def make(name, zone):
    for one in both:
        one.add_device(name)
        one.set_device(name, timezone=zone)


def a_year_is_the_same():
    zone = 'Europe/Berlin'
    make('laptop', zone)
    days = history.days_before(zone, 366)
    windows, statuses = history.make(zone, days, until=backend.now())
    send('laptop', 'w', 'currentwindow', windows)
    send('laptop', 'a', 'afkstatus', statuses)
    for count in (1, 2, 40, 366):
        status, answer = equal(f'/apps?device=laptop&from={days[-count]}&to={days[-1]}')
        assert status == 200 and len(answer['days']) == count, answer
    for day in days[::23]:
        assert equal(f'/timeline?device=laptop&date={day}')[0] == 200


def overlaps_and_odd_days_are_the_same():
    for name, zone, date in (('berlin', 'Europe/Berlin', '2026-03-27'), ('beirut', 'Asia/Beirut', '2026-03-27'),
                             ('havana', 'America/Havana', '2025-10-31'), ('howe', 'Australia/Lord_Howe', '2026-04-03')):
        make(name, zone)
        dice = random.Random(name)
        first = datetime.date.fromisoformat(date)
        begin = int(datetime.datetime.combine(first, datetime.time(9), zoneinfo.ZoneInfo(zone)).timestamp()) * 1000
        for bucket in 'vw':
            found = {begin + dice.randrange(300_000_000): (dice.randrange(5_000_000), {'app': f'app{dice.randrange(6)}'})
                     for _ in range(400)}
            found[begin - 50 * 3_600_000 - ord(bucket)] = (80 * 3_600_000, {'app': 'long', 'title': 'x'})
            send(name, bucket, 'currentwindow', [(start, *rest) for start, rest in sorted(found.items())])
        found = {begin + dice.randrange(300_000_000): (dice.randrange(6_000_000), {'status': dice.choice(['afk', 'not-afk'])})
                 for _ in range(150)}
        send(name, 'a', 'afkstatus', [(start, *rest) for start, rest in sorted(found.items())])
        for back in range(-2, 5):
            day = first + datetime.timedelta(back)
            assert equal(f'/timeline?device={name}&date={day}')[0] == 200
            assert equal(f'/apps?device={name}&from={day}&to={day + datetime.timedelta(2)}')[0] == 200


def odd_data_is_the_same():
    make('odd', 'UTC')
    begin = 1_780_000_000_000
    send('odd', 'w', 'currentwindow', [(begin + i * 1000, 1000, data) for i, data in enumerate((
        {}, {'app': None}, {'app': ''}, {'app': 7}, {'title': 'x'}, {'app': 'a"<b>\\\u2028é'}, {'t': {'app': 'x'}, 'z': [1]}))])
    date = datetime.datetime.fromtimestamp(begin / 1000, datetime.timezone.utc).date()
    assert equal(f'/timeline?device=odd&date={date}')[1]['knows_away'] is False
    send('odd', 'a', 'afkstatus', [(begin, 60_000, {'status': 'not-afk'}), (begin + 60_000, 60_000, {'status': 'afk'}),
                                   (begin + 120_000, 60_000, {'status': 'neither'}), (begin + 180_000, 60_000, {})])
    apps = equal(f'/timeline?device=odd&date={date}')[1]['apps']
    assert apps == [{'app': 'a"<b>\\\u2028é', 'active': 1}], apps


def bounds_are_the_same():
    make('many', 'UTC')
    begin = 1_780_012_800_000
    send('many', 'w', 'currentwindow', [(begin + i * 10_000, 1000 + i % 7000, {'app': f'app{i % 150}'}) for i in range(5000)])
    send('many', 'a', 'afkstatus', [(begin - 1000, 86_400_000, {'status': 'not-afk'})])
    date = datetime.datetime.fromtimestamp(begin / 1000, datetime.timezone.utc).date()
    answer = equal(f'/timeline?device=many&date={date}')[1]
    assert (len(answer['spans']), len(answer['apps'])) == (2000, 100) and answer['left_out'] > 0, answer['left_out']
    send('many', 'v', 'currentwindow', [(begin + i * 10_000 + 8000, 5000, {'app': f'name{i}' if i % 3 else 'é' * i})
                                        for i in range(1500)])
    answer = equal(f'/timeline?device=many&date={date}')[1]
    assert answer['left_out'] > 3000 and answer['left_out_buckets'] == 0, answer['left_out']
    make('windows', 'UTC')
    for number in range(66):
        send('windows', f'w{number}', 'currentwindow', [(begin, 1000, {'app': 'one'})])
    assert equal(f'/apps?device=windows&from={date}&to={date}')[1]['left_out_buckets'] == 2


def refusals_are_the_same():
    make('none', 'UTC')
    for query, wanted in (('apps?device=none', 200), ('timeline?device=none', 200), ('apps', 400), ('timeline', 400),
                          ('apps?device=nobody', 404), ('timeline?device=nobody', 404),
                          ('apps?device=none&from=2026-02-30&to=2026-03-01', 400),
                          ('apps?device=none&from=2026-03-02&to=2026-03-01', 400), ('apps?device=none&from=1900-01-01', 400),
                          ('timeline?device=none&date=2026-1-1', 400), ('timeline?device=none&date=', 400),
                          ('timeline?device=none&date=9999-12-30', 200), ('apps?device=none&to=2026-03-01', 200)):
        status, _ = equal('/' + query)
        assert status == wanted, (query, status)
    for token in (None, 'hgr_wrong'):
        for one in both:
            for path in ('/apps', '/timeline'):
                assert one.ask('GET', path + '?device=none', token=token)[0] == 401
    for one in both:
        assert one.ask('GET', '/apps', token=one.tokens['none'])[0] == 200


def main():
    server, folder = (sys.argv[1:] + ['', ''])[:2]
    reason = backend.why_not('pocketbase', folder)
    if reason:
        print(f'1..0 # SKIP {reason}')
        return
    for kind, program in (('heliograph-server', server), ('pocketbase', folder)):
        both.append(backend.make(kind, program))
        readers.append(both[-1].add_reader('me'))
    try:
        run_tests([('/web/alike/' + test.__name__.replace('_', '-'), test) for test in (
            a_year_is_the_same, overlaps_and_odd_days_are_the_same, odd_data_is_the_same, bounds_are_the_same,
            refusals_are_the_same)])
    finally:
        for one in both:
            one.close()


if __name__ == '__main__':
    main()
