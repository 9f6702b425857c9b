# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Top apps and a year at a glance: when first asked for, and once the sums of days are kept."""

import time
from datetime import date, timedelta

from figures import cpu_seconds, memory


def ask(receiver, days):
    """(wall s, CPU s of the backend, the answer)"""
    today = date.today()
    before = cpu_seconds(receiver.process.pid)
    begun = time.monotonic()
    answer = receiver.ask(f"/apps?from={today - timedelta(days - 1)}&to={today - timedelta(1)}")
    wall = time.monotonic() - begun
    return wall, cpu_seconds(receiver.process.pid) - before, answer


def say_sums(bench, name, receiver):
    """The backend holds a whole history, and nobody has asked for sums of it."""
    say = bench.figures.say
    for days, what in ((365, "a year"), (3 * 365, "three years")):
        before = memory(receiver.process.pid, "VmRSS")
        wall, cpu, first = ask(receiver, days)
        say(f"{name}, apps of {what}, first asking, wall", wall, "s")
        say(f"{name}, apps of {what}, first asking, CPU", cpu, "s")
        say(f"{name}, apps of {what}, first asking, RSS grown by",
            max(0.0, memory(receiver.process.pid, "VmRSS") - before), "MiB", most=100)
        wall, cpu, again = min((ask(receiver, days) for _ in range(3)), key=lambda one: one[0])
        say(f"{name}, apps of {what}, asked again, wall", wall, "s", most=0.3)
        say(f"{name}, apps of {what}, asked again, CPU", cpu, "s")
        if first != again or first["active"] == 0:
            raise RuntimeError(f"the sums of {what} are not those of the first asking")
