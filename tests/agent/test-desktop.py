# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the agent does on a desktop: the icon in the tray, starting at login, what the machine is."""

import configparser
import os
import shutil
import signal
import subprocess
import sys

import dbus

from world import AGENT, NAME, World, Bus, run_tests, until

WATCHER = "org.kde.StatusNotifierWatcher"
PORTAL = "org.freedesktop.portal.Desktop"
PORTAL_PATH = "/org/freedesktop/portal/desktop"
MOCK = "org.freedesktop.DBus.Mock"
ENTRY = NAME + ".desktop"
TRAY = """#!/usr/bin/python3
import os, select, sys
with open(os.environ["HOME"] + "/tray", "a") as file:
    file.write(str(os.getpid()) + "\\n")
{}
import dbus
if dbus.SessionBus().request_name("%s.Tray", dbus.bus.NAME_FLAG_DO_NOT_QUEUE) != 1:
    sys.exit(0)
# Until it is told to end, or the test that it belongs to is over.
while os.path.exists(os.environ["HOME"]):
    select.select([], [], [], 1)
""" % NAME.removesuffix(".Agent")


def use_tray(world, code=""):
    """A program in the place of heliograph-tray, which writes down each of its starts."""
    os.makedirs(world.path("programs"), exist_ok=True)
    path = world.path("programs", "heliograph-tray")
    with open(path, "w", encoding="utf-8") as file:
        file.write(TRAY.format(code))
    os.chmod(path, 0o755)
    world.environment["HELIOGRAPH_PROGRAMS"] = "/nowhere:" + world.path("programs")


def starts(world):
    if not os.path.exists(world.path("tray")):
        return []
    with open(world.path("tray"), encoding="utf-8") as file:
        return [int(line) for line in file]


def is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def children(process):
    found = []
    for name in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open("/proc/%s/stat" % name, encoding="utf-8") as file:
                if int(file.read().rpartition(")")[2].split()[1]) == process.pid:
                    found.append(int(name))
        except OSError:
            continue
    return found


class Host:
    """Whoever shows icons: here only its name."""

    def __init__(self, world):
        self.connection = world.bus.connect()
        self.connection.request_name(WATCHER)

    def leave(self):
        self.connection.close()


def machine(world, key):
    return world.get("Machine")[key]


# -- tray -------------------------------------------------------------------------------------


def shows_its_icon_while_there_is_a_host():
    with World() as world:
        use_tray(world)
        agent = world.start_agent()
        assert not machine(world, "tray-host") and not machine(world, "tray")
        assert children(agent) == [] and world.call("GetOptions")["tray-icon"]
        host = Host(world)
        until(lambda: machine(world, "tray"), "the icon is there")
        assert machine(world, "tray-host") and starts(world) == children(agent)

        # A panel that is restarted finds the same icon.
        host.leave()
        until(lambda: not machine(world, "tray-host"), "the host is gone")
        host = Host(world)
        until(lambda: machine(world, "tray-host"), "the host is back")
        assert len(starts(world)) == 1
        host.leave()
        until(lambda: not machine(world, "tray"), "the icon is gone with its host", 15)
        assert children(agent) == []
        host = Host(world)
        until(lambda: machine(world, "tray"), "and comes back with it")

        world.call("SetOption", "tray-icon", False)
        until(lambda: not machine(world, "tray") and children(agent) == [], "it is switched off")
        assert not world.call("GetOptions")["tray-icon"] and machine(world, "tray-host")
        world.call("SetOption", "tray-icon", True)
        until(lambda: machine(world, "tray"), "it is switched on")
        world.fails("Settings", "SetOption", "tray-icon", "yes")
        host.leave()


def starts_the_icon_again():
    with World() as world:
        use_tray(world)
        agent = world.start_agent()
        host = Host(world)
        until(lambda: machine(world, "tray"), "the icon is there")
        os.kill(starts(world)[0], signal.SIGSEGV)
        until(lambda: len(starts(world)) == 2, "it is started again")
        until(lambda: machine(world, "tray"), "it is told")
        world.call("Quit")
        assert agent.wait(timeout=10) == 0
        assert not is_alive(starts(world)[1])
        host.leave()


