# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A display of its own with a window manager, a keyboard and a camera."""

import os
import re
import subprocess

from world import until

WIDTH, HEIGHT = 1400, 1000


class Screen:
    def __init__(self, environment):
        reader, writer = os.pipe()
        with open(os.devnull, "wb") as nothing:
            self.server = subprocess.Popen(
                ["Xvfb", "-displayfd", str(writer), "-screen", "0", "%dx%dx24" % (WIDTH, HEIGHT),
                 # It would begin anew, and refuse who comes meanwhile, when the last one leaves.
                 "-noreset", "-nolisten", "tcp",
                 # Where it is slow a key would be held long enough to be repeated.
                 "-r"],
                pass_fds=[writer], stdout=nothing, stderr=nothing, env=environment)
        os.close(writer)
        with os.fdopen(reader) as file:
            number = file.readline().strip()
        assert number, "the display did not start"
        environment["DISPLAY"] = ":" + number
        self.environment = environment
        self.manager = None

    def start_manager(self, log):
        # It is no program to be looked at.
        with open(log, "wb") as file:
            self.manager = subprocess.Popen(["xfwm4", "--compositor=off"], stdout=file, stderr=file,
                                            env=dict(self.environment, NO_AT_BRIDGE="1"))
        until(lambda: "window id" in self.run("xprop", "-root", "_NET_SUPPORTING_WM_CHECK",
                                              is_sure=False)
              or self.manager.poll() is not None, "the window manager")
        assert self.manager.poll() is None, open(log, encoding="utf-8").read()

    def close(self):
        for process in (self.manager, self.server):
            if process:
                process.kill()
                process.wait()

    def run(self, *arguments, is_sure=True):
        answer = subprocess.run(arguments, env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE, text=True, timeout=60, check=False)
        assert not is_sure or answer.returncode == 0, (arguments, answer.stderr)
        return answer.stdout

    # -- the keyboard

    def press(self, *keys):
        self.run("xdotool", "key", "--clearmodifiers", "--delay", "30", *keys)

    def type(self, text):
        self.run("xdotool", "type", "--clearmodifiers", "--delay", "20", text)

    def paste(self):
        """What is on the clipboard."""
        return self.run("xclip", "-out", "-selection", "clipboard", is_sure=False)

    def click(self, x, y):
        self.run("xdotool", "mousemove", str(x), str(y), "click", "1")
        self.wait_for_manager()

    def wait_for_manager(self):
        """It holds a click back until it has raised the window; keys that are pressed meanwhile
        would come first. It tells of what it was asked for after all that came before."""
        number = "3" if self.run("xdotool", "get_num_desktops").strip() == "4" else "4"
        self.run("xdotool", "set_num_desktops", number)
        until(lambda: self.run("xdotool", "get_num_desktops").strip() == number,
              "the window manager has seen the click")

    def turn_wheel(self, x, y, is_down):
        self.run("xdotool", "mousemove", str(x), str(y), "click", "5" if is_down else "4")

    # -- windows

    def list_windows(self, pid=None):
        """The ids of the windows that can be seen, of a process or of all."""
        owner = ["--pid", str(pid)] if pid else ["--name", "."]
        return self.run("xdotool", "search", "--onlyvisible", *owner, is_sure=False).split()

    def get_active(self):
        """The window that gets the keys."""
        return self.read_root("_NET_ACTIVE_WINDOW")[0]

    def get_newest(self):
        """The newest window."""
        return self.list_managed()[-1]

    def list_managed(self):
        """Windows and dialogs, not popovers and menus; the newest is last."""
        return self.read_root("_NET_CLIENT_LIST")

    def read_root(self, name):
        text = self.run("xprop", "-root", name)
        return [str(int(number, 16)) for number in re.findall(r"0x[0-9a-f]+", text)] or [""]

    def get_geometry(self, window):
        """x, y, width, height on the screen"""
        text = self.run("xdotool", "getwindowgeometry", "--shell", window, is_sure=False)
        values = dict(re.findall(r"^(\w+)=(-?\d+)$", text, re.MULTILINE))
        return tuple(int(values.get(name, 0)) for name in ("X", "Y", "WIDTH", "HEIGHT"))

    def resize(self, window, width, height):
        self.run("xdotool", "windowsize", window, str(width), str(height))

    def take_picture(self, file, windows):
        """Of the part of the screen that these windows lie in."""
        places = [self.get_geometry(window) for window in windows]
        left = max(0, min(x for x, y, w, h in places))
        top = max(0, min(y for x, y, w, h in places))
        right = min(WIDTH, max(x + w for x, y, w, h in places))
        bottom = min(HEIGHT, max(y + h for x, y, w, h in places))
        os.makedirs(os.path.dirname(file), exist_ok=True)
        self.run("import", "-window", "root", "-crop",
                 "%dx%d+%d+%d" % (right - left, bottom - top, left, top), "+repage",
                 # No date in it: the same picture is the same file.
                 "-define", "png:exclude-chunks=date,tIME", "-strip", file)
