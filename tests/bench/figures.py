# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: figures with their targets, and what the kernel says of a process."""

import os
import select
import time


class Figures:
    """Prints each figure in a line of its own, and counts those that miss their target."""

    def __init__(self):
        self.met = 0
        self.missed = []

    def say(self, name, value, unit="", most=None, least=None):
        """A figure; its target is at most `most`, or at least `least`."""
        text = f"{value:,.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else f"{value:,}"
        line = f"{name}: {text} {unit}".rstrip()
        if most is not None or least is not None:
            is_met = value <= most if most is not None else value >= least
            bound = f"<= {most:,.4g}" if most is not None else f">= {least:,.4g}"
            line += f" (target {bound}: {'met' if is_met else 'MISSED'})"
            if is_met:
                self.met += 1
            else:
                self.missed.append(name)
        print(line, flush=True)


def pause(seconds, *sources):
    """Waits for `seconds`, or until one of the sources can be read; returns those that can."""
    return select.select(sources, [], [], max(0, seconds))[0]


def wait_until(is_reached, seconds, what, every=0.1):
    end = time.monotonic() + seconds
    while True:
        result = is_reached()
        if result:
            return result
        if time.monotonic() > end:
            raise RuntimeError(f"not within {seconds} s: {what}")
        pause(every)


def cpu_seconds(pid):
    """CPU time of all threads of a process, also of those that ended."""
    # Linux makes the number of a process's CPU clock of its id: see clock_getcpuclockid(3).
    return time.clock_gettime((~pid << 3) | 2)


def memory(pid, name, file="status"):
    """A figure of /proc/PID/status or smaps_rollup in MiB; 0 when the process is gone."""
    try:
        with open(f"/proc/{pid}/{file}", encoding="ascii") as lines:
            for line in lines:
                if line.startswith(name + ":"):
                    return int(line.split()[1]) / 1024
    except (FileNotFoundError, ProcessLookupError):
        pass
    return 0.0


def list_children(pid):
    children = []
    for task in os.listdir(f"/proc/{pid}/task"):
        try:
            with open(f"/proc/{pid}/task/{task}/children", encoding="ascii") as file:
                children += file.read().split()
        except FileNotFoundError:
            pass
    return children


class Wakeups:
    """Voluntary context switches of all threads: each is a wait that ended. Threads end too, so
    look() now and then."""

    def __init__(self, pid):
        self.pid = pid
        self.before = self.read()
        self.last = dict(self.before)

    def read(self):
        counts = {}
        for task in os.listdir(f"/proc/{self.pid}/task"):
            try:
                with open(f"/proc/{self.pid}/task/{task}/status", encoding="ascii") as lines:
                    for line in lines:
                        if line.startswith("voluntary_ctxt_switches:"):
                            counts[task] = int(line.split()[1])
            except (FileNotFoundError, ProcessLookupError):
                pass
        return counts

    def look(self):
        self.last.update(self.read())

    def count(self):
        return sum(n - self.before.get(task, 0) for task, n in self.last.items())


def folder_bytes(folder, is_wanted=lambda name: True):
    return sum(os.path.getsize(os.path.join(where, name))
               for where, _, names in os.walk(folder) for name in names if is_wanted(name))
