# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Who may do what, and what the backend says of itself."""

import gzip
import json

from client import BASE, now
from conformance import Conformance

CALLS = (('GET', '', None), ('GET', '/buckets', None), ('GET', '/ranges?bucket=b', None),
         ('GET', '/keys?bucket=b', None), ('GET', '/events?bucket=b', None),
         ('POST', '/events', {'seq': 1, 'bucket': {'id': 'b'}, 'upsert': [
             {'start': 1, 'duration': 1, 'check': 1, 'data': {}}]}),
         ('DELETE', '/events?bucket=b&seq=9', None),
         ('PUT', '/status', {'now': 1, 'since': 1, 'state': 'away', 'ttl': 9}))


class Access(Conformance):
    def test_describes_itself(self):
        answer = self.api('GET', '', token=None)
        self.assertEqual(answer.status, 200)
        info = answer.json()
        self.assertEqual(info['protocol'], 1)
        self.assertTrue(info['server'])
        self.assertGreaterEqual(info['max_events'], 1000)
        self.assertGreaterEqual(info['max_bytes'], 1024 * 1024)
        self.assertIsInstance(info['encodings'], list)
        self.assertAlmostEqual(info['now'], now(), delta=10000)
        for secret in ('device', 'devices', 'store', 'seq'):
            self.assertNotIn(secret, info)
        own = self.info()
        self.assertEqual((own['device'], own['seq']), (self.device, self.seq))
        self.assertRegex(own['store'], r'^\S+$')
        self.assertEqual(self.info()['store'], own['store'])

    def test_each_device_has_a_store_of_its_own(self):
        self.need_commands()
        other = self.backend.add_token(f'other {next(self.numbers)}')
        self.assertNotEqual(self.get('', token=other)['store'], self.info()['store'])
        self.write([self.event(1)])
        self.assertEqual(self.get('/buckets', token=other), [])
        self.assertEqual(self.get('/events', token=other, bucket='b')['events'], [])
        self.assertEqual(self.get('', token=other)['seq'], 0)

    def test_a_bad_token_opens_nothing(self):
        good, seq = self.token, self.info()['seq']
        for authorization in ('Bearer hg_' + 'A' * 43, f'Bearer {good}A', f'Bearer {good[:-1]}',
                              f'Bearer {good[3:]}', f'Bearer {good.swapcase()}', 'Bearer',
                              f'Basic {good}', good, 'Bearer ' + 'x' * 5000, "Bearer ' OR 1=1 --"):
            for method, path, body in CALLS:
                answer = self.api(method, path, body, token=None,
                                  headers=[f'Authorization: {authorization}'])
                self.assert_refused(answer, 401)
                self.assertNotIn(good, answer.body.decode())
        for method, path, body in CALLS[1:]:
            answer = self.api(method, path, body, token=None)
            self.assert_refused(answer, 401)
            self.assertIn('Bearer', answer.headers['www-authenticate'])
        self.assertEqual(self.get('/buckets'), [])
        self.assertEqual(self.info()['seq'], seq)

    def test_a_token_that_reads_writes_nothing(self):
        reader = self.add_reader()
        self.write([self.event(1)])
        seq = self.info()['seq']
        info = self.get('', token=reader)
        self.assertIn(self.device, info['devices'])
        self.assertNotIn('store', info)
        for method, path, body in CALLS:
            if method != 'GET':
                self.assert_refused(self.api(method, path, body, token=reader), 403)
        self.assertEqual(self.info()['seq'], seq)
        self.assertEqual(self.get('/buckets', token=reader, device=self.device)[0]['count'], 1)
        self.assertEqual(len(self.get('/events', token=reader, device=self.device,
                                      bucket='b')['events']), 1)
        self.assert_refused(self.api('GET', '/buckets?device=nobody', token=reader), 404)
        self.assert_refused(self.api('GET', '/buckets', token=reader), 400)

    def test_a_device_reads_no_other_device(self):
        self.need_commands()
        other = f'other {next(self.numbers)}'
        token = self.backend.add_token(other)
        self.write([self.event(1)])
        answer = self.api('GET', '/buckets?device=' + self.device.replace(' ', '%20'), token=token)
        self.assertEqual(answer.json(), [])

    def test_tokens_end_at_once(self):
        self.need_commands()
        self.write([self.event(1)])
        store = self.info()['store']
        fresh = self.backend.command('token', 'rotate', self.device)
        self.assertNotEqual(fresh, self.token)
        self.assertRegex(fresh, r'^hg_[A-Za-z0-9_-]{43}$')
        self.assert_refused(self.api('GET', '/buckets'), 401)
        self.assertEqual(self.get('/buckets', token=fresh)[0]['count'], 1)
        self.assertEqual(self.get('', token=fresh)['store'], store)
        self.backend.command('token', 'revoke', self.device)
        self.assert_refused(self.api('GET', '/buckets', token=fresh), 401)
        again = self.backend.command('token', 'rotate', self.device)
        self.assertEqual(self.get('/buckets', token=again)[0]['count'], 1)
        reader = self.backend.add_token(f'reader {next(self.numbers)}', '--read')
        self.assertRegex(reader, r'^hgr_[A-Za-z0-9_-]{43}$')

    def test_commands_say_what_is_wrong(self):
        self.need_commands()
        name = self.device
        for words in (('token', 'add', name), ('token', 'add', 'a/b'), ('token', 'add', ''),
                      ('token', 'add', 'x' * 65), ('token', 'add', 'a\nb'), ('token', 'add'),
                      ('token', 'add', '..'), ('token', 'rotate', 'nobody'),
                      ('token', 'revoke', 'nobody'), ('device', 'set', name),
                      ('device', 'set', 'nobody', '--hours', 'on'),
                      ('device', 'set', name, '--public', 'all'),
                      ('device', 'set', name, '--hours', 'perhaps'),
                      ('device', 'set', name, '--timezone', 'Mars/City')):
            result = self.backend.run_command(*words)
            self.assertNotEqual(result.returncode, 0, words)
            self.assertTrue(result.stderr, words)
        self.assertIn(name, self.backend.command('token', 'list'))
        self.assertIn(name, self.backend.command('device', 'list'))
        self.assertNotIn('hg_', self.backend.command('token', 'list'))

    def test_only_hashes_are_kept(self):
        self.need_commands()
        self.write([self.event(1)])
        for ending in ('', '-wal'):
            try:
                with open(self.backend.database() + ending, 'rb') as file:
                    self.assertNotIn(self.token[3:].encode(), file.read())
            except FileNotFoundError:
                pass

    def test_encodings_are_those_that_are_listed(self):
        body = gzip.compress(json.dumps({'seq': self.seq + 1, 'bucket': {'id': 'b'}, 'upsert': [
            self.event(1)]}).encode())
        zipped = ['Content-Encoding: gzip']
        is_listed = 'gzip' in self.info()['encodings']
        answer = self.api('POST', '/events', body, headers=zipped)
        if is_listed:
            self.assertEqual(answer.json()['stored'], 1)
            self.assert_refused(self.api('POST', '/events', body[:-9], headers=zipped), 400)
            self.assert_refused(self.api('POST', '/events', b'no gzip', headers=zipped), 400)
        else:
            self.assert_refused(answer, 400, 415)
            self.assertEqual(self.get('/buckets'), [])
        self.assert_refused(self.api('POST', '/events', b'x', headers=['Content-Encoding: br']),
                            400, 415)

    def test_answers_errors_in_their_own_words(self):
        for method, path, status in (('GET', '/nope', 404), ('POST', '', 405),
                                     ('PATCH', '/status', 405), ('POST', '/buckets', 405),
                                     ('GET', '/events', 400), ('GET', '/keys?bucket=b&limit=x', 400),
                                     ('GET', '/keys?bucket=b&limit=0', 400),
                                     ('GET', '/keys?bucket=b&cursor=x', 400),
                                     ('GET', '/events?bucket=b&cursor=1.x', 400),
                                     ('GET', '/events?bucket=b&from=2&to=1', 400),
                                     ('GET', '/events?bucket=b&from=9007199254740992', 400),
                                     ('GET', '/ranges?bucket=b&step=0', 400),
                                     ('GET', '/ranges?bucket=b&step=1e3', 400),
                                     ('GET', '/ranges', 400), ('GET', '/keys?bucket=', 400),
                                     ('DELETE', '/events?bucket=b', 400),
                                     ('DELETE', '/events?seq=7', 400),
                                     ('GET', '/days?device=x&days=0', 400),
                                     ('GET', '/days?device=x&days=9999', 400),
                                     ('GET', '/days', 404)):
            answer = self.api(method, path)
            self.assert_refused(answer, status)
            if status == 405:
                self.assertTrue(answer.headers['allow'])

    def test_public_calls_are_for_every_website(self):
        elsewhere = ['Origin: https://example.org']
        for path in ('', '/devices', '/days?device=x'):
            answer = self.api('GET', path, token=None, headers=elsewhere)
            self.assertEqual(answer.headers['access-control-allow-origin'], '*')
        answer = self.raw(f'OPTIONS {BASE}/devices HTTP/1.1\r\nHost: a\r\n'
                          'Origin: https://example.org\r\nAccess-Control-Request-Method: GET\r\n\r\n'
                          .encode())
        self.assertEqual(answer.status, 204)
        head = self.api('HEAD', '/devices', token=None)
        self.assertEqual((head.status, head.body), (200, b''))

    def test_serves_page_widget_and_monitors(self):
        for path, kind in (('/', 'text/html'), ('/widget.js', 'text/javascript'),
                           ('/metrics', 'text/plain'), ('/healthz', 'application/json')):
            answer = self.ask('GET', path, token=None)
            self.assertEqual(answer.status, 200, path)
            self.assertTrue(answer.headers['content-type'].startswith(kind), path)
            self.assertTrue(answer.body)
        self.assertNotIn(self.device.encode(), self.ask('GET', '/metrics').body)