def takes_over_the_icon_of_a_killed_agent():
    with World() as world:
        use_tray(world)
        agent = world.start_agent()
        host = Host(world)
        until(lambda: machine(world, "tray"), "the icon is there")
        pid = starts(world)[0]
        agent.kill()
        agent.wait()
        assert is_alive(pid), "the icon calls for the next agent"
        agent = world.start_agent()
        until(lambda: machine(world, "tray"), "the next agent finds it")
        assert children(agent) == [] and len(starts(world)) == 1
        world.call("SetOption", "tray-icon", False)
        until(lambda: not machine(world, "tray"), "it is switched off")
        until(lambda: not is_alive(pid), "it has ended")
        world.call("SetOption", "tray-icon", True)
        until(lambda: machine(world, "tray"), "another one is there")

        # Its agent is killed, and then it dies, too.
        pid = starts(world)[1]
        agent.kill()
        agent.wait()
        agent = world.start_agent()
        until(lambda: machine(world, "tray"), "it is found")
        os.kill(pid, signal.SIGKILL)
        until(lambda: len(starts(world)) == 3 and machine(world, "tray"), "there is a new one")
        assert children(agent) == [starts(world)[2]]
        host.leave()


def gives_up_an_icon_that_crashes():
    with World() as world:
        use_tray(world, "sys.exit(1)")
        world.start_agent()
        host = Host(world)
        until(lambda: "not started again" in world.log_text(), "it is given up")
        assert len(starts(world)) == 5, starts(world)
        assert not machine(world, "tray")
        # The next host may be a better one, the next setting a wish.
        use_tray(world)
        world.call("SetOption", "tray-icon", False)
        world.call("SetOption", "tray-icon", True)
        until(lambda: machine(world, "tray"), "it is there after all")
        host.leave()


def does_without_the_program():
    with World() as world:
        world.environment["PATH"] = "/usr/bin:/bin"
        agent = world.start_agent()
        host = Host(world)
        until(lambda: machine(world, "tray-host"), "the host is seen")
        assert not machine(world, "tray") and children(agent) == []
        assert "WARNING" not in world.log_text()
        host.leave()


# -- start at login ---------------------------------------------------------------------------


def entry_path(world):
    return world.path("config", "autostart", ENTRY)


def entry(world):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(entry_path(world), encoding="utf-8")
    return parser["Desktop Entry"]


def starts_at_login_by_an_entry():
    with World() as world:
        agent = world.start_agent()
        assert not machine(world, "start-at-login")
        assert not world.call("GetOptions")["start-at-login"]
        world.call("SetOption", "start-at-login", False)
        assert not os.path.exists(entry_path(world))
        world.call("SetOption", "start-at-login", True)
        assert machine(world, "start-at-login") and world.call("GetOptions")["start-at-login"]
        assert entry(world)["Exec"] == '"%s"' % AGENT, entry(world)["Exec"]
        assert entry(world)["TryExec"] == AGENT, "it is passed over when the program is removed"
        if shutil.which("desktop-file-validate"):
            subprocess.run(["desktop-file-validate", entry_path(world)], check=True)

        # The desktop's own settings switch an entry off by a key in it.
        text = open(entry_path(world), encoding="utf-8").read()
        with open(entry_path(world), "a", encoding="utf-8") as file:
            file.write("Hidden=true\n")
        assert not world.call("GetOptions")["start-at-login"], "the entry is the truth"
        with open(entry_path(world), "w", encoding="utf-8") as file:
            file.write(text.replace("enabled=true", "enabled=false"))
        assert not world.call("GetOptions")["start-at-login"]
        world.call("SetOption", "start-at-login", True)
        assert machine(world, "start-at-login")
        world.stop_agent(agent)
        world.start_agent()
        assert machine(world, "start-at-login")
        world.call("SetOption", "start-at-login", False)
        assert not os.path.exists(entry_path(world)) and not machine(world, "start-at-login")
        world.fails("Settings", "SetOption", "start-at-login", "yes")


def says_why_the_entry_can_not_be_written():
    with World() as world:
        world.start_agent()
        world.call("SetOption", "poll-interval", dbus.UInt32(7))
        with open(world.path("config", "autostart"), "w", encoding="utf-8"):
            pass
        message = world.fails("Settings", "SetOption", "start-at-login", True)
        assert entry_path(world) in message, message
        assert machine(world, "start-at-login-error") == message
        assert not machine(world, "start-at-login")
        os.remove(world.path("config", "autostart"))
        world.call("SetOption", "start-at-login", True)
        assert machine(world, "start-at-login-error") == ""


