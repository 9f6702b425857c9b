# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real receiver in a folder of its own, and real sockets to drive it."""

import ctypes
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import unittest

SERVER = os.path.abspath(sys.argv[1])
UNIT = sys.argv[2] if len(sys.argv) > 2 else None
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


def read_answer(connection, has_body=True):
    raw = b''
    while b'\r\n\r\n' not in raw:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError(f'cut after {raw!r}')
        raw += piece
    head, _, body = raw.partition(b'\r\n\r\n')
    found = re.search(rb'Content-Length: (\d+)', head)
    length = int(found[1]) if found and has_body else 0
    while len(body) < length:
        piece = connection.recv(65536)
        if not piece:
            raise ConnectionError('cut body')
        body += piece
    return Answer(head + b'\r\n\r\n' + body)


class Receiver(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix='heliograph-')
        self.data = os.path.join(self.folder, 'data')
        self.token = self.command('token', 'add', 'laptop')
        self.process = None
        self.seq = 0
        self.start()

    def tearDown(self):
        self.stop()
        shutil.rmtree(self.folder)

    def run_command(self, *words):
        return subprocess.run([SERVER, '--data', self.data, *words], capture_output=True, text=True,
                              timeout=30)

    def command(self, *words):
        result = self.run_command(*words)
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout.strip()

    def start(self, *words, setup=die_with_parent, listen='127.0.0.1', second_ms=1000):
        """Of a server whose seconds are shorter, deadlines pass sooner."""
        self.errors = open(os.path.join(self.folder, 'errors'), 'a+')
        self.process = subprocess.Popen(
            [SERVER, '--data', self.data, '--listen', f'{listen}:0', *words],
            stdout=subprocess.PIPE, stderr=self.errors, text=True, preexec_fn=setup,
            env={**os.environ, 'HELIOGRAPH_SERVER_SECOND_MS': str(second_ms)})
        line = self.process.stdout.readline()
        self.assertRegex(line, rf'^listening on http://{re.escape(listen)}:\d+$')
        self.port = int(line.rsplit(':', 1)[1])

    def stop(self, how=signal.SIGTERM):
        if self.process:
            self.process.send_signal(how)
            code = self.process.wait(10)
            self.process.stdout.close()
            self.process = None
            self.errors.close()
            if how == signal.SIGTERM:
                self.assertEqual(code, 0)

    def restart(self, *words, **keywords):
        self.stop()
        self.start(*words, **keywords)

    def dial(self, host='127.0.0.1', source=None):
        connection = socket.create_connection((host, self.port), 20, source and (source, 0))
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

    def watch(self):
        connection = self.dial()
        connection.sendall(f'GET {BASE}/live HTTP/1.1\r\nHost: a\r\n\r\n'.encode())
        stream = connection.makefile('rb')
        while stream.readline().strip():
            pass
        self.addCleanup(stream.close)
        return stream

    def hear(self, stream):
        while line := stream.readline():
            if line.startswith(b'data: '):
                return json.loads(line[6:])
        raise AssertionError('the stream ended')

    def metric(self, name):
        text = self.ask('GET', '/metrics').body.decode()
        return int(re.search(rf'^heliograph_{name} (\d+)$', text, re.M)[1])

    def peak_memory(self):
        """In kB; 0 where it says nothing: a sanitizer keeps what was freed."""
        with open(f'/proc/{self.process.pid}/status') as file:
            peak = int(re.search(r'VmHWM:\s+(\d+)', file.read())[1])
        return peak if 'asan' not in SERVER else 0

    def files(self):
        return len(os.listdir(f'/proc/{self.process.pid}/fd'))


class Tap(unittest.TestResult):
    def startTest(self, test):
        super().startTest(test)
        self.__dict__.pop('line', None)
        self.name = f'/server/{type(test).__name__.lower()}/' + test._testMethodName[5:].replace('_', '-')

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


def run_tests(module='__main__'):
    os.environ['G_DEBUG'] = 'fatal-criticals'
    suite = unittest.defaultTestLoader.loadTestsFromModule(sys.modules[module])
    print(f'1..{suite.countTestCases()}', flush=True)
    sys.exit(0 if suite.run(Tap()).wasSuccessful() else 1)
