#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From ActivityWatch to a visitor's eyes: a stand-in ActivityWatch, the real agent, a real backend, a
real browser: test-live.py KIND PROGRAM"""

import datetime
import itertools
import json
import os
import pathlib
import sys
import time
import zoneinfo

sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parent / 'agent')]

import dbus  # noqa: E402
import backend  # noqa: E402
from browser import Browser, installed  # noqa: E402
from mock_server import Website  # noqa: E402
from world import WINDOW, World, run_tests, until  # noqa: E402

KIND, PROGRAM = (sys.argv[1:] + ['', ''])[:2]
ZONE = 'Europe/Berlin'
POLL_SECONDS = 1
SOON_SECONDS = 2  # after the agent's poll
HIT = 'window.hit=1'
EVIL = f'<script>{HIT}</script><img src=x onerror="{HIT}"></title><svg onload="{HIT}">'
LIVE = 'document.body.dataset.link === "live"'
SENTENCE = 'document.querySelector("h1").textContent'
ROOT = 'document.querySelector("body > div").shadowRoot'
STATUS = f'{ROOT}.querySelector("[role=status]").textContent'

world = None


class Everything:
    """A laptop that is used, told to everybody."""

    def __init__(self):
        self.backend = backend.make(KIND, PROGRAM)
        token = self.backend.add_device('laptop')
        self.backend.set_device('laptop', public='activity', hours='on', timezone=ZONE)
        self.browser = Browser()
        self.agent = World()
        self.agent.start_aw()
        self.agent.use_computer('Code', 'notes.md - Visual Studio Code')
        self.agent.url = self.backend.url
        self.agent.token_file = self.agent.path('token')
        with open(self.agent.token_file, 'w', encoding='utf-8', opener=private) as file:
            file.write(token + '\n')
        self.agent.use_environment()
        self.agent.start_agent()
        self.agent.call('SetOption', 'poll-interval', dbus.UInt32(POLL_SECONDS))
        self.show('activity')

    def close(self):
        self.browser.close()
        self.agent.__exit__(None, None, None)
        self.backend.close()

    def use(self, app, title):
        self.agent.heartbeat(WINDOW, {'app': app, 'title': title})

    def devices(self):
        return self.backend.ask('GET', '/devices')[1]

    def show(self, public):
        self.backend.set_device('laptop', public=public)
        until(lambda: bool(self.devices()) == (public != 'none'), 'the device is ' + public)

    def open(self, width=1280, height=800, mobile=False):
        self.browser.size(width, height, mobile)
        self.browser.open(self.backend.url + '/')
        self.browser.until(LIVE)

    def open_website(self):
        site = Website('<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,"><p>Mine</p>'
                       f'<script src="{self.backend.url}/widget.js" data-device="laptop" async></script>'
                       f'<noscript><img src="{self.backend.url}/badge/laptop.svg" alt="laptop"></noscript>', self.backend.url)
        self.browser.open(site.url)
        return site

    def says(self, text):
        self.browser.until(f'{SENTENCE}.startsWith({json.dumps(text)})')


def private(path, flags):
    return os.open(path, flags, 0o600)


def equal(found, wanted):
    assert found == wanted, f'{found!r} is not {wanted!r}'


def a_change_is_on_the_page_two_seconds_after_the_poll():
    world.use('Code', 'notes.md - Visual Studio Code')
    world.open()
    world.says('Writing in VS Code on laptop')
    pages = itertools.cycle((('firefox', 'GitHub — Mozilla Firefox', 'Reading GitHub in Firefox on laptop'),
                             ('Code', 'notes.md - Visual Studio Code', 'Writing in VS Code on laptop'),
                             ('firefox', 'News — Mozilla Firefox', 'Reading News in Firefox on laptop')))
    taken = []
    # A machine may stall once.
    while sum(seconds < POLL_SECONDS + SOON_SECONDS for seconds in taken) < 5:
        assert len(taken) < 6, taken
        app, title, sentence = next(pages)
        begin = time.monotonic()
        world.use(app, title)
        world.says(sentence)
        taken.append(time.monotonic() - begin)
    print('# seconds from the window to the page, polled each second: ' + ', '.join(f'{s:.2f}' for s in taken))
    equal(world.browser.run('window.breaches'), [])


def a_private_device_vanishes():
    world.open()
    world.browser.until('document.querySelector(".device")')
    try:
        world.show('none')
        world.browser.until('!document.querySelector(".device") && document.body.innerText.includes("Nothing to see here yet")',
                            world.backend.hide_seconds)
        assert 'laptop' not in world.browser.run('document.querySelector("main").innerText')
        site = world.open_website()
        world.browser.until(f'{STATUS} === "laptop: no status"')
        site.shutdown()
    finally:
        world.show('activity')
    world.open()
    world.browser.until('document.querySelector(".device")')


def the_state_alone_tells_no_app():
    world.use('secretapp', 'secret title')
    try:
        world.show('state')
        world.open()
        world.says('Active on laptop')
        assert 'secret' not in world.browser.run('document.documentElement.outerHTML')
        assert 'secret' not in json.dumps(world.devices())
    finally:
        world.show('activity')


def a_script_in_a_title_does_not_run():
    world.open()
    world.use('Code', EVIL)
    world.browser.until('document.querySelector(".device").innerText.includes("<script>")')
    equal(world.browser.run('[typeof window.hit, document.querySelectorAll("main script, main img, main svg").length]'),
          ['undefined', 0])
    site = world.open_website()
    world.browser.until(f'{ROOT}.textContent.includes("<script>")')
    equal(world.browser.run(f'[typeof window.hit, {ROOT}.querySelectorAll("script, img, svg").length]'), ['undefined', 0])
    site.shutdown()


def nothing_foreign_gets_in():
    """Whatever a header says: PocketBase sends none."""
    for page in ('/', '/owner.html'):
        world.browser.open(world.backend.url + page)
        world.browser.until('document.querySelector("h1").textContent')
        equal(world.browser.run('breaches'), [])
        world.browser.run(
            f"void (document.body.append(Object.assign(document.createElement('script'), {{ textContent: '{HIT}' }})),"
            " document.body.append(Object.assign(new Image(), { src: 'http://127.0.0.2:1/x.png' })),"
            " document.body.append(Object.assign(document.createElement('style'), { textContent: 'h1 { color: red }' })),"
            " fetch('http://127.0.0.2:1/data').catch(() => {}), document.forms[0]?.submit())")
        world.browser.until("['inline', 'http://127.0.0.2:1/x.png', 'http://127.0.0.2:1/data']"
                            ".every((one) => breaches.includes(one))")
        equal(world.browser.run('[typeof window.hit, getComputedStyle(document.querySelector("h1")).color === "rgb(255, 0, 0)",'
                                ' location.pathname]'), ['undefined', False, page])


def nothing_is_cut_off_on_a_phone():
    world.use('firefox', 'Donaudampfschifffahrtsgesellschaft' * 4 + ' — Mozilla Firefox')
    world.open(390, 844, True)
    world.browser.until('document.querySelector("main").innerText.includes("Donau")')
    equal(world.browser.run('document.documentElement.scrollWidth'), 390)
    equal(world.browser.run('[...document.querySelectorAll("main *:not(.unseen)")].filter((e) => { const r = e.getBoundingClientRect();'
                            ' return r.width && (r.right > 390.5 || r.left < -0.5); }).map((e) => e.outerHTML)'), [])


def the_dark_is_dark():
    light = 'getComputedStyle(document.body).backgroundColor.match(/\\d+/g).reduce((sum, n) => sum + Number(n), 0)'
    try:
        for scheme, is_right in (('light', lambda sum: sum > 600), ('dark', lambda sum: sum < 150)):
            world.browser.scheme(scheme)
            world.open()
            assert is_right(world.browser.run(light)), scheme
    finally:
        world.browser.scheme('light')


def a_lost_connection_is_said_and_ends():
    world.use('Code', 'notes.md - Visual Studio Code')
    world.open()
    world.says('Writing in VS Code on laptop')
    world.backend.stop()
    world.browser.until('document.body.dataset.link === "lost"')
    world.says('Connection lost. At ')
    equal(world.browser.run('document.querySelector("#link").innerText'), 'Connection lost')
    world.use('firefox', 'News — Mozilla Firefox')
    world.backend.start()
    world.browser.until(LIVE)
    world.says('Reading News in Firefox on laptop')


def the_widget_follows_on_a_foreign_page():
    site = world.open_website()
    world.use('Code', 'notes.md - Visual Studio Code')
    world.browser.until(f'{STATUS} === "laptop: active, Code"')
    world.use('firefox', 'News — Mozilla Firefox')
    world.browser.until(f'{STATUS} === "laptop: active, firefox"')
    for name, value in (('background', 'rgb(1, 2, 3)'), ('accent', 'rgb(4, 5, 6)'), ('radius', '7px')):
        world.browser.run(f'void document.documentElement.style.setProperty("--heliograph-{name}", "{value}")')
    equal(world.browser.run(f'(() => {{ const box = getComputedStyle({ROOT}.querySelector("div"));'
                            f' return [box.backgroundColor, box.borderRadius, getComputedStyle({ROOT}.querySelector("i")).backgroundColor];'
                            ' })()'), ['rgb(1, 2, 3)', '7px', 'rgb(4, 5, 6)'])
    equal(world.browser.run('[document.cookie, localStorage.length, sessionStorage.length, history.length <= 20]'), ['', 0, 0, True])
    world.backend.stop()
    world.browser.until(f'{STATUS} === "laptop: was active, firefox"')
    world.backend.start()
    world.browser.until(f'{STATUS} === "laptop: active, firefox"')
    site.shutdown()


def the_badge_is_there_for_who_has_no_script():
    site = world.open_website()
    world.browser.open(world.backend.url + '/badge/laptop.svg')
    equal(world.browser.run('[document.documentElement.tagName, document.documentElement.getAttribute("aria-label")]'),
          ['svg', 'laptop: active'])
    site.shutdown()


def hours_are_those_of_the_events():
    """Another device with two days of presence, one of them over midnight."""
    world.backend.add_device('studio')
    zone = zoneinfo.ZoneInfo(ZONE)
    today = datetime.datetime.now(zone).date()

    def at(days_ago, hour):
        day = datetime.datetime.combine(today - datetime.timedelta(days_ago), datetime.time(hour), zone)
        return int(day.timestamp()) * 1000
    world.backend.send('studio', 'afk', 'afkstatus', [
        (at(3, 9), 3 * 3_600_000, {'status': 'not-afk'}), (at(3, 10), 3_600_000, {'status': 'not-afk'}),
        (at(3, 13), 3_600_000, {'status': 'afk'}), (at(2, 22), 5 * 3_600_000, {'status': 'not-afk'})])
    world.backend.set_device('studio', public='state', hours='on', timezone=ZONE)
    world.backend.report('studio', 'away')
    world.open()
    card = '[...document.querySelectorAll(".device")].find((e) => e.querySelector("h2").textContent === "studio")'
    world.browser.until(f'{card}.querySelector("figcaption b").textContent === "8 hours in all"')
    bars = world.browser.run(f'[...{card}.querySelectorAll(".bars li .value")].map((e) => e.textContent)')
    equal(bars, ['0'] * 10 + ['3', '2', '3', '0'])
    # A date below each bar, and the month where it begins.
    labels = world.browser.run(f'[...{card}.querySelectorAll(".bars .label b")].map((e) => e.textContent)')
    equal(labels, [str((today - datetime.timedelta(13 - i)).day) for i in range(14)])
    world.backend.set_device('studio', public='none')


TESTS = [a_change_is_on_the_page_two_seconds_after_the_poll, a_private_device_vanishes, the_state_alone_tells_no_app,
         a_script_in_a_title_does_not_run, nothing_foreign_gets_in, nothing_is_cut_off_on_a_phone, the_dark_is_dark,
         a_lost_connection_is_said_and_ends, the_widget_follows_on_a_foreign_page,
         the_badge_is_there_for_who_has_no_script, hours_are_those_of_the_events]


def main():
    global world
    reason = backend.why_not(KIND, PROGRAM) if installed() else 'chromium and chromedriver are not installed'
    if reason:
        print(f'1..0 # SKIP {reason}')
        return
    world = Everything()
    try:
        run_tests([(f'/web/live/{KIND}/' + test.__name__.replace('_', '-'), test) for test in TESTS])
    finally:
        world.close()


if __name__ == '__main__':
    main()
