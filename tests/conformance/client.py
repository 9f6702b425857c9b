# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A client of the protocol on bare sockets, for the tests of any backend; and TAP."""

import ctypes
import json
import os
import re
import signal
import socket
import sys
import threading
import time
import unittest

BASE = '/api/heliograph/v1'

def now():
    return int(time.time() * 1000)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


def until(condition, seconds=10):
    """Waits for what another process does; gives what the condition gave."""
    end = time.monotonic() + seconds
    while not (value := condition()):
        if time.monotonic() > end:
            raise AssertionError('waited in vain')
        threading.Event().wait(0.02)
    return value


class Answer:
    def __init__(self, raw):
        head, _, self.body = raw.partition(b'\r\n\r\n')
        lines = head.decode().split('\r\n')
        self.status = int(lines[0].split()[1])
        self.headers = {k.lower(): v for k, v in (line.split(': ', 1) for line in lines[1:])}

    def json(self):
        return json.loads(self.body)


def read_chunks(connection, raw):
    """A body in pieces; none here has anything after its last one."""
    body = b''
    while True:
        line, end, rest = raw.partition(b'\r\n')
        if end and len(rest) >= int(line, 16) + 2:
            length = int(line, 16)
            if length == 0:
                return body
            body += rest[:length]
            raw = rest[length + 2:]
            continue
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError('cut chunks')
        raw += piece


def read_answer(connection, has_body=True):
    raw = b''
    while b'\r\n\r\n' not in raw:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError(f'cut after {raw!r}')
        raw += piece
    head, _, body = raw.partition(b'\r\n\r\n')
    if b'Transfer-Encoding: chunked' in head and has_body:
        return Answer(head + b'\r\n\r\n' + read_chunks(connection, body))
    found = re.search(rb'Content-Length: (\d+)', head)
    length = int(found[1]) if found and has_body else 0
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError('cut body')
        body += piece
    return Answer(head + b'\r\n\r\n' + body)


class Client(unittest.TestCase):
    """Speaks with the backend at self.host and self.port, with self.token."""

    host = '127.0.0.1'
    seq = 0
    patience = 20

    def dial(self, host=None, source=None):
        connection = socket.create_connection((host or self.host, self.port), self.patience,
                                              source and (source, 0))
        self.addCleanup(connection.close)
        return connection

    def raw(self, data, has_body=True):
        with self.dial() as connection:
            connection.sendall(data)
            return read_answer(connection, has_body)

    def ask(self, method, path, body=None, token='own', headers=(), connection=None):
        token = self.token if token == 'own' else token
        if body is not None and not isinstance(body, bytes):
            body = json.dumps(body).encode()
        lines = [f'{method} {path} HTTP/1.1', 'Host: localhost', *headers]
        if token:
            lines.append(f'Authorization: Bearer {token}')
        if body is not None:
            lines += ['Content-Type: application/json', f'Content-Length: {len(body)}']
        data = '\r\n'.join(lines).encode() + b'\r\n\r\n' + (body or b'')
        if connection:
            connection.sendall(data)
            return read_answer(connection)
        return self.raw(data, method != 'HEAD')

    def api(self, method, path, *arguments, **keywords):
        return self.ask(method, BASE + path, *arguments, **keywords)

    def events(self, upsert=(), delete=(), bucket='b', kind='currentwindow', **more):
        self.seq += 1
        return self.api('POST', '/events', {
            'seq': self.seq, 'bucket': {'id': bucket, 'type': kind, 'client': 'c', 'hostname': 'h'},
            'delete': list(delete), 'upsert': list(upsert)}, **more)

    @staticmethod
    def event(start, duration=1000, check=7, n=0, **data):
        return {'start': start, 'n': n, 'duration': duration, 'check': check, 'data': data}

    def report(self, state='active', ttl=90, token='own', **more):
        answer = self.api('PUT', '/status', {'now': now(), 'state': state, 'since': now() - 5000,
                                             'ttl': ttl, **more}, token=token)
        self.assertEqual(answer.status, 204, answer.body)

    def devices(self):
        return self.api('GET', '/devices', token=None).json()


class Tap(unittest.TestResult):
    def __init__(self, room):
        super().__init__()
        self.room = room

    def startTest(self, test):
        super().startTest(test)
        self.__dict__.pop('line', None)
        self.name = f'/{self.room}/{type(test).__name__.lower()}/' + test._testMethodName[5:].replace('_', '-')

    def line(self, word, test, note=''):
        print(f'{word} {self.testsRun} {self.name}{note}', flush=True)

    def addSuccess(self, test):
        self.line('ok', test)

    def addSkip(self, test, reason):
        self.line('ok', test, f' # SKIP {reason}')

    def fail(self, test, error):
        self.failures.append((test, ''))
        for line in self._exc_info_to_string(error, test).splitlines():
            print('#', line)
        self.line('not ok', test)

    addError = addFailure = fail

    def addSubTest(self, test, subtest, error):
        super().addSubTest(test, subtest, error)
        if error:
            self.fail(test, error)
            self.line = lambda *_: None  # said once for the whole test


def run_tests(module='__main__', room='server'):
    os.environ['G_DEBUG'] = 'fatal-criticals'
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module])
    print(f'1..{suite.countTestCases()}', flush=True)
    sys.exit(0 if suite.run(Tap(room)).wasSuccessful() else 1)
