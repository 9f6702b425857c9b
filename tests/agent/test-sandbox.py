# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""In a sandbox, which sees no logind, the Inhibit portal tells of the session."""

import json
import os
import subprocess
import sys

import dbus

import mock_portal
from world import World, run_tests, until

INHIBIT = mock_portal.MAIN_IFACE
RUNNING, QUERY_END, ENDING = 1, 2, 3


class Portal:
    """The desktop's side of a sandbox."""

    def __init__(self, world, **parameters):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dbusmock", "--template", mock_portal.__file__,
             "--parameters", json.dumps(parameters)],
            env=world.environment, stdout=subprocess.DEVNULL)
        world.others.append(self.process)
        self.connection = world.bus.connect()
        until(self.is_there, "the portal")
        self.mock = self.connection.get_object(mock_portal.BUS_NAME, mock_portal.MAIN_OBJ,
                                               introspect=False)

    def is_there(self):
        return self.connection.name_has_owner(mock_portal.BUS_NAME)

    def tell(self, is_locked, session=RUNNING):
        self.mock.Tell(is_locked, dbus.UInt32(session), dbus_interface=INHIBIT)

    def tell_another(self, is_locked):
        """What the monitor of another program says."""
        self.mock.EmitSignal(
            INHIBIT, "StateChanged", "oa{sv}",
            [dbus.ObjectPath(mock_portal.MAIN_OBJ + "/session/1_1/other"),
             mock_portal.state(is_locked, RUNNING)],
            dbus_interface="org.freedesktop.DBus.Mock", signature="sssav")

    def endings(self):
        return [str(path) for path in self.mock.ListEndings(dbus_interface=INHIBIT)]

    def statuses(self):
        return [str(text) for text in self.mock.ListStatuses(dbus_interface=INHIBIT)]

    def stop(self):
        self.process.terminate()
        self.process.wait()
        until(lambda: not self.is_there(), "the portal is gone")


def start(world):
    with open(world.path("flatpak-info"), "w", encoding="utf-8") as file:
        file.write("[Application]\n")
    world.environment["HELIOGRAPH_FLATPAK_INFO"] = world.path("flatpak-info")
    world.start_all()
    world.use_computer()


def is_locked_with_the_session():
    with World() as world:
        start(world)
        portal = Portal(world)
        world.start_agent()
        until(lambda: world.has_state("active"), "the receiver shows active")
        portal.tell(True)
        until(lambda: world.has_state("locked"), "the receiver shows locked", 5)
        assert world.device()["activity"] is None
        portal.tell_another(False)
        portal.tell(True)
        world.call("SyncNow")
        assert world.has_state("locked"), "the monitor of another program is not ours"
        portal.tell(False)
        until(lambda: world.has_state("active"), "unlocked", 5)
        assert "does not tell" not in world.log_text()

        # A desktop without tray icons lists what runs in the background.
        until(lambda: portal.statuses()[-1] == "Publishing", "it says what it is about")
        assert "Locked" in portal.statuses(), portal.statuses()
        world.call("Pause", 0)
        until(lambda: portal.statuses()[-1] == "Paused", "it says so")
        said = portal.statuses()
        assert all(one != two for one, two in zip(said, said[1:])), said
        assert "letter" not in "".join(said) and "Editor" not in "".join(said), said


def begins_in_a_locked_session():
    with World() as world:
        start(world)
        Portal(world, locked=True)
        world.start_agent()
        seen = until(lambda: world.device()["state"] not in (None, "offline")
                     and world.device()["state"], "a state")
        assert seen == "locked", seen


def says_goodbye_when_the_session_ends():
    with World() as world:
        start(world)
        portal = Portal(world, locked=False)
        agent = world.start_agent()
        until(lambda: world.has_state("active"), "the receiver shows active")
        portal.tell(False, QUERY_END)
        agreed = until(portal.endings, "it has nothing against it", 5)
        assert len(agreed) == 1 and "/session/" in agreed[0], agreed
        portal.tell(False)
        world.call("SyncNow")
        assert agent.poll() is None and world.has_state("active"), "the user decided otherwise"
        portal.tell(False, ENDING)
        assert agent.wait(timeout=10) == 0
        assert world.has_state("offline")


def asks_again_after_a_restart_of_the_portal():
    with World() as world:
        start(world)
        portal = Portal(world, locked=True)
        world.start_agent()
        until(lambda: world.has_state("locked"), "the receiver shows locked")
        portal.stop()
        world.call("SyncNow")
        assert world.has_state("locked"), "nobody said that it is unlocked"
        Portal(world, locked=False)
        until(lambda: world.has_state("active"), "unlocked", 5)


def goes_on_without_a_portal():
    with World() as world:
        start(world)
        world.start_agent()
        until(lambda: world.has_state("active"), "the receiver shows active")
        lack = "does not tell a sandbox when the session is locked"
        assert world.log_text().count(lack) >= 1
        lines = os.path.join(world.path("state"), "heliograph", "agent.log")
        portal = Portal(world, response=2)
        portal.stop()
        world.call("SyncNow")
        with open(lines, encoding="utf-8") as file:
            assert file.read().count(lack) == 1, "once is enough"
        Portal(world, locked=True)
        until(lambda: world.has_state("locked"), "one that came later", 5)


run_tests([
    ("/agent/sandbox/is-locked-with-the-session", is_locked_with_the_session),
    ("/agent/sandbox/begins-in-a-locked-session", begins_in_a_locked_session),
    ("/agent/sandbox/says-goodbye-when-the-session-ends", says_goodbye_when_the_session_ends),
    ("/agent/sandbox/asks-again-after-a-restart-of-the-portal",
     asks_again_after_a_restart_of_the_portal),
    ("/agent/sandbox/goes-on-without-a-portal", goes_on_without_a_portal),
])
