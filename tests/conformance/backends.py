# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The backends that the tests of the protocol run against, each in a folder of its own."""

import http.client
import json
import os
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import urllib.parse

from client import BASE, die_with_parent, until

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', '..')
FETCH = os.path.join(ROOT, 'tests', 'pocketbase', 'fetch.sh')


def fetch_pocketbase(folder):
    """(the path of the program, None), or (None, why there is none)"""
    own = os.environ.get('HELIOGRAPH_POCKETBASE')
    if own:
        return own, None
    result = subprocess.run([FETCH, folder], capture_output=True, text=True)
    said = result.stdout.strip().rpartition('\n')[2]
    if result.returncode == 0:
        return said, None
    return None, said.removeprefix('skipped: ') or result.stderr.strip()


def list_words(program, data):
    """How PocketBase is started with what a user copies. A program in a temporary folder would tell
    everything without --dev=false."""
    words = [program, '--dev=false', '--dir', data]
    for option, folder in (('--hooksDir', 'pocketbase/pb_hooks'), ('--publicDir', 'web'),
                           ('--migrationsDir', 'pocketbase/pb_migrations')):
        words += [option, os.path.join(ROOT, 'data', folder)]
    return words


def free_port():
    """One that outlives restarts of the server behind it: below those that the kernel hands out."""
    while True:
        port = random.randrange(20000, 32000)
        with socket.socket() as probe:
            try:
                probe.bind(('127.0.0.1', port))
                return port
            except OSError:
                continue


def is_open(port):
    try:
        with socket.create_connection(('127.0.0.1', port), 5):
            return True
    except OSError:
        return False


class Watcher:
    """A visitor who listens: what he was shown last, by name, and what he ever heard."""

    def __init__(self, port):
        self.shown = {}
        self.heard = ''
        self.changed = threading.Condition()
        self.connection = http.client.HTTPConnection('127.0.0.1', port, timeout=90)
        self.port = port
        self.is_ready = False
        self.connection.request('GET', self.path)
        self.stream = self.connection.getresponse()
        threading.Thread(target=self.read, daemon=True).start()
        with self.changed:
            assert self.changed.wait_for(lambda: self.is_ready, 20), 'no stream'

    def read(self):
        kind = data = None
        try:
            for line in self.stream:
                name, _, value = line.decode().rstrip('\n').partition(':')
                if name == 'event':
                    kind = value.strip()
                elif name == 'data':
                    data = value.strip()
                elif line == b'\n' and data is not None:
                    self.heard += data
                    self.hear(kind, json.loads(data))
                    kind = data = None
                elif name == '' and value:
                    self.hear(None, None)
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass  # it was closed

    def until(self, is_wanted, seconds=10):
        """Waits for what is shown; gives what the condition gave."""
        with self.changed:
            if not self.changed.wait_for(lambda: is_wanted(self.shown), seconds):
                raise AssertionError(f'waited in vain; shown is {self.shown}')
            return is_wanted(self.shown)

    def close(self):
        # The reader sits in a read of the same connection.
        if self.connection.sock:
            self.connection.sock.shutdown(socket.SHUT_RDWR)


class StreamWatcher(Watcher):
    """The receiver sends the devices themselves."""

    path = BASE + '/live'
    end_of_one = '"gone":true'

    def hear(self, kind, device):
        with self.changed:
            self.is_ready = True  # its first comment
            if kind == 'device' and device.get('gone'):
                self.shown.pop(device['name'], None)
            elif kind == 'device':
                self.shown[device['name']] = device
            self.changed.notify_all()


