# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The window as such: how it comes and goes, its pages, its menu, and the agent behind it."""

import os
import signal

from desktop import PAGES, Desktop, run_tests, until

def starts_the_agent():
    with Desktop() as desktop:
        assert not desktop.is_on_bus()
        desktop.start_window()
        until(desktop.is_on_bus, "the agent is started by the window")
        assert desktop.get("State") in ("starting", "setup")


def goes_through_its_pages_by_keyboard():
    with Desktop() as desktop:
        desktop.open_page("Overview")
        for number, page in enumerate(PAGES, 1):
            desktop.keys("alt+%d" % number)
            tab = desktop.find("tab", page, is_wanted=lambda tab: "selected" in tab.states)
            selected = [one.name for one in desktop.see("tab") if "selected" in one.states]
            assert selected == [page], (selected, tab.describe())
        desktop.keys("alt+1")
        desktop.find("tab", "Overview", is_wanted=lambda tab: "selected" in tab.states)
        desktop.keys("ctrl+comma")
        desktop.find("tab", "Settings", is_wanted=lambda tab: "selected" in tab.states)


def fits_a_narrow_screen():
    with Desktop() as desktop:
        desktop.open_page("Overview")
        desktop.resize(360, 600)
        width, height = desktop.screen.get_geometry(desktop.main_window())[2:]
        assert width <= 380 and height <= 640, (width, height)
        # The tabs went to the bottom.
        tab = desktop.find("tab", "Settings",
                           is_wanted=lambda tab: tab.extents[1] > height // 2)
        tab.do()
        desktop.find("tab", "Settings", is_wanted=lambda tab: "selected" in tab.states)
        # Wide again, they leave no gap there, also where nothing is animated.
        desktop.resize(900, 600)
        desktop.find("tab", "Settings", is_wanted=lambda tab: tab.extents[1] < 60)
        desktop.wait(lambda: any(node.kind.endswith("SettingsPage")
                                 and node.extents[1] + node.extents[3] == node.window.extents[3]
                                 for node in desktop.look().nodes.values()),
                     "the page reaches down to the end")


def has_a_menu():
    with Desktop() as desktop:
        desktop.open_page("Overview")
        desktop.keys("F10")
        for item in ("Sync now", "Set up…", "Keyboard shortcuts", "About Heliograph",
                     "Quit and stop publishing"):
            desktop.find("menu item", item)
        desktop.keys("Escape")
        desktop.gone("menu item")


def tells_about_itself():
    with Desktop() as desktop:
        desktop.open_page("Overview")
        desktop.choose("About Heliograph")
        desktop.reads("The Heliograph authors", "0.1.0")
        desktop.keys("Escape")
        until(lambda: "The Heliograph authors" not in desktop.read(), "it is closed")


def shows_its_shortcuts():
    with Desktop() as desktop:
        desktop.open_page("Overview")
        desktop.keys("ctrl+question")
        desktop.reads("Close the window; publishing goes on", "Sync now")
        desktop.keys("Escape")
        until(lambda: "publishing goes on" not in desktop.read(), "it is closed")


def is_gone_when_closed():
    with Desktop() as desktop:
        window = desktop.open_page("Overview")
        for page in PAGES:
            desktop.go_to(page)
        agent = desktop.agent_pid()
        desktop.close_window(window)
        assert desktop.agent_pid() == agent, "publishing goes on"
        window = desktop.start_window()
        assert desktop.agent_pid() == agent
        desktop.keys("ctrl+w")
        assert window.wait(timeout=20) == 0


def comes_to_the_front_when_started_again():
    with Desktop() as desktop:
        window = desktop.start_window()
        first = desktop.main_window()
        desktop.screen.run("xdotool", "windowminimize", first)
        until(lambda: not desktop.screen.list_windows(window.pid), "it is out of sight")
        second = desktop.spawn_window()
        assert second.wait(timeout=20) == 0, second.returncode
        assert window.poll() is None
        until(lambda: desktop.screen.list_windows(window.pid) == [first], "it is back")
        until(lambda: desktop.screen.get_active() == first, "it is in front")


def starts_a_killed_agent_again():
    with Desktop() as desktop:
        window = desktop.open_page("Overview")
        first = desktop.agent_pid()
        os.kill(first, signal.SIGKILL)
        until(lambda: desktop.agent_pid() not in (0, first), "another agent")
        desktop.go_to("Buckets")
        assert window.poll() is None


def leaves_an_agent_alone_that_keeps_falling():
    with Desktop() as desktop:
        desktop.open_page("Overview")
        first = desktop.agent_pid()
        os.kill(first, signal.SIGKILL)
        until(lambda: desktop.agent_pid() not in (0, first), "another agent")
        os.kill(desktop.agent_pid(), signal.SIGKILL)
        desktop.reads("Heliograph is not running")
        assert not desktop.is_on_bus()
        desktop.press("button", "Start again")
        until(desktop.agent_pid, "a third agent")


def says_when_the_agent_cannot_be_started():
    with Desktop() as desktop:
        window = desktop.open_page("Overview")
        with open(desktop.path("start-agent"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 1\n")
        os.kill(desktop.agent_pid(), signal.SIGKILL)
        desktop.reads("Heliograph can’t be started", "Run heliograph-agent in a terminal")
        assert window.poll() is None
        assert not desktop.is_on_bus()
        desktop.allow_agent()
        desktop.press("button", "Start again")
        desktop.wait(lambda: "Run heliograph-agent in a terminal" not in desktop.read(), "it runs")


def lives_without_a_session_bus():
    """What it shows then is in no tree: GTK fails to publish one without the bus."""
    with Desktop() as desktop:
        desktop.environment.update({
            "GTK_A11Y": "none",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=" + desktop.path("no-bus")})
        window = desktop.spawn_window()
        until(lambda: desktop.list_open() or window.poll() is not None, "the window", 60)
        until(lambda: "No session bus" in desktop.window_text(0), "it noticed")
        desktop.keys(*("alt+%d" % (page + 1) for page in range(len(PAGES))))
        desktop.keys("alt+1")
        desktop.keys("ctrl+w")
        assert window.wait(timeout=20) == 0, window.returncode


def quits_all():
    with Desktop() as desktop:
        window = desktop.open_page("Overview")
        agent = desktop.agent_pid()
        desktop.choose("Quit and stop publishing")
        assert window.wait(timeout=20) == 0, window.returncode
        until(lambda: not os.path.exists("/proc/%d" % agent), "the agent ends")
        assert not desktop.is_on_bus(), "nobody starts it again"


def goes_with_an_agent_that_says_goodbye():
    with Desktop() as desktop:
        window = desktop.open_page("Overview")
        agent = desktop.agent_pid()
        desktop.call("Quit")
        assert window.wait(timeout=20) == 0, window.returncode
        until(lambda: not os.path.exists("/proc/%d" % agent), "the agent ends")
        assert not desktop.is_on_bus(), "nobody starts it again"


run_tests([
    ("/window/starts-the-agent", starts_the_agent),
    ("/window/goes-through-its-pages-by-keyboard", goes_through_its_pages_by_keyboard),
    ("/window/fits-a-narrow-screen", fits_a_narrow_screen),
    ("/window/has-a-menu", has_a_menu),
    ("/window/tells-about-itself", tells_about_itself),
    ("/window/shows-its-shortcuts", shows_its_shortcuts),
    ("/window/is-gone-when-closed", is_gone_when_closed),
    ("/window/comes-to-the-front-when-started-again", comes_to_the_front_when_started_again),
    ("/window/starts-a-killed-agent-again", starts_a_killed_agent_again),
    ("/window/leaves-an-agent-alone-that-keeps-falling",
     leaves_an_agent_alone_that_keeps_falling),
    ("/window/says-when-the-agent-cannot-be-started", says_when_the_agent_cannot_be_started),
    ("/window/lives-without-a-session-bus", lives_without_a_session_bus),
    ("/window/quits-all", quits_all),
    ("/window/goes-with-an-agent-that-says-goodbye", goes_with_an_agent_that_says_goodbye),
])
