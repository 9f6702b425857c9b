#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real receiver, driven over real sockets: test-receiver.py SERVER [UNIT]

What every backend must do is tested in tests/conformance/; this is what it does in a way of its own.
"""

import contextlib
import gzip
import json
import os
import re
import resource
import shutil
import signal
import socket
import sqlite3
import stat
import subprocess
import time
import unittest

from receiver import (BASE, SERVER, UNIT, Receiver, die_with_parent, now, read_answer, run_tests,
                      until)


class Protocol(Receiver):
    def test_clears_away_deleted_events(self):
        self.events([self.event(t) for t in range(5000)])
        self.events([self.event(t) for t in range(5000, 10000)])
        self.api('DELETE', '/events?bucket=b&seq=3')

        def is_empty():
            with sqlite3.connect(os.path.join(self.data, 'receiver.sqlite')) as db:
                return db.execute('SELECT count(*) FROM event').fetchone()[0] == 0
        until(is_empty)

    def test_takes_gzip_and_refuses_bombs(self):
        body = gzip.compress(json.dumps({'seq': 1, 'bucket': {'id': 'b'}, 'upsert': [
            self.event(1)]}).encode())
        zipped = ['Content-Encoding: gzip']
        self.assertEqual(self.api('POST', '/events', body, headers=zipped).json()['stored'], 1)
        bomb = gzip.compress(b' ' * 100_000_000)
        self.assertEqual(self.api('POST', '/events', bomb, headers=zipped).status, 413)
        self.assertEqual(self.api('PUT', '/status', bomb, headers=zipped).status, 413)
        self.assertLess(self.peak_memory(), 60_000)

    def test_public_reads_are_for_every_website(self):
        for path in ('', '/devices', '/days?device=x'):
            self.assertEqual(self.api('GET', path, token=None).headers['access-control-allow-origin'], '*')
        for path in ('', '/buckets'):
            self.assertNotIn('access-control-allow-origin', self.api('GET', path).headers)


class Live(Receiver):
    def test_the_stream_shows_as_much_as_the_owner_chose(self):
        self.report(activity={'app': '<app>', 'title': 't', 'since': now()}, media={'title': 'm', 'artist': None})
        stream = self.watch()
        self.command('device', 'set', 'laptop', '--public', 'state')
        heard = self.hear(stream)
        self.assertEqual((heard['state'], heard['activity'], heard['media']), ('active', None, None))
        self.command('device', 'set', 'laptop', '--public', 'activity')
        self.assertEqual(self.hear(stream)['activity']['app'], '<app>')
        self.assertEqual(self.hear(self.watch())['name'], 'laptop')
        self.command('device', 'set', 'laptop', '--public', 'none')
        self.assertEqual(self.hear(stream), {'name': 'laptop', 'gone': True})

    def test_a_status_outlives_a_crash(self):
        self.command('device', 'set', 'laptop', '--public', 'state')
        self.report('away')
        shown = self.devices()
        with contextlib.closing(sqlite3.connect(os.path.join(self.data, 'receiver.sqlite'))) as db:
            until(lambda: db.execute('SELECT last_seen FROM device').fetchone()[0], 15)
        self.stop(signal.SIGKILL)
        self.start()
        self.assertEqual(self.devices(), shown)

    def test_a_status_ends_after_its_ttl(self):
        self.command('device', 'set', 'laptop', '--public', 'state')

        def measure():
            begin = now()
            self.report('away', ttl=2)
            until(lambda: self.devices()[0]['state'] == 'offline', 15)
            return now() - begin
        # A machine may stall, but not each time.
        measured = []
        while not measured or min(measured) >= 3900:
            self.assertLess(len(measured), 3, measured)
            measured.append(measure())
        self.assertGreaterEqual(min(measured), 2000)


class Owner(Receiver):
    def test_exports(self):
        self.events([self.event(1, title='a,"b"\n')])
        line = json.loads(self.command('export', '--format', 'jsonl'))
        self.assertEqual((line['device'], line['start'], line['data']), ('laptop', 1, {'title': 'a,"b"\n'}))
        self.assertEqual(len(self.command('export', '--format=csv', '--device', 'laptop').splitlines()), 2)
        self.assertEqual(self.run_command('export', '--format', 'csv', '--device', 'x').returncode, 1)

    def test_wrong_usage_is_told(self):
        for words in (['nope'], ['--nope'], ['token'], ['token', 'add'], ['device', 'set', 'laptop'],
                      ['export'], ['device', 'set', 'laptop', '--public', 'all'],
                      ['device', 'set', 'laptop', '--timezone', 'Mars/City'], ['token', 'add', 'a/b'],
                      ['--listen', 'nonsense']):
            result = self.run_command(*words)
            if words[0] != '--listen':
                self.assertEqual(result.returncode, 2, words)
            self.assertTrue(result.stderr, words)
        self.assertIn('token add', self.command('--help'))

    def test_one_server_per_folder_and_address(self):
        self.assertEqual(self.run_command('--listen', '127.0.0.1:0').returncode, 75)
        other = os.path.join(self.folder, 'other')
        result = subprocess.run([SERVER, '--data', other, '--listen', f'127.0.0.1:{self.port}'],
                                capture_output=True, text=True, timeout=20)
        self.assertEqual(result.returncode, 69)
        self.assertEqual(stat.S_IMODE(os.stat(other).st_mode), 0o700)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.join(other, 'receiver.sqlite')).st_mode), 0o600)

    def test_leaves_newer_and_damaged_databases_alone(self):
        self.stop()
        path = os.path.join(self.data, 'receiver.sqlite')
        with sqlite3.connect(path) as db:
            db.execute('PRAGMA user_version = 99')
        self.assertEqual(self.run_command('--listen', '127.0.0.1:0').returncode, 65)
        with open(path, 'wb') as file:
            file.write(b'This is no database' * 1000)
        result = self.run_command('token', 'list')
        self.assertEqual(result.returncode, 65)
        self.assertIn('receiver.sqlite', result.stderr)

    def test_a_full_disk_stores_nothing_by_halves(self):
        self.stop()

        def limit():
            die_with_parent()
            resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, 600_000))
        self.start(setup=limit)
        statuses, stored = [], 0
        for batch in range(10):
            answer = self.events([self.event(batch * 1000 + t, title='x' * 100) for t in range(1000)])
            statuses.append(answer.status)
            stored += answer.json().get('stored', 0)
        self.assertIn(507, statuses)
        self.stop()
        self.start()
        self.assertEqual(sum(b['count'] for b in self.api('GET', '/buckets').json()), stored)

    def test_several_programs_may_make_the_database(self):
        for round in range(20):
            data = os.path.join(self.folder, f'made-{round}')
            makers = [subprocess.Popen([SERVER, '--data', data, 'token', 'add', f'd{number}'],
                                       stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                      for number in range(4)]
            self.assertEqual([maker.communicate()[1] for maker in makers], [''] * 4)

    @unittest.skipUnless(UNIT and shutil.which('systemd-analyze'), 'needs systemd-analyze')
    def test_the_unit_is_valid(self):
        with open(UNIT) as file:
            text = re.sub(r'^ExecStart=\S+', f'ExecStart={SERVER}', file.read(), flags=re.M)
        path = os.path.join(self.folder, 'heliograph-server.service')
        with open(path, 'w') as file:
            file.write(text)
        # The manual is not installed yet.
        result = subprocess.run(['systemd-analyze', 'verify', '--man=no', path],
                                capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ''))


class Traps(Receiver):
    def test_garbage_is_refused_with_a_reason(self):
        for data in (b'\x16\x03\x01\x02\x00\x01', b'\x00\x01\r\n\r\n', b'GET\r\n\r\n',
                     b'GET / HTTP/1.1\r\n\r\n', b'hello\r\n\r\n'):
            answer = self.raw(data)
            self.assertEqual((answer.status, answer.json()['status']), (400, 400), data)
            self.assertTrue(answer.json()['message'], data)
        for head in (b'Content-Length: 3\r\nContent-Length: 4', b'Content-Length: -3',
                     b'Content-Length: 3\r\nTransfer-Encoding: chunked'):
            answer = self.raw(b'POST ' + BASE.encode() + b'/events HTTP/1.1\r\nHost: a\r\n' + head
                              + b'\r\n\r\n')
            self.assertEqual((answer.status, answer.headers['connection']), (400, 'close'), head)
            self.assertTrue(answer.json()['message'], head)

    def test_an_oversized_body_is_refused_however_it_comes(self):
        self.assertEqual(self.api('PUT', '/status', b' ' * 70_000).status, 413)
        for length in (16 * 1024 * 1024 + 1, 2**40, 2**63 - 1):
            answer = self.raw((f'POST {BASE}/events HTTP/1.1\r\nHost: a\r\nContent-Length: {length}\r\n'
                               f'Authorization: Bearer {self.token}\r\n\r\n').encode())
            self.assertEqual((answer.status, answer.json()['status']), (413, 413))
            self.assertIn('16777216', answer.json()['message'])
        with self.dial() as connection:
            connection.sendall(f'POST {BASE}/events HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n'
                               f'Authorization: Bearer {self.token}\r\n\r\n'.encode())
            for _ in range(17):
                connection.sendall(b'100000\r\n' + b' ' * 0x100000 + b'\r\n')
            connection.sendall(b'0\r\n\r\n')
            self.assertEqual(read_answer(connection).status, 413)
        self.assertLess(self.peak_memory(), 60_000)
        self.assertEqual(self.events([self.event(1)]).status, 200)

    def test_a_refusal_does_not_wait_for_the_body(self):
        for length in ('Content-Length: 9', 'Content-Length: 5000000', 'Transfer-Encoding: chunked'):
            for token, call, status in (('hg_wrong', 'POST /events', 401), (self.token, 'POST /buckets', 405),
                                        (self.token, 'PUT /nope', 404)):
                method, path = call.split()
                answer = self.raw(f'{method} {BASE}{path} HTTP/1.1\r\nHost: a\r\n{length}\r\n'
                                  f'Authorization: Bearer {token}\r\n\r\n'.encode())
                self.assertEqual((answer.status, answer.headers['connection']), (status, 'close'), call)
                self.assertEqual(answer.json()['status'], status)
                self.assertEqual(int(answer.headers['content-length']), len(answer.body))
        self.assertEqual(self.metric('requests_refused_total'), 9)

    def test_who_asks_first_need_not_send_in_vain(self):
        expect = ['Expect: 100-continue']
        with self.dial() as connection:
            connection.sendall(f'PUT {BASE}/status HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n'
                               f'Content-Length: 47\r\nAuthorization: Bearer {self.token}\r\n\r\n'.encode())
            self.assertEqual(read_answer(connection).status, 100)
            connection.sendall(b'{"now":1,"since":1,"state":"away","ttl":90}    ')
            self.assertEqual(read_answer(connection).status, 204)
        self.assertEqual(self.api('PUT', '/status', b' ' * 70_000, headers=expect).status, 413)
        self.assertEqual(self.api('PUT', '/status', b' ', headers=expect, token='hg_wrong').status, 401)

    def test_connections_leave_nothing_behind(self):
        before = self.files()
        for ending in (b'', b'GET /heal', b'GET / HTTP/1.1\r\nHo'):
            for _ in range(30):
                with self.dial() as connection:
                    self.assertEqual(self.ask('GET', '/healthz', connection=connection).status, 200)
                    connection.sendall(ending)
        for _ in range(30):
            with self.dial() as connection:
                connection.sendall(b'POST /api/heliograph/v1/events HTTP/1.1\r\nHost: a\r\n'
                                   b'Content-Length: 100\r\n\r\nabc')
        for _ in range(30):
            stream = self.watch()
            stream._sock = None
        self.doCleanups()
        until(lambda: self.files() <= before)

    def test_one_connection_carries_many_requests(self):
        with self.dial() as connection:
            for _ in range(5):
                self.assertEqual(self.api('PUT', '/status', {'now': 1, 'since': 1, 'state': 'away', 'ttl': 9},
                                          connection=connection).status, 204)
                self.assertEqual(self.api('GET', '/devices', connection=connection).status, 200)

    def test_hears_again_after_running_out_of_files(self):
        self.stop()

        def limit():
            die_with_parent()
            resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100))
        self.start(setup=limit)
        idle = [self.dial() for _ in range(200)]
        for connection in idle:
            connection.close()
        until(lambda: self.ask('GET', '/healthz', token=None).status == 200)

    def test_a_burst_of_connections_is_taken(self):
        begin = time.monotonic()
        burst = [self.dial() for _ in range(500)]
        self.assertEqual(self.ask('GET', '/healthz', token=None, connection=burst[-1]).status, 200)
        self.assertLess(time.monotonic() - begin, 5)

    def test_a_refused_body_is_not_kept(self):
        size = 100_000_000
        with self.dial() as connection:
            connection.sendall(b'POST /api/heliograph/v1/events HTTP/1.1\r\nHost: a\r\n'
                               b'Content-Length: %d\r\n\r\n' % size)
            for _ in range(100):
                connection.sendall(b'x' * (size // 100))
            self.assertEqual(read_answer(connection).status, 401)
        self.assertEqual(self.api('POST', '/events', b'x' * 17_000_000).status, 413)
        self.assertLess(self.peak_memory(), 60_000)

    def test_a_slow_client_blocks_nobody(self):
        slow = self.dial()
        slow.sendall(b'POST /api/heliograph/v1/events HTTP/1.1\r\nHost: a\r\n')
        half = self.dial()
        half.sendall(b'GET / HT')
        self.assertEqual(self.ask('GET', '/healthz', token=None).status, 200)

    def test_a_viewer_who_never_reads_costs_little(self):
        self.command('device', 'set', 'laptop', '--public', 'activity')
        deaf = self.dial()
        deaf.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        deaf.sendall(f'GET {BASE}/live HTTP/1.1\r\nHost: a\r\n\r\n'.encode())
        title = 'x' * 1000

        def is_dropped():
            self.report(activity={'app': title, 'title': title, 'since': now()},
                        media={'title': title, 'artist': title})
            metrics = self.ask('GET', '/metrics', token=None).body
            return b'heliograph_viewers_dropped_total 1' in metrics
        until(is_dropped, 60)

    def test_nothing_secret_is_logged(self):
        self.report(activity={'app': 'a', 'title': 'verysecret', 'since': 1})
        self.events([self.event(1, title='verysecret')])
        self.api('GET', '/buckets', token='hg_wrongtoken')
        self.stop()
        with open(os.path.join(self.folder, 'errors')) as file:
            log = file.read()
        for secret in ('verysecret', self.token, 'hg_'):
            self.assertNotIn(secret, log)


class Page(Receiver):
    def test_serves_the_page(self):
        answer = self.ask('GET', '/', token=None)
        self.assertEqual(answer.status, 200)
        self.assertIn("default-src 'none'", answer.headers['content-security-policy'])
        tag = answer.headers['etag']
        again = self.ask('GET', '/', token=None, headers=[f'If-None-Match: {tag}'])
        self.assertEqual((again.status, again.body), (304, b''))
        widget = self.ask('GET', '/widget.js', token=None)
        self.assertEqual((widget.headers['access-control-allow-origin'],
                          widget.headers['cross-origin-resource-policy']), ('*', 'cross-origin'))
        self.assertEqual(self.ask('GET', '/../../etc/passwd', token=None).status, 404)


if __name__ == '__main__':
    run_tests()