class RealtimeWatcher(Watcher):
    """PocketBase says that a record changed; what is shown is read again."""

    path = '/api/realtime'
    topic = 'heliograph_devices/*'
    end_of_one = '"action":"delete"'

    def ask(self, method, path, body=None):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=30)
        connection.request(method, path, body and json.dumps(body),
                           {'Content-Type': 'application/json'})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status in (200, 204), (path, answer.status, text)
        return text

    def hear(self, kind, data):
        if kind == 'PB_CONNECT':
            self.ask('POST', '/api/realtime',
                     {'clientId': data['clientId'], 'subscriptions': [self.topic]})
        devices = json.loads(self.ask('GET', BASE + '/devices'))
        with self.changed:
            self.is_ready = True
            self.shown = {device['name']: device for device in devices}
            self.changed.notify_all()


class Process:
    """A server that is started and stopped over the same data."""

    has_commands = True
    host = '127.0.0.1'

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='heliograph-')
        self.data = os.path.join(self.folder, 'data')
        self.log = os.path.join(self.folder, 'log')
        self.port = 0  # any; then it stays
        self.process = None

    def stop(self, how=signal.SIGTERM):
        if self.process:
            self.process.send_signal(how)
            self.process.wait(30)
            self.process.stdout.close()
            self.process = None

    def restart(self, how=signal.SIGTERM):
        self.stop(how)
        self.start()

    def close(self):
        self.stop()
        shutil.rmtree(self.folder)

    def command(self, *words):
        result = self.run_command(*words)
        assert result.returncode == 0, (words, result.stdout, result.stderr)
        return result.stdout.strip()

    def add_token(self, name, *options):
        return self.command('token', 'add', *options, name)

    def set_device(self, name, **options):
        self.command('device', 'set', name, *(f'--{key}={value}' for key, value in options.items()))

    def read_log(self):
        with open(self.log, encoding='utf-8') as file:
            return file.read()


class HeliographServer(Process):
    name = 'receiver'
    watcher = StreamWatcher

    def __init__(self, program):
        super().__init__()
        self.program = os.path.abspath(program)

    def run_command(self, *words):
        return subprocess.run([self.program, '--data', self.data, *words], capture_output=True,
                              text=True, timeout=60)

    def start(self):
        with open(self.log, 'a', encoding='utf-8') as log:
            self.process = subprocess.Popen(
                [self.program, '--data', self.data, '--listen', f'127.0.0.1:{self.port}'],
                stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=die_with_parent)
        self.port = int(self.process.stdout.readline().rsplit(':', 1)[1])

    def database(self):
        return os.path.join(self.data, 'receiver.sqlite')


class PocketBase(Process):
    name = 'pocketbase'
    watcher = RealtimeWatcher

    def __init__(self, program, port=0):
        super().__init__()
        self.program = os.path.abspath(program)
        self.port = port
        self.words = list_words(self.program, self.data)

    def run_command(self, *words):
        """@words as for heliograph-server."""
        return subprocess.run([*self.words, f'heliograph-{words[0]}', *words[1:]],
                              capture_output=True, text=True, timeout=60)

    def superuser(self, *words):
        subprocess.run([*self.words, 'superuser', *words], check=True, capture_output=True,
                       timeout=60)

    def start(self):
        self.port = self.port or free_port()
        with open(self.log, 'a', encoding='utf-8') as log:
            self.process = subprocess.Popen(
                [*self.words, 'serve', '--http', f'127.0.0.1:{self.port}'],
                stdout=subprocess.PIPE, stderr=log, text=True, preexec_fn=die_with_parent)
        until(self.answers, 30)

    def answers(self):
        assert self.process.poll() is None, self.read_log()
        return is_open(self.port)

    def database(self):
        return os.path.join(self.data, 'data.db')


class Somewhere:
    """A backend that somebody else runs: a device for tests, which is cleared, and perhaps a token
    that reads."""

    name = 'url'
    has_commands = False

    def __init__(self, url, token, reader=None):
        place = urllib.parse.urlsplit(url)
        assert place.scheme == 'http' and place.path in ('', '/'), 'http://HOST:PORT is understood'
        self.host, self.port = place.hostname, place.port or 80
        self.token = token
        self.reader = reader

    def start(self):
        pass

    def close(self):
        pass
