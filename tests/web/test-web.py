#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live page and the widget in a real browser, against a scripted backend: test-web.py KIND"""

import contextlib
import json
import pathlib
import re
import sys
import traceback

sys.dont_write_bytecode = True
sys.path.insert(0, str(pathlib.Path(__file__).resolve().parent))

from browser import Browser, installed  # noqa: E402
from mock_server import KINDS, WEB, Server, Website  # noqa: E402

MINUTE = 60_000
HOUR = 60 * MINUTE
LIVE = 'document.body.dataset.link === "live"'
LOST = 'document.body.dataset.link === "lost"'
SENTENCE = 'document.querySelector("h1").textContent'
# Timers 60 times as fast: half a minute of silence passes in half a second. An answer is given up
# 4 times as fast only, for slow machines. Only what is asked of the clock by the page changes; the
# browser's own clock does not.
FAST = ('{ const real = setTimeout; window.setTimeout = (what, ms, ...rest) => real(what, ms / 60, ...rest);'
        ' AbortSignal.timeout = (ms) => { const c = new AbortController(); real(() => c.abort(), ms / 4);'
        ' return c.signal; }; }')

tests = []
server = None
browser = None


def test(function):
    tests.append(function)
    return function


def device(name, state, ago=12 * MINUTE, app=None, title=None, began=None, song=None, seen=0):
    now = server.now()
    return {'name': name, 'state': state, 'since': now - ago, 'last_seen': now - seen,
            'activity': app and {'app': app, 'title': title, 'since': now - (began or ago)},
            'media': song and {'title': song[0], 'artist': song[1]}}


def editor(name='laptop', ago=12 * MINUTE + 5000):
    return device(name, 'active', HOUR, 'Code', 'notes.md - Visual Studio Code', ago)


def open_page(*devices, days=None):
    server.reset()
    server.days = days or {}
    for one in devices:
        server.set(one)
    browser.open(server.url)
    browser.until(LIVE)


def says(text):
    browser.until(f'{SENTENCE} === {json.dumps(text, ensure_ascii=False)}')


def equal(found, wanted):
    assert found == wanted, f'{found!r} is not {wanted!r}'


LANGUAGES = {'en': 'en-GB', 'de': 'de-DE', 'fr': 'fr-FR', 'es': 'es-ES', 'zh': 'zh-CN'}


@contextlib.contextmanager
def language(tag):
    early = browser.before_load(f'Object.defineProperty(navigator, "languages", {{get: () => ["{tag}"]}})')
    try:
        yield
    finally:
        browser.forget(early)


@test
def sizes_stay_small():
    """What a first visit loads, in each language."""
    sizes = {file.name: file.stat().st_size for file in WEB.iterdir()}
    for tag in LANGUAGES.values():
        with language(tag):
            open_page(editor(), days={'laptop': [{'date': '2026-11-20', 'active': 41000}]})
            browser.until('document.querySelector(".bars")')
        loaded = {'index.html', *(path[1:] for path in server.requests if path[1:] in sizes)}
        assert {'page.js', 'page.css', f'words-{tag[:2]}.js'} <= loaded, loaded
        total = sum(sizes[name] for name in loaded)
        assert total < 40_000, (total, loaded)
    assert sizes['widget.js'] < 8192, sizes


@test
def nothing_is_inline_external_or_kept():
    for file in WEB.iterdir():
        text = file.read_text()
        for word in ('innerHTML', 'insertAdjacentHTML', 'document.cookie', 'localStorage', 'sessionStorage',
                     'history.', 'eval(', 'style="', 'onclick=', '@import', '//cdn'):
            assert word not in text, f'{file.name} has {word}'


@test
def noscript_names_data_and_badge():
    page = (WEB / 'index.html').read_text()
    part = page[page.index('<noscript>'):page.index('</noscript>')]
    assert 'href="api/heliograph/v1/devices"' in part and 'badge/NAME.svg' in part


@test
def sentence_says_what_and_how_long():
    open_page(editor())
    says('Writing in VS Code on laptop, for 12 minutes')
    equal(browser.run('document.documentElement.lang'), 'en-GB')
    equal(browser.run('breaches'), [])


