# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A desktop for the real window: what a person would find, and what that person does.

It is the world of the agent's tests with a display, a window manager, a bus that starts the agent
when asked for it, and an accessibility bus, on which windows are read and pressed."""

import os
import signal
import subprocess
import sys
import time

import dbus

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "agent"))
sys.dont_write_bytecode = True
import world  # noqa: E402
from world import AGENT, BUILD, NAME, SERVER, World, run_tests, until  # noqa: E402,F401

from screen import Screen  # noqa: E402
from tree import ROOT, Gone, Tree, connect, find_focus  # noqa: E402

WINDOW_PROGRAM = os.path.join(BUILD, "src", "window", "heliograph")
WINDOW_NAME = "io.github.heliograph.Heliograph"
LAUNCHERS = ("/usr/libexec/at-spi-bus-launcher", "/usr/lib/at-spi-bus-launcher",
             "/usr/lib/at-spi2-core/at-spi-bus-launcher")
PAGES = ["Overview", "Buckets", "Destinations", "Privacy", "Logs", "Settings"]
PICTURES = os.path.join(BUILD, "screenshots")


class Desktop(World):
    """Use it with `with`. The agent is started by who asks for it, the window by start_window()."""

    def __init__(self, scheme="light", has_secrets=True, **options):
        super().__init__(has_bus=False, **options)
        self.screen = None
        self.spied = None
        self.windows = []
        self.agent_log = self.path("agent-activated.txt")
        try:
            self.start_desktop(scheme, has_secrets)
        except BaseException:
            self.__exit__(None)
            raise

    def start_desktop(self, scheme, has_secrets):
        self.environment.update({
            "ADW_DEBUG_COLOR_SCHEME": "prefer-" + scheme,
            "GDK_BACKEND": "x11",
            "HELIOGRAPH_PROGRAMS": os.path.dirname(SERVER),
            # A password store without a keyring on the bus; has_secrets=False: there is none.
            "SECRET_FILE_TEST_PATH": self.path("keyring"),
            "SECRET_FILE_TEST_PASSWORD": "password",
        })
        if has_secrets:
            self.environment["SECRET_BACKEND"] = "file"
        self.write_settings()
        self.screen = Screen(self.environment)
        self.services = self.path("services")
        os.mkdir(self.services)
        self.write_service("org.a11y.Bus", next(p for p in LAUNCHERS if os.path.exists(p)))
        self.allow_agent()
        self.start_bus()
        self.screen.start_manager(self.path("manager.txt"))
        connection = self.bus.connect()
        proxy = connection.get_object("org.a11y.Bus", "/org/a11y/bus", introspect=False)
        self.spied = connect(str(proxy.GetAddress(dbus_interface="org.a11y.Bus")))
        connection.close()

    def write_settings(self):
        """What the desktop's own settings say: no animations, an ordinary font."""
        folder = self.path("config", "glib-2.0", "settings")
        os.makedirs(folder)
        with open(os.path.join(folder, "keyfile"), "w", encoding="utf-8") as file:
            file.write("[org/gnome/desktop/interface]\nenable-animations=false\n"
                       "toolkit-accessibility=true\n")
        folder = self.path("config", "gtk-4.0")
        os.makedirs(folder)
        with open(os.path.join(folder, "settings.ini"), "w", encoding="utf-8") as file:
            file.write("[Settings]\ngtk-enable-animations=0\ngtk-font-name=Cantarell 11\n"
                       "gtk-xft-antialias=1\n")

    def write_service(self, name, command):
        with open(os.path.join(self.services, name + ".service"), "w", encoding="utf-8") as file:
            file.write("[D-BUS Service]\nName=%s\nExec=%s\n" % (name, command))

    def allow_agent(self, *arguments, before=""):
        """Who asks for it on the bus starts it, as where it is installed; `before`:
        variables, or what runs it."""
        program = self.path("start-agent")
        with open(program, "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexec env %s %s %s >>%s 2>&1\n"
                       % (before, AGENT, " ".join(arguments), self.agent_log))
        os.chmod(program, 0o755)
        self.write_service(NAME, program)

    def __exit__(self, kind, *rest):
        if kind is not None:
            self.tell()
        for process in self.windows:
            if process.poll() is None:
                process.kill()
                process.wait()
        if self.spied:
            self.spied.close()
        self.end_the_rest()
        super().__exit__(kind, *rest)
        if self.screen:
            self.screen.close()

    def list_processes(self):
        """Those whose home is here, but for the display and the bus."""
        mark = ("HOME=" + self.folder).encode()
        spared = {os.getpid(), self.bus and self.bus.process.pid,
                  self.screen and self.screen.server.pid}
        for name in os.listdir("/proc"):
            if name.isdigit() and int(name) not in spared:
                try:
                    with open("/proc/%s/environ" % name, "rb") as file:
                        if mark in file.read().split(b"\0"):
                            yield int(name)
                except OSError:
                    pass

    def end_the_rest(self):
        """What was started by the bus, or by those."""
        known = {p.pid for p in self.agents + self.others + [self.aw and self.aw.process,
                                                             self.server] if p}
        for pid in self.list_processes():
            if pid not in known:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    pass

    def tell(self):
        """For who reads of a failed test."""
        try:
            text = self.look().dump()
        except Exception as error:  # the failure itself is what matters
            text = "The windows can't be read: %s" % error
        for name in sorted(os.listdir(self.folder)):
            if name.startswith("window-"):
                with open(self.path(name), encoding="utf-8", errors="replace") as file:
                    text += "".join("\n%s: %s" % (name, line.rstrip()) for line in file)
        for line in text.splitlines():
            print("# " + line)

    # -- programs

    def start_window(self, *arguments):
        """Starts it, and waits until it can be read."""
        process = self.spawn_window(*arguments)
        until(lambda: process.poll() is not None or self.find_program(), "the window", 60)
        assert process.poll() is None, "the window ended with %s" % process.returncode
        self.find("window")
        return process

    def spawn_window(self, *arguments):
        log = self.path("window-%d.txt" % len(self.windows))
        with open(log, "w", encoding="utf-8") as file:
            process = subprocess.Popen([WINDOW_PROGRAM, *arguments], stdout=file,
                                       stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL,
                                       env=self.environment)
        self.windows.append(process)
        return process

    def window_text(self, number):
        """What the window that was started as that one complained of."""
        with open(self.path("window-%d.txt" % number), encoding="utf-8") as file:
            return file.read()

    def find_program(self):
        """The window's name on the accessibility bus, or None."""
        registry = self.spied.get_object("org.a11y.atspi.Registry", ROOT, introspect=False)
        for owner, path in registry.GetChildren(dbus_interface="org.a11y.atspi.Accessible"):
            try:
                proxy = self.spied.get_object(owner, path, introspect=False)
                name = proxy.Get("org.a11y.atspi.Accessible", "Name", timeout=20,
                                 dbus_interface=dbus.PROPERTIES_IFACE)
            except dbus.DBusException:
                continue
            if name == "heliograph":
                return str(owner)
        return None

    def close_window(self, process):
        """As by its close button; waits until the process is gone."""
        self.press("button", "Close")
        assert process.wait(timeout=20) == 0, process.returncode

    def end_agent(self):
        """As a crash would."""
        os.kill(self.agent_pid(), signal.SIGKILL)

    def agent_pid(self):
        connection = self.bus.connect()
        try:
            return int(connection.get_object("org.freedesktop.DBus", "/org/freedesktop/DBus",
                                             introspect=False).GetConnectionUnixProcessID(
                NAME, dbus_interface="org.freedesktop.DBus"))
        except dbus.DBusException:
            return 0
        finally:
            connection.close()

    def patiently(self, condition, seconds=1):
        """wait() for what need not happen."""
        try:
            return self.wait(condition, "it", seconds)
        except AssertionError:
            return None

    def call_quietly(self, method, *arguments):
        """A call that may fail: it only makes something happen."""
        try:
            self.call(method, *arguments)
        except dbus.DBusException:
            pass

    # -- what a person sees

    @staticmethod
    def wait(condition, what, seconds=20):
        """until(), where things may go while they are looked at."""
        def ask():
            try:
                return condition()
            except Gone:
                return None
        return until(ask, what, seconds)

    def look(self):
        """The windows as they are now."""
        deadline = time.monotonic() + 30
        while True:
            owner = self.find_program()
            try:
                if owner:
                    sizes = [self.screen.get_geometry(window)[2:] for window in self.list_open()]
                    return Tree(self.spied, owner, sizes)
                raise Gone("no window")
            except Gone:
                if time.monotonic() > deadline:
                    raise

    def see(self, role=None, name=None, within=None):
        """All that are shown now."""
        while True:
            try:
                tree = self.look()
                inside = None if within is None else tree.nodes.get(within.path)
                if within is not None and inside is None:
                    return []
                return tree.list_all(role, name, inside)
            except Gone:
                continue

    def find(self, role=None, name=None, within=None, seconds=20, is_wanted=lambda node: True):
        """The first one, as soon as it is there."""
        found = self.wait(lambda: [n for n in self.see(role, name, within) if is_wanted(n)],
                          "%s “%s”" % (role, getattr(name, "pattern", name)), seconds)
        return found[0]

    def has(self, role=None, name=None, within=None):
        return bool(self.see(role, name, within))

    def gone(self, role=None, name=None, seconds=20):
        self.wait(lambda: not self.has(role, name),
                  "that %s “%s” goes" % (role, getattr(name, "pattern", name)), seconds)

    def reads(self, *texts, seconds=30):
        """Waits until some name, label or field holds each of the texts."""
        for text in texts:
            self.wait(lambda text=text: text in self.read(), "“%s” can be read" % text, seconds)

    def front(self):
        """The window in front of the others."""
        return [one for one in self.look().root.children if one.is_shown()][-1]

    def read(self):
        """All that is written in the windows."""
        lines = []
        tree = self.look()
        tree.remember_all()
        for node in tree.list_all():
            lines += [node.name, node.description, node.text]
        return "\n".join(line for line in dict.fromkeys(lines) if line)

    # -- what a person does

    def press(self, role, name, within=None, seconds=20):
        """A menu button holds one of the same name that is the one for fingers."""
        node = self.find(role, name, within, seconds,
                         lambda node: {"sensitive", "focusable"} <= node.states)
        if node.has_action:
            node.do()
        else:
            self.click(node)

    def click(self, node):
        """With the mouse in its middle, after the wheel has brought it in sight."""
        self.listens()
        for _ in range(100):
            x, y, width, height = node.extents
            x, y = x + width // 2, y + height // 2
            left, top = self.place(node.window)
            hider = node.find_hider(x, y)
            if hider is None:
                self.screen.click(left + x, top + y)
                return
            a, b, c, d = hider.extents
            self.screen.turn_wheel(left + a + c // 2, top + b + d // 2, y > b + d // 2)
            node = self.same(node)
        raise AssertionError("can't be brought in sight: " + node.describe())

    def place(self, window):
        """Where a window's contents begin on the screen."""
        width, height = window.extents[2:]
        for one in self.list_open():
            x, y, w, h = self.screen.get_geometry(one)
            if 0 <= w - width < 60 and 0 <= h - height < 60:
                return x + (w - width) // 2, y + (h - height) // 2
        raise Gone("no such window")

    def list_open(self):
        """The windows of the program on the display, by their ids."""
        running = [p for p in self.windows if p.poll() is None]
        return self.screen.list_windows(running[0].pid) if running else []

    def same(self, node):
        """As it is now."""
        now = self.look().nodes.get(node.path)
        if now is None:
            raise Gone(node.name)
        return now

    def choose(self, item):
        """From the main menu."""
        self.press("button", "Main menu")
        self.press("menu item", item)

    def open_page(self, page):
        """Starts the window and goes to a page, past the first run if it is offered."""
        process = self.start_window()
        until(lambda: self.get("State") != "starting", "the agent knows what is set up")
        if self.get("State") == "setup":
            self.gone("tab", "Overview")
        self.keys("alt+%d" % (PAGES.index(page) + 1))
        self.find("tab", page, is_wanted=lambda tab: "selected" in tab.states)
        return process

    def go_to(self, page):
        """A page of the window, by its tab."""
        self.press("tab", page)
        self.find("tab", page, is_wanted=lambda tab: "selected" in tab.states)

    def switch(self, title, within=None):
        """The switch in the row of that title."""
        row = self.find("list item", title, within)
        return self.find("check box|switch|toggle button", within=row)

    def write(self, field, text):
        """Into a field, by the keyboard."""
        self.click(field)
        self.keys("ctrl+a")
        self.screen.type(text)
        self.wait(lambda: self.same(field).text == text, "it is written")

    def keys(self, *keys):
        """To the newest window, as soon as it listens."""
        self.listens()
        self.screen.press(*keys)

    def listens(self):
        """Waits until the newest window is where it is to be, and has the keyboard."""
        until(lambda: self.screen.get_active() == self.screen.get_newest(), "the keyboard's window")

    def focus(self):
        """The path of what has the keyboard's focus, or None."""
        return find_focus(self.spied, self.find_program())

    # -- pictures

    def main_window(self):
        # Windows that go meanwhile disturb the search.
        return until(lambda: self.screen.run("xdotool", "search", "--onlyvisible", "--name",
                                             "^Heliograph$", is_sure=False).split(),
                     "the main window")[0]

    def resize(self, width, height):
        window = self.main_window()
        self.screen.resize(window, width, height)
        until(lambda: abs(self.screen.get_geometry(window)[2] - width) < 20, "the window's width")

    def take_picture(self, name):
        """As soon as two pictures are the same: nothing moves any more."""
        file = os.path.join(PICTURES, name + ".png")
        last = [None]

        def is_still():
            self.screen.take_picture(file, self.list_open())
            with open(file, "rb") as picture:
                before, last[0] = last[0], picture.read()
            return before == last[0]
        self.wait(is_still, "nothing moves any more")
        return file
