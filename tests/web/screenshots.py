#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Pictures of the live page in its states, of the widget and of the owner's page, to be looked at:
screenshots.py FOLDER HELIOGRAPH-SERVER [LANGUAGE]"""

import datetime
import pathlib
import sys

import backend
import history
from browser import Browser
from mock_server import Server, Website

MINUTE = 60_000
HOUR = 60 * MINUTE
SIZES = {'phone': (390, 844, True), 'desktop': (1280, 800, False)}
HOURS = [5.2, 6.6, 7.4, 2.1, 0, 6.9, 8.2, 7.7, 5.5, 11.4, 1.3, 0, 7.1, 4.3]


def device(server, name, state, ago=12 * MINUTE, app=None, title=None, began=None, song=None, seen=0):
    now = server.now()
    return {'name': name, 'state': state, 'since': now - ago, 'last_seen': now - seen,
            'activity': app and {'app': app, 'title': title, 'since': now - (began or ago)},
            'media': song and {'title': song[0], 'artist': song[1]}}


def days(factor=1.0):
    today = datetime.date.today()
    return [{'date': str(today - datetime.timedelta(days=13 - i)), 'active': int(h * 3600 * factor)}
            for i, h in enumerate(HOURS)]


def active(server):
    server.days = {'laptop': days(), 'studio': days(0.4)}
    server.set(device(server, 'laptop', 'active', 64 * MINUTE, 'Code', 'helio-ledger.c - heliograph - Visual Studio Code',
                      12 * MINUTE, ('Gymnopédie No. 1', 'Erik Satie')))
    server.set(device(server, 'phone', 'away', 38 * MINUTE))
    server.set(device(server, 'studio', 'offline', 27 * HOUR, seen=27 * HOUR))


def reading(server):
    server.days = {'laptop': days()}
    server.set(device(server, 'laptop', 'active', 64 * MINUTE, 'firefox', 'GitHub — Mozilla Firefox', 3 * MINUTE))


def long(server):
    server.days = {'laptop': days()}
    server.set(device(server, 'laptop', 'active', 64 * MINUTE, 'firefox', 'Heliograph: publish what your devices are doing, from '
                      'a local ActivityWatch server, to a backend that you host yourself — Mozilla Firefox', 3 * MINUTE))


def away(server):
    server.days = {'laptop': days()}
    server.set(device(server, 'laptop', 'away', 38 * MINUTE))


def offline(server):
    server.set(device(server, 'laptop', 'offline', 3 * HOUR, seen=3 * HOUR))
    server.set(device(server, 'phone', 'offline', 50 * HOUR, seen=50 * HOUR))


def empty(server):
    pass


def whole_page(browser, path, width, height, mobile):
    browser.size(width, max(height, browser.run('document.documentElement.scrollHeight')), mobile)
    browser.screenshot(path)
    browser.size(width, height, mobile)


def owners_page(browser, folder, program):
    zone = 'Europe/Berlin'
    real = backend.make('heliograph-server', program)
    try:
        real.add_device('laptop')
        real.set_device('laptop', timezone=zone)
        reader = real.add_reader('me')
        windows, statuses = history.make(zone, history.days_before(zone, 365), until=backend.now())
        real.send('laptop', 'w', 'currentwindow', windows)
        real.send('laptop', 'a', 'afkstatus', statuses)
        for scheme in ('light', 'dark'):
            browser.scheme(scheme)
            for size, (width, height, mobile) in SIZES.items():
                browser.size(width, height, mobile)
                browser.open(real.url + '/owner')
                browser.until('document.activeElement.id === "token"')
                browser.screenshot(folder / f'{size}-{scheme}-owner-door.png')
                browser.run(f'void (document.querySelector("#token").value = "{reader}",'
                            ' document.querySelector("#door button").click())')
                browser.until('document.querySelector(".months") && document.querySelector(".ranking")')
                # The last day with a whole day's work
                browser.run('void [...document.querySelectorAll(".months [data-shade=\'4\']")].at(-1).click()')
                browser.until('document.querySelectorAll(".lanes li").length > 5')
                whole_page(browser, folder / f'{size}-{scheme}-owner.png', width, height, mobile)
    finally:
        real.close()


def main():
    folder = pathlib.Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    server = Server()
    browser = Browser(*sys.argv[3:])
    try:
        for scheme in ('light', 'dark'):
            browser.scheme(scheme)
            for size, (width, height, mobile) in SIZES.items():
                browser.size(width, height, mobile)
                for state in (active, reading, long, away, offline, empty, 'stale'):
                    server.reset()
                    (active if state == 'stale' else state)(server)
                    browser.open(server.url)
                    browser.until('document.body.dataset.link === "live"')
                    if server.days:
                        browser.until(f'document.querySelectorAll(".bars").length === {len(server.days)}')
                    if state == 'stale':
                        server.fail('down')
                        browser.until('document.body.dataset.link === "lost"')
                    name = state if state == 'stale' else state.__name__
                    if mobile:
                        whole_page(browser, folder / f'{size}-{scheme}-{name}.png', width, height, mobile)
                    else:
                        browser.screenshot(folder / f'{size}-{scheme}-{name}.png')
            server.reset()
            active(server)
            colour = 'white' if scheme == 'light' else '#111;color:#eee'
            site = Website('<!DOCTYPE html><p>My website</p>'
                           f'<script src="{server.url}widget.js" data-device="laptop" async></script> '
                           f'<script src="{server.url}widget.js" data-device="studio" async></script>',
                           server.url)
            browser.size(500, 300)
            browser.open(site.url)
            browser.until('document.querySelectorAll("div").length === 2 && [...document.querySelectorAll("div")]'
                          '.every((d) => d.shadowRoot.querySelector("small").textContent)')
            browser.run(f'document.body.style.cssText = "font-family:sans-serif;background:{colour}"')
            browser.screenshot(folder / f'widget-{scheme}.png')
            site.shutdown()
        owners_page(browser, folder, sys.argv[2])
    finally:
        browser.close()


if __name__ == '__main__':
    main()