@test
def sentence_fits_each_state():
    open_page(device('laptop', 'offline', 3 * HOUR + MINUTE, seen=3 * HOUR + MINUTE))
    says('Nobody is at a device right now. Last seen 3 hours ago on laptop')
    since = 'new Intl.DateTimeFormat("en-GB", {hour: "2-digit", minute: "2-digit"}).format(%d)'
    for state, words in (('away', 'Away from laptop since'), ('locked', 'Away from laptop, locked since'),
                         ('online', 'Connected from laptop, activity unknown since'),
                         ('paused', 'Sharing from laptop paused since')):
        one = device('laptop', state, 1000)
        server.set(one)
        says(f'{words} {browser.run(since % one["since"])}')
    for app, title, words in (
            ('firefox', 'GitHub — Mozilla Firefox', 'Reading GitHub in Firefox on laptop'),
            ('google-chrome', 'A talk - YouTube - Google Chrome', 'Watching A talk - YouTube in Chrome on laptop'),
            ('firefox-esr', None, 'Browsing in Firefox on laptop'),
            ('gnome-terminal-server', 'bash', 'Working in the terminal on laptop'),
            ('org.gnome.Nautilus', 'Home', 'Using Nautilus on laptop'),
            ('Something Else', '', 'Using Something Else on laptop')):
        server.set(device('laptop', 'active', HOUR, app, title, 2 * MINUTE + 1000))
        says(words + ', for 2 minutes')
    server.set(device('laptop', 'active', HOUR, 'firefox', 'word ' * 20 + '— Mozilla Firefox', 2 * MINUTE + 1000))
    says('Browsing in Firefox on laptop, for 2 minutes')
    browser.until('document.querySelector("#more .title").textContent.length === 99')
    server.set(device('laptop', 'active', 65 * MINUTE + 1000))
    says('Active on laptop, for 1 hour 5 minutes')
    server.set(device('laptop', 'active', HOUR, song=('Gymnopédie', 'Erik Satie')))
    says('Listening to Gymnopédie by Erik Satie on laptop')
    server.set(device('laptop', 'active', 1000, 'Code'))
    says('Writing in VS Code on laptop, for a moment')


@test
def title_and_music_stand_below_the_sentence():
    open_page({**editor(), 'media': {'title': 'Gymnopédie', 'artist': 'Erik Satie'}})
    browser.until('document.querySelector("#more").innerText.includes("notes.md")')
    browser.until('document.querySelector("#more .song").textContent === "Listening to Gymnopédie by Erik Satie"')


@test
def change_arrives_without_reload():
    open_page(editor())
    browser.run('void (window.same = true)')
    server.set(device('laptop', 'active', HOUR, 'firefox', 'News — Mozilla Firefox', 3 * MINUTE + 1000))
    says('Reading News in Firefox on laptop, for 3 minutes')
    server.set(device('tablet', 'active', HOUR, 'gimp', None, MINUTE + 1000))
    says('Using gimp on tablet, for 1 minute')
    equal(browser.run('window.same'), True)


@test
def duration_ticks_by_itself():
    open_page(editor(ago=3 * MINUTE - 2000))
    says('Writing in VS Code on laptop, for 2 minutes')
    says('Writing in VS Code on laptop, for 3 minutes')


@test
def wrong_clock_of_the_visitor_does_no_harm():
    server.clock_offset = -3 * HOUR
    try:
        open_page(editor())
        says('Writing in VS Code on laptop, for 12 minutes')
    finally:
        server.clock_offset = 0


@test
def active_devices_come_first():
    open_page(device('a', 'offline', HOUR, seen=HOUR), device('b', 'away'), editor('c'), device('d', 'paused'))
    browser.until('[...document.querySelectorAll(".chip bdi")].map((e) => e.textContent).join() === "c,b,d,a"')
    equal(browser.run('[...document.querySelectorAll(".device h2")].map((e) => e.textContent).join()'), 'c,b,d,a')
    card = browser.run('document.querySelector(".device").innerText')
    for part in ('VS Code', 'notes.md', 'Since ', '12 minutes', 'Active since ', '1 hour', 'Last seen just now'):
        assert part in card, (part, card)


@test
def gone_device_vanishes():
    open_page(editor(), device('phone', 'away'))
    browser.until('document.querySelectorAll(".chip").length === 2')
    server.gone('laptop')
    browser.until('document.querySelectorAll(".chip").length === 1 && document.querySelectorAll(".device").length === 1')
    assert 'laptop' not in browser.run('document.body.innerText')
    server.gone('phone')
    browser.until('document.body.innerText.includes("heliograph-server device set NAME --public activity")')


