# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real backends for the tests of the pages: one class each, and what the tests need of them."""

import ctypes
import json
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
WEB = str(ROOT / 'data' / 'web')
ADDON = str(ROOT / 'data' / 'pocketbase')
FETCH = str(ROOT / 'tests' / 'pocketbase' / 'fetch.sh')
BASE = '/api/heliograph/v1'
AT_ONCE = 1000


def now():
    return int(time.time() * 1000)


def die_with_parent():
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)


class Backend:
    """What every backend is asked by tests. `url` ends without a slash and stays through a restart.

    hide_seconds: how soon an open page is without a device that a command made private."""

    hide_seconds = 5

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix='heliograph-web-')
        self.port = 0
        self.process = None
        self.tokens = {}
        self.seqs = {}
        self.start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    def stop(self):
        if self.process:
            self.process.terminate()
            self.process.wait(10)
            self.process.stdout.close()
            self.process = None

    def close(self):
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, method, path, body=None, token=None):
        """(status, JSON) of a call."""
        request = urllib.request.Request(self.url + BASE + path, method=method,
                                         data=None if body is None else json.dumps(body).encode(),
                                         headers={'Content-Type': 'application/json'})
        if token:
            request.add_header('Authorization', f'Bearer {token}')
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:
                text = answer.read()
                return answer.status, json.loads(text) if text else None
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)

    def send(self, device, bucket, kind, events):
        """Events as (start, duration, data)."""
        for i in range(0, len(events), AT_ONCE):
            self.seqs[device] = self.seqs.get(device, 0) + 1
            status, answer = self.ask('POST', '/events', {
                'seq': self.seqs[device],
                'bucket': {'id': bucket, 'type': kind, 'client': 'c', 'hostname': 'h'},
                'upsert': [{'start': start, 'n': 0, 'duration': duration, 'check': 1, 'data': data}
                           for start, duration, data in events[i:i + AT_ONCE]]}, self.tokens[device])
            assert status == 200 and not answer['rejected'], answer

    def report(self, device, state, app=None, title=None, ago=0, ttl=90, song=None):
        since = now() - ago
        status, answer = self.ask('PUT', '/status', {
            'now': now(), 'state': state, 'since': since, 'ttl': ttl,
            'activity': app and {'app': app, 'title': title, 'since': since},
            'media': song and {'title': song[0], 'artist': song[1]}}, self.tokens[device])
        assert status == 204, answer

    # What each backend does in its own way

    def start(self):
        raise NotImplementedError

    def add_device(self, name):
        """Makes a device, keeps its token in `tokens` and returns it."""
        raise NotImplementedError

    def add_reader(self, name):
        """Returns a token that reads all devices."""
        raise NotImplementedError

    def set_device(self, name, public=None, hours=None, timezone=None):
        """public: none, state or activity; hours: on or off."""
        raise NotImplementedError


class HeliographServer(Backend):
    def __init__(self, program):
        self.program = program
        super().__init__()

    @property
    def data(self):
        return os.path.join(self.folder, 'data')

    def start(self):
        self.process = subprocess.Popen(
            [self.program, '--data', self.data, '--listen', f'127.0.0.1:{self.port}'],
            stdout=subprocess.PIPE, text=True, preexec_fn=die_with_parent)
        line = self.process.stdout.readline()
        assert line.startswith('listening on '), line
        self.port = int(line.rsplit(':', 1)[1])

    def command(self, *words):
        return subprocess.run([self.program, '--data', self.data, *words], check=True, capture_output=True,
                              text=True).stdout.strip()

    def add_device(self, name):
        self.tokens[name] = self.command('token', 'add', name)
        return self.tokens[name]

    def add_reader(self, name):
        return self.command('token', 'add', '--read', name)

    def set_device(self, name, public=None, hours=None, timezone=None):
        options = {'--public': public, '--hours': hours, '--timezone': timezone}
        self.command('device', 'set', name, *[word for pair in options.items() if pair[1] for word in pair])


class PocketBase(Backend):
    """Unmodified, with our add-on beside it. A command is a process of its own, of which the server
    hears nothing: a page that is open asks by itself."""

    hide_seconds = 45

    def __init__(self, program):
        self.program = find_pocketbase(program)
        super().__init__()

    def words(self, *more):
        return [self.program, *more, '--dev=false', '--dir', os.path.join(self.folder, 'data'),
                '--hooksDir', os.path.join(ADDON, 'pb_hooks'), '--migrationsDir', os.path.join(ADDON, 'pb_migrations'),
                '--publicDir', WEB]

    def start(self):
        if not self.port:
            with socket.socket() as probe:
                probe.bind(('127.0.0.1', 0))
                self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(self.words('serve', '--http', f'127.0.0.1:{self.port}'),
                                        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                        preexec_fn=die_with_parent)
        said = ''
        for line in self.process.stdout:
            said += line
            if 'REST API' in line or 'Dashboard' in line:
                break
        else:
            raise AssertionError(said)
        threading.Thread(target=self.process.stdout.read, daemon=True).start()

    def command(self, noun, *words):
        return subprocess.run(self.words(f'heliograph-{noun}', *words), check=True, capture_output=True,
                              text=True).stdout.strip()

    def add_device(self, name):
        self.tokens[name] = self.command('token', 'add', name)
        return self.tokens[name]

    def add_reader(self, name):
        return self.command('token', 'add', '--read', name)

    def set_device(self, name, public=None, hours=None, timezone=None):
        options = {'--public': public, '--hours': hours, '--timezone': timezone}
        self.command('device', 'set', name, *[f'{key}={value}' for key, value in options.items() if value])


def find_pocketbase(folder):
    """The program, which is fetched into the folder if it can be; else None."""
    given = os.environ.get('HELIOGRAPH_POCKETBASE')
    if given:
        return given
    if not os.access(FETCH, os.X_OK):
        return None
    found = subprocess.run([FETCH, folder], capture_output=True, text=True)
    return found.stdout.strip().splitlines()[-1] if found.returncode == 0 else None


KINDS = {'heliograph-server': HeliographServer, 'pocketbase': PocketBase}


def why_not(kind, program):
    """Why there is no such backend here, or None."""
    if kind == 'pocketbase' and not os.path.exists(os.path.join(ADDON, 'pb_hooks', 'heliograph.pb.js')):
        return 'there is no add-on for PocketBase'
    if kind == 'pocketbase' and not find_pocketbase(program):
        return 'PocketBase is not here and could not be fetched'
    return None


def make(kind, program):
    """`program`: what is run; of PocketBase, the folder it is fetched into."""
    return KINDS[kind](program)
