# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tray icon in a real panel, as a person sees and uses it.

The pictures stay in screenshots/ of the build folder, to be looked at.
"""

import os
import re
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import HERE, WATCHER, Desktop, MockAgent, exits, skip_unless, until  # noqa: E402
from world import BUILD, FOREVER, run_tests  # noqa: E402

PANEL = ("xfce4-panel", "--sm-client-disable", "--disable-wm-check")
CONFIGURATION = "org.xfce.Xfconf.service"
SERVICES = "/usr/share/dbus-1/services"


class Screen(Desktop):
    """A desktop with a panel."""

    def __init__(self):
        super().__init__(has_bus=False)
        os.mkdir(self.path("services"))
        shutil.copy(os.path.join(SERVICES, CONFIGURATION), self.path("services"))
        folder = self.path("config", "xfce4", "xfconf", "xfce-perchannel-xml")
        os.makedirs(folder)
        shutil.copy(os.path.join(HERE, "xfce4-panel.xml"), folder)
        self.services = self.path("services")
        self.start_bus()
        self.pictures = os.path.join(BUILD, "screenshots")
        os.makedirs(self.pictures, exist_ok=True)
        self.panel = None

    def start_panel(self):
        self.panel = subprocess.Popen(PANEL, env=self.environment, stdout=subprocess.DEVNULL,
                                      stderr=subprocess.DEVNULL)
        self.others.append(self.panel)
        until(lambda: self.owner(WATCHER), "the panel shows tray icons")
        # All drawn: it looks the same twice.
        self.settled("tray-panel")

    def stop_panel(self):
        self.others.remove(self.panel)
        self.panel.kill()
        self.panel.wait()
        until(lambda: not self.owner(WATCHER), "the panel is gone")

    def run(self, *arguments):
        return subprocess.run(arguments, env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=60, check=False).stdout

    def picture(self, name):
        path = os.path.join(self.pictures, name + ".png")
        self.run("import", "-window", "root", path)
        return path

    def same(self, one, other):
        return self.difference(one, other) is None

    def settled(self, name):
        """A picture of the screen once nothing moves any more."""
        def taken():
            first = self.picture(name + "-before")
            return self.same(first, self.picture(name))
        until(taken, "nothing moves")
        os.remove(os.path.join(self.pictures, name + "-before.png"))
        return os.path.join(self.pictures, name + ".png")

    def difference(self, one, other):
        """(x, y, width, height) of where two pictures differ, or None."""
        text = self.run("convert", one, other, "-compose", "difference", "-composite", "-threshold",
                        "10%", "-format", "%@ %[fx:maxima]", "info:")
        match = re.match(r"(\d+)x(\d+)\+(\d+)\+(\d+) ([\d.]+)", text)
        if not match or float(match.group(5)) == 0:
            return None
        width, height, x, y = (int(match.group(n)) for n in range(1, 5))
        return x, y, width, height

    def appears(self, empty, name):
        """Where the screen became another one than the empty one."""
        def place():
            return self.difference(empty, self.picture(name))
        until(place, "something appears: " + name)
        return self.difference(empty, self.settled(name))

    def click_at(self, place):
        x, y, width, height = place
        self.run("xdotool", "mousemove", str(x + width // 2), str(y + height // 2), "click", "1")

    def keys(self, *names):
        self.run("xdotool", "key", "--clearmodifiers", "--delay", "60", *names)


def start(screen, **values):
    """Panel, agent, icon; returns the agent, the empty screen and where the icon is."""
    screen.start_panel()
    empty = screen.settled("tray-empty")
    agent = MockAgent(screen, **values)
    screen.start_tray()
    return agent, empty, screen.appears(empty, "tray-icon")


def is_painted_in_a_shape_for_each_state():
    with Screen() as screen:
        agent, empty, (x, y, width, height) = start(screen)
        assert 10 <= width <= 32 and 10 <= height <= 32, (x, y, width, height)
        assert y + height <= 40, (x, y, width, height)
        seen = {}
        for look, values in (
                ("active", {"Presence": {"state": "active", "app": "Firefox"}}),
                ("away", {"Presence": {"state": "away"}}),
                ("paused", {"PausedUntil": FOREVER, "State": "paused"}),
                ("trouble", {"Trouble": "Home: it does not answer", "State": "trouble"}),
                ("offline", {"State": "starting"})):
            last = list(seen.values())[-1] if seen else None
            agent.set(**values)
            if last:
                until(lambda p=last, n=look: not screen.same(p, screen.picture("tray-" + n)),
                      "another icon: " + look)
            path = screen.settled("tray-" + look)
            for other, picture in seen.items():
                assert not screen.same(picture, path), (other, look)
            assert not screen.same(empty, path), look
            seen[look] = path


def opens_its_menu_and_obeys():
    with Screen() as screen:
        begin = int(time.time() * 1000)
        agent, _, place = start(screen, Presence={"state": "active", "app": "my_editor",
                                                  "activity-since": begin - 720_500})
        closed = screen.settled("tray-closed")
        screen.click_at(place)
        x, y, width, height = screen.appears(closed, "tray-menu")
        assert width >= 120 and height >= 120, (x, y, width, height)
        # The first item that can be chosen is Pause.
        before = screen.settled("tray-menu")
        screen.keys("Down", "Right")
        screen.appears(before, "tray-menu-pause")
        screen.keys("Return")
        until(agent.calls, "the agent is told")
        assert agent.calls()[0][0] == "Pause"
        assert agent.calls()[0][1][0] >= begin + 900_000, agent.calls()

        agent.set(PausedSince=begin, PausedUntil=FOREVER, State="paused")
        until(lambda: not screen.same(closed, screen.picture("tray-paused-closed")), "it is paused")
        closed = screen.settled("tray-paused-closed")
        screen.click_at(place)
        screen.appears(closed, "tray-menu-paused")
        screen.keys("Down", "Return")
        until(lambda: agent.calls()[1:] == [("Resume", [False])], "the agent is told")


def comes_back_with_the_panel():
    with Screen() as screen:
        agent, empty, _ = start(screen)
        screen.stop_panel()
        agent.set(State="paused", PausedUntil=FOREVER)
        screen.start_panel()
        screen.appears(empty, "tray-panel-again")
        assert screen.trays[0].poll() is None


def leaves_no_hole_when_it_ends():
    with Screen() as screen:
        agent, empty, _ = start(screen)
        agent.set(State="quitting")
        assert exits(screen.trays[0]) == 0
        until(lambda: screen.same(empty, screen.picture("tray-gone")), "the panel is empty again")


TESTS = [
    ("it is painted, in a shape for each state", is_painted_in_a_shape_for_each_state),
    ("it opens its menu and obeys", opens_its_menu_and_obeys),
    ("it comes back with the panel", comes_back_with_the_panel),
    ("it leaves no hole when it ends", leaves_no_hole_when_it_ends),
]

if __name__ == "__main__":
    skip_unless("Xvfb", "xfce4-panel", "xfconf-query", "xdotool", "import", "convert")
    run_tests(TESTS)
