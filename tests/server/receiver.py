# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The real receiver in a folder of its own, and real sockets to drive it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'conformance'))
from client import (BASE, Client, die_with_parent, now, read_answer, run_tests,  # noqa: E402,F401
                    until)

SERVER = os.path.abspath(sys.argv[1])
UNIT = sys.argv[2] if len(sys.argv) > 2 else None


class Receiver(Client):
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
