# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A desktop for the tray icon: a display, somebody who shows tray icons, and the icon's menu."""

import json
import os
import shutil
import subprocess
import sys

import dbus

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "agent"))
import mock_agent  # noqa: E402
import mock_watcher  # noqa: E402
import mock_window  # noqa: E402
from world import BUILD, INTERFACE, World, plain, until  # noqa: E402

TRAY = os.path.join(BUILD, "src", "tray", "heliograph-tray")
ICONS = os.path.join(HERE, "..", "..", "data", "icons")
APP = "io.github.heliograph.Heliograph"
TRAY_NAME = APP + ".Tray"
WATCHER = mock_watcher.BUS_NAME
ITEM = "org.kde.StatusNotifierItem"
MENU = "com.canonical.dbusmenu"
MOCK = "org.freedesktop.DBus.Mock"
# The library found the watcher sooner than the bus: the icon registers once more. And GTK 3 says
# the other at times of status icons, to which the library falls back while there is no panel.
KNOWN = ("g_dbus_proxy_new: assertion", "gdk_window_thaw_toplevel_updates: assertion")


def skip_unless(*programs):
    """Ends the whole test, as skipped, where one of the programs is not installed."""
    missing = [program for program in programs if not shutil.which(program)]
    if missing:
        print("1..0 # skipped: " + ", ".join(missing) + " not installed")
        sys.exit(0)


