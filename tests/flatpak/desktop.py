# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A desktop where the Flatpak is installed: display, bus, the real portals, a tray.

ActivityWatch and the receiver run outside of the sandbox, as in the agent's tests.
"""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import dbus

HERE = Path(__file__).resolve().parent
for room in ("agent", "tray", "window"):
    sys.path.insert(0, str(HERE.parent / room))
import mock_backend  # noqa: E402
import mock_watcher  # noqa: E402
from screen import Screen  # noqa: E402
from world import NAME, World, plain, run_tests, until  # noqa: E402,F401

APP = "io.github.heliograph.Heliograph"
APP_PATH = "/io/github/heliograph/Heliograph"
WATCHER = mock_watcher.BUS_NAME
MENU = "com.canonical.dbusmenu"
PORTAL = "org.freedesktop.portal.Desktop"
LIBEXEC = Path("/usr/libexec")
# A sandbox starts slower than a program.
PATIENCE = 60


class Desktop(World):
    """Use it with `with`. Installed is what FLATPAK_USER_DIR holds.

    has_portals, has_tray: whether the desktop has such.
    """

    def __init__(self, has_portals=True, has_tray=True, **options):
        super().__init__(has_bus=False, **options)
        self.exports = Path(os.environ["FLATPAK_USER_DIR"]) / "exports" / "share"
        self.sandbox = Path(self.folder) / ".var" / "app" / APP
        # The sandbox has its own of these.
        for name in ("GSETTINGS_SCHEMA_DIR", "GSETTINGS_BACKEND", "G_DEBUG"):
            del self.environment[name]
        self.environment.update({
            "FLATPAK_USER_DIR": os.environ["FLATPAK_USER_DIR"],
            "XDG_DATA_DIRS": f"{self.exports}:/usr/share",
            "XDG_CURRENT_DESKTOP": "heliograph",
            "XDG_DESKTOP_PORTAL_DIR": self.path("portals"),
        })
        self.services = self.path("services")
        self.screen = None
        self.backend = None
        self.watcher = None
        try:
            self.start_desktop(has_portals, has_tray)
        except BaseException:
            self.__exit__(None)
            raise

    def start_desktop(self, has_portals, has_tray):
        os.mkdir(self.services)
        for file in (self.exports / "dbus-1" / "services").glob("*.service"):
            # Its output tells what went wrong.
            text = file.read_text(encoding="utf-8")
            command = text.partition("Exec=")[2].splitlines()[0]
            log = self.path(f"agent-{file.stem}.txt")
            Path(self.services, file.name).write_text(text.replace(
                f"Exec={command}", f"Exec=/bin/sh -c 'exec {command} >>{log} 2>&1'"),
                encoding="utf-8")
        if has_portals:
            self.write_portals()
        self.screen = Screen(self.environment)
        self.start_bus()
        self.screen.start_manager(self.path("manager.txt"))
        if has_portals:
            self.backend = self.play(mock_backend)
        if has_tray:
            self.watcher = self.play(mock_watcher)

    def write_portals(self):
        os.mkdir(self.path("portals"))
        Path(self.path("portals", "heliograph.portal")).write_text(
            f"[portal]\nDBusName={mock_backend.BUS_NAME}\nUseIn=heliograph\n"
            f"Interfaces={';'.join(mock_backend.INTERFACES)}\n", encoding="utf-8")
        for name, program in ((PORTAL, "xdg-desktop-portal"),
                              ("org.freedesktop.impl.portal.PermissionStore",
                               "xdg-permission-store")):
            Path(self.services, name + ".service").write_text(
                f"[D-BUS Service]\nName={name}\nExec={LIBEXEC / program}\n", encoding="utf-8")

    def play(self, template):
        """Its object on the bus."""
        log = self.path(template.__name__ + ".txt")
        with open(log, "w", encoding="utf-8") as file:
            self.others.append(subprocess.Popen(
                [sys.executable, "-B", "-m", "dbusmock", "--template", template.__file__],
                env=self.environment, stdout=file, stderr=subprocess.STDOUT))
        connection = self.bus.connect()
        until(lambda: connection.name_has_owner(template.BUS_NAME), template.BUS_NAME)
        proxy = connection.get_object(template.BUS_NAME, template.MAIN_OBJ, introspect=False)
        # It has the name before it can answer.
        until(lambda: self.answers(proxy), template.BUS_NAME)
        proxy.log_file = log
        return proxy

    @staticmethod
    def answers(proxy):
        try:
            proxy.GetCalls(dbus_interface="org.freedesktop.DBus.Mock")
            return True
        except dbus.DBusException:
            return False

    def __exit__(self, kind, *details):
        if self.bus:
            # Before the bus goes, so that nothing is started again.
            for pid in list(self.list_processes()):
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass
        super().__exit__(kind, *details)
        if self.screen:
            self.screen.close()

    def list_processes(self):
        """Those that the bus started, and theirs: their home is here."""
        mark = ("HOME=" + self.folder).encode()
        mine = [self.bus.process, self.server, self.aw and self.aw.process, self.screen.server,
                self.screen.manager] + self.others
        spared = {process.pid for process in mine if process} | {os.getpid()}
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) not in spared:
                try:
                    if mark in Path("/proc", name, "environ").read_bytes().split(b"\0"):
                        yield int(name)
                except OSError:
                    pass

    # -- the agent

    def publish_here(self):
        """What a user does at first, by the agent that the first call starts."""
        self.start_aw()
        self.start_server()
        self.make_token()
        self.use_computer()
        until(self.agent_answers, "the agent", PATIENCE)
        self.call("SetOption", "aw-url", "http://127.0.0.1:%d" % self.aw_port())
        self.call("AddDestination", self.url, self.token, {"level": "title"})

    def agent_answers(self):
        try:
            return self.get("State")
        except dbus.DBusException as error:
            # Its start fails at once where it can't work at all.
            assert "Spawn" not in error.get_dbus_name(), error
            return None

    def machine(self, name):
        return self.get("Machine")[name]

    def has_name(self, name):
        connection = self.bus.connect()
        try:
            return connection.name_has_owner(name)
        finally:
            connection.close()

    # -- the desktop

    def asked(self, word):
        """What the backend was asked for, by the first word of its notes."""
        with open(self.backend.log_file, encoding="utf-8") as file:
            lines = [line.split(" ", 1)[1].strip() for line in file if " " in line]
        return [line for line in lines if line.startswith(word + " ")]

    def tell_session(self, is_locked, session=1):
        self.backend.Tell(is_locked, dbus.UInt32(session), dbus_interface=mock_backend.MAIN_IFACE)

    def find_icon(self):
        """(connection, path) of the tray icon that registered, or None."""
        calls = self.watcher.GetMethodCalls("RegisterStatusNotifierItem",
                                            dbus_interface="org.freedesktop.DBus.Mock")
        if not calls or not self.has_name(APP + ".Tray"):
            return None
        return str(calls[-1][1][0])

    def look_at_icon(self, path):
        """The item as a panel sees it."""
        connection = self.bus.connect()
        item = connection.get_object(APP + ".Tray", path, introspect=False)
        return plain(item.GetAll("org.kde.StatusNotifierItem",
                                 dbus_interface=dbus.PROPERTIES_IFACE))

    def read_menu(self, path):
        """{label: id} of the icon's menu and those in it."""
        connection = self.bus.connect()
        menu = connection.get_object(APP + ".Tray", path, introspect=False)
        _, root = menu.GetLayout(0, -1, dbus.Array([], signature="s"), dbus_interface=MENU)
        found = {}

        def read(entry):
            number, properties, entries = entry
            found[str(properties.get("label", "")).replace("_", "")] = number
            for inner in entries:
                read(inner)
        read(root)
        return found

    def press_in_menu(self, path, label):
        connection = self.bus.connect()
        menu = connection.get_object(APP + ".Tray", path, introspect=False)
        labels = self.read_menu(path)
        assert label in labels, list(labels)
        menu.Event(labels[label], "clicked", dbus.String("", variant_level=1), dbus.UInt32(0),
                   dbus_interface=MENU)

    def open_window(self):
        connection = self.bus.connect()
        proxy = connection.get_object(APP, APP_PATH, introspect=False)
        proxy.Activate({}, dbus_interface="org.freedesktop.Application", signature="a{sv}",
                       timeout=PATIENCE)

    def close_window(self, window):
        """As by its key."""
        self.screen.run("xdotool", "windowactivate", "--sync", window)
        self.screen.press("ctrl+w")

    def find_window(self):
        windows = self.screen.list_managed()
        return windows[-1] if windows and windows[-1] else None

    def count_colours(self, window, file):
        self.screen.take_picture(file, [window])
        return int(self.screen.run("identify", "-format", "%k", file))

    def in_sandbox(self, *words):
        """Runs another program of the package."""
        return subprocess.run(["flatpak", "run", f"--command={words[0]}", APP, *words[1:]],
                              env=self.environment, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, timeout=PATIENCE, check=False)

    def read_json(self, *words):
        done = self.in_sandbox(*words)
        assert done.returncode == 0, done.stdout
        return json.loads(done.stdout)
