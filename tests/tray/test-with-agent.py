# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The tray icon beside the real agent, between a stand-in ActivityWatch and the real receiver."""

import os
import signal
import sys
import time

import dbus

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from desktop import TRAY, TRAY_NAME, Desktop, exits, skip_unless, until  # noqa: E402
from world import AGENT, FOREVER, NAME, run_tests  # noqa: E402


class Session(Desktop):
    """A desktop whose bus starts the agent for who asks for it."""

    def __init__(self):
        super().__init__(has_bus=False)
        os.mkdir(self.path("services"))
        with open(self.path("services", NAME + ".service"), "w", encoding="utf-8") as file:
            file.write("[D-BUS Service]\nName=%s\nExec=%s\n" % (NAME, AGENT))
        self.services = self.path("services")
        self.start_bus()
        self.start_all()
        self.update_environment()

    def update_environment(self):
        """What the bus starts gets it."""
        connection = self.bus.connect()
        connection.get_object("org.freedesktop.DBus", "/org/freedesktop/DBus",
                              introspect=False).UpdateActivationEnvironment(
            self.environment, dbus_interface="org.freedesktop.DBus", signature="a{ss}")
        connection.close()

    def __exit__(self, *details):
        # Asked once: it may be on its way out, and 0 would be this very group of processes.
        number = self.agent_id()
        if number:
            os.kill(number, signal.SIGKILL)
        super().__exit__(*details)

    def process_of(self, name):
        """Its id, or 0."""
        connection = self.bus.connect()
        try:
            bus = connection.get_object("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                        introspect=False)
            return int(bus.GetConnectionUnixProcessID(name, dbus_interface="org.freedesktop.DBus"))
        except dbus.DBusException:
            return 0
        finally:
            connection.close()

    def agent_id(self):
        return self.process_of(NAME)

    def kill_agent(self):
        number = self.agent_id()
        assert number, "the agent is not on the bus"
        os.kill(number, signal.SIGKILL)
        return number

    def has_another_agent(self, number):
        return until(lambda: self.agent_id() not in (0, number), "another agent")


def shows_and_steers_the_real_agent():
    with Session() as desktop:
        desktop.use_computer("Editor", "letter.txt")
        tray = desktop.show_tray()
        # It started the agent, too.
        desktop.has_icon("active")
        until(lambda: desktop.labels()[:1] == ["Publishing"]
              and desktop.labels()[1].startswith("Editor · since "), "what is published")

        begin = time.time()
        desktop.click("Pause", "For 1 hour")
        desktop.has_icon("paused")
        until(lambda: desktop.labels()[1].startswith("until "), "how long")
        ends = desktop.get("PausedUntil") / 1000
        assert begin + 3590 < ends < time.time() + 3610, ends - begin
        until(lambda: desktop.has_state("paused"), "the receiver knows")

        desktop.click("Resume")
        until(lambda: desktop.get("State") != "paused", "it goes on")
        desktop.use_computer("Browser", "news")
        until(lambda: desktop.labels()[1].startswith("Browser · since "), "the new activity")

        desktop.click("Pause", "Until I resume")
        desktop.says("Paused", "until you resume")
        assert desktop.get("PausedUntil") == FOREVER
        desktop.click("Resume and publish the gap")
        until(lambda: desktop.get("PausedUntil") == 0, "it goes on again")
        desktop.says("Publishing")

        seen = desktop.requests()
        desktop.click("Sync now")
        until(lambda: desktop.requests() > seen + 1, "it syncs")
        assert tray.poll() is None


def shows_trouble_of_the_real_agent():
    with Session() as desktop:
        desktop.use_computer()
        desktop.show_tray()
        desktop.has_icon("active")
        desktop.stop_aw()
        desktop.has_icon("trouble")
        until(lambda: "ActivityWatch" in desktop.labels()[1], "what it is about")
        desktop.start_aw()
        desktop.use_computer()
        desktop.has_icon("active")


def restores_an_agent_that_was_killed():
    with Session() as desktop:
        desktop.use_computer()
        tray = desktop.show_tray()
        desktop.has_icon("active")
        killed = desktop.kill_agent()
        # Whether trouble is seen depends on how fast it is there again: test-menu.py looks at that.
        desktop.has_another_agent(killed)
        desktop.has_icon("active")
        desktop.says("Publishing")
        assert tray.poll() is None


def starts_no_agent_again_and_again():
    with Session() as desktop:
        desktop.use_computer()
        tray = desktop.show_tray("--patience", "6")
        desktop.has_icon("active")
        # The first start was that of the icon.
        for _ in range(2):
            desktop.has_another_agent(desktop.kill_agent())
        desktop.kill_agent()
        desktop.has_icon("trouble")
        assert exits(tray, 10) == 0
        assert not desktop.is_on_bus()


def is_taken_over_by_the_next_agent():
    with Session() as desktop:
        # Here the agent starts the icon, and then the icon the agent.
        desktop.environment["HELIOGRAPH_PROGRAMS"] = os.path.dirname(TRAY)
        desktop.update_environment()
        desktop.use_computer()
        watcher = desktop.start_watcher()
        assert desktop.get("State")
        desktop.item_path = until(lambda: desktop.registered(watcher), "the icon is there")[0]
        desktop.has_icon("active")
        first = desktop.process_of(TRAY_NAME)
        killed = desktop.kill_agent()
        desktop.has_another_agent(killed)
        until(lambda: desktop.get("Machine")["tray"], "the next agent knows it")
        desktop.has_icon("active")
        assert desktop.process_of(TRAY_NAME) == first
        assert len(desktop.registered(watcher)) == 1
        desktop.call("SetOption", "tray-icon", False)
        until(lambda: not desktop.process_of(TRAY_NAME), "no icon is left")
        until(lambda: not os.path.exists("/proc/%d" % first) or is_ended(first), "it has ended")
        desktop.call("SetOption", "tray-icon", True)
        until(lambda: desktop.process_of(TRAY_NAME), "the agent's own is there")
        desktop.call("Quit")


def is_ended(number):
    """Nobody waits for what outlived its parent in a container."""
    with open("/proc/%d/stat" % number, encoding="utf-8") as file:
        return file.read().rpartition(")")[2].split()[0] == "Z"


def ends_all_by_quit():
    with Session() as desktop:
        desktop.use_computer()
        tray = desktop.show_tray()
        desktop.has_icon("active")
        desktop.click("Quit")
        assert exits(tray) == 0
        until(lambda: not desktop.is_on_bus(), "the agent is gone")
        until(lambda: desktop.has_state("offline"), "the receiver knows")


def goes_with_an_agent_that_is_told_to_end():
    with Session() as desktop:
        desktop.use_computer()
        tray = desktop.show_tray()
        desktop.has_icon("active")
        os.kill(desktop.agent_id(), signal.SIGTERM)
        assert exits(tray, 10) == 0
        until(lambda: not desktop.is_on_bus(), "the agent is gone")


def lets_an_agent_go_that_is_gone_at_once():
    with Session() as desktop:
        desktop.use_computer()
        tray = desktop.show_tray()
        desktop.has_icon("active")
        # A busy machine: the icon hears of the goodbye and of the end together.
        tray.send_signal(signal.SIGSTOP)
        os.kill(desktop.agent_id(), signal.SIGTERM)
        until(lambda: not desktop.is_on_bus(), "the agent is gone")
        tray.send_signal(signal.SIGCONT)
        assert exits(tray, 10) == 0
        end = time.monotonic() + 1
        until(lambda: desktop.is_on_bus() or time.monotonic() > end, "a second is over")
        assert not desktop.is_on_bus(), "the icon called it back"


TESTS = [
    ("it shows and steers the agent", shows_and_steers_the_real_agent),
    ("it shows trouble, and when that is over", shows_trouble_of_the_real_agent),
    ("it restores an agent that was killed", restores_an_agent_that_was_killed),
    ("it starts no agent again and again", starts_no_agent_again_and_again),
    ("it is taken over by the next agent", is_taken_over_by_the_next_agent),
    ("it ends all by Quit", ends_all_by_quit),
    ("it goes with an agent that is told to end", goes_with_an_agent_that_is_told_to_end),
    ("it lets an agent go that is gone at once", lets_an_agent_go_that_is_gone_at_once),
]

if __name__ == "__main__":
    skip_unless("Xvfb")
    run_tests(TESTS)
