# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Desktop notifications: only for what needs the person, once, and gone with their cause."""

import os
import subprocess
import sys

import dbus

from world import WINDOW, World, plain, run_tests, until

DAEMON = "org.freedesktop.Notifications"
DAEMON_PATH = "/org/freedesktop/Notifications"
PORTAL = "org.freedesktop.portal.Desktop"
PORTAL_PATH = "/org/freedesktop/portal/desktop"
PORTAL_INTERFACE = "org.freedesktop.portal.Notification"
APP = "io.github.heliograph.Heliograph"
APP_PATH = "/io/github/heliograph/Heliograph"
MOCK = "org.freedesktop.DBus.Mock"


class Mock:
    """Somebody else on the session bus, who takes every call and remembers it."""

    def __init__(self, world, name, path, interface, **methods):
        process = subprocess.Popen([sys.executable, "-m", "dbusmock", name, path, interface],
                                   env=world.environment, stdout=subprocess.DEVNULL)
        world.others.append(process)
        self.interface = interface
        connection = world.bus.connect()
        until(lambda: connection.name_has_owner(name), name)
        self.object = connection.get_object(name, path, introspect=False)
        for method, (takes, gives, code) in methods.items():
            self.object.AddMethod(interface, method, takes, gives, code, dbus_interface=MOCK)

    def calls(self, method):
        found = self.object.GetMethodCalls(method, dbus_interface=MOCK)
        return [plain(call[1]) for call in found]

    def emit(self, signal, signature, *values):
        self.object.EmitSignal(self.interface, signal, signature,
                               dbus.Array(values, signature="v"), dbus_interface=MOCK)


def start_daemon(world):
    return Mock(world, DAEMON, DAEMON_PATH, DAEMON,
                Notify=("susssasa{sv}i", "u", "ret = len(self.call_log) + 40"),
                CloseNotification=("u", "", ""))


def start_window(world):
    return Mock(world, APP, APP_PATH, "org.freedesktop.Application", Activate=("a{sv}", "", ""))


def begin(world, *arguments):
    world.start_aw()
    world.start_server()
    world.make_token()
    agent = world.start_agent(*arguments)
    world.call("SetOption", "aw-url", "http://127.0.0.1:%d" % world.aw_port())
    world.call("AddDestination", world.url, "",
               {"token-file": world.token_file, "name": "<Home>", "level": "title"})
    until(lambda: any(b["id"] == WINDOW for b in world.get("Buckets")), "buckets")
    world.call("SetBucket", WINDOW, True, "")
    world.publish_all()
    return agent


def refuse_token(world):
    world.server_command("token", "revoke", "laptop")
    world.use_computer()
    until(lambda: world.get("Destinations")[0]["state"] == "stopped", "the token is refused")


def says_that_the_token_was_refused():
    with World(events=300) as world:
        daemon = start_daemon(world)
        window = start_window(world)
        begin(world)
        world.use_computer(title="A secret title")
        world.publish_all()
        assert daemon.calls("Notify") == []
        refuse_token(world)
        shown = until(lambda: daemon.calls("Notify"), "a notification")
        assert len(shown) == 1, shown
        program, replaced, icon, title, text, actions, hints, _ = shown[0]
        assert program == "Heliograph" and replaced == 0 and icon == APP, shown
        assert "<Home> refused" in title and "new one" in text, (title, text)
        assert actions[0] == "default" and hints["desktop-entry"] == APP, shown
        assert "secret" not in str(shown) and world.token not in str(shown)

        # Somebody else's notification, and ours.
        daemon.emit("ActionInvoked", "us", dbus.UInt32(7), "default")
        daemon.emit("ActivationToken", "us", dbus.UInt32(41), "to-the-front")
        daemon.emit("ActionInvoked", "us", dbus.UInt32(41), "default")
        until(lambda: window.calls("Activate"), "the window is opened")
        assert len(window.calls("Activate")) == 1
        assert window.calls("Activate")[0][0]["activation-token"] == "to-the-front"
        world.call("SetDestination", world.get("Destinations")[0]["id"], {"history": False})
        refused = until(lambda: len(daemon.calls("CloseNotification")) == 1
                        and daemon.calls("CloseNotification"), "it is closed with its cause")
        assert refused == [[41]], refused
        until(lambda: len(daemon.calls("Notify")) == 2, "it is refused again")