@test
def nothing_is_cut_off_on_a_phone():
    browser.size(390, 844, True)
    long = 'a-device-with-a-really-long-name-that-somebody-thought-was-a-good-idea'
    days = [{'date': f'2026-11-{day:02}', 'active': 41000} for day in range(7, 21)]
    open_page(device('laptop', 'active', HOUR, 'firefox', 'Donaudampfschifffahrtsgesellschaft' * 6 + ' — Mozilla Firefox'),
              device(long, 'away'), *[device(f'device-{i}', 'away') for i in range(8)], days={'laptop': days, long: days})
    browser.until('document.querySelectorAll(".bars").length === 2')
    equal(browser.run('document.documentElement.scrollWidth'), 390)
    beyond = browser.run('[...document.querySelectorAll("h1, .chip, .chip *, .device, .device *:not(.unseen)")]'
                         '.filter((e) => { const r = e.getBoundingClientRect(); return r.right > 390 || r.left < 0; })'
                         '.map((e) => e.outerHTML)')
    equal(beyond, [])
    cut = browser.run('[...document.querySelectorAll(".chip, .device")].filter((e) => e.scrollWidth > e.clientWidth).length')
    equal(cut, 0)


@test
def titles_are_text():
    evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>\u202e\u0000end'
    open_page({'name': evil, 'state': 'active', 'since': server.now(), 'last_seen': server.now(),
               'activity': {'app': evil, 'title': evil, 'since': server.now()},
               'media': {'title': evil, 'artist': evil}})
    browser.until('document.querySelector(".device").innerText.includes("<script>")')
    equal(browser.run('typeof window.hit'), 'undefined')
    equal(browser.run('document.querySelectorAll("main img, main script").length'), 0)
    equal(browser.run('breaches'), [])


@test
def hours_share_one_scale_and_can_be_read():
    def days(seconds):
        return [{'date': f'2026-11-{day:02}', 'active': seconds} for day in range(7, 21)]
    open_page(editor('one'), device('two', 'away'), device('three', 'away'), days={'one': days(28800), 'two': days(5400)})
    browser.until('document.querySelectorAll(".bars").length === 2')
    heights = browser.run('[...document.querySelectorAll(".bars")].map((e) => e.querySelector(".bar").offsetHeight)')
    assert abs(sorted(heights)[1] / sorted(heights)[0] - 28800 / 5400) < 0.3, heights
    card = '[...document.querySelectorAll(".device")].find((e) => e.querySelector("h2").textContent === "two")'
    equal(browser.run(f'{card}.querySelector("figcaption b").textContent'), '21 hours in all')
    equal(browser.run(f'{card}.querySelector("li .unseen").textContent'), 'Saturday 7 November: 1 hour 30 minutes')
    equal(browser.run(f'{card}.querySelectorAll(".bars li").length'), 14)


@test
def lost_connection_is_shown_and_ends():
    open_page(editor(), device('phone', 'away'))
    server.fail('down')
    browser.until(LOST)
    browser.until(rf'/^Connection lost\. At \d\d:\d\d: Writing in VS Code on laptop$/.test({SENTENCE})')
    equal(browser.run('document.querySelector("#link").innerText'), 'Connection lost')
    text = browser.run('document.body.innerText')
    for word in ('Live', 'just now', 'minutes', 'laptop active'):
        assert word not in text, (word, text)
    assert 'laptop was active' in browser.run('document.querySelector("#chips").textContent.replace(/\\s+/g, " ")')
    server.devices.pop('phone')
    server.set_quietly(device('laptop', 'away'))
    server.recover()
    browser.until(LIVE)
    browser.until(f'{SENTENCE}.startsWith("Away from laptop since")')
    equal(browser.run('document.querySelectorAll(".chip").length'), 1)


@test
def a_stream_that_ends_is_followed_by_another():
    """As PocketBase ends each after some minutes: nobody is alarmed, nothing is missed."""
    open_page(editor())
    browser.run('void (window.links = [], new MutationObserver(() => links.push(document.body.dataset.link)).observe('
                'document.body, {attributeFilter: ["data-link"]}))')
    with server.lock:
        server.devices['laptop'] = device('laptop', 'away')
        server.cut()
    browser.until('document.querySelector(".chip").dataset.state === "away"')
    server.set(device('laptop', 'paused'))
    browser.until('document.querySelector(".chip").dataset.state === "paused"')
    equal(browser.run('links.filter((link) => link !== "live")'), [])


@test
def each_language_has_every_word():
    open_page()
    tables = {}
    for short in LANGUAGES:
        browser.run(f'void import("./words-{short}.js").then((module) => window.table = ["{short}", module.default])')
        browser.until(f'window.table[0] === "{short}"')
        tables[short] = browser.run('window.table[1]')

    def shape(words):
        return {key: shape(value) if isinstance(value, dict) else sorted(re.findall(r'{\w+}', value))
                for key, value in words.items()}
    for short, table in tables.items():
        equal(shape(table), shape(tables['en']))
        assert short == 'en' or table['hours'] != tables['en']['hours'], short


