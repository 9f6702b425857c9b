#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the icon in the tray costs, beside a played agent: `name: value unit`, one per line."""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tray"))
from desktop import Desktop, MockAgent  # noqa: E402
from figures import Figures, Wakeups, cpu_seconds, memory, pause  # noqa: E402

WATCH = 10 if "--quick" in sys.argv else 30


def main():
    figures = Figures()
    with Desktop() as desktop:
        MockAgent(desktop)
        tray = desktop.show_tray().pid
        pause(3)
        figures.say("tray, RSS", memory(tray, "VmRSS"), "MiB", most=28)
        wakeups, before = Wakeups(tray), cpu_seconds(tray)
        pause(WATCH)
        wakeups.look()
        figures.say("tray, wakeups", wakeups.count() / WATCH, "/s")
        figures.say("tray, CPU", 100 * (cpu_seconds(tray) - before) / WATCH, "%")
    print("targets: %d met, %d missed" % (figures.met, len(figures.missed)))


main()
