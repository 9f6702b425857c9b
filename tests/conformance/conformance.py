# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What all cases have: a device of their own at the backend under test."""

import itertools
import json
import unittest
import urllib.parse

from client import Client, Tap

ROOM = 'conformance'


class Conformance(Client):
    backend = None
    numbers = itertools.count(1)

    def setUp(self):
        self.host, self.port = self.backend.host, self.backend.port
        if self.backend.has_commands:
            self.device = f'device {next(self.numbers)}'
            self.token = self.backend.add_token(self.device)
            self.seq = 0
            return
        self.token = self.backend.token
        info = self.api('GET', '').json()
        self.device, self.seq = info['device'], info['seq']
        for bucket in self.api('GET', '/buckets').json():
            self.drop(bucket['id'])

    def make_other(self):
        """Another device at the same backend."""
        other = type(self)(self._testMethodName)
        other.setUp()
        return other

    def need_commands(self):
        """Of a backend that somebody else runs the settings are his."""
        if not self.backend.has_commands:
            self.skipTest('settings of devices are not ours to change here')

    def add_reader(self):
        if self.backend.has_commands:
            return self.backend.add_token(f'reader {next(self.numbers)}', '--read')
        if self.backend.reader is None:
            self.skipTest('there is no token that reads')
        return self.backend.reader

    def show(self, **options):
        self.need_commands()
        self.backend.set_device(self.device, **options)

    def watch(self):
        watcher = self.backend.watcher(self.port)
        self.addCleanup(watcher.close)
        return watcher

    # -- calls -------------------------------------------------------------------------------

    def get(self, path, token='own', **query):
        """The answer's JSON."""
        query = {'from' if name == 'start' else name: value for name, value in query.items()}
        answer = self.api('GET', path + ('?' + urllib.parse.urlencode(query) if query else ''),
                          token=token)
        self.assertEqual(answer.status, 200, (path, query, answer.body[:500]))
        return answer.json()

    def info(self):
        return self.get('')

    def drop(self, bucket):
        self.seq += 1
        query = urllib.parse.urlencode({'bucket': bucket, 'seq': self.seq})
        answer = self.api('DELETE', f'/events?{query}')
        self.assertEqual((answer.status, answer.body), (204, b''))

    def write(self, *arguments, **keywords):
        """Events that are taken; what is answered."""
        answer = self.events(*arguments, **keywords)
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def write_text(self, upserts, bucket='b'):
        """The same with upserts that are JSON text, byte for byte."""
        self.seq += 1
        body = '{"seq":%d,"bucket":{"id":%s},"upsert":[%s]}' % (self.seq, json.dumps(bucket), upserts)
        answer = self.api('POST', '/events', body.encode('utf-8'))
        self.assertEqual(answer.status, 200, answer.body)
        return answer.json()

    def read_all(self, path, member, **query):
        """All pages of one's own data."""
        found = []
        while True:
            page = self.get(path, **query)
            found += page[member]
            if page['next'] is None:
                return found
            query['cursor'] = page['next']

    def held(self, bucket='b', **query):
        return self.read_all('/events', 'events', bucket=bucket, **query)

    def keys(self, bucket='b', **query):
        return self.read_all('/keys', 'keys', bucket=bucket, **query)

    def assert_refused(self, answer, *statuses):
        self.assertIn(answer.status, statuses, answer.body[:500])
        told = answer.json()
        self.assertEqual(told['status'], answer.status)
        self.assertTrue(told['message'])


def run(backend):
    import cases_access
    import cases_live
    import cases_read
    import cases_sums
    import cases_write
    Conformance.backend = backend
    suite = unittest.TestSuite(unittest.defaultTestLoader.loadTestsFromModule(module)
                               for module in (cases_access, cases_write, cases_read, cases_sums,
                                             cases_live))
    print(f'1..{suite.countTestCases()}', flush=True)
    return 0 if suite.run(Tap(f'{ROOM}/{backend.name}')).wasSuccessful() else 1
