# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Real backends for the tests of the pages: one class each, and what the tests need of them."""

import json
import os
import pathlib
import sys
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / 'tests' / 'conformance'))
import backends  # noqa: E402
from client import BASE, now  # noqa: E402

ADDON = str(ROOT / 'data' / 'pocketbase')
AT_ONCE = 1000


class Backend:
    """What every backend is asked by tests. `url` ends without a slash and stays through a restart.

    hide_seconds: how soon an open page is without a device that a command made private."""

    hide_seconds = 5

    def __init__(self, program):
        super().__init__(program)
        self.tokens = {}
        self.seqs = {}
        self.start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    def add_device(self, name):
        """Makes a device, keeps its token in `tokens` and returns it."""
        self.tokens[name] = self.add_token(name)
        return self.tokens[name]

    def add_reader(self, name):
        """Returns a token that reads all devices."""
        return self.add_token(name, '--read')

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


class HeliographServer(Backend, backends.HeliographServer):
    pass


class PocketBase(Backend, backends.PocketBase):
    """Unmodified, with our add-on beside it. A command is a process of its own, of which the server
    hears nothing: a page that is open asks by itself."""

    hide_seconds = 45

    def __init__(self, folder):
        super().__init__(backends.fetch_pocketbase(folder)[0])


KINDS = {'heliograph-server': HeliographServer, 'pocketbase': PocketBase}


def why_not(kind, program):
    """Why there is no such backend here, or None."""
    if kind == 'pocketbase' and not os.path.exists(os.path.join(ADDON, 'pb_hooks', 'heliograph.pb.js')):
        return 'there is no add-on for PocketBase'
    return backends.fetch_pocketbase(program)[1] if kind == 'pocketbase' else None


def make(kind, program):
    """`program`: what is run; of PocketBase, the folder it is fetched into."""
    return KINDS[kind](program)
