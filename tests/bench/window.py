#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the window costs, and how soon it is there: `name: value unit`, one per line.

A display without a graphics card, as the cheapest machines have. A missed target is reported, not
an error, because neighbours can be loud."""

import os
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "window"))
from desktop import PAGES, WINDOW_PROGRAM, Desktop, until  # noqa: E402
from figures import Figures, Wakeups, cpu_seconds, memory, pause  # noqa: E402
from scenes import publish  # noqa: E402

STARTS = 7
WATCH = 10 if "--quick" in sys.argv else 30


class Lookout:
    """Tells when the window manager has a window, and when it has it no more."""

    def __init__(self, desktop):
        self.process = subprocess.Popen(["xprop", "-spy", "-root", "_NET_CLIENT_LIST"],
                                        env=desktop.environment, stdin=subprocess.DEVNULL,
                                        stdout=subprocess.PIPE, text=True)
        self.process.stdout.readline()

    def wait(self):
        if not pause(60, self.process.stdout):
            raise RuntimeError("no window came or went")
        return "0x" in self.process.stdout.readline()

    def close(self):
        self.process.kill()
        self.process.wait()
        self.process.stdout.close()


def start(desktop):
    process = subprocess.Popen([WINDOW_PROGRAM], env=desktop.environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    desktop.windows.append(process)
    return process


def time_one(desktop, lookout):
    """Seconds until it is on the screen: GTK shows a window when its contents are laid out, and
    draws them at once; and seconds from the closing key to the end of the process."""
    begun = time.monotonic()
    process = start(desktop)
    while not lookout.wait():
        pass
    came = time.monotonic() - begun
    until(lambda: desktop.screen.get_active() in desktop.screen.list_windows(process.pid),
          "it has the keyboard")
    begun = time.monotonic()
    desktop.screen.press("ctrl+w")
    process.wait(20)
    went = time.monotonic() - begun
    while lookout.wait():
        pass
    return came, went


def say_start(figures, desktop):
    lookout = Lookout(desktop)
    pairs = [time_one(desktop, lookout) for _ in range(STARTS)]
    lookout.close()
    times, ends = [came * 1000 for came, _ in pairs], [went * 1000 for _, went in pairs]
    # The first one was cold.
    figures.say("window, on the screen after, median of %d" % (STARTS - 1),
                statistics.median(times[1:]), "ms", most=300)
    figures.say("window, on the screen after, worst", max(times[1:]), "ms")
    figures.say("window, process gone after closing, worst", max(ends), "ms", most=1000)


def say_memory(figures, desktop):
    process = start(desktop)
    until(lambda: desktop.screen.list_windows(process.pid), "the window")
    pause(3)
    figures.say("window shown, RSS", memory(process.pid, "VmRSS"), "MiB", most=45)
    figures.say("window shown, PSS", memory(process.pid, "Pss", "smaps_rollup"), "MiB")
    for number in range(len(PAGES)):
        desktop.keys("alt+%d" % (number + 1))
        pause(1)
    figures.say("window, all pages seen, RSS", memory(process.pid, "VmRSS"), "MiB")
    desktop.keys("alt+1")
    pause(1)
    return process


def watch(figures, name, desktop, window=None):
    """What the agent does while nobody does anything; with the window open, the window, too."""
    watched = [("agent", desktop.agent_pid())] + ([("window", window.pid)] if window else [])
    before = [(who, pid, Wakeups(pid), cpu_seconds(pid)) for who, pid in watched]
    end = time.monotonic() + WATCH
    while (left := end - time.monotonic()) > 0:
        pause(min(1, left))
        for _, _, wakeups, _ in before:
            wakeups.look()
    for who, pid, wakeups, cpu in before:
        figures.say("%s, wakeups of the %s" % (name, who), wakeups.count() / WATCH, "/s")
        figures.say("%s, CPU of the %s" % (name, who), 100 * (cpu_seconds(pid) - cpu) / WATCH, "%")


def main():
    figures = Figures()
    with Desktop(events=20000) as desktop:
        publish(desktop)
        say_start(figures, desktop)
        pause(5)
        watch(figures, "window closed", desktop)
        window = say_memory(figures, desktop)
        watch(figures, "window open", desktop, window)
    print("targets: %d met, %d missed" % (figures.met, len(figures.missed)))
    for name in figures.missed:
        print("missed: " + name)


main()