@test
def words_are_the_visitors():
    wanted = {'en': 'Writing in VS Code on laptop, for 12 minutes', 'de': 'Schreibt in VS Code auf laptop, schon 12 Minuten',
              'fr': 'Écrit dans VS Code sur laptop, depuis 12 minutes',
              'es': 'Escribiendo en VS Code en laptop, desde hace 12 minutos', 'zh': '正在 laptop 上用 VS Code 写作，已 12分钟'}
    for short, sentence in wanted.items():
        with language(LANGUAGES[short]):
            open_page(editor())
            says(sentence)
            equal(browser.run('document.documentElement.lang'), LANGUAGES[short])
    with language('it-IT'):
        open_page(editor())
        says(wanted['en'])


@test
def silence_is_checked():
    early = browser.before_load(FAST)
    try:
        open_page(editor())
        server.set_quietly(device('laptop', 'away'))
        browser.until(f'{SENTENCE}.startsWith("Away from laptop since")')
        equal(browser.run('document.body.dataset.link'), 'live')
        server.fail('mute')
        browser.until(LOST)
        server.recover()
        browser.until(LIVE)
    finally:
        browser.forget(early)


@test
def both_schemes_have_contrast():
    contrast = '''(() => {
      const rgb = (c) => c.match(/[\\d.]+/g).map(Number);
      const light = (c) => { const [r, g, b] = rgb(c).map((v) => (v /= 255) <= 0.04045 ? v / 12.92
        : ((v + 0.055) / 1.055) ** 2.4); return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
      const behind = (e) => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor;
        if (!/, 0\\)$/.test(c)) return c; } };
      const worst = [...document.querySelectorAll("h1, h1 *, .chip *, .device *, #more *, footer *, #link, .brand")]
        .filter((e) => e.innerText && e.offsetHeight > 1)
        .map((e) => { const [a, b] = [light(getComputedStyle(e).color), light(behind(e))].sort((x, y) => y - x);
          return [(a + 0.05) / (b + 0.05), e.outerHTML]; }).sort((x, y) => x[0] - y[0])[0];
      return worst; })()'''
    days = [{'date': f'2026-11-{day:02}', 'active': 9000} for day in range(7, 21)]
    try:
        seen = set()
        for scheme in ('light', 'dark'):
            browser.scheme(scheme)
            open_page(editor(), days={'laptop': days})
            browser.until('document.querySelector(".bars")')
            seen.add(browser.run('getComputedStyle(document.body).backgroundColor'))
            ratio, where = browser.run(contrast)
            assert ratio >= 4.5, (scheme, ratio, where)
            server.fail('down')
            browser.until(LOST)
            ratio, where = browser.run(contrast)
            assert ratio >= 4.5, (scheme, 'lost', ratio, where)
        equal(len(seen), 2)
    finally:
        browser.scheme('light')


@test
def page_works_in_a_sub_path():
    other = Server(prefix='/status', kind=server.kind)
    other.set(editor())
    browser.open(other.url)
    browser.until(LIVE)
    says('Writing in VS Code on laptop, for 12 minutes')
    other.shutdown()


@test
def changes_are_said_but_not_chatty():
    open_page(editor())
    browser.until('document.querySelector("[role=status]").textContent.startsWith("Writing in VS Code")')
    browser.run('void (window.said = 0, new MutationObserver(() => said++).observe('
                'document.querySelector("#said"), {childList: true, characterData: true, subtree: true}))')
    server.set(device('laptop', 'active', HOUR, 'Code', 'other.md - Visual Studio Code', 4 * MINUTE + 1000))
    browser.until('document.querySelector("#more").innerText.includes("other.md")')
    equal(browser.run('said'), 0)
    server.set(device('laptop', 'away'))
    browser.until('said > 0 && document.querySelector("#said").textContent.startsWith("Away")')


def open_widgets(*names):
    server.reset()
    server.set(editor())
    server.set(device('studio', 'offline', 27 * HOUR, seen=27 * HOUR))
    scripts = ''.join(f'<script src="{server.url}widget.js"{name} async></script>' for name in names)
    site = Website('<!DOCTYPE html><meta charset="utf-8"><link rel="icon" href="data:,"><p>Mine</p>' + scripts, server.url)
    browser.open(site.url)
    return site


ROOT = 'document.querySelectorAll("body > div")[%d].shadowRoot'
STATUS = f'{ROOT}.querySelector("[role=status]").textContent'
DETAIL = f'{ROOT}.querySelector("small").textContent'


