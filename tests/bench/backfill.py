# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How fast, and at what cost, a whole history reaches the receiver."""

import os
import shutil
import socket
import sqlite3
import subprocess
import time

from figures import cpu_seconds, folder_bytes, memory
from programs import WINDOW, Agent, Receiver, Source, Watcher
from sums import say_sums

MARK = b'"timestamp":'

# What 1,000,000 plain upserts take on the machine that the targets in seconds are of.
PLAIN_SECONDS = 1.05


class Yardstick:
    """Plain upserts, begun and ended around what is measured: their wall and CPU time, and so
    what the machine can do at that moment."""

    def __init__(self, bench):
        self.bench = bench
        self.seen = []
        self.look()

    def look(self):
        folder = self.bench.make_folder("plain")
        rows = str(self.bench.events // 4)
        answer = subprocess.run([self.bench.paths.yardstick, folder, rows], check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        self.seen.append([float(number) * self.bench.events / 1e6 for number in answer.split()])
        shutil.rmtree(folder)

    def end(self):
        self.look()
        self.wall, self.cpu = (sum(one) / len(one) for one in zip(*self.seen))

    def say(self, name, seconds, target):
        """A time, in seconds and in plain upserts of as many rows."""
        bench = self.bench
        bench.figures.say(name, seconds, "s", most=round(target * bench.events / 1e6, 3))
        bench.figures.say(f"{name}, in plain upserts", seconds / self.cpu,
                          most=round(target / PLAIN_SECONDS, 2))

    def say_rate(self, name, wall, target):
        bench = self.bench
        bench.figures.say(name, bench.events / wall / 1e6, "M events/s", least=target)
        bench.figures.say(f"{name}, of plain upserts'", self.wall / wall,
                          least=round(target * PLAIN_SECONDS, 2))


def read_pages(source, limit):
    """Reads all events in pages, newest first, and does nothing with them: what emitting them
    costs the stand-in. Returns the seconds."""
    host, port = source.address.split(":")
    buffer = bytearray(1 << 20)
    connection = None
    end = b""
    begun = time.monotonic()
    while True:
        if connection is None:
            connection = socket.create_connection((host, int(port)), timeout=120)
        connection.sendall(b"GET /api/0/buckets/%s/events?limit=%d%s HTTP/1.1\r\nHost: %s\r\n\r\n"
                           % (WINDOW.encode(), limit, end, source.address.encode()))
        head = connection.recv_into(buffer)
        while (at := buffer.find(b"\r\n\r\n", 0, head)) < 0:
            got = connection.recv_into(memoryview(buffer)[head:])
            if got == 0:
                raise RuntimeError("the stand-in cut the head of an answer")
            head += got
        fields = bytes(buffer[:at]).lower()
        if b" 200 " not in fields.split(b"\r\n")[0]:
            raise RuntimeError(f"the stand-in answered {fields!r}")
        length = int(fields.split(b"content-length:")[1].split(b"\r\n")[0]) + at + 4
        if len(buffer) < length:
            buffer += bytes(length - len(buffer))
        view = memoryview(buffer)
        while head < length:
            got = connection.recv_into(view[head:length])
            if got == 0:
                raise RuntimeError("the stand-in cut an answer")
            head += got
        view.release()
        if b"connection: close" in fields:
            connection.close()
            connection = None
        last = buffer.rfind(MARK, 0, length)
        oldest = bytes(buffer[last:last + 60]).split(b'"')[3] if last >= 0 else b""
        before, end = end, b"&end=" + oldest.replace(b"+", b"%2B")
        # A page begins with the event that the page before ended with.
        if end == before or buffer.count(MARK, 0, length) < limit:
            break
    if connection is not None:
        connection.close()
    return time.monotonic() - begun


def read_giant(source):
    """The seconds that one answer with everything takes."""
    begun = time.monotonic()
    source.get(f"/api/0/buckets/{WINDOW}/events?limit=100000000")
    return time.monotonic() - begun


def uncover(agent):
    """As if a weekly sweep were due: the rows stay, what is covered is forgotten."""
    path = [path for path in agent.list_ledger() if not path.endswith(("-wal", "-shm"))][0]
    ledger = sqlite3.connect(path, isolation_level=None)
    ledger.execute("DELETE FROM covered")
    ledger.close()


def say_disk(bench, name, agent, receiver):
    """Both have ended."""
    ledger = sum(os.path.getsize(path) for path in agent.list_ledger())
    bench.figures.say(f"{name}, ledger on disk", ledger / bench.events, "bytes/event", most=30)
    bench.figures.say(f"{name}, receiver on disk", folder_bytes(receiver.data) / bench.events,
                      "bytes/event", most=130)


def say_sweep(bench, name, agent, receiver, source):
    uncover(agent)
    source.reset_stats()
    before = cpu_seconds(receiver.process.pid)
    yardstick = Yardstick(bench)
    wall, cpu, _, text = agent.once()
    yardstick.end()
    if " 0 sent, 0 deleted" not in text:
        raise RuntimeError(f"an unchanged sweep sent something: {text}")
    read = source.get_stats()["events"]
    if read < bench.events:
        raise RuntimeError(f"the sweep read only {read} events")
    bench.figures.say(f"{name}, unchanged second sweep, wall", wall, "s")
    yardstick.say(f"{name}, unchanged second sweep, agent CPU", cpu, 0.5)
    bench.figures.say(f"{name}, unchanged second sweep, receiver CPU",
                      cpu_seconds(receiver.process.pid) - before, "s", most=0.05)


def publish(bench, name, source):
    """Runs the agent once, with fresh ledger and receiver; returns both, the wall time and the
    yardstick."""
    say = bench.figures.say
    receiver = Receiver(bench)
    agent = Agent(bench, source, receiver, [WINDOW])
    source.reset_stats()
    before = cpu_seconds(receiver.process.pid)
    yardstick = Yardstick(bench)
    wall, cpu, peak, _ = agent.once()
    receiver_cpu = cpu_seconds(receiver.process.pid) - before
    yardstick.end()
    if receiver.count(WINDOW) != bench.events:
        raise RuntimeError(f"the receiver holds {receiver.count(WINDOW)} events")
    say(f"{name}, plain upserts of as many rows, wall", yardstick.wall, "s")
    say(f"{name}, plain upserts of as many rows, CPU", yardstick.cpu, "s")
    say(f"{name}, wall", wall, "s")
    yardstick.say(f"{name}, agent CPU", cpu, 1.5)
    yardstick.say(f"{name}, receiver CPU", receiver_cpu, 1.6)
    say(f"{name}, agent peak RSS", peak, "MiB", most=40)
    say(f"{name}, receiver peak RSS", memory(receiver.process.pid, "VmHWM"), "MiB", most=40)
    return receiver, agent, wall, yardstick


def say_reads(bench, name, source):
    """What the agent asked of ActivityWatch; returns the largest limit."""
    stats = source.get_stats()
    kinds = {kind: one for kind, one in stats["kinds"].items()
             if one["requests"] and kind not in ("other", "heartbeat")}
    bench.figures.say(f"{name}, requests at AW", sum(one["requests"] for one in kinds.values()))
    bench.figures.say(f"{name}, requests at AW, largest limit", stats["max_limit"], "events")
    bench.figures.say(f"{name}, requests at AW, time in reads", stats["event_reads_us"] / 1e6, "s")
    bench.figures.say(f"{name}, requests at AW, longest",
                      max(one["longest_us"] for one in kinds.values()) / 1e6, "s", most=4)
    if stats["without_limit"]:
        raise RuntimeError(f"{stats['without_limit']} reads without a limit")
    return stats["max_limit"]


def run_unpaced(bench):
    name = "backfill, rust, unpaced"
    source = Source(bench, "rust", "none")
    own = min(read_pages(source, 10_000), read_pages(source, 10_000))
    bench.figures.say(f"{name}, stand-in's own emission", own, "s")
    receiver, agent, wall, yardstick = publish(bench, name, source)
    yardstick.say_rate(f"{name}, rate", wall, 0.4)
    bench.figures.say(f"{name}, ratio to the stand-in's own emission", wall / own)
    say_reads(bench, name, source)
    say_sweep(bench, name, agent, receiver, source)
    say_sums(bench, "receiver", receiver)
    receiver.stop()
    say_disk(bench, name, agent, receiver)
    bench.stop(source.process)


def run_rust(bench):
    """Leaves the source running, for what comes next."""
    name = "backfill, rust, real server's pace"
    source = Source(bench, "rust", "rust")
    own = min(read_pages(source, 10_000), read_pages(source, 10_000))
    bench.figures.say(f"{name}, stand-in's own emission", own, "s")
    receiver, agent, wall, _ = publish(bench, name, source)
    bench.figures.say(f"{name}, rate", bench.events / wall / 1e6, "M events/s")
    bench.figures.say(f"{name}, ratio to the stand-in's own emission", wall / own, most=1.3)
    say_reads(bench, name, source)
    say_sweep(bench, name, agent, receiver, source)
    receiver.stop()
    return source


def run_python(bench):
    """Leaves all running, for what comes next: a second backfill would take another minute."""
    name = "backfill, python, real server's pace"
    source = Source(bench, "python", "python")
    watcher = Watcher(source)
    watcher.start()
    try:
        receiver, agent, wall, _ = publish(bench, name, source)
    finally:
        watcher.end()
    bench.figures.say(f"{name}, rate", bench.events / wall / 1e6, "M events/s")
    bench.figures.say(f"{name}, heartbeats meanwhile", watcher.sent)
    bench.figures.say(f"{name}, heartbeats lost", watcher.lost, most=0)
    bench.figures.say(f"{name}, longest heartbeat", watcher.longest, "s", most=5)
    limit = say_reads(bench, name, source)
    own = read_pages(source, limit)
    giant = read_giant(source)
    bench.figures.say(f"{name}, stand-in's own emission in pages of {limit:,}", own, "s")
    bench.figures.say(f"{name}, ratio to the same pages", wall / own, most=1.5)
    bench.figures.say(f"{name}, stand-in's own emission in one answer", giant, "s")
    bench.figures.say(f"{name}, ratio to one answer", wall / giant)
    return source, receiver, agent
