#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast the real programs are together, and what they cost: `name: value unit`, one per line.

ActivityWatch is our stand-in, at the pace of the real servers where that is said. The targets in
seconds are those of a quiet machine that makes 950,000 plain prepared upserts per second; the
same figures in plain upserts of as many rows, measured beside them, hold for any machine. Ends
with 1 when something was lost or failed; a missed target alone is reported, not an error, because
neighbours can be loud.
"""

import argparse
import os
import signal
import sys

import backfill
import pocketbase
import privacy
import resident
from programs import AFK, WINDOW, Agent, Bench, Receiver

STAGES = ("unpaced", "rules", "rust", "python", "pocketbase")


def parse():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("aw", "server", "agent", "ctl", "yardstick", "schemas", "pocketbase"):
        parser.add_argument(name)
    parser.add_argument("--quick", action="store_true",
                        help="100,000 events and short windows: to see that it works")
    parser.add_argument("--stage", action="append", choices=STAGES, help="only this one")
    return parser.parse_args()


def run_rust(bench):
    source = backfill.run_rust(bench)
    receiver = Receiver(bench)
    agent = Agent(bench, source, receiver, [WINDOW, AFK])
    agent.start_bus()
    resident.say_start(bench, "resident, rust", agent, source)
    resident.say_backfill(bench, "resident, rust", agent)
    resident.say_idle(bench, "idle, rust", agent, source, receiver)
    resident.say_latency(bench, "live, rust", source, receiver)
    resident.say_outage(bench, "live, rust", source, receiver)
    answer = agent.ctl("verify")
    if answer.returncode != 0:
        raise RuntimeError(f"verify: {answer.stdout} {answer.stderr}")
    agent.stop()
    receiver.stop()
    bench.stop(source.process)


def run_python(bench):
    source, receiver, agent = backfill.run_python(bench)
    agent.env["HELIOGRAPH_BUCKETS"] = f"{WINDOW},{AFK}"
    agent.start_bus()
    resident.say_backfill(bench, "resident, python, after --once", agent)
    resident.say_idle(bench, "idle, python", agent, source, receiver)
    resident.say_latency(bench, "live, python", source, receiver)
    resident.say_outage(bench, "live, python", source, receiver)
    agent.stop()
    receiver.stop()
    bench.stop(source.process)


def main():
    options = parse()
    # A parent that gives up, or Ctrl-C, still leaves no process behind.
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, lambda *_: sys.exit(1))
    with Bench(options, options.quick) as bench:
        print(f"machine: {os.cpu_count()} cores, load {os.getloadavg()[0]:.2f}; "
              f"{bench.events:,} events", flush=True)
        for stage in options.stage or STAGES:
            {"unpaced": backfill.run_unpaced, "rules": privacy.run, "rust": run_rust,
             "python": run_python, "pocketbase": pocketbase.run}[stage](bench)
        print(f"targets: {bench.figures.met} met, {len(bench.figures.missed)} missed")
        for name in bench.figures.missed:
            print(f"missed: {name}")


if __name__ == "__main__":
    main()