class Desktop(World):
    """A world with a display. Nothing shows tray icons until start_watcher()."""

    def __init__(self, **options):
        super().__init__(**options)
        self.trays = []
        self.mocks = {}
        self.display = None
        self.install_icons()
        self.start_display()

    def __exit__(self, *details):
        for tray in self.trays:
            if tray.poll() is None:
                tray.kill()
                tray.wait()
        try:
            self.check_log()
        finally:
            super().__exit__(*details)

    def check_log(self):
        for number in range(len(self.trays)):
            for line in read(self.path("agent-tray-%d.txt" % number)).splitlines():
                assert "CRITICAL" not in line or any(known in line for known in KNOWN), line

    def install_icons(self):
        """Where the build would be installed: a prefix of our own."""
        for name in os.listdir(ICONS):
            if not name.endswith(".svg"):
                continue
            kind = "symbolic" if name.endswith("-symbolic.svg") else "scalable"
            folder = self.path("share", "icons", "hicolor", kind, "apps")
            os.makedirs(folder, exist_ok=True)
            shutil.copy(os.path.join(ICONS, name), folder)
        self.environment["XDG_DATA_DIRS"] = self.path("share") + ":/usr/local/share:/usr/share"

    def start_display(self):
        read, write = os.pipe()
        server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(write), "-screen", "0", "800x600x24", "-nolisten", "tcp",
             "-noreset"],
            pass_fds=[write], stderr=subprocess.DEVNULL, env=self.environment)
        self.others.append(server)
        os.close(write)
        number = b""
        while not number.endswith(b"\n"):
            part = os.read(read, 16)
            assert part, "Xvfb did not start"
            number += part
        os.close(read)
        self.display = ":" + number.decode().strip()
        self.environment["DISPLAY"] = self.display

    # -- others on the bus, played by python3-dbusmock

    def start_mock(self, template, **parameters):
        """One that has all its properties and methods when its name appears."""
        path = os.path.join(HERE, template.__name__ + ".py")
        mock = subprocess.Popen(
            [sys.executable, "-B", "-m", "dbusmock", "--template", path,
             "--parameters", json.dumps(parameters)],
            env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.others.append(mock)
        self.mocks[template.BUS_NAME] = mock
        until(lambda: self.owner(template.BUS_NAME), template.BUS_NAME)
        return self.bus.connect().get_object(template.BUS_NAME, template.MAIN_OBJ,
                                             introspect=False)

    def stop_mock(self, name):
        mock = self.mocks.pop(name)
        mock.kill()
        mock.wait()
        until(lambda: not self.owner(name), name + " is gone")

    def start_watcher(self, **parameters):
        return self.start_mock(mock_watcher, **parameters)

    def start_window(self):
        return self.start_mock(mock_window)

    def registered(self, watcher):
        """The paths that were registered."""
        return [str(arguments[0]) for _, name, arguments in watcher.GetCalls(dbus_interface=MOCK)
                if name == "RegisterStatusNotifierItem"]

    def owner(self, name):
        connection = self.bus.connect()
        try:
            return str(connection.get_name_owner(name))
        except dbus.DBusException as error:
            if error.get_dbus_name() != "org.freedesktop.DBus.Error.NameHasNoOwner":
                raise
            return ""
        finally:
            connection.close()

    # -- the icon

    def start_tray(self, *arguments):
        log = open(self.path("agent-tray-%d.txt" % len(self.trays)), "w", encoding="utf-8")
        # One critical message is the library's own and is survived; see check_log(). Strict
        # checks of strings would take two thirds of the time, all of it for GTK's own texts.
        options = self.environment.get("ASAN_OPTIONS", "") + ":strict_string_checks=0"
        tray = subprocess.Popen([TRAY, *arguments], stdout=log, stderr=subprocess.STDOUT,
                                env=dict(self.environment, G_DEBUG="", ASAN_OPTIONS=options))
        log.close()
        self.trays.append(tray)
        return tray

    def show_tray(self, *arguments):
        """Starts the icon beside a watcher, and waits until it is registered."""
        watcher = self.start_watcher()
        tray = self.start_tray(*arguments)
        path = until(lambda: self.registered(watcher), "the icon is registered")[0]
        self.item_path = path
        return tray

    def item(self, name):
        connection = self.bus.connect()
        try:
            item = connection.get_object(TRAY_NAME, self.item_path, introspect=False)
            return plain(item.Get(ITEM, name, dbus_interface=dbus.PROPERTIES_IFACE))
        finally:
            connection.close()

    def has_icon(self, look, seconds=30):
        name = "%s-%s-symbolic" % (APP, look)
        return until(lambda: self.item("IconName") == name, "the icon is " + look, seconds)

    # -- its menu

    def call_menu(self, method, signature, *arguments):
        connection = self.bus.connect()
        try:
            menu = connection.get_object(TRAY_NAME, self.item("Menu"), introspect=False)
            return menu.get_dbus_method(method, MENU)(*arguments, signature=signature)
        finally:
            connection.close()

    def menu(self, parent=0):
        """The visible items: (id, label, is sensitive, has a submenu)."""
        _, (_, _, children) = self.call_menu("GetLayout", "iias", parent, 1, [])
        items = []
        for number, properties, _ in children:
            properties = plain(properties)
            if not properties.get("visible", True):
                continue
            label = "-" if properties.get("type") == "separator" else properties.get("label", "")
            items.append((int(number), label, properties.get("enabled", True),
                          "children-display" in properties))
        return items

    def labels(self, parent=0):
        return [label for _, label, _, _ in self.menu(parent)]

    def find(self, label, parent=0):
        found = [entry for entry in self.menu(parent) if entry[1] == label]
        assert len(found) == 1, (label, self.menu(parent))
        return found[0]

    def is_sensitive(self, label):
        return self.find(label)[2]

    def click(self, *labels):
        """Chooses an item, through the submenus that lead to it."""
        number = 0
        for label in labels:
            number = self.find(label, number)[0]
        self.call_menu("Event", "isvu", number, "clicked", dbus.Int32(0), dbus.UInt32(0))

    def says(self, *labels):
        """Waits until the menu begins with these."""
        return until(lambda: self.labels()[:len(labels)] == list(labels),
                     "the menu says " + ", ".join(labels))

    # -- programs that the icon opens

    def put_program(self, name):
        """A program that only writes down how it was called; returns the file."""
        calls = self.path("calls-" + name)
        os.makedirs(self.path("bin"), exist_ok=True)
        with open(self.path("bin", name), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\necho \"$0 $*\" >>'%s'\n" % calls)
            os.chmod(file.fileno(), 0o755)
        if not self.environment["PATH"].startswith(self.path("bin")):
            self.environment["PATH"] = self.path("bin") + ":" + self.environment["PATH"]
        return calls

    def put_browser(self):
        calls = self.put_program("browser")
        os.makedirs(self.path("data", "applications"))
        os.makedirs(self.path("config"), exist_ok=True)
        with open(self.path("data", "applications", "browser.desktop"), "w",
                  encoding="utf-8") as file:
            file.write("[Desktop Entry]\nType=Application\nName=Browser\nExec=%s %%u\n"
                       "MimeType=x-scheme-handler/http;x-scheme-handler/https;\n"
                       % self.path("bin", "browser"))
        with open(self.path("config", "mimeapps.list"), "w", encoding="utf-8") as file:
            file.write("[Default Applications]\nx-scheme-handler/http=browser.desktop\n"
                       "x-scheme-handler/https=browser.desktop\n")
        return calls


def read(path):
    if not os.path.exists(path):
        return ""
    with open(path, encoding="utf-8") as file:
        return file.read()


def exits(tray, seconds=30):
    """The exit code of a tray that ends by itself."""
    until(lambda: tray.poll() is not None, "the icon is gone", seconds)
    return tray.returncode


class MockAgent:
    """An agent whose properties a test sets."""

    def __init__(self, desktop, **values):
        self.mock = desktop.start_mock(mock_agent, **values)

    def set(self, **values):
        """One after the other, as they are given."""
        for name, value in values.items():
            self.mock.Set(INTERFACE, name, mock_agent.typed(name, value),
                          dbus_interface=dbus.PROPERTIES_IFACE)

    def calls(self):
        """[(name, arguments)] of what was asked of it."""
        return [(str(name), plain(list(arguments)))
                for _, name, arguments in self.mock.GetCalls(dbus_interface=MOCK)
                if name in mock_agent.METHODS]
