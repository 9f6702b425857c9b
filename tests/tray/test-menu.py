# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tray icon beside an agent and a watcher that are only played: each state, each item."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import (MOCK, TRAY, TRAY_NAME, WATCHER, Desktop, MockAgent,  # noqa: E402
                     exits, read, skip_unless, until)
from world import FOREVER, NAME, run_tests  # noqa: E402

MINUTE = 60_000
DAY = 86_400_000


def now():
    return int(time.time() * 1000)


def one_page(page, name="Home"):
    """The played agent answers GetPage with the id."""
    return {"id": page, "name": name, "address": page.partition("//")[2].partition("/")[0]}


def registers_with_a_name_for_screen_readers():
    with Desktop() as desktop:
        MockAgent(desktop, Presence={"state": "locked", "since": now()})
        desktop.show_tray()
        assert desktop.item("Id") == "heliograph"
        assert desktop.item("Status") == "Active"
        assert desktop.item("Category") == "ApplicationStatus"
        assert desktop.item("Title") == "Heliograph: Locked"
        assert desktop.item("IconAccessibleDesc") == "Heliograph: Locked"
        # Told only where the panel would not look for icons.
        assert desktop.item("IconThemePath") == "" or \
            desktop.item("IconThemePath").endswith("/icons")


def has_an_icon_for_each_state():
    with Desktop() as desktop:
        agent = MockAgent(desktop)
        desktop.show_tray()
        for look, values in (
                ("active", {"Presence": {"state": "active", "since": now()}}),
                ("paused", {"PausedUntil": FOREVER, "State": "paused"}),
                ("offline", {"State": "setup"}),
                ("away", {"Presence": {"state": "away", "since": now()}, "State": "publishing"}),
                ("trouble", {"Trouble": "Home: it does not answer", "State": "trouble"}),
                ("away", {"Presence": {"state": "online", "since": now()}, "State": "idle"}),
                ("offline", {"State": "starting"}),
                ("away", {"Presence": {}, "State": "idle"})):
            agent.set(**values)
            desktop.has_icon(look)


def says_what_is_published():
    with Desktop() as desktop:
        agent = MockAgent(desktop, Presence={"state": "active", "app": "Firefox", "title": "Letter",
                                             "activity-since": now() - 12 * MINUTE - 500})
        desktop.show_tray()
        until(lambda: desktop.labels()[0] == "Publishing", "publishing")
        detail = desktop.labels()[1]
        assert detail.startswith("Firefox · since ") and detail.endswith(" (12 min)"), detail
        assert not desktop.is_sensitive("Publishing") and not desktop.is_sensitive(detail)
        # What is not known is no empty line.
        agent.set(State="starting")
        desktop.says("Starting…", "-")
        agent.set(Trouble="Home: the token was refused", State="trouble")
        desktop.says("Trouble", "Home: the token was refused")


def shows_any_text_as_it_is():
    with Desktop() as desktop:
        agent = MockAgent(desktop, Presence={"state": "active", "app": "my_app\n\u202e"})
        desktop.show_tray()
        # Panels show two underscores as one.
        desktop.says("Publishing", "my__app\ufffd\ufffd")
        agent.set(Trouble="é" * 200, State="trouble")
        desktop.says("Trouble", "é" * 63 + "…")


def keeps_its_items():
    with Desktop() as desktop:
        agent = MockAgent(desktop)
        desktop.show_tray()
        desktop.says("Everything is published")
        before = {label: number for number, label, _, _ in desktop.menu()}
        assert [*before] == ["Everything is published", "No live status is shown", "-", "Pause",
                             "Sync now", "Open Heliograph", "Quit"], desktop.labels()
        agent.set(PausedUntil=now() + DAY, PausedSince=now(), State="paused")
        desktop.says("Paused")
        paused = {label: number for number, label, _, _ in desktop.menu()}
        assert [*paused][3:] == ["Resume", "Resume and publish the gap", "Sync now",
                                 "Open Heliograph", "Quit"], paused
        agent.set(State="idle")
        desktop.says("Everything is published")
        assert {label: number for number, label, _, _ in desktop.menu()} == before
        for label in ("Sync now", "Open Heliograph", "Quit"):
            assert paused[label] == before[label]


