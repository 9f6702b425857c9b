# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole history into a real PocketBase."""

import os
import socket
import subprocess
import sys
import urllib.parse

from backfill import Yardstick, uncover
from figures import cpu_seconds, folder_bytes, memory, wait_until
from programs import WINDOW, Agent, Peer, Receiver, Source
from sums import say_sums

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance"))
import backends  # noqa: E402


class PocketBase(Receiver):
    def __init__(self, bench, program):
        self.bench = bench
        self.data = bench.make_folder("pocketbase")
        self.words = backends.list_words(program, self.data)
        self.token = subprocess.run([*self.words, "heliograph-token", "add", "laptop"],
                                    stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.start(f"127.0.0.1:{port}")
        wait_until(lambda: backends.is_open(port), 30, "PocketBase listens")

    def start(self, listen):
        self.process = self.bench.start(*self.words, "serve", "--http", listen,
                                        log=os.path.join(self.data, "log"))
        Peer.__init__(self, listen)


def run(bench):
    name = "backfill, PocketBase"
    program, why = backends.fetch_pocketbase(bench.paths.pocketbase)
    if program is None:
        print(f"{name}: skipped: {why}", flush=True)
        return
    say = bench.figures.say
    source = Source(bench, "rust", "none")
    receiver = PocketBase(bench, program)
    agent = Agent(bench, source, receiver, [WINDOW])
    before = cpu_seconds(receiver.process.pid)
    yardstick = Yardstick(bench)
    wall, cpu, peak, _ = agent.once()
    used = cpu_seconds(receiver.process.pid) - before
    yardstick.end()
    if receiver.count(WINDOW) != bench.events:
        raise RuntimeError(f"PocketBase holds {receiver.count(WINDOW)} events")
    say(f"{name}, plain upserts of as many rows, wall", yardstick.wall, "s")
    say(f"{name}, plain upserts of as many rows, rate", round(bench.events / yardstick.wall),
        "events/s")
    say(f"{name}, wall", wall, "s")
    say(f"{name}, rate", round(bench.events / wall), "events/s", least=25_000)
    # 25,000 of the 950,000 that a quiet machine makes
    say(f"{name}, of plain upserts'", yardstick.wall / wall, least=0.026)
    say(f"{name}, agent CPU", cpu, "s")
    say(f"{name}, PocketBase CPU", used, "s")
    say(f"{name}, PocketBase CPU, in plain upserts", used / yardstick.cpu)
    say(f"{name}, agent peak RSS", peak, "MiB", most=40)
    say(f"{name}, PocketBase peak RSS", memory(receiver.process.pid, "VmHWM"), "MiB")

    say_sums(bench, "PocketBase", receiver)

    uncover(agent)
    wall, cpu, _, text = agent.once()
    if " 0 sent, 0 deleted" not in text:
        raise RuntimeError(f"an unchanged sweep sent something: {text}")
    say(f"{name}, unchanged second sweep, wall", wall, "s")
    first = receiver.ask(f"/ranges?bucket={urllib.parse.quote(WINDOW)}")
    if sum(one["count"] for one in first) != bench.events:
        raise RuntimeError("the sums of the ranges miss events")
    receiver.stop()
    say(f"{name}, on disk", folder_bytes(receiver.data) / bench.events, "bytes/event")
    bench.stop(source.process)
