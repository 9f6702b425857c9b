# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One's own data back, exactly as it came."""

import json

from conformance import Conformance

MOST = 2**53 - 1
DATA = (
    '{}', '{"a":1}', '{"a":1.10,"b":1e5,"c":1E+05,"d":-0,"e":-0.0,"f":0.1e-7}',
    '{"a":123456789012345678901234567890,"b":3.14159265358979323846264338327950288}',
    '{"a":1e400,"b":5e-324,"c":9007199254740993}', '{"z":1,"a":2,"m":[true,false,null]}',
    '{"replaced":"\ufffd \ufffd"}', '{"title":"ä ß € 😀 日本語 \u202e \u0301"}', '{"ä":"ö","":1,"a b":2,"$.start":3,"[0]":4}',
    r'{"a":"\u00e4\ud83d\ude00\/\b\f\n\r\t\"\\"}', r'{"nul":"a\u0000b"}',
    r'{"lone":"\ud800","pair":"\udc00\ud800","end":"\ud83d"}', '{"del":"\x7f\x80\x9f"}',
    '{"a":"<script>alert(1)</script>","b":"\'; DROP TABLE event; --"}',
    '{"start":7,"n":8,"duration":9,"check":10,"data":{"data":{"data":[]}}}',
    '{"a":1,"a":2}', '{"d":' + '[' * 200 + ']' * 200 + '}', '{"d":' + '{"d":' * 150 + '1' + '}' * 151,
    '{"long":"' + 'x' * 300_000 + '"}', '{"array":[' + ','.join(map(str, range(5000))) + ']}',
)


class Read(Conformance):
    def test_data_comes_back_byte_for_byte(self):
        upserts = ('{"start":%d,"n":0,"duration":1,"check":7,"data":%s}' % (i, data)
                   for i, data in enumerate(DATA))
        self.assertEqual(self.write_text(','.join(upserts)),
                         {'stored': len(DATA), 'unchanged': 0, 'deleted': 0, 'rejected': []})
        for i, data in enumerate(DATA):
            answer = self.api('GET', f'/events?bucket=b&from={i}&to={i + 1}')
            found, _, end = answer.body.partition(b'"data":')[2].rpartition(b'}],"next":')
            self.assertEqual(found, data.encode(), data[:99])
            self.assertEqual(end, b'null}')
        self.assertEqual(len(self.held(limit=3)), len(DATA))
        # Nothing of it is taken for a change.
        upserts = ('{"start":%d,"duration":1,"check":7,"data":%s}' % (i, data)
                   for i, data in enumerate(DATA))
        self.assertEqual(self.write_text(','.join(upserts))['unchanged'], len(DATA))

    def test_space_between_tokens_means_nothing(self):
        self.assertEqual(self.write_text(
            ' \n{ "start" : 1 ,\t"duration" : 2 , "check" : 3 , "data" : { "a" : [ 1 , 2 ] } } ')
            ['stored'], 1)
        self.assertEqual(self.held(), [{'start': 1, 'n': 0, 'duration': 2, 'check': 3,
                                        'data': {'a': [1, 2]}}])

    def test_pages_by_cursors(self):
        events = [self.event(t // 3, t + 30, 2 * t + 60, n=t % 3) for t in range(-30, 70)]
        self.write(events)
        for limit in (1, 7, 99, 100, 101, 1000):
            self.assertEqual(self.held(limit=limit), events)
            self.assertEqual(sorted(self.keys(limit=limit)),
                             [[e['start'], e['n'], e['check']] for e in events])
        page = self.get('/events', bucket='b', limit=100)
        self.assertIsNone(page['next'])
        part = self.held(start=-2, to=3, limit=2)
        self.assertEqual(part, [event for event in events if -2 <= event['start'] < 3])
        self.assertEqual(self.held(start=3, to=3), [])
        self.assertEqual(self.held('unknown'), [])
        self.assertEqual(self.keys('unknown'), [])

    def test_a_cursor_holds_while_events_come_and_go(self):
        self.write([self.event(t) for t in range(10)])
        page = self.get('/events', bucket='b', limit=5)
        self.write([self.event(-1), self.event(20)], [{'start': 4}, {'start': 5}])
        rest = self.get('/events', bucket='b', limit=50, cursor=page['next'])
        self.assertEqual([event['start'] for event in rest['events']], [6, 7, 8, 9, 20])

    def test_a_long_answer_ends_early(self):
        self.write([self.event(t, text='x' * 900_000) for t in range(12)])
        answer = self.api('GET', '/events?bucket=b&limit=12')
        self.assertLess(len(answer.body), 8_000_000)
        self.assertTrue(answer.json()['next'])
        self.assertEqual([event['start'] for event in self.held(limit=12)], list(range(12)))

    def test_sums_ranges(self):
        events = [self.event(t * t * (-1) ** t, t % 7, 2**32 - 1 - t, n=t % 2) for t in range(60)]
        self.write(events)
        for start, to, step in ((-4000, 4000, 10), (-4000, 4000, 1), (-3481, 3482, 3600000),
                                (-7, 101, 10), (0, 1, 1), (-MOST, MOST, MOST)):
            wanted = {}
            for event in events:
                if start <= event['start'] < to:
                    at = (event['start'] - start) // step * step + start
                    count, check = wanted.get(at, (0, 0))
                    wanted[at] = (count + 1, check + event['check'])
            sums = self.get('/ranges', bucket='b', start=start, to=to, step=step)
            self.assertEqual({one['from']: (one['count'], one['check']) for one in sums}, wanted)
            self.assertEqual([one['from'] for one in sums], sorted(wanted))
        whole = self.get('/ranges', bucket='b')
        self.assertEqual(sum(one['count'] for one in whole), 60)
        self.assertEqual(sum(one['check'] for one in whole), sum(e['check'] for e in events))
        self.assertGreater(sum(one['check'] for one in whole), 2**32)
        self.assertEqual(self.get('/ranges', bucket='unknown'), [])

    def test_lists_buckets(self):
        names = ['aw-watcher-window_läptop', 'b/c d&e=f#g?h', '日本', "'; --", 'B', 'a']
        for i, name in enumerate(names):
            self.write([self.event(t) for t in range(-i, i + 1)], bucket=name)
        self.assertEqual(self.get('/buckets'), [
            {'id': name, 'type': 'currentwindow', 'client': 'c', 'hostname': 'h',
             'count': 2 * i + 1, 'first': -i, 'last': i}
            for i, name in sorted(enumerate(names), key=lambda one: one[1].encode())])
        for i, name in enumerate(names):
            self.assertEqual(len(self.held(name)), 2 * i + 1, name)
        self.write([self.event(99)], bucket='a', kind='other')
        one = next(bucket for bucket in self.get('/buckets') if bucket['id'] == 'a')
        self.assertEqual((one['type'], one['last']), ('other', 99))
        self.write([], [{'start': 0}], bucket=names[0])
        self.assertNotIn(names[0], [bucket['id'] for bucket in self.get('/buckets')])

    def test_answers_are_json(self):
        self.write([self.event(1)])
        for path in ('', '/buckets', '/ranges?bucket=b', '/keys?bucket=b', '/events?bucket=b',
                     '/devices'):
            answer = self.api('GET', path)
            self.assertTrue(answer.headers['content-type'].startswith('application/json'), path)
            self.assertEqual(answer.headers['cache-control'], 'no-store', path)
            json.loads(answer.body)