def quotes_an_odd_path():
    with World() as world:
        folder = world.path("a $HOME \\ `\"")
        os.mkdir(folder)
        program = os.path.join(folder, "heliograph-agent")
        shutil.copy(AGENT, program)
        log = open(world.path("agent-0.txt"), "w", encoding="utf-8")
        world.agents.append(subprocess.Popen([program], stdout=log, stderr=log,
                                             env=world.environment))
        log.close()
        until(world.is_on_bus, "the agent on the bus")
        world.call("SetOption", "start-at-login", True)
        if shutil.which("desktop-file-validate"):
            subprocess.run(["desktop-file-validate", entry_path(world)], check=True)
        world.call("Quit")
        assert world.agents[0].wait(timeout=10) == 0
        start_session(world)
        until(world.is_on_bus, "the entry starts the agent")
        world.call("Quit")
        until(lambda: not world.is_on_bus(), "it ends")


def start_session(world):
    """As a desktop does: what it finds in the autostart folder is started."""
    code = ("import sys; from gi.repository import Gio; "
            "Gio.DesktopAppInfo.new_from_filename(sys.argv[1]).launch([], None)")
    subprocess.run([sys.executable, "-c", code, entry_path(world)], check=True,
                   env=world.environment)


def is_started_by_a_session():
    with World() as world:
        agent = world.start_agent()
        world.call("SetOption", "start-at-login", True)
        world.stop_agent(agent)
        subprocess.run(["dex", "-a", "-e", "XFCE"], check=True,
                       env=dict(world.environment, XDG_CONFIG_DIRS=world.path("none")))
        until(world.is_on_bus, "the session starts the agent")
        assert machine(world, "start-at-login")
        world.call("Quit")
        until(lambda: not world.is_on_bus(), "it ends")


class Portal:
    """The desktop's side of a sandbox."""

    def __init__(self, world):
        world.others.append(subprocess.Popen(
            [sys.executable, "-m", "dbusmock", PORTAL, PORTAL_PATH,
             "org.freedesktop.portal.Background"],
            env=world.environment, stdout=subprocess.DEVNULL))
        connection = world.bus.connect()
        until(lambda: connection.name_has_owner(PORTAL), "the portal")
        self.mock = connection.get_object(PORTAL, PORTAL_PATH, introspect=False)
        self.sender = connection.get_name_owner(NAME)[1:].replace(".", "_")
        self.connection = connection

    def answers(self, response, is_on):
        """The answer comes before the call returns: that, too, is allowed."""
        code = """
path = '%s/request/%s/' + args[1]['handle_token']
self.AddObject(path, 'org.freedesktop.portal.Request', {}, [])
objects[path].EmitSignal('org.freedesktop.portal.Request', 'Response', 'ua{sv}',
    [dbus.UInt32(%d), dbus.Dictionary({'autostart': %r, 'background': True}, signature='sv')])
ret = dbus.ObjectPath(path)
""" % (PORTAL_PATH, self.sender, response, is_on)
        self.mock.AddMethod("org.freedesktop.portal.Background", "RequestBackground", "sa{sv}", "o",
                            code, dbus_interface=MOCK)

    def asked(self):
        calls = self.mock.GetMethodCalls("RequestBackground", dbus_interface=MOCK)
        return [call[1][1] for call in calls]