def closes_all_when_it_ends():
    with World(events=300) as world:
        daemon = start_daemon(world)
        agent = begin(world)
        refuse_token(world)
        until(lambda: daemon.calls("Notify"), "a notification")
        world.stop_agent(agent)
        assert daemon.calls("CloseNotification") == [[41]]


def asks_its_questions():
    with World(events=300) as world:
        daemon = start_daemon(world)
        begin(world)
        answer = world.aw.request("DELETE", "/api/0/buckets/%s?force=1" % WINDOW)
        assert answer.status == 200, answer.status
        world.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
        world.call("SyncNow")
        until(lambda: world.get("Questions"), "a question")
        shown = until(lambda: daemon.calls("Notify"), "a notification")
        assert len(shown) == 1 and "question" in shown[0][3] and WINDOW in shown[0][4], shown
        world.call("Answer", world.get("Questions")[0]["id"], "keep")
        until(lambda: daemon.calls("CloseNotification"), "it is closed with the answer")


def tells_of_a_broken_rule():
    with World(events=300) as world:
        daemon = start_daemon(world)
        agent = begin(world, "--settings", world.path("agent.ini"))
        world.stop_agent(agent)
        with open(world.path("agent.ini"), encoding="utf-8") as file:
            text = file.read()
        rule = '{"id":"a","name":"Secret project","match":"any","action":"burn"}'
        with open(world.path("agent.ini"), "w", encoding="utf-8") as file:
            file.write(text.replace("[heliograph]", "[heliograph]\nrules='{\"version\":1,"
                                    "\"rules\":[%s]}'" % rule, 1))
        world.start_agent("--settings", world.path("agent.ini"))
        shown = until(lambda: daemon.calls("Notify"), "a notification")
        assert len(shown) == 1 and "rule is broken" in shown[0][3], shown
        assert "Secret" not in str(shown) and "corrected" in shown[0][4], shown
        world.call("SetRules", "")
        until(lambda: daemon.calls("CloseNotification"), "it is closed with its cause")


def opens_the_window_that_does_not_run():
    with World(events=300) as world:
        os.mkdir(world.path("programs"))
        with open(world.path("programs", "heliograph"), "w", encoding="utf-8") as file:
            os.chmod(file.name, 0o755)
            file.write("#!/bin/sh\ntouch \"$HOME/opened\"\n")
        world.environment["HELIOGRAPH_PROGRAMS"] = world.path("programs")
        daemon = start_daemon(world)
        begin(world)
        refuse_token(world)
        until(lambda: daemon.calls("Notify"), "a notification")
        daemon.emit("ActionInvoked", "us", dbus.UInt32(41), "default")
        until(lambda: os.path.exists(world.path("opened")), "the window's program is started")


def asks_the_portal_from_a_sandbox():
    with World(events=300) as world:
        with open(world.path("flatpak-info"), "w", encoding="utf-8") as file:
            file.write("[Application]\n")
        world.environment["HELIOGRAPH_FLATPAK_INFO"] = world.path("flatpak-info")
        portal = Mock(world, PORTAL, PORTAL_PATH, PORTAL_INTERFACE,
                      AddNotification=("sa{sv}", "", ""), RemoveNotification=("s", "", ""))
        window = start_window(world)
        begin(world)
        refuse_token(world)
        shown = until(lambda: portal.calls("AddNotification"), "a notification")
        assert len(shown) == 1 and "<Home> refused" in shown[0][1]["title"], shown
        portal.emit("ActionInvoked", "ssav", shown[0][0], "default",
                    dbus.Array([], signature="v"))
        until(lambda: window.calls("Activate"), "the window is opened")
        world.call("RemoveDestination", world.get("Destinations")[0]["id"], "keep")
        until(lambda: portal.calls("RemoveNotification") == [[shown[0][0]]], "it is closed")


run_tests([
    ("/agent/notices/the-token-was-refused", says_that_the_token_was_refused),
    ("/agent/notices/closes-all-when-it-ends", closes_all_when_it_ends),
    ("/agent/notices/asks-its-questions", asks_its_questions),
    ("/agent/notices/tells-of-a-broken-rule", tells_of_a_broken_rule),
    ("/agent/notices/opens-the-window", opens_the_window_that_does_not_run),
    ("/agent/notices/asks-the-portal-from-a-sandbox", asks_the_portal_from_a_sandbox),
])