@test
def widget_lives_on_a_foreign_page():
    site = open_widgets(' data-device="laptop"')
    browser.until(f'{STATUS % 0} === "laptop: active, Code"')
    browser.until(rf'/notes\.md.* · since \d\d:\d\d · 12 minutes ago$/.test({DETAIL % 0})')
    names = browser.run('(() => { const f = document.createElement("iframe"); document.body.append(f);'
                        ' const plain = new Set(Object.getOwnPropertyNames(f.contentWindow)); f.remove();'
                        ' return Object.getOwnPropertyNames(window).filter((n) => !plain.has(n)); })()')
    equal([name for name in names if name != 'breaches' and not name.startswith(('cdc_', '$cdc', 'ret_nodes'))], [])
    equal([uri for uri in browser.run('breaches') if 'data' not in uri], [])
    server.set(device('laptop', 'locked', 1000))
    browser.until(f'{STATUS % 0} === "laptop: locked"')
    site.shutdown()


@test
def widget_shows_stale_offline_and_gone():
    site = open_widgets(' data-device="studio"')
    browser.until(f'{STATUS % 0} === "studio: offline" && {DETAIL % 0}.startsWith("since ")')
    server.fail('down')
    browser.until(f'{STATUS % 0} === "studio: was offline" && {DETAIL % 0}.startsWith("connection lost, as of ")')
    server.recover()
    browser.until(f'{STATUS % 0} === "studio: offline"')
    server.gone('studio')
    browser.until(f'{STATUS % 0} === "studio: no status"')
    site.shutdown()


@test
def widget_speaks_the_visitors_language_or_the_websites():
    words = {'de': ('laptop: aktiv, Code', 'vor 12 Minuten'), 'fr': ('laptop: actif, Code', 'il y a 12 minutes'),
             'es': ('laptop: activo, Code', 'hace 12 minutos'), 'zh': ('laptop: 活跃, Code', '12分钟前')}
    for short, (status, ago) in words.items():
        with language(LANGUAGES[short]):
            site = open_widgets(' data-device="laptop"', ' data-device="studio" data-language="en"')
            browser.until(f'{STATUS % 0} === "{status}" && {DETAIL % 0}.endsWith("· {ago}")')
            browser.until(f'{STATUS % 1} === "studio: offline" && {DETAIL % 1}.endsWith(" · 27 hours ago")')
            site.shutdown()


@test
def widget_connects_again_and_hears_the_next_change():
    site = open_widgets(' data-device="laptop"')
    browser.until(f'{STATUS % 0} === "laptop: active, Code"')
    browser.run(f'void (window.seen = [], new MutationObserver(() => seen.push({ROOT % 0}.querySelector("div").className))'
                f'.observe({ROOT % 0}, {{subtree: true, childList: true, attributes: true}}))')
    with server.lock:
        server.cut()
    browser.until('performance.getEntriesByType("resource").filter((e) => e.name.endsWith("/devices")).length > 1')
    server.set(device('laptop', 'locked', 1000))
    browser.until(f'{STATUS % 0} === "laptop: locked"')
    equal(browser.run('seen.includes("stale")'), False)
    site.shutdown()


@test
def widget_can_be_themed_and_picks_a_device():
    site = open_widgets('')
    browser.until(f'{STATUS % 0} === "laptop: active, Code"')
    browser.run('void document.documentElement.style.setProperty("--heliograph-background", "rgb(1, 2, 3)")')
    equal(browser.run(f'getComputedStyle({ROOT % 0}.querySelector("div")).backgroundColor'), 'rgb(1, 2, 3)')
    site.shutdown()


def main():
    global server, browser
    if not installed():
        print('1..0 # SKIP chromium and chromedriver are not installed')
        return 0
    kind = sys.argv[1]
    assert kind in KINDS, kind
    server = Server(kind=kind)
    browser = Browser()
    failed = 0
    print(f'1..{len(tests)}', flush=True)
    try:
        for number, function in enumerate(tests, 1):
            name = f'/web/{kind}/' + function.__name__.replace('_', '-')
            try:
                browser.size(1280, 800)
                function()
                print(f'ok {number} {name}', flush=True)
            except Exception:  # a test that breaks in any way has failed; the others still count
                failed += 1
                print(f'not ok {number} {name}')
                print(''.join(f'# {line}\n' for line in traceback.format_exc().splitlines()), flush=True)
    finally:
        browser.close()
    return 1 if failed else 0


if __name__ == '__main__':
    sys.exit(main())
