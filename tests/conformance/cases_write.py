# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Writing events: keys, order, what is rejected and what is refused."""

import threading

from client import BASE
from conformance import Conformance

MOST = 2**53 - 1
BUCKET = b'"bucket":{"id":"b"}'


class Write(Conformance):
    def test_stores_and_counts(self):
        events = [self.event(t, t % 7, 4294967295 - t % 5, title=f'ä {t}')
                  for t in range(100, 0, -1)]
        events += [self.event(-5, 0, 0), self.event(50, 3, 3, n=2, x=[1.5])]
        self.assertEqual(self.write(events),
                         {'stored': 102, 'unchanged': 0, 'deleted': 0, 'rejected': []})
        events[0]['duration'] = 99
        self.assertEqual(self.write(events, [{'start': 7000}]),
                         {'stored': 1, 'unchanged': 101, 'deleted': 0, 'rejected': []})
        self.assertEqual(self.write([], [{'start': 50, 'n': 2}, {'start': 51}]),
                         {'stored': 0, 'unchanged': 0, 'deleted': 2, 'rejected': []})
        del events[101], events[49]
        events.sort(key=lambda event: (event['start'], event['n']))
        self.assertEqual(self.held(), events)

    def test_an_upsert_replaces_duration_check_and_data(self):
        self.write([self.event(1, 10, 20, a=1)])
        for changed in (self.event(1, 11, 20, a=1), self.event(1, 11, 21, a=1),
                        self.event(1, 11, 21, a=2), self.event(1, 11, 21, b=None), self.event(1, 0, 0)):
            self.assertEqual(self.write([changed])['stored'], 1, changed)
            self.assertEqual(self.held(), [changed])
            self.assertEqual(self.write([changed])['unchanged'], 1)

    def test_n_may_be_left_out_when_it_is_0(self):
        upsert = self.event(5)
        del upsert['n']
        self.write([upsert, self.event(5, n=1)])
        self.assertEqual([key[:2] for key in self.keys()], [[5, 0], [5, 1]])
        self.assertEqual(self.write([self.event(5, n=0)])['unchanged'], 1)
        self.assertEqual(self.write([], [{'start': 5}])['deleted'], 1)
        self.assertEqual([key[:2] for key in self.keys()], [[5, 1]])

    def test_rejects_single_events_and_stores_the_rest(self):
        good = self.event(1)
        bad = [
            ('start', [7, None, 'x', [], True, {}, {**good, 'start': None}, {**good, 'start': 1.5},
                       {**good, 'start': '1'}, {**good, 'start': True}, {**good, 'start': 2**53},
                       {**good, 'start': -2**53}, {**good, 'start': 10**30}, {**good, 'start': []}]),
            ('n', [{**good, 'n': -1}, {**good, 'n': 1.5}, {**good, 'n': '0'}, {**good, 'n': None},
                   {**good, 'n': 10**9}, {**good, 'n': False}]),
            ('duration', [{**good, 'duration': -1}, {**good, 'duration': 0.5},
                          {**good, 'duration': None}, {**good, 'duration': 2**53},
                          {k: v for k, v in good.items() if k != 'duration'}]),
            ('check', [{**good, 'check': -1}, {**good, 'check': 2**32}, {**good, 'check': 1.5},
                       {**good, 'check': '7'}, {k: v for k, v in good.items() if k != 'check'}]),
            ('data', [{**good, 'data': []}, {**good, 'data': 'x'}, {**good, 'data': None},
                      {**good, 'data': 7}, {k: v for k, v in good.items() if k != 'data'}]),
            ('too-large', [{**good, 'data': {'a': 'x' * 2_000_000}}]),
        ]
        upserts, wanted = [self.event(100)], []
        for reason, events in bad:
            for event in events:
                wanted.append({'index': len(upserts), 'reason': reason})
                upserts.append(event)
            upserts.append(self.event(200 + len(upserts)))
        answer = self.write(upserts)
        self.assertEqual(sorted(answer['rejected'], key=lambda one: one['index']), wanted)
        self.assertEqual((answer['stored'], answer['unchanged']), (1 + len(bad), 0))
        self.assertEqual(len(self.keys()), 1 + len(bad))

    def test_only_rejected_events_make_no_bucket(self):
        self.assertEqual(self.write([{'start': 'x'}])['rejected'], [{'index': 0, 'reason': 'start'}])
        self.assertEqual(self.get('/buckets'), [])
        self.assertEqual(self.info()['seq'], self.seq)

    def test_takes_numbers_to_their_limits(self):
        events = [self.event(-MOST, MOST, 0), self.event(-1, 0, 2**32 - 1), self.event(0, 1, 2**31),
                  self.event(MOST, MOST, 2**32 - 1, n=1000000)]
        self.assertEqual(self.write(events)['stored'], 4)
        self.assertEqual(self.held(), events)
        self.assertEqual(self.keys(), [[MOST, 1000000, 2**32 - 1], [0, 0, 2**31],
                                       [-1, 0, 2**32 - 1], [-MOST, 0, 0]])
        self.assertEqual(self.write([], [{'start': -MOST}, {'start': MOST, 'n': 1000000}])['deleted'], 2)

    def test_a_key_comes_once_in_a_request(self):
        self.write([self.event(1, 5)])
        before = self.info()['seq']
        for upsert, delete in (([self.event(2), self.event(3), self.event(2)], []),
                               ([self.event(2, n=1), self.event(2, n=1)], []),
                               ([], [{'start': 1}, {'start': 1, 'n': 0}]),
                               ([self.event(1, 9)], [{'start': 1}])):
            self.assert_refused(self.events(upsert, delete), 400)
            self.assertEqual(self.held(), [self.event(1, 5)])
            self.assertEqual(self.info()['seq'], before)
        # What is rejected has no key.
        twice = self.event(7)
        answer = self.write([twice, {**twice, 'check': -1}])
        self.assertEqual((answer['stored'], len(answer['rejected'])), (1, 1))

    def test_orders_writes(self):
        self.seq += 10
        self.write([self.event(1, 99)])
        last = self.seq
        for seq in (last, last - 1, 0):
            self.seq = seq - 1
            answer = self.events([self.event(1, 5), self.event(2)], [{'start': 3}])
            self.assert_refused(answer, 409)
            self.assertEqual(answer.json()['seq'], last)
            answer = self.api('DELETE', f'/events?bucket=b&seq={seq}')
            self.assert_refused(answer, 409)
            self.assertEqual(answer.json()['seq'], last)
        self.assertEqual(self.held(), [self.event(1, 99)])
        self.assertEqual(self.info()['seq'], last)
        self.seq = last
        self.drop('b')
        self.assertEqual(self.get('/buckets'), [])
        self.assertEqual(self.info()['seq'], last + 1)
        self.write([self.event(3)])
        self.assertEqual(self.get('/buckets')[0]['count'], 1)

    def test_seq_goes_to_its_limit(self):
        self.need_commands()
        for seq in (2**53, -1):
            self.seq = seq - 1
            self.assert_refused(self.events([self.event(1)]), 400, 409)
        self.assertEqual(self.info()['seq'], 0)
        self.seq = MOST - 1
        self.write([self.event(1)])
        self.assertEqual(self.info()['seq'], MOST)

    def test_deletes_a_bucket_and_no_other(self):
        self.write([self.event(1)], bucket='b')
        self.write([self.event(1)], bucket='c')
        self.drop('b')
        self.drop('never was')
        self.assertEqual([bucket['id'] for bucket in self.get('/buckets')], ['c'])
        self.assertEqual(self.held('b'), [])
        self.assertEqual(len(self.held('c')), 1)

    def test_a_garbage_body_is_refused_and_nothing_of_it_stored(self):
        seq = b'%d' % (self.seq + 1)
        good = b'{"start":1,"duration":1,"check":1,"data":{}}'
        for body in (b'', b' ', b'null', b'[]', b'7', b'"x"', b'\xff\xfe', b'{', b'{}', b'{}{}',
                     b'{"seq":%s}' % seq, b'{"seq":%s.5,%s}' % (seq, BUCKET),
                     b'{"seq":"%s",%s}' % (seq, BUCKET), b'{"seq":1e99,%s}' % BUCKET,
                     b'{"seq":null,%s}' % BUCKET, b'{"seq":%s,"bucket":7}' % seq,
                     b'{"seq":%s,"bucket":{}}' % seq, b'{"seq":%s,"bucket":{"id":""}}' % seq,
                     b'{"seq":%s,"bucket":{"id":7}}' % seq,
                     b'{"seq":%s,"bucket":{"id":"a\\u0000b"}}' % seq,
                     b'{"seq":%s,"bucket":{"id":"b","type":7}}' % seq,
                     b'{"seq":%s,"bucket":{"id":"%s"}}' % (seq, b'x' * 2000),
                     b'{"seq":%s,%s,"upsert":{}}' % (seq, BUCKET),
                     b'{"seq":%s,%s,"upsert":"x"}' % (seq, BUCKET),
                     b'{"seq":%s,%s,"delete":7}' % (seq, BUCKET),
                     b'{"seq":%s,%s,"delete":[7],"upsert":[%s]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"delete":[{}],"upsert":[%s]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"delete":[{"start":1.5}],"upsert":[%s]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"delete":[{"start":1,"n":-1}],"upsert":[%s]}'
                     % (seq, BUCKET, good),
                     b'{"seq":%s,"seq":%s,%s,"upsert":[%s]}' % (seq, seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s],"upsert":[]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s],}' % (seq, BUCKET, good),
                     b"{'seq':%s,%s,'upsert':[%s]}" % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s,]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s]' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s]}x' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s]}\0' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s,{"start":NaN}]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s,{"start":0x10}]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s,{"start":01}]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s,/**/7]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s,{"data":{"a":"\xff"}}]}' % (seq, BUCKET, good),
                     b'{"seq":%s,%s,"upsert":[%s,{"data":{"a":"\xed\xa0\x80"}}]}'
                     % (seq, BUCKET, good),
                     b'[' * 100_000, b'{"a":' * 100_000, b'\0' * 1000):
            answer = self.api('POST', '/events', body)
            self.assert_refused(answer, 400)
            self.assertEqual(self.get('/buckets'), [], body[:99])
        self.assertEqual(self.info()['seq'], self.seq)

    def test_members_it_does_not_know_are_passed_over(self):
        self.seq += 1
        body = {'later': {'a': [1]}, 'seq': self.seq, 'bucket': {'id': 'b', 'later': []},
                'upsert': [{**self.event(1), 'later': None}]}
        self.assertEqual(self.api('POST', '/events', body).json()['stored'], 1)
        self.assertEqual(self.held(), [self.event(1)])
        self.seq += 1
        answer = self.api('POST', '/events', {'seq': self.seq, 'bucket': {'id': 'b'}})
        self.assertEqual(answer.json(), {'stored': 0, 'unchanged': 0, 'deleted': 0, 'rejected': []})

    def test_a_full_request_is_taken_and_no_larger_one(self):
        most = self.info()['max_events']
        self.assertEqual(self.write([self.event(t) for t in range(most)])['stored'], most)
        self.assertEqual(self.get('/buckets')[0]['count'], most)
        before = self.info()['seq']
        self.assert_refused(self.events([self.event(t) for t in range(most)], [{'start': -1}]), 413)
        self.assertEqual(self.info()['seq'], before)

    def test_an_oversized_body_is_refused(self):
        most = self.info()['max_bytes']
        for path, method, length in (('/events', 'POST', most + 1), ('/events', 'POST', 2**40),
                                     ('/status', 'PUT', 1024 * 1024)):
            with self.dial() as connection:
                connection.sendall(
                    (f'{method} {BASE}{path} HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n'
                     'Content-Type: application/json\r\n'
                     f'Authorization: Bearer {self.token}\r\n\r\n').encode())
                connection.shutdown(1)
                # By its own answer, or in the words of what stands in front of it.
                self.assertIn(b' 413 ', connection.makefile('rb').readline())
        body = b' ' * (most + 1)
        try:
            self.assertEqual(self.api('POST', '/events', body).status, 413)
        except ConnectionError:
            pass  # it may cut, too
        self.assertEqual(self.info()['seq'], self.seq)
        self.write([self.event(1)])

    def test_writes_at_one_time_keep_their_order(self):
        answers = []
        lock = threading.Lock()

        def write(seq):
            answer = self.api('POST', '/events', {
                'seq': seq, 'bucket': {'id': 'b'}, 'upsert': [self.event(1, seq)]})
            with lock:
                answers.append((seq, answer.status))
        threads = [threading.Thread(target=write, args=(self.seq + i,)) for i in range(1, 13)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual({status for _, status in answers}, {200, 409})
        last = max(seq for seq, status in answers if status == 200)
        self.assertEqual(last, self.seq + 12)
        self.assertEqual(self.info()['seq'], last)
        self.assertEqual(self.held()[0]['duration'], last)

    def test_what_was_answered_outlives_the_server(self):
        self.need_commands()
        store = self.info()['store']
        self.write([self.event(t) for t in range(1000)])
        self.backend.restart(9)
        self.port = self.backend.port
        info = self.info()
        self.assertEqual((info['store'], info['seq']), (store, self.seq))
        self.assertEqual(len(self.keys()), 1000)
