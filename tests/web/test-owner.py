#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The owner's page in a real browser, against a real backend and a year that was counted by hand:
test-owner.py KIND PROGRAM"""

import datetime
import pathlib
import re
import sys
import zoneinfo

sys.dont_write_bytecode = True
here = pathlib.Path(__file__).resolve().parent
sys.path[:0] = [str(here), str(here.parent / 'aw')]

import backend  # noqa: E402
import history  # noqa: E402
from browser import Browser, installed  # noqa: E402
from standin import run_tests  # noqa: E402

ZONE = 'Europe/Berlin'
KIND, PROGRAM = (sys.argv[1:] + ['', ''])[:2]
# What the page calls some of the classes.
NAMES = {'code': 'VS Code', 'firefox': 'Firefox', 'thunderbird': 'Thunderbird', 'signal': 'Signal', 'slack': 'Slack'}
READY = ('document.querySelectorAll("section:not([aria-busy=false])").length === 0'
         ' && document.querySelector(".months") && document.querySelector("#date").value')

world = None


class World:
    """A laptop with a year of history, an empty one, and who may read them."""

    def __init__(self):
        self.backend = backend.make(KIND, PROGRAM)
        self.browser = Browser()
        for name in ('laptop', 'new'):
            self.backend.add_device(name)
            self.backend.set_device(name, timezone=ZONE)
        self.reader = self.backend.add_reader('me')
        self.days = history.days_before(ZONE, 400)
        self.windows, self.statuses = history.make(ZONE, self.days, until=backend.now())
        self.backend.send('laptop', 'w', 'currentwindow', self.windows)
        self.backend.send('laptop', 'a', 'afkstatus', self.statuses)
        self.here, self.apps = history.count(ZONE, self.windows, self.statuses)

    def close(self):
        self.browser.close()
        self.backend.close()

    def open(self, token=None, size=(1280, 900, False)):
        self.browser.size(*size)
        self.browser.open(self.backend.url + '/owner.html')
        self.browser.until('!document.querySelector("#door").hidden && document.activeElement.id === "token"')
        self.enter(token or self.reader)

    def enter(self, token):
        self.browser.run(f'void (document.querySelector("#token").value = "{token}",'
                         ' document.querySelector("#door button").click())')

    def ready(self):
        self.browser.until(READY)

    def busiest(self):
        """The day of this year with most hours of those with an absence, and a gap nobody explains."""
        zone = zoneinfo.ZoneInfo(ZONE)
        absent, unknown, end = set(), set(), 0
        for start, duration, data in sorted(self.statuses, key=lambda status: status[0]):
            day = str(datetime.datetime.fromtimestamp(start / 1000, zone).date())
            if data['status'] == 'afk':
                absent.add(day)
            if start - end < 8 * 3_600_000 and start - end > 3_600_000:
                unknown.add(day)
            end = start + duration
        this_year = str(self.days[-1].year)
        return max((day for day in absent & unknown if day.startswith(this_year)), key=lambda day: self.here[day])

    def goto(self, day):
        self.browser.run(f'void (document.querySelector("#date").value = "{day}",'
                         ' document.querySelector("#date").dispatchEvent(new Event("change")))')
        self.browser.until(f'document.querySelector(".months [aria-current]")?.value === "{day}" && {READY}')

    def text(self, selector):
        return self.browser.run(f'document.querySelector("{selector}").innerText')

    def texts(self, selector):
        return self.browser.run(f'[...document.querySelectorAll("{selector}")].map((e) => e.innerText)')


def minutes(text):
    """Of `11 hrs 30 mins`."""
    found = re.fullmatch(r'(?:([\d,]+) hrs? ?)?(?:(\d+) mins?)?', text)
    assert found and any(found.groups()), text
    return int((found[1] or '0').replace(',', '')) * 60 + int(found[2] or 0)


def equal(found, wanted):
    assert found == wanted, f'{found!r} is not {wanted!r}'


def sums(days):
    """Minutes per name on the page, of some days."""
    return {NAMES[app]: sum(found[str(day)] for day in days) // 60 for app, found in world.apps.items() if app in NAMES}


def token_stays_in_the_page():
    world.open()
    world.ready()
    kept = world.browser.run('JSON.stringify([location.href, document.cookie, {...localStorage}, {...sessionStorage},'
                             ' document.documentElement.outerHTML, document.querySelector("#token").value, history.state,'
                             ' performance.getEntriesByType("resource").map((e) => e.name)])')
    assert world.reader not in kept
    # Nor is a browser to offer that it keeps it.
    equal(world.browser.run('document.querySelector("#token").autocomplete'), 'one-time-code')
    equal(world.browser.run('breaches'), [])
    world.browser.run('void document.querySelector("#forget").click()')
    world.browser.until('!document.querySelector("#door").hidden && document.querySelector("#data").hidden')
    equal(world.browser.run('document.querySelector("#data").querySelectorAll("figure, option, .rows").length'), 0)
    world.open()
    world.ready()
    world.browser.open(world.backend.url + '/owner.html')
    world.browser.until('!document.querySelector("#door").hidden')


def wrong_token_is_said():
    world.open('hgr_' + 'x' * 43)
    world.browser.until('document.querySelector("#problem").innerText === "The server refused this token."')
    equal(world.browser.run('document.querySelector("#data").hidden'), True)
    equal(world.browser.run('document.querySelector("#token").value'), '')
    world.enter(world.reader)
    world.ready()
    equal(world.text('#problem'), '')


def token_of_a_device_shows_that_device():
    world.open(world.backend.tokens['laptop'])
    world.ready()
    equal(world.texts('#device option'), ['laptop'])


def year_is_a_calendar_of_the_right_hours():
    world.open()
    world.ready()
    year = world.days[-1].year
    equal(world.text('#year-number'), str(year))
    cells = world.browser.run('[...document.querySelectorAll(".months button")].map((e) => [e.value, e.ariaLabel, e.dataset.shade])')
    for day, label, shade in cells:
        seconds = world.here[day]
        equal(minutes(label.split(': ')[1]), seconds // 60)
        equal(int(shade), 0 if not seconds else min(5, seconds // 7200 + 1))
    equal([day for day, _, _ in cells], [str(day) for day in world.days if day.year == year])
    total = sum(seconds for day, seconds in world.here.items() if day.startswith(str(year)))
    equal(minutes(world.text('#calendar figcaption b').removesuffix(' in all')), total // 60)
    world.browser.run('void document.querySelector("#year-before").click()')
    world.browser.until(f'document.querySelector(".months button")?.value === "{year - 1}-01-01"')
    cells = dict(world.browser.run('[...document.querySelectorAll(".months button")].map((e) => [e.value, e.ariaLabel])'))
    for day in (str(day) for day in world.days if day.year == year - 1):
        equal(minutes(cells[day].split(': ')[1]), world.here[day] // 60)


def top_apps_of_each_range_are_right():
    world.open()
    world.ready()
    for value, count in ((1, 1), (7, 7), (30, 30), (365, 365)):
        world.browser.run('void (window.old = document.querySelector("#ranking").firstChild,'
                          f' document.querySelector("#ranges [value=\\"{value}\\"]").click())')
        world.browser.until(f'{READY} && document.querySelector("#ranges [aria-pressed=true]").value === "{value}"'
                            ' && document.querySelector("#from").value')
        check_ranking(world.days[-count:])
    first, last = world.days[100], world.days[200]
    for name, day in (('from', first), ('to', last)):
        world.browser.run(f'void (document.querySelector("#{name}").value = "{day}",'
                          f' document.querySelector("#{name}").dispatchEvent(new Event("change")))')
    world.browser.until(f'{READY} && !document.querySelector("#ranges [aria-pressed=true]")')
    check_ranking(world.days[100:201])


def check_ranking(days):
    total = sum(world.here[str(day)] for day in days)
    if total == 0:
        return
    world.browser.until('document.querySelector("#ranking figcaption b")?.innerText.replace(/[^0-9 ]/g, "").split(" ").filter(Boolean)'
                        f'.reduce((sum, n, i, all) => sum + Number(n) * (all.length > 1 && !i ? 60 : 1), 0) === {total // 60}')
    rows = world.browser.run('[...document.querySelectorAll(".ranking li")].map((e) => [e.querySelector(".name").innerText,'
                             ' e.querySelector(".length").innerText, e.querySelector(".bar").offsetWidth])')
    found = {name: minutes(length) for name, length, _ in rows}
    wanted = sums(days)
    for name, value in wanted.items():
        if value >= 60:
            equal((name, found[name]), (name, value))
    most = max(found.values())
    width = max(bar for _, _, bar in rows)
    for name, length, bar in rows:
        # What is told has lost its seconds.
        least, largest = minutes(length) / (most + 1), (minutes(length) + 1) / most
        assert least - 0.03 < bar / width < largest + 0.03 or bar <= 3, (name, length, bar)


def day_shows_when_and_what_on_one_clock():
    world.open()
    world.ready()
    day = world.busiest()
    world.goto(day)
    equal(minutes(world.text('#timeline figcaption b').removesuffix(' in all')), world.here[day] // 60)
    lanes = world.browser.run('[...document.querySelectorAll(".lanes li")].map((e) => [e.querySelector(".name").innerText,'
                              ' e.querySelector(".length").innerText])')
    found = {name: minutes(length) for name, length in lanes}
    equal(found['At the device'], world.here[day] // 60)
    for name, value in sums([day]).items():
        if name in found:
            equal((name, found[name]), (name, value))
    # Drawn to scale: the first stretch begins where the clock says.
    zone = zoneinfo.ZoneInfo(ZONE)
    starts = [start for start, _, data in world.statuses if data['status'] == 'not-afk'
              and str(datetime.datetime.fromtimestamp(start / 1000, zone).date()) == day]
    first = datetime.datetime.fromtimestamp(min(starts) / 1000, zone)
    row = world.text('.rows li .clock')
    assert row.startswith(f'{first:%H:%M}'), (row, first)
    labels = world.browser.run('[...document.querySelectorAll(".axis span")].map((e) => [e.innerText, parseFloat(e.style.left)])')
    (begin, left), (end, right) = labels[0], labels[-1]
    hours = (int(end[:2]) - int(begin[:2])) % 24 or 24
    place = ((first.hour - int(begin[:2])) * 60 + first.minute) / 60 / hours * (right - left)
    mark = float(world.browser.run('parseFloat(document.querySelector(".here .track i").style.left)'))
    assert abs(mark - place) < 0.2, (mark, place, labels)
    # A gap is there to be seen and to be read, and says whether somebody was away.
    assert 'Away' in world.texts('.rows .pause .what') and 'Nothing known' in world.texts('.rows .pause .what')
    gaps = world.browser.run('[...document.querySelectorAll(".here .track i:not(.gone)")].map((e) => '
                             '[parseFloat(e.style.left), parseFloat(e.style.width)])')
    assert all(b[0] - a[0] - a[1] > 0.1 for a, b in zip(gaps, gaps[1:])), gaps


def days_are_reached_by_buttons_and_keys():
    world.open()
    world.ready()
    today = str(world.days[-1])
    equal(world.browser.run('document.querySelector("#date").value'), today)
    equal(world.browser.run('document.querySelector("#day-after").disabled'), True)
    world.browser.run('void document.querySelector("#day-before").click()')
    world.browser.until(f'document.querySelector("#date").value === "{world.days[-2]}" && {READY}')
    world.browser.run('void document.querySelector("#day-after").click()')
    world.browser.until(f'document.querySelector("#date").value === "{today}" && {READY}')
    # The calendar: one stop of Tab, arrows within, Enter opens.
    equal(world.browser.run('[...document.querySelectorAll(".months button")].filter((e) => e.tabIndex === 0).map((e) => e.value)'),
          [today])
    world.browser.run('void document.querySelector(".months [tabindex=\\"0\\"]").focus()')
    for key, code in (('ArrowUp', 38), ('ArrowLeft', 37), ('Enter', 13)):
        for kind in ('keyDown', 'keyUp'):
            world.browser.cdp('Input.dispatchKeyEvent', type=kind, key=key, code=key, windowsVirtualKeyCode=code,
                              **({'text': '\r'} if key == 'Enter' and kind == 'keyDown' else {}))
    world.browser.until(f'document.querySelector("#date").value === "{world.days[-9]}"')
    unnamed = world.browser.run('[...document.querySelectorAll("button, input, select")].filter((e) => !e.innerText.trim()'
                                ' && !e.ariaLabel && !e.labels?.length).map((e) => e.outerHTML)')
    equal(unnamed, [])


def nothing_is_known_and_that_is_said():
    world.open()
    world.ready()
    world.browser.run('void (document.querySelector("#device").value = "new",'
                      ' document.querySelector("#device").dispatchEvent(new Event("change")))')
    world.browser.until(f'{READY} && document.querySelector("#timeline").innerText.includes("Nothing is known of this time.")')
    world.browser.until('document.querySelector("#ranking").innerText.includes("Nothing is known of this time.")')
    assert 'No bucket tells when you were away' in world.text('#timeline')


def a_script_in_an_app_does_not_run():
    evil = '<img src=x onerror="window.hit=1"><script>window.hit=1</script>'
    name = 'other'
    world.backend.add_device(name)
    begin = backend.now() - 7_200_000
    world.backend.send(name, evil, 'currentwindow', [(begin, 3_600_000, {'app': evil, 'title': evil})])
    world.open(world.backend.tokens[name])
    world.ready()
    world.browser.until('document.querySelector(".ranking").innerText.includes("<script>")')
    if world.text('#timeline').find('<script>') < 0:  # it was yesterday
        world.browser.run('void document.querySelector("#day-before").click()')
    world.browser.until('document.querySelector(".rows").innerText.includes("<script>")')
    equal(world.browser.run('[typeof window.hit, document.querySelectorAll("main img, main script").length, breaches.length]'),
          ['undefined', 0, 0])


def what_is_left_out_is_said():
    """Of 66 buckets 64 are counted; of 150 apps 12 have a row, and the others one."""
    world.backend.add_device('many')
    begin = backend.now() - 3_600_000
    for number in range(66):
        world.backend.send('many', f'w{number}', 'currentwindow', [(begin, 1000, {'app': 'one'})])
    for bucket in ('w0', 'w65'):  # which ones are counted is the backend's choice
        world.backend.send('many', bucket, 'currentwindow',
                           [(begin + i * 20_000, 20_000, {'app': f'app{i}'}) for i in range(150)])
    world.open(world.backend.tokens['many'])
    world.ready()
    for section in ('ranking', 'calendar'):
        world.browser.until(f'document.querySelector("#{section}").innerText.includes('
                            '"Not counted: 2 more buckets of windows.")')
    apps = world.texts('.ranking li .name')
    equal((len(apps), apps[-1]), (13, 'Other apps'))


def nothing_is_cut_off_on_a_phone():
    world.open(size=(390, 844, True))
    world.ready()
    world.goto(world.busiest())
    equal(world.browser.run('document.documentElement.scrollWidth'), 390)
    beyond = world.browser.run('[...document.querySelectorAll("main *:not(option)")].filter((e) => { const r = e.getBoundingClientRect();'
                               ' return r.width && (r.right > 390.5 || r.left < -0.5); }).map((e) => e.outerHTML.slice(0, 90))')
    equal(beyond, [])


def words_are_the_visitors():
    for tag, heading, today in (('de-DE', 'Ihre Daten', 'Heute'), ('fr-FR', 'Vos données', 'Aujourd’hui'),
                                ('es-ES', 'Sus datos', 'Hoy'), ('zh-CN', '您的数据', '今天')):
        early = world.browser.before_load(f'Object.defineProperty(navigator, "languages", {{get: () => ["{tag}"]}})')
        try:
            world.open()
            world.ready()
            equal(world.text('h1'), heading)
            equal(world.text('#ranges button'), today)
            text = world.text('body')
            for word in ('At the device', 'in all', 'undefined', 'Top apps', '{'):
                assert word not in text, (tag, word)
        finally:
            world.browser.forget(early)


def a_backend_without_charts_says_so():
    early = world.browser.before_load('{ const real = fetch; window.fetch = (url, ...rest) => /apps|timeline/.test(url)'
                                      ' ? Promise.resolve(new Response("{}", {status: 404})) : real(url, ...rest); }')
    try:
        world.open()
        world.browser.until('document.querySelector("#problem").innerText === "This backend has no app charts."')
    finally:
        world.browser.forget(early)


def a_server_that_is_away_is_said_and_comes_back():
    world.open()
    world.ready()
    world.backend.stop()
    world.browser.run('void document.querySelector("#day-before").click()')
    world.browser.until('document.querySelector("#problem").innerText === "The server did not answer. Try again."')
    equal(world.browser.run('document.querySelector("#date").value'), str(world.days[-1]))
    equal(world.browser.run('document.querySelector("#day-after").disabled'), True)
    world.backend.start()
    world.browser.run('void document.querySelector("#day-before").click()')
    world.browser.until(f'document.querySelector("#date").value !== "{world.days[-1]}" && {READY}')
    equal(world.browser.run('[document.querySelector("#problem").innerText, document.querySelector("#date").value]'),
          ['', str(world.days[-2])])


def after_midnight_it_is_another_day():
    """It is opened the day before, and left open."""
    early = world.browser.before_load(
        '{ const real = fetch; window.setInterval = (look) => { window.look = look; };'
        f' window.fetch = (url, ...rest) => real(/timeline/.test(url) && !/date=/.test(url) && !window.isLater'
        f' ? `${{url}}&date={world.days[-2]}` : url, ...rest); }}')
    try:
        world.open()
        world.ready()
        for day in (world.days[-2], world.days[-1]):
            world.browser.until(f'document.querySelector("#date").value === "{day}" && document.querySelector("#to").value === "{day}"'
                                f' && document.querySelector("#date").max === "{day}"'
                                f' && [...document.querySelectorAll(".months button")].pop().value === "{day}" && {READY}')
            equal(world.browser.run('document.querySelector("#day-after").disabled'), True)
            world.browser.run('void (window.isLater = true, look())')
    finally:
        world.browser.forget(early)


TESTS = [token_stays_in_the_page, wrong_token_is_said, token_of_a_device_shows_that_device,
         year_is_a_calendar_of_the_right_hours, top_apps_of_each_range_are_right, day_shows_when_and_what_on_one_clock,
         days_are_reached_by_buttons_and_keys, nothing_is_known_and_that_is_said, a_script_in_an_app_does_not_run,
         what_is_left_out_is_said, nothing_is_cut_off_on_a_phone,
         words_are_the_visitors, a_backend_without_charts_says_so, a_server_that_is_away_is_said_and_comes_back,
         after_midnight_it_is_another_day]


def main():
    global world
    reason = backend.why_not(KIND, PROGRAM) if installed() else 'chromium and chromedriver are not installed'
    if reason:
        print(f'1..0 # SKIP {reason}')
        return
    world = World()
    try:
        run_tests([(f'/web/owner/{KIND}/' + test.__name__.replace('_', '-'), test) for test in TESTS])
    finally:
        world.close()


if __name__ == '__main__':
    main()
