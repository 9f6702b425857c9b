#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a device says is shown by the real receiver in a real browser, and never run:
test-stored-script.py SERVER"""

import json
import pathlib
import sys
import unittest

sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parent / 'server')]

from browser import Browser, installed  # noqa: E402
from receiver import BASE, Receiver, now, run_tests  # noqa: E402

HIT = 'window.hit=1'
EVIL = (f'<script>{HIT}</script><img src=x onerror="{HIT}"><svg onload="{HIT}"><iframe srcdoc="<script>top.hit=1'
        f'</script>"></iframe><a href="javascript:{HIT}">link</a></title></textarea></script>\'"><script>{HIT}</script>'
        '{{constructor.constructor("window.hit=1")()}}\r\ndata: {"name":"forged"}\n\nevent: device\u2028\u202e')


@unittest.skipUnless(installed(), 'chromium and chromedriver are not installed')
class Stored(Receiver):
    def setUp(self):
        super().setUp()
        self.name = '"><img src=x onerror=window.hit=1>&lt;script>'
        self.token = self.command('token', 'add', self.name)
        self.command('device', 'set', self.name, '--public', 'activity', '--hours', 'on')
        self.report(activity={'app': EVIL, 'title': EVIL, 'since': now()}, media={'title': EVIL, 'artist': EVIL})
        self.events([self.event(now() - 7_200_000, 3_600_000, status='not-afk', title=EVIL)], bucket=EVIL,
                    kind='afkstatus')
        self.browser = Browser()
        self.addCleanup(self.browser.close)

    @property
    def url(self):
        return f'http://127.0.0.1:{self.port}'

    def assert_nothing_ran(self, where):
        self.assertEqual(self.browser.run('typeof window.hit'), 'undefined', where)
        self.assertEqual(self.browser.run('document.querySelectorAll("[onerror], [onload], iframe, img[src=x], '
                                          '[href^=javascript]").length'), 0, where)
        self.assertEqual(self.browser.run('window.breaches'), [], where)

    def test_the_page_shows_it_as_text(self):
        self.browser.open(self.url + '/')
        self.browser.until('document.querySelector(".device").innerText.includes("<script>")')
        self.browser.until('document.body.dataset.link === "live"')
        self.assert_nothing_ran('the page')
        self.assertIn('<img src=x', self.browser.run('document.querySelector(".device").innerText'))
        self.assertNotIn('forged', self.browser.run('[...document.querySelectorAll(".device h2")].map((e) => e.textContent)'))
        # And so does a change that comes by the stream.
        self.report(state='away', activity=None, media={'title': EVIL + 'later', 'artist': None})
        self.browser.until('document.body.innerText.includes("Away") || document.body.innerText.includes("away")')
        self.assert_nothing_ran('a change')

    def test_what_is_opened_by_itself_is_no_page(self):
        for path in (f'{BASE}/devices', f'{BASE}/nope?<script>window.hit=1</script>',
                     f'{BASE}/days?device=<script>window.hit=1</script>', '/<script>window.hit=1</script>',
                     '/badge/<script>window.hit=1</script>.svg', '/%3Cscript%3Ewindow.hit=1%3C/script%3E'):
            self.browser.open(self.url + path)
            self.assert_nothing_ran(path)
            self.assertEqual(self.browser.run('document.querySelectorAll("body script").length'), 0, path)

    def test_the_badge_holds_a_name_as_text(self):
        self.browser.open(f'{self.url}/badge/%22%3E%3Cimg%20src=x%20onerror=window.hit=1%3E&lt;script%3E.svg')
        self.assertEqual(self.browser.run('document.documentElement.tagName'), 'svg')
        self.assertEqual(self.browser.run('document.querySelectorAll("img, script").length'), 0)
        self.assertIn(self.name, self.browser.run('document.documentElement.textContent'))
        self.assertEqual(self.browser.run('typeof window.hit'), 'undefined')

    def test_the_policy_stops_what_gets_in_all_the_same(self):
        """Should the page ever put text where markup belongs: the second wall."""
        self.browser.open(self.url + '/')
        self.browser.until('document.querySelector(".device")')
        self.browser.run(f'void document.body.insertAdjacentHTML("beforeend", {json.dumps(EVIL)})')
        self.browser.run(f'void document.body.append(Object.assign(document.createElement("script"), '
                         f'{{textContent: {json.dumps(HIT)}}}))')
        self.browser.until('breaches.length > 0')
        self.assertEqual(self.browser.run('typeof window.hit'), 'undefined')


if __name__ == '__main__':
    run_tests()
