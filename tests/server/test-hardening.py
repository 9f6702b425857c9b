#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What somebody who means no good gets from the receiver: test-hardening.py SERVER"""

import contextlib
import json
import os
import re
import select
import stat
import subprocess

from receiver import BASE, Receiver, now, run_tests

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

PUBLIC = (f'{BASE}/devices', f'{BASE}/days?device=laptop', '/widget.js', '/badge/laptop.svg')
# Public, unless a token comes with it.
EITHER = (BASE, f'{BASE}/')
OTHERS = (f'{BASE}/buckets', f'{BASE}/ranges?bucket=b', f'{BASE}/keys?bucket=b',
          f'{BASE}/events?bucket=b', f'{BASE}/apps', f'{BASE}/timeline', f'{BASE}/status', f'{BASE}/nope', '/', '/index.html', '/page.js',
          '/healthz', '/metrics', '/nope')


class Framing(Receiver):
    def until_closed(self, data):
        """All that comes back, and whether the server then closed the connection."""
        got = b''
        with self.dial() as connection:
            with contextlib.suppress(OSError):  # it may close before it has read all
                connection.sendall(data)
            try:
                while piece := connection.recv(65536):
                    got += piece
            except ConnectionError:
                pass
        return got

    def post(self, headers, body=b'', version='1.1'):
        return (f'POST {BASE}/events HTTP/{version}\r\nHost: a\r\n'
                f'Authorization: Bearer {self.token}\r\n').encode() + headers + b'\r\n' + body

    def body(self):
        self.seq += 1
        return json.dumps({'seq': self.seq, 'bucket': {'id': 'b'}, 'upsert': [self.event(self.seq)]}).encode()

    def assert_nothing_stored(self, what):
        self.assertEqual(self.api('GET', '/buckets').json(), [], what)
        self.assertEqual(self.api('GET', '').json()['seq'], 0, what)

    def test_a_head_of_two_meanings_is_refused(self):
        smuggled = f'GET {BASE}/devices HTTP/1.1\r\nHost: a\r\n\r\n'.encode()
        for _ in range(10):
            self.body()  # so that all have the same length
        length = len(self.body())
        size, chunks = b'%d' % length, b'%x\r\n%s\r\n0\r\n\r\n'
        for head, is_chunked in (
                (b'Content-Length: %s\r\nContent-Length: %s' % (size, size), False),
                (b'Content-Length: %s\r\nContent-Length: 0' % size, False),
                (b'Content-Length: %s, %s' % (size, size), False),
                (b'Content-Length: 0x%x' % length, False), (b'Content-Length: +%s' % size, False),
                (b'Content-Length: -%s' % size, False), (b'Content-Length: %d' % (2**64 + length), False),
                (b'Content-Length: ' + b'9' * 4000, False), (b'Content-Length : ' + size, False),
                (b'Content-Length:\r\n ' + size, False), (b'X: y\r\n Content-Length: ' + size, False),
                (b'X: y\nContent-Length: ' + size, False), (b'X: y\rContent-Length: ' + size, False),
                (b'X: \0\r\nContent-Length: ' + size, False), (b'X\r\nContent-Length: ' + size, False),
                (b'Host: b\r\nContent-Length: ' + size, False),
                (b'Content-Length: %s\r\nTransfer-Encoding: chunked' % size, True),
                (b'Transfer-Encoding: chunked\r\nContent-Length: ' + size, True),
                (b'Transfer-Encoding : chunked', True), (b'Transfer-Encoding:\r\n chunked', True),
                (b'Transfer-Encoding: xchunked', True), (b'Transfer-Encoding: identity', False),
                (b'Transfer-Encoding: chunked, identity', True),
                (b'Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked', True)):
            body = self.body()
            answer = self.until_closed(
                self.post(head + b'\r\n', chunks % (length, body) if is_chunked else body) + smuggled)
            self.assertEqual(re.findall(rb'HTTP/1\.[01] (\d+)', answer), [b'400'], (head, answer))
            self.assertIn(b'\r\nConnection: close\r\n', answer, head)
            self.assertNotIn(b'Access-Control', answer, head)
        self.assert_nothing_stored('heads')
        self.assertEqual(self.api('POST', '/events', self.body()).status, 200)

    def test_lines_end_with_both_characters(self):
        for data in (b'GET /healthz HTTP/1.1\nHost: a\n\n', b'GET /healthz HTTP/1.1\r\nHost: a\n\r\n',
                     b'GET /healthz HTTP/1.1\r\nHost: a\r\n\n', b'GET /healthz HTTP/1.1\rHost: a\r\r'):
            answer = self.until_closed(data)
            self.assertEqual(re.findall(rb'HTTP/1\.[01] (\d+)', answer), [b'400'], (data, answer))

    def test_a_request_line_has_three_words(self):
        for line in (b'GET /healthz', b'GET  /healthz HTTP/1.1', b'GET\t/healthz\tHTTP/1.1',
                     b'GET /healthz HTTP/1.1 x', b'GET /healthz HTTP/1.2', b'GET /healthz HTTP/2.0',
                     b'GET /healthz HTTP/1.11', b'GET /health z HTTP/1.1', b'PRI * HTTP/2.0'):
            answer = self.until_closed(line + b'\r\nHost: a\r\n\r\n')
            self.assertEqual(re.findall(rb'HTTP/1\.[01] (\d+)', answer), [b'400'], (line, answer))

    def test_unclear_chunks_are_not_a_request(self):
        follows = b'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n'
        for chunks in (b'%x;a=b\r\n%s\r\n0\r\n\r\n', b'%x;' + b'a' * 100_000 + b'\r\n%s\r\n0\r\n\r\n',
                       b'%x\n%s\n0\n\n', b'0x%x\r\n%s\r\n0\r\n\r\n', b'+%x\r\n%s\r\n0\r\n\r\n',
                       b'-%x\r\n%s\r\n0\r\n\r\n', b' %x\r\n%s\r\n0\r\n\r\n', b'%x \r\n%s\r\n0\r\n\r\n',
                       b'1%016x\r\n%s\r\n0\r\n\r\n', b'%x\r\n%s0\r\n\r\n', b'%x\r\n%sxx\r\n0\r\n\r\n',
                       b'%x\r\n%s\r\nzz\r\n\r\n', b'%x\r\n%s\r\n\r\n\r\n',
                       b'%x\r\n%s\r\n0\r\nContent-Length: 0\r\n\r\n', b'%x\r\n%s\r\n0\r\n\n',
                       b'%x\r\n%s\r\n0;a\r\n\r\n'):
            body = self.body()
            answer = self.until_closed(self.post(b'Transfer-Encoding: chunked\r\n', chunks % (len(body), body))
                                       + follows)
            self.assertNotRegex(answer, rb'HTTP/1\.[01] 2', chunks[:40])
        self.assertEqual(self.until_closed(self.post(b'Transfer-Encoding: chunked\r\n', b'', '1.0'))[9:12], b'400')
        self.assert_nothing_stored('chunks')

    def test_clear_requests_follow_each_other(self):
        body = self.body()
        last = b'GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n'
        answers = self.until_closed(
            self.post(b'Transfer-Encoding: chunked\r\n', b''.join(b'1\r\n%c\r\n' % c for c in body) + b'0\r\n\r\n')
            + self.post(b'Content-Length: 2\r\n', b'{}') + last + b'\r\n')
        self.assertEqual(re.findall(rb'HTTP/1\.1 (\d+)', answers), [b'200', b'400', b'200'])
        # What looks like a request in a body is none.
        inner = last + b'\r\n'
        answers = self.until_closed(
            b'GET /healthz HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n' % len(inner) + inner
            + b'DELETE /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
        self.assertEqual(re.findall(rb'HTTP/1\.1 (\d+)', answers), [b'200', b'405'])


def compile_token_time(folder, *options):
    """The program token-time.c with clang's memory sanitizer, or None."""
    program = os.path.join(folder, 'token-time' + ''.join(options))
    try:
        flags = subprocess.run(['pkg-config', '--cflags', '--libs', 'glib-2.0'], capture_output=True, text=True,
                               check=True).stdout.split()
        subprocess.run(['clang', '-fsanitize=memory', '-O2', *options, f'-I{ROOT}/src', f'{ROOT}/tests/server/token-time.c',
                        f'{ROOT}/src/server/helio-token.c', '-o', program, *flags], capture_output=True, check=True)
    except (OSError, subprocess.CalledProcessError):
        return None
    return program


class Secrets(Receiver):
    def test_how_long_a_comparison_takes_tells_nothing(self):
        good, bad = compile_token_time(self.folder), compile_token_time(self.folder, '-DCOMPARE_BADLY')
        if not good or not bad:
            self.skipTest('needs clang and its memory sanitizer')
        result = subprocess.run([good], capture_output=True, text=True)
        self.assertEqual((result.returncode, result.stderr), (0, ''))
        self.assertIn('use-of-uninitialized-value', subprocess.run([bad], capture_output=True, text=True).stderr)

    def test_a_token_is_compared_whole_and_every_token(self):
        others = [self.command('token', 'add', f'device {i}') for i in range(20)]
        reader = self.command('token', 'add', '--read', 'me')
        for token in (self.token, *others):
            self.assertEqual(self.api('GET', '', token=token).status, 200)
            for wrong in (token[:-1] + chr(ord(token[-1]) ^ 1), 'hg_' + chr(ord(token[3]) ^ 1) + token[4:],
                          token + '=', 'hgr' + token[2:], token + '\t'):
                # Space around a header's value is not part of it.
                status = 200 if wrong.strip() == token else 401
                self.assertEqual(self.api('GET', '', token=wrong).status, status, wrong)
        self.assertEqual(self.api('GET', '', token=reader).json()['devices'],
                         sorted(['laptop'] + [f'device {i}' for i in range(20)]))

    def test_a_token_in_the_address_is_none(self):
        for path in (f'/buckets?token={self.token}', f'/buckets?access_token={self.token}'):
            self.assertEqual(self.api('GET', path, token=None).status, 401)
        answer = self.raw(f'GET http://{self.token}@localhost{BASE}/buckets HTTP/1.1\r\nHost: localhost\r\n\r\n'.encode())
        self.assertEqual(answer.status, 401)

    def test_nobody_else_reads_its_files(self):
        def modes():
            found = {'': stat.S_IMODE(os.stat(self.data).st_mode)}
            for name in os.listdir(self.data):
                found[name] = stat.S_IMODE(os.stat(os.path.join(self.data, name)).st_mode)
            return found
        self.stop()
        before = os.umask(0)  # the most careless one there is
        try:
            self.data = os.path.join(self.folder, 'second')
            self.token = self.command('token', 'add', 'laptop')
            self.start()
            self.events([self.event(1)])
            self.report()
        finally:
            os.umask(before)
        found = modes()
        self.assertLessEqual({'', 'receiver.sqlite', 'receiver.sqlite-wal', 'receiver.sqlite-shm'}, set(found))
        self.assertEqual(found.pop(''), 0o700)
        self.assertEqual(set(found.values()), {0o600}, found)

        self.stop()
        os.chmod(os.path.join(self.data, 'receiver.sqlite'), 0o644)  # as it comes back from a backup
        self.start()
        self.events([self.event(2)])
        found = modes()
        found.pop('')
        self.assertEqual(set(found.values()), {0o600}, found)


class Headers(Receiver):
    def test_every_answer_says_what_it_is(self):
        for path in PUBLIC + EITHER + OTHERS:
            for method in ('GET', 'HEAD', 'OPTIONS', 'POST'):
                answer = self.ask(method, path, token=None)
                self.assertEqual(answer.headers['x-content-type-options'], 'nosniff', (method, path))
                self.assertEqual(answer.headers['referrer-policy'], 'no-referrer', (method, path))
                self.assertEqual(answer.headers['cross-origin-resource-policy'],
                                 'cross-origin' if path in PUBLIC + EITHER else 'same-origin', (method, path))
                self.assertNotIn('set-cookie', answer.headers)
                self.assertEqual(answer.headers['server'], 'heliograph')

    def test_the_page_stands_alone(self):
        for path in ('/', '/index.html', '/page.js', '/page.css', '/icon.svg'):
            answer = self.ask('GET', path, token=None)
            policy = dict(part.strip().split(' ', 1) for part in
                          answer.headers['content-security-policy'].split(';'))
            self.assertEqual(policy['default-src'], "'none'")
            self.assertEqual((policy['script-src'], policy['style-src']), ("'self'", "'self'"))
            self.assertEqual({policy[name] for name in ('base-uri', 'form-action', 'frame-ancestors')}, {"'none'"})
            self.assertNotIn('unsafe', answer.headers['content-security-policy'])
            self.assertEqual(answer.headers['x-frame-options'], 'DENY')
            self.assertEqual(answer.headers['cross-origin-opener-policy'], 'same-origin')
        badge = self.ask('GET', '/badge/x.svg', token=None)
        self.assertEqual(badge.headers['content-security-policy'], "default-src 'none'")

    def test_other_websites_read_only_what_is_public(self):
        origin = ['Origin: https://evil.example', 'Access-Control-Request-Method: GET',
                  'Access-Control-Request-Headers: authorization']
        for path in PUBLIC + EITHER + OTHERS:
            for method in ('GET', 'OPTIONS', 'POST', 'DELETE', 'PUT'):
                for token in (None, self.token):
                    headers = self.ask(method, path, token=token, headers=origin).headers
                    found = {name: value for name, value in headers.items() if name.startswith('access-control')}
                    if path in OTHERS or (path in EITHER and token):
                        self.assertEqual(found, {}, (method, path))
                        continue
                    self.assertEqual(found.pop('access-control-allow-origin'), '*', (method, path))
                    # Nothing that would let a page send a token, or write.
                    self.assertLessEqual(set(found), {'access-control-allow-methods', 'access-control-max-age'})
                    self.assertIn(found.get('access-control-allow-methods'), (None, 'GET, HEAD, OPTIONS'))

    def test_no_path_leads_out(self):
        secret = os.path.join(self.data, 'receiver.sqlite')
        up = '../' * 12
        for way in ('/../receiver.sqlite', '/..%2freceiver.sqlite', '/%2e%2e/receiver.sqlite',
                    '/%2e%2e%2freceiver.sqlite', '/%252e%252e%252freceiver.sqlite', '/..%5creceiver.sqlite',
                    '/..\\receiver.sqlite', '/%c0%ae%c0%ae/receiver.sqlite', '/..%c0%afreceiver.sqlite',
                    '/' + up + secret[1:], '//' + secret[1:], '/' + secret, f'/file://{secret}', '/%00', '/index.html%00.js',
                    '/%2e', '/..', '/.', '/index.html/', '/index.html/..', '/./index.html', '//index.html',
                    '/badge/../index.html', '/badge/..%2f..%2freceiver.sqlite', '/badge/%2e%2e/x.svg', '/badge/',
                    '/badge/..', f'/badge/{secret}.svg', '/badge/x.svg/../../index.html', '/%ff', '/?' + up,
                    '/web/index.html', '/sql/schema-1.sql', '/../sql/schema-1.sql', '/..%2fsql%2fschema-1.sql',
                    f'{BASE}/../../../../etc/passwd', f'{BASE}/..%2f..%2f..%2f..%2fetc%2fpasswd',
                    f'{BASE}%2fdevices%00', f'{BASE}/devices/../buckets', f'{BASE}//buckets'):
            answer = self.ask('GET', way, token=None)
            self.assertNotIn(b'SQLite format', answer.body, way)
            self.assertNotIn(b'root:', answer.body, way)
            self.assertNotIn(b'CREATE TABLE', answer.body, way)
            self.assertNotIn(self.folder.encode(), answer.body, way)
            if answer.status == 200:
                page = self.ask('GET', '/', token=None).body
                self.assertEqual(answer.body, page, way)
            else:
                self.assertIn(answer.status, (400, 401, 404), way)
        # Of all of these no route with a token was reached.
        self.assertEqual(self.api('GET', '/../v1/buckets', token=None).status in (400, 401, 404), True)


class Private(Receiver):
    """What can be told of a device that its owner keeps to himself: nothing."""

    def live(self):
        with self.dial() as connection:
            connection.sendall(f'GET {BASE}/live HTTP/1.1\r\nHost: a\r\n\r\n'.encode())
            got = b''
            while b': hello\n\n' not in got:
                got += connection.recv(65536)
            # What it says of itself, it says at once.
            while select.select([connection], [], [], 0.05)[0]:
                got += connection.recv(65536)
        return re.sub(rb'Date: [^\r]*', b'', got)

    def everything(self, name):
        """All that anybody can ask about a name, and all that is said unasked."""
        found = {}
        for method in ('GET', 'HEAD', 'OPTIONS', 'POST', 'DELETE'):
            for path in (f'{BASE}/days?device={name}', f'{BASE}/days?device={name}&days=3',
                         f'{BASE}/days?device={name}&days=0', f'{BASE}/days?device={name}&days=x',
                         f'{BASE}/devices', f'{BASE}/devices?device={name}', f'/badge/{name}.svg', f'/badge/{name}',
                         f'/badge/{name}.png', f'/{name}', f'{BASE}/{name}', f'{BASE}/devices/{name}',
                         f'{BASE}?device={name}', f'{BASE}/buckets?device={name}',
                         f'{BASE}/ranges?device={name}&bucket=b', f'{BASE}/keys?device={name}&bucket=b',
                         f'{BASE}/events?device={name}&bucket=b', f'/metrics?device={name}'):
                answer = self.ask(method, path, token=None)
                headers = {k: v for k, v in answer.headers.items() if k != 'date'}
                body = re.sub(rb'"now":\d+', b'', answer.body)
                body = re.sub(rb'(heliograph_uptime_seconds) \d+', rb'\1', body)
                found[method, path.replace(name, 'NAME')] = (
                    answer.status, headers, body.replace(name.encode(), b'NAME'))
        found['live'] = self.live()
        return found

    def test_a_private_device_answers_like_an_unknown_name(self):
        nobody = self.everything('whoever')
        # In use, with a history, even with its hours on; its owner only never made it public.
        self.command('device', 'set', 'laptop', '--hours', 'on')
        self.report(activity={'app': 'secretapp', 'title': 'secret', 'since': now()})
        self.events([self.event(now() - 7_200_000, 3_600_000, status='not-afk')], kind='afkstatus')
        private = self.everything('laptop')
        self.assertEqual(set(nobody), set(private))
        for what, answer in nobody.items():
            self.assertEqual(private[what], answer, what)
        self.assertEqual(self.everything('whoever'), nobody)

        # Nor does it once it has been public.
        self.command('device', 'set', 'laptop', '--public', 'activity')
        self.assertEqual(self.devices()[0]['activity']['app'], 'secretapp')
        self.assertIn(b'laptop: active', self.ask('GET', '/badge/laptop.svg', token=None).body)
        self.command('device', 'set', 'laptop', '--public', 'none')
        for what, answer in self.everything('laptop').items():
            self.assertEqual(answer, nobody[what], what)

    def test_hours_that_are_private_answer_like_an_unknown_name(self):
        self.command('device', 'set', 'laptop', '--public', 'state')
        days = [self.api('GET', f'/days?device={name}', token=None) for name in ('laptop', 'whoever')]
        self.assertEqual((days[0].status, days[0].body), (404, days[1].body))

    def test_a_device_does_not_see_another(self):
        other = self.command('token', 'add', 'phone')
        self.events([self.event(1, title='secret')])
        for path in ('/buckets', '/buckets?device=laptop'):
            self.assertEqual(self.api('GET', path, token=other).json(), [])
        for path in ('/events', '/keys', '/ranges'):
            answer = self.api('GET', f'{path}?bucket=b&device=laptop', token=other)
            self.assertNotIn(b'secret', answer.body)
            self.assertIn(answer.json(), ([], {'events': [], 'next': None}, {'keys': [], 'next': None}))
        info = self.api('GET', '?device=laptop', token=other).json()
        self.assertEqual((info['device'], info['seq']), ('phone', 0))

    def test_metrics_tell_nothing_of_a_person(self):
        def metrics(token=None):
            text = self.ask('GET', '/metrics', token=token).body.decode()
            return {name: int(value) for name, value in re.findall(r'^heliograph_(\w+) (\d+)$', text, re.M)}

        before = metrics()
        self.assertEqual(set(before), {'uptime_seconds', 'devices', 'devices_reporting', 'viewers',
                                       'viewers_dropped_total'})
        self.report(activity={'app': 'secretapp', 'title': 'secret', 'since': now()})
        self.events([self.event(1, title='secret'), self.event(2)], bucket='secretbucket')
        after = metrics()
        del before['uptime_seconds'], after['uptime_seconds']
        self.assertEqual((before, before['devices']), (after, 0))

        reader = self.command('token', 'add', '--read', 'me')
        for token in (self.token, reader):
            text = self.ask('GET', '/metrics', token=token).body.decode()
            for word in ('laptop', 'secret', self.token):
                self.assertNotIn(word, text)
            found = metrics(token)
            self.assertEqual((found['devices'], found['devices_reporting'], found['statuses_total'],
                              found['events_stored_total']), (1, 1, 1, 2))
        self.assertEqual(self.ask('GET', '/metrics', token='hg_wrong').status, 401)
        self.command('device', 'set', 'laptop', '--public', 'state')
        self.assertEqual((metrics()['devices'], metrics()['devices_reporting']), (1, 1))


if __name__ == '__main__':
    run_tests()