def asks_the_desktop_from_a_sandbox():
    with World() as world:
        with open(world.path("flatpak-info"), "w", encoding="utf-8") as file:
            file.write("[Application]\n")
        world.environment["HELIOGRAPH_FLATPAK_INFO"] = world.path("flatpak-info")
        agent = world.start_agent()
        message = world.fails("Settings", "SetOption", "start-at-login", True)
        assert "no way" in message and machine(world, "start-at-login-error") == message, message

        portal = Portal(world)
        portal.answers(0, True)
        world.call("SetOption", "start-at-login", True)
        asked = portal.asked()[0]
        assert asked["autostart"] and list(asked["commandline"]) == ["heliograph-agent"], asked
        assert "Heliograph" in asked["reason"], asked
        assert machine(world, "start-at-login") and machine(world, "start-at-login-error") == ""
        assert not os.path.exists(entry_path(world)), "the entry is the desktop's matter"
        portal.answers(1, False)
        message = world.fails("Settings", "SetOption", "start-at-login", False)
        assert "did not allow" in message, message
        assert machine(world, "start-at-login"), "the last answer counts"
        portal.answers(2, False)
        assert "could not arrange" in world.fails("Settings", "SetOption", "start-at-login", True)

        world.stop_agent(agent)
        world.start_agent()
        assert machine(world, "start-at-login"), "and is remembered"
        portal.sender = portal.connection.get_name_owner(NAME)[1:].replace(".", "_")
        portal.answers(0, False)
        world.call("SetOption", "start-at-login", False)
        assert not machine(world, "start-at-login")


# -- the machine ------------------------------------------------------------------------------


def knows_the_secret_store():
    with World() as world:
        world.start_aw()
        world.start_server()
        world.make_token()
        world.start_agent()
        assert machine(world, "secret-store") == "unknown"
        world.fails("SecretStore", "AddDestination", world.url, world.token, {})
        assert machine(world, "secret-store") == "none"


def knows_the_network():
    with World() as world:
        os.mkdir(world.path("cache"))
        bus = Bus(world.path("cache"), None, world.environment)
        world.environment["DBUS_SYSTEM_BUS_ADDRESS"] = bus.address
        try:
            world.others.append(subprocess.Popen(
                [sys.executable, "-m", "dbusmock", "--system", "--template", "networkmanager"],
                env=world.environment, stdout=subprocess.DEVNULL))
            connection = bus.connect()
            until(lambda: connection.name_has_owner("org.freedesktop.NetworkManager"), "network")
            manager = connection.get_object("org.freedesktop.NetworkManager",
                                            "/org/freedesktop/NetworkManager", introspect=False)

            def change(**properties):
                manager.UpdateProperties("org.freedesktop.NetworkManager",
                                         dbus.Dictionary(properties, signature="sv"),
                                         dbus_interface=MOCK)

            until(lambda: answers(manager), "the template")
            manager.AddProperty("org.freedesktop.NetworkManager", "Metered", dbus.UInt32(2),
                                dbus_interface=MOCK)
            change(State=dbus.UInt32(70), Connectivity=dbus.UInt32(4))
            world.start_agent()
            until(lambda: machine(world, "network"), "there is a network")
            assert not machine(world, "metered")
            change(Metered=dbus.UInt32(1))
            until(lambda: machine(world, "metered"), "it is metered")
            change(State=dbus.UInt32(20), Connectivity=dbus.UInt32(1))
            until(lambda: not machine(world, "network"), "it is gone")
        finally:
            bus.close()


def answers(manager):
    try:
        return manager.Get("org.freedesktop.NetworkManager", "Version",
                           dbus_interface=dbus.PROPERTIES_IFACE)
    except dbus.DBusException:
        return False


TESTS = [
    ("/agent/desktop/shows-its-icon-while-there-is-a-host", shows_its_icon_while_there_is_a_host),
    ("/agent/desktop/starts-the-icon-again", starts_the_icon_again),
    ("/agent/desktop/takes-over-the-icon-of-a-killed-agent",
     takes_over_the_icon_of_a_killed_agent),
    ("/agent/desktop/gives-up-an-icon-that-crashes", gives_up_an_icon_that_crashes),
    ("/agent/desktop/does-without-the-program", does_without_the_program),
    ("/agent/desktop/starts-at-login-by-an-entry", starts_at_login_by_an_entry),
    ("/agent/desktop/why-the-entry-can-not-be-written", says_why_the_entry_can_not_be_written),
    ("/agent/desktop/quotes-an-odd-path", quotes_an_odd_path),
    ("/agent/desktop/asks-the-desktop-from-a-sandbox", asks_the_desktop_from_a_sandbox),
    ("/agent/desktop/knows-the-secret-store", knows_the_secret_store),
    ("/agent/desktop/knows-the-network", knows_the_network),
]
if shutil.which("dex"):
    TESTS.append(("/agent/desktop/is-started-by-a-session", is_started_by_a_session))
run_tests(TESTS)
