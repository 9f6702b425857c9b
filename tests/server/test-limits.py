# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How much of the receiver one client may take, and for how long: test-limits.py SERVER"""

import contextlib
import os
import resource
import select
import socket
import sqlite3
import struct
import time
import unittest

from receiver import BASE, Receiver, die_with_parent, read_answer, run_tests, until

# As in src/server/.
VIEWERS_PER_ADDRESS = 64
CONNECTIONS_PER_ADDRESS = 256
FIRST_HEAD, LATER_HEAD, BODY, ANSWER, REFUSED, COMMENT = 15, 90, 120, 120, 10, 25

# A second of the servers here that must not take their time.
SECOND_MS = 10


def own_address():
    """An address of this machine that is not loopback, or None. Nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(('203.0.113.1', 9))
            return probe.getsockname()[0]
        except OSError:
            return None


def limit_files(number):
    def setup():
        die_with_parent()
        resource.setrlimit(resource.RLIMIT_NOFILE, (number, number))
    return setup


class Limited(Receiver):
    def enter(self, *headers, **keywords):
        """Asks for the live stream. Gives the answer and the connection, which stays open."""
        connection = self.dial(**keywords)
        head = '\r\n'.join([f'GET {BASE}/live HTTP/1.1', 'Host: a', *headers])
        connection.sendall(head.encode() + b'\r\n\r\n')
        return read_answer(connection), connection

    def status(self, *headers, **keywords):
        return self.enter(*headers, **keywords)[0].status

    def is_counted(self, forwarded, name='X-Forwarded-For', **keywords):
        """Whether a viewer counts as one of the many from an address where no more fit."""
        return self.status(f'{name}: {forwarded}', **keywords) == 503

    def fill(self, *headers, count=VIEWERS_PER_ADDRESS, **keywords):
        viewers = []
        for _ in range(count):
            answer, connection = self.enter(*headers, **keywords)
            self.assertEqual(answer.status, 200)
            viewers.append(connection)
        return viewers


class Proxy(Limited):
    def test_the_proxy_says_who_asks(self):
        self.restart('--proxy', '127.0.0.1')
        self.fill('X-Forwarded-For: 203.0.113.7')
        self.fill('X-Forwarded-For: 2001:db8::1')
        for forwarded in ('203.0.113.7', ' 203.0.113.7 ', '203.0.113.7:4711', '::ffff:203.0.113.7',
                          '2001:db8::1', '2001:db8::ffff:2', '[2001:db8::3]', '[2001:db8::3]:4711'):
            self.assertTrue(self.is_counted(forwarded), forwarded)
        for forwarded in ('203.0.113.8', '2001:db8:0:1::1'):
            self.assertFalse(self.is_counted(forwarded), forwarded)
        for forwarded in ('for=203.0.113.7', 'For="203.0.113.7:80";proto=https', 'by=1.2.3.4;for=203.0.113.7',
                          'for=1.2.3.4, for=203.0.113.7', 'for="[2001:db8::4]:80"'):
            self.assertTrue(self.is_counted(forwarded, 'Forwarded'), forwarded)
        self.assertFalse(self.is_counted('for=203.0.113.8', 'Forwarded'))

    def test_of_a_list_only_what_the_proxy_added_counts(self):
        self.restart('--proxy', '127.0.0.1')
        self.fill('X-Forwarded-For: 203.0.113.7')
        self.assertTrue(self.is_counted('198.51.100.1, 203.0.113.7'))
        self.assertTrue(self.is_counted('unknown,198.51.100.1,203.0.113.7'))
        self.assertFalse(self.is_counted('203.0.113.7, 198.51.100.1'))
        lines = ['X-Forwarded-For: 198.51.100.1', 'X-Forwarded-For: 203.0.113.7']
        self.assertEqual(self.status(*lines), 503)
        self.assertEqual(self.status(*reversed(lines)), 200)

    def test_a_header_of_garbage_is_as_good_as_none(self):
        self.restart('--proxy', '127.0.0.1')
        self.fill('X-Forwarded-For: 203.0.113.7')
        for forwarded in ('', ',', ', ,', 'unknown', '203.0.113', '203.0.113.7.7', '999.0.0.1', '[', '[]', ']:',
                          ':', '::::', '"', '203.0.113.7, x', 'x' * 8000, '%s%n', '-1', '_hidden'):
            self.assertFalse(self.is_counted(forwarded), forwarded)
            self.assertFalse(self.is_counted(forwarded, 'Forwarded'), forwarded)
            self.assertFalse(self.is_counted(f'for={forwarded}', 'Forwarded'), forwarded)
        self.assertFalse(self.is_counted('203.0.113.7;'))
        self.assertFalse(self.is_counted('by=203.0.113.7', 'Forwarded'))
        self.assertTrue(self.is_counted('203.0.113.7'))

    def test_nobody_else_is_believed(self):
        many = VIEWERS_PER_ADDRESS + 6
        self.fill('X-Forwarded-For: 203.0.113.7', 'Forwarded: for=203.0.113.7', count=many)
        self.restart('--proxy', '203.0.113.9')
        self.fill('X-Forwarded-For: 203.0.113.7', count=many)
        self.restart('--proxy', '127.0.0.1')
        self.fill('X-Forwarded-For: 203.0.113.7')
        self.assertTrue(self.is_counted('203.0.113.7'))
        self.assertFalse(self.is_counted('203.0.113.7', source='127.0.0.2'))
        self.fill('X-Forwarded-For: 203.0.113.8', source='127.0.0.2', count=many)

    def test_an_address_that_is_none_is_told(self):
        for proxy in ('nonsense', '127.0.0.1:80', '10.0.0.0/8', 'localhost'):
            result = self.run_command('--listen', '127.0.0.1:0', '--data', self.folder, '--proxy', proxy)
            self.assertEqual(result.returncode, 2, proxy)
            self.assertIn(f'"{proxy}"', result.stderr)

    @unittest.skipUnless(own_address(), 'this machine has only loopback addresses')
    def test_a_proxy_may_have_many_connections(self):
        own = own_address()
        for words in ([], ['--proxy', own]):
            self.restart(*words, listen='0.0.0.0')
            held = [self.dial(own, own) for _ in range(CONNECTIONS_PER_ADDRESS)]
            for connection in held:
                answer = self.ask('GET', '/healthz', token=None, connection=connection)
                self.assertEqual(answer.status, 200)
            answer = self.ask('GET', '/healthz', token=None, connection=self.dial(own, own))
            self.assertEqual(answer.status, 200 if words else 503)
            if not words:
                self.assertEqual(answer.headers['retry-after'], '10')
                self.assertTrue(answer.json()['message'])
                self.assertEqual(self.ask('GET', '/healthz', token=None).status, 200)
                held.pop().close()
                until(lambda: self.metric('connections') <= CONNECTIONS_PER_ADDRESS)
                answer = self.ask('GET', '/healthz', token=None, connection=self.dial(own, own))
                self.assertEqual(answer.status, 200)


class Viewers(Limited):
    def test_one_address_has_its_share(self):
        self.restart('--proxy', '127.0.0.1')
        one, other = ('X-Forwarded-For: 203.0.113.7', 'X-Forwarded-For: 203.0.113.8')
        self.fill(one)
        answer, connection = self.enter(one)
        self.assertEqual((answer.status, answer.json()['status']), (503, 503))
        self.assertIn('Too many watch', answer.json()['message'])
        self.assertEqual(answer.headers['retry-after'], '30')
        self.assertEqual(answer.headers['access-control-allow-origin'], '*')
        self.assertEqual(self.ask('GET', '/healthz', token=None, connection=connection).status, 200)
        self.assertEqual(self.status(other), 200)
        self.assertEqual(self.metric('viewers'), VIEWERS_PER_ADDRESS + 1)

    @unittest.skipUnless(own_address(), 'this machine has only loopback addresses')
    def test_without_a_proxy_the_socket_says_who_asks(self):
        own = own_address()
        self.restart(listen='0.0.0.0')
        self.fill(host=own, source=own)
        self.assertEqual(self.status(host=own, source=own), 503)
        self.assertEqual(self.status(), 200)

    def test_who_leaves_makes_room(self):
        self.restart('--proxy', '127.0.0.1')
        one = 'X-Forwarded-For: 203.0.113.7'
        viewers = self.fill(one)

        def reset(connection):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            connection.close()

        def say_no_more(connection):
            connection.shutdown(socket.SHUT_WR)
        for leave in (socket.socket.close, reset, say_no_more):
            self.assertEqual(self.status(one), 503)
            leave(viewers.pop())
            until(lambda: self.metric('viewers') == VIEWERS_PER_ADDRESS - 1)
            self.assertEqual(self.status(one), 200)
        for viewer in viewers:
            viewer.close()
        until(lambda: self.metric('viewers') == 3)
        self.fill(one, count=VIEWERS_PER_ADDRESS - 3)
        self.assertEqual(self.status(one), 503)

    def test_viewers_leave_room_for_everybody_else(self):
        for n_files in (128, 200, 400):
            with self.subTest(n_files):
                self.doCleanups()
                self.restart(setup=limit_files(n_files))
                n_viewers = (n_files - 64) - (n_files - 64) // 4
                viewers = self.fill(count=n_viewers)
                answer = self.enter()[0]
                self.assertEqual((answer.status, answer.headers['retry-after']), (503, '30'))
                self.assertIn('Too many watch', answer.json()['message'])
                self.assertEqual(self.metric('viewers'), n_viewers)
                self.assertEqual(self.events([self.event(1)]).status, 200)
                self.assertEqual(self.api('GET', '/devices', token=None).status, 200)
                viewers.pop().close()
                until(lambda: self.metric('viewers') == n_viewers - 1)
                self.assertEqual(self.status(), 200)

    def test_a_silent_stream_says_that_it_lives(self):
        self.restart(second_ms=SECOND_MS)
        for _ in range(2):
            begin = time.monotonic()
            with self.watch() as stream:
                heard = 0
                # Longer than any deadline: a viewer has none.
                while heard * COMMENT <= max(BODY, ANSWER, LATER_HEAD):
                    line = stream.readline()
                    self.assertNotEqual(line, b'')
                    heard += line == b': here\n'
                # In whole seconds of the server.
                least = heard * (COMMENT - 1) * SECOND_MS / 1000
                self.assertGreaterEqual(time.monotonic() - begin, least)


class Deadlines(Limited):
    def setUp(self):
        super().setUp()
        self.restart(second_ms=SECOND_MS)

    def assert_cut(self, begin, connection, seconds, drip=None):
        """The server ends it, not before its time; meanwhile somebody else is served."""
        connection.settimeout(0.02)
        while True:
            self.assertLess(time.monotonic() - begin, 20, 'it was not cut')
            self.assertEqual(self.ask('GET', '/healthz', token=None).status, 200)
            try:
                if drip:
                    connection.sendall(drip)
                if connection.recv(65536) == b'':
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.assertGreaterEqual(time.monotonic() - begin, seconds * SECOND_MS / 1000)
        connection.close()
        until(lambda: self.metric('connections') == 1)

    def post(self, framing='Content-Length: 1000000', token='own'):
        token = self.token if token == 'own' else token
        return (f'POST {BASE}/events HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {token}\r\n'
                f'{framing}\r\n\r\n').encode()

    def test_a_head_must_come_in_time(self):
        for said, drip in ((b'', None), (b'GET / HTTP/1.1\r\n', None), (b'GET / HTTP/1.1\r\nA: ', b'x')):
            with self.subTest(said):
                begin = time.monotonic()
                connection = self.dial()
                connection.sendall(said)
                self.assert_cut(begin, connection, FIRST_HEAD, drip)

    def test_the_next_head_must_come_in_time(self):
        for said, drip in ((b'', None), (b'GET / HTTP/1.1\r\nA: ', b'x')):
            with self.subTest(said):
                connection = self.dial()
                begin = time.monotonic()
                self.assertEqual(self.ask('GET', '/healthz', token=None, connection=connection).status, 200)
                connection.sendall(said)
                self.assert_cut(begin, connection, LATER_HEAD, drip)

    def test_a_body_must_come_in_time(self):
        for framing, drip in (('Content-Length: 1000000', None), ('Content-Length: 1000000', b' '),
                              ('Transfer-Encoding: chunked', b'1\r\n \r\n')):
            with self.subTest(framing, drip=drip):
                begin = time.monotonic()
                connection = self.dial()
                connection.sendall(self.post(framing))
                self.assert_cut(begin, connection, BODY, drip)
        self.assertEqual(self.events([self.event(1)]).status, 200)

    def test_a_refused_client_is_not_heard_for_long(self):
        for drip in (b'', b' '):
            with self.subTest(drip):
                begin = time.monotonic()
                connection = self.dial()
                connection.sendall(self.post(token='hg_wrong'))
                self.assertEqual(read_answer(connection).status, 401)
                while self.metric('connections') > 1:
                    self.assertLess(time.monotonic() - begin, 20, 'it was not cut')
                    with contextlib.suppress(OSError):
                        connection.sendall(drip)
                self.assertGreaterEqual(time.monotonic() - begin, REFUSED * SECOND_MS / 1000)

    def test_an_answer_must_be_taken_in_time(self):
        for start in range(0, 3000, 1000):
            self.events([self.event(start + i, title='x' * 1000) for i in range(1000)])
        connection = socket.socket()
        self.addCleanup(connection.close)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(('127.0.0.1', self.port))
        begin = time.monotonic()
        connection.sendall(f'GET {BASE}/events?bucket=b&limit=10000 HTTP/1.1\r\nHost: a\r\n'
                           f'Authorization: Bearer {self.token}\r\n\r\n'.encode())
        self.assertTrue(select.select([connection], [], [], 20)[0])
        self.assertEqual(self.metric('connections'), 2)
        until(lambda: self.metric('connections') == 1)
        self.assertGreaterEqual(time.monotonic() - begin, ANSWER * SECOND_MS / 1000)

    def test_many_slow_clients_block_nobody(self):
        # Nobody is cut here, neither these nor, where the machine is slow, those that they must not
        # block.
        self.restart(second_ms=1000)
        slow = [self.dial() for _ in range(200)]
        for i, connection in enumerate(slow):
            connection.sendall(self.post() if i % 2 else b'GET / HTTP/1.1\r\nA: ')
        for round in range(20):
            for connection in slow:
                with contextlib.suppress(OSError):
                    connection.send(b'x')
            self.assertEqual(self.events([self.event(round)]).status, 200)
            self.assertEqual(self.api('GET', '/devices', token=None).status, 200)
        for connection in slow:
            connection.close()
        until(lambda: self.metric('connections') == 1)


class Reads(Limited):
    MANY = 300_000
    AT_ONCE = 16

    def fill_bucket(self):
        self.assertEqual(self.events([self.event(-1)]).status, 200)
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, 'receiver.sqlite'))) as db:
            db.execute('''WITH RECURSIVE count (i) AS (VALUES (0) UNION ALL SELECT i + 1 FROM count LIMIT ?)
                          INSERT INTO event SELECT (SELECT id FROM bucket), i, 0, 1, 1, '{}' FROM count''',
                       (self.MANY,))
            db.commit()

    def request(self, path):
        connection = self.dial()
        connection.sendall(f'GET {BASE}{path} HTTP/1.1\r\nHost: a\r\n'
                           f'Authorization: Bearer {self.token}\r\n\r\n'.encode())
        return connection

    def test_a_long_read_blocks_nobody(self):
        self.fill_bucket()
        other = self.dial()
        for path in ('/buckets', '/ranges?bucket=b', '/ranges?bucket=b&from=0&step=10'):
            reader = self.request(path)
            served = 0
            while not select.select([reader], [], [], 0)[0]:
                self.assertEqual(self.ask('GET', '/healthz', token=None, connection=other).status, 200)
                served += 1
            answer = read_answer(reader)
            self.assertEqual(answer.status, 200)
            self.assertEqual(sum(part['count'] for part in answer.json()), self.MANY + ('from' not in path))
            # One that waits its turn is served once, perhaps twice.
            self.assertGreater(served, 5, path)

    def test_a_read_sees_all_that_was_answered_before(self):
        for count in range(1, 100):
            self.assertEqual(self.events([self.event(count)]).status, 200)
            self.assertEqual(self.api('GET', '/buckets').json()[0]['count'], count)
            self.assertEqual(len(self.api('GET', '/keys?bucket=b').json()['keys']), count)
        self.seq += 1
        self.assertEqual(self.api('DELETE', f'/events?bucket=b&seq={self.seq}').status, 204)
        self.assertEqual(self.api('GET', '/events?bucket=b').json()['events'], [])

    def test_a_read_writes_nothing(self):
        self.fill_bucket()
        path = os.path.join(self.data, 'receiver.sqlite-wal')
        before = os.stat(path).st_mtime_ns
        self.assertEqual(self.api('GET', '/buckets').status, 200)
        self.assertEqual(os.stat(path).st_mtime_ns, before)

    def test_many_reads_are_too_many(self):
        self.fill_bucket()
        answers = [read_answer(c) for c in [self.request('/ranges?bucket=b') for _ in range(3 * self.AT_ONCE)]]
        refused = [answer for answer in answers if answer.status != 200]
        self.assertGreaterEqual(len(answers) - len(refused), self.AT_ONCE)
        self.assertTrue(refused)
        for answer in refused:
            self.assertEqual((answer.status, answer.headers['retry-after']), (503, '1'))
            self.assertIn('Too many read', answer.json()['message'])
        self.assertEqual(self.api('GET', '/ranges?bucket=b').status, 200)

    def test_who_leaves_during_a_read_leaves_nothing_behind(self):
        self.fill_bucket()
        before = self.files()
        for _ in range(5 * self.AT_ONCE):
            reader = self.request('/ranges?bucket=b')
            reader.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack('ii', 1, 0))
            reader.close()
        until(lambda: self.metric('connections') == 1)
        # SQLite keeps the file of a closed handle for the next one while another holds a lock.
        until(lambda: self.files() <= before + self.AT_ONCE)
        self.assertEqual(self.api('GET', '/ranges?bucket=b').status, 200)

    def spent(self):
        """The receiver's CPU time so far, of all its threads, in ticks of the kernel."""
        with open(f'/proc/{self.process.pid}/stat', encoding='utf-8') as file:
            return sum(int(word) for word in file.read().rpartition(')')[2].split()[11:13])

    def fill_places(self):
        readers = [self.request('/ranges?bucket=b') for _ in range(self.AT_ONCE)]
        self.assertEqual(self.api('GET', '/ranges?bucket=b').status, 503)
        return readers

    def test_who_leaves_during_a_read_makes_room(self):
        self.fill_bucket()
        readers = self.fill_places()
        before = self.spent()
        for reader in readers:
            self.assertEqual(read_answer(reader).status, 200)
        whole = self.spent() - before
        readers = self.fill_places()
        before = self.spent()
        for reader in readers:
            reader.close()
        until(lambda: self.api('GET', '/ranges?bucket=b').status == 200)
        # They are not read to their end.
        self.assertLess(self.spent() - before, whole / 2)

    def test_an_end_does_not_wait_for_a_read(self):
        self.fill_bucket()
        for _ in range(self.AT_ONCE):
            self.request('/ranges?bucket=b')
        self.assertEqual(self.ask('GET', '/healthz', token=None).status, 200)
        self.stop()


if __name__ == '__main__':
    run_tests()