def pauses_for_as_long_as_was_chosen():
    with Desktop() as desktop:
        agent = MockAgent(desktop)
        desktop.show_tray()
        begin = now()
        midnight = (begin // DAY + 1) * DAY
        for count, label in enumerate(("For 15 minutes", "For 1 hour", "Until tomorrow",
                                       "Until I resume"), 1):
            desktop.click("Pause", label)
            until(lambda c=count: len(agent.calls()) == c, label)
        end = now()
        names = [name for name, _ in agent.calls()]
        times = [arguments[0] for _, arguments in agent.calls()]
        assert names == ["Pause"] * 4
        assert begin + 15 * MINUTE <= times[0] <= end + 15 * MINUTE, times
        assert begin + 60 * MINUTE <= times[1] <= end + 60 * MINUTE, times
        assert times[2] in (midnight, midnight + DAY), times
        assert times[3] == 0, times


def resumes_and_syncs():
    with Desktop() as desktop:
        agent = MockAgent(desktop, State="paused", PausedUntil=FOREVER)
        desktop.show_tray()
        desktop.says("Paused", "until you resume")
        assert not desktop.is_sensitive("Sync now")
        desktop.click("Resume")
        until(lambda: agent.calls() == [("Resume", [False])], "resume")
        desktop.click("Resume and publish the gap")
        until(lambda: agent.calls()[1:] == [("Resume", [True])], "resume with the gap")
        agent.set(State="idle")
        until(lambda: desktop.is_sensitive("Sync now"), "sync is possible")
        desktop.click("Sync now")
        until(lambda: agent.calls()[2:] == [("SyncNow", [])], "sync")


def offers_little_before_it_is_set_up():
    with Desktop() as desktop:
        MockAgent(desktop, State="setup")
        desktop.show_tray()
        desktop.says("Not set up yet", "Choose where to publish")
        assert not desktop.is_sensitive("Pause") and not desktop.is_sensitive("Sync now")
        assert desktop.is_sensitive("Open Heliograph") and desktop.is_sensitive("Quit")


def opens_the_window_by_the_bus():
    with Desktop() as desktop:
        MockAgent(desktop)
        window = desktop.start_window()
        calls = desktop.put_program("heliograph")
        desktop.show_tray()
        desktop.click("Open Heliograph")
        until(lambda: window.GetMethodCalls("Activate", dbus_interface=MOCK), "it is activated")
        assert read(calls) == ""


def opens_the_window_where_the_bus_knows_none():
    with Desktop() as desktop:
        MockAgent(desktop)
        calls = desktop.put_program("heliograph")
        desktop.show_tray()
        desktop.click("Open Heliograph")
        until(lambda: read(calls), "the program is started")


def opens_the_live_page():
    with Desktop() as desktop:
        agent = MockAgent(desktop)
        calls = desktop.put_browser()
        desktop.show_tray()
        assert "Open live page" not in desktop.labels()
        agent.set(Destinations=[one_page("http://127.0.0.1:5680/")])
        until(lambda: "Open live page" in desktop.labels(), "the page is offered")
        assert not desktop.find("Open live page")[3]
        desktop.click("Open live page")
        until(lambda: read(calls).endswith(" http://127.0.0.1:5680/\n"), "the page is opened")

        agent.set(Destinations=[one_page("http://127.0.0.1:5680/"),
                                one_page("https://example.org/u/me", "Web"),
                                one_page("https://example.org/u/me", "Web of another device")])
        until(lambda: desktop.find("Open live page")[3], "there is a choice")
        until(lambda: desktop.labels(desktop.find("Open live page")[0]) == ["Home", "Web"], "both")
        desktop.click("Open live page", "Web")
        until(lambda: read(calls).endswith(" https://example.org/u/me\n"), "the other is opened")

        agent.set(Destinations=[])
        until(lambda: "Open live page" not in desktop.labels(), "no page is offered")


def opens_nothing_that_is_no_page():
    with Desktop() as desktop:
        agent = MockAgent(desktop)
        calls = desktop.put_browser()
        desktop.show_tray()
        bad = ["file://host/etc/passwd", "javascript://alert(1)", ""]
        agent.set(Destinations=[one_page(page, "Bad %d" % i) for i, page in enumerate(bad)]
                  + [one_page("http://127.0.0.1:5680/", "Good")])
        until(lambda: "Open live page" in desktop.labels(), "the pages are offered")
        for label in desktop.labels(desktop.find("Open live page")[0]):
            desktop.click("Open live page", label)
        until(lambda: read(calls).endswith(" http://127.0.0.1:5680/\n"), "the last is opened")
        assert len(read(calls).splitlines()) == 1, read(calls)


def quits_agent_and_icon():
    with Desktop() as desktop:
        agent = MockAgent(desktop)
        tray = desktop.show_tray()
        desktop.click("Quit")
        assert exits(tray) == 0
        assert agent.calls() == [("Quit", [])]
        assert not desktop.owner(TRAY_NAME)


def goes_at_once_when_the_agent_says_goodbye():
    with Desktop() as desktop:
        agent = MockAgent(desktop)
        tray = desktop.show_tray("--patience", "60")
        desktop.says("Everything is published")
        agent.set(State="quitting")
        assert exits(tray, 5) == 0


def shows_trouble_and_gives_up_when_the_agent_stays_away():
    with Desktop() as desktop:
        MockAgent(desktop, Presence={"state": "active", "app": "Firefox", "activity-since": now()})
        tray = desktop.show_tray("--patience", "3")
        desktop.has_icon("active")
        begin = time.monotonic()
        desktop.stop_mock(NAME)
        desktop.has_icon("trouble")
        desktop.says("Trouble", "Heliograph has stopped and is being started again")
        assert not desktop.is_sensitive("Pause") and not desktop.is_sensitive("Sync now")
        assert desktop.is_sensitive("Open Heliograph") and desktop.is_sensitive("Quit")
        assert exits(tray, 10) == 0
        assert time.monotonic() - begin >= 2


def quits_without_an_agent_too():
    with Desktop() as desktop:
        MockAgent(desktop)
        tray = desktop.show_tray("--patience", "60")
        desktop.stop_mock(NAME)
        desktop.says("Trouble")
        desktop.click("Quit")
        assert exits(tray, 5) == 0


def goes_on_with_an_agent_that_comes_back():
    with Desktop() as desktop:
        MockAgent(desktop)
        tray = desktop.show_tray("--patience", "2")
        desktop.stop_mock(NAME)
        desktop.has_icon("trouble")
        begin = time.monotonic()
        MockAgent(desktop, State="paused", PausedUntil=FOREVER)
        desktop.has_icon("paused")
        desktop.says("Paused", "until you resume")
        # Its patience ends, and it is still there.
        until(lambda: time.monotonic() - begin > 3, "the time is over")
        assert tray.poll() is None
        desktop.says("Paused")


def is_there_once():
    with Desktop() as desktop:
        MockAgent(desktop)
        tray = desktop.show_tray()
        assert exits(desktop.start_tray()) == 0
        assert tray.poll() is None
        desktop.says("Everything is published")


def registers_again_when_the_panel_restarts():
    with Desktop() as desktop:
        agent = MockAgent(desktop)
        desktop.show_tray()
        desktop.stop_mock(WATCHER)
        agent.set(State="paused", PausedUntil=FOREVER)
        watcher = desktop.start_watcher()
        until(lambda: desktop.registered(watcher), "it is registered again")
        desktop.has_icon("paused")
        desktop.says("Paused", "until you resume")


def waits_for_a_panel_that_comes_later():
    with Desktop() as desktop:
        MockAgent(desktop)
        tray = desktop.start_tray()
        until(lambda: desktop.owner(TRAY_NAME), "the icon's process")
        watcher = desktop.start_watcher()
        desktop.item_path = until(lambda: desktop.registered(watcher), "it is registered")[0]
        desktop.says("Everything is published")
        assert tray.poll() is None


def tries_again_when_the_panel_is_not_ready():
    with Desktop() as desktop:
        MockAgent(desktop)
        watcher = desktop.start_watcher(refusals=1)
        tray = desktop.start_tray()
        until(lambda: len(desktop.registered(watcher)) == 2, "it is registered after all")
        desktop.item_path = desktop.registered(watcher)[1]
        desktop.says("Everything is published")
        assert desktop.item("Status") == "Active"
        assert tray.poll() is None


def ends_when_it_is_told_to():
    with Desktop() as desktop:
        MockAgent(desktop)
        tray = desktop.show_tray()
        tray.terminate()
        assert exits(tray) == 0
        assert desktop.owner(NAME)


def stays_small():
    with Desktop() as desktop:
        agent = MockAgent(desktop)
        tray = desktop.show_tray()
        agent.set(State="paused", PausedUntil=FOREVER)
        desktop.says("Paused")
        if "libasan" in read("/proc/%d/maps" % tray.pid):
            return
        status = read("/proc/%d/status" % tray.pid)
        kib = int(status.split("VmRSS:")[1].split()[0])
        assert kib <= 28 * 1024, kib


def says_what_is_missing():
    with Desktop() as desktop:
        for name, words in (("DISPLAY", "no display"), ("DBUS_SESSION_BUS_ADDRESS", "session bus")):
            environment = dict(desktop.environment)
            environment[name] = {"DISPLAY": ""}.get(name, "unix:path=/nowhere")
            done = subprocess.run([TRAY], env=environment, stderr=subprocess.PIPE, text=True,
                                  timeout=30, check=False)
            assert done.returncode == 1 and words in done.stderr, (done.returncode, done.stderr)


TESTS = [
    ("it registers with a name for screen readers", registers_with_a_name_for_screen_readers),
    ("it has an icon for each state", has_an_icon_for_each_state),
    ("it says what is published", says_what_is_published),
    ("it shows any text as it is", shows_any_text_as_it_is),
    ("it keeps its items", keeps_its_items),
    ("it pauses for as long as was chosen", pauses_for_as_long_as_was_chosen),
    ("it resumes and syncs", resumes_and_syncs),
    ("it offers little before it is set up", offers_little_before_it_is_set_up),
    ("it opens the window by the bus", opens_the_window_by_the_bus),
    ("it opens the window where the bus knows none", opens_the_window_where_the_bus_knows_none),
    ("it opens the live page", opens_the_live_page),
    ("it opens nothing that is no page", opens_nothing_that_is_no_page),
    ("it quits agent and icon", quits_agent_and_icon),
    ("it goes at once when the agent says goodbye", goes_at_once_when_the_agent_says_goodbye),
    ("it shows trouble and gives up when the agent stays away",
     shows_trouble_and_gives_up_when_the_agent_stays_away),
    ("it quits without an agent too", quits_without_an_agent_too),
    ("it goes on with an agent that comes back", goes_on_with_an_agent_that_comes_back),
    ("it is there once", is_there_once),
    ("it registers again when the panel restarts", registers_again_when_the_panel_restarts),
    ("it waits for a panel that comes later", waits_for_a_panel_that_comes_later),
    ("it tries again when the panel is not ready", tries_again_when_the_panel_is_not_ready),
    ("it ends when it is told to", ends_when_it_is_told_to),
    ("it stays small", stays_small),
    ("it says what is missing", says_what_is_missing),
]

if __name__ == "__main__":
    skip_unless("Xvfb")
    run_tests(TESTS)
