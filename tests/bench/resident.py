# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the agent costs while it stays, how soon a viewer sees a change, and what an outage does."""

import json
import socket
import time

from figures import Wakeups, cpu_seconds, list_children, memory, pause, wait_until
from programs import AFK, BASE, WINDOW

POLL_INTERVAL = 5
CHANGES = 10
PATIENCE = 30


class Viewer:
    """Somebody who looks at the live page."""

    def __init__(self, receiver):
        host, port = receiver.address.split(":")
        self.connection = socket.create_connection((host, int(port)), timeout=10)
        self.connection.sendall(f"GET {BASE}/live HTTP/1.1\r\nHost: {receiver.address}\r\n\r\n"
                                .encode())
        self.text = b""

    def close(self):
        self.connection.close()

    def watch(self, seconds, is_wanted=lambda device: False):
        """Reads until a device is as wanted; whether one was."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            if not pause(left, self.connection):
                break
            got = self.connection.recv(65536)
            if not got:
                raise RuntimeError("the live stream ended")
            self.text += got
            *lines, self.text = self.text.split(b"\n")
            for line in lines:
                if line.startswith(b"data:") and is_wanted(json.loads(line[5:])):
                    return True
        return False


def is_published(agent):
    progress = agent.get_status().get("progress", [])
    return progress and all(one["done"] for one in progress)


def say_start(bench, name, agent, source):
    """Before it was told of any backend or bucket."""
    source.reset_stats()
    pid = agent.start(agent.bare)
    wait_until(lambda: agent.get_status().get("state") == "setup", 30, "the agent answers")
    requests = sum(one["requests"] for kind, one in source.get_stats()["kinds"].items()
                   if kind != "other")
    pause(2)
    bench.figures.say(f"{name}, nothing set up, RSS", memory(pid, "VmRSS"), "MiB",
                      most=10 if requests == 0 else 15)
    bench.figures.say(f"{name}, nothing set up, PSS", memory(pid, "Pss", "smaps_rollup"), "MiB")
    bench.figures.say(f"{name}, nothing set up, requests at AW", requests)
    agent.stop()


def say_backfill(bench, name, agent):
    """The resident agent publishes all."""
    begun = time.monotonic()
    pid = agent.start()
    wait_until(lambda: is_published(agent), 600, "all is published", every=0.25)
    bench.figures.say(f"{name}, all published after", time.monotonic() - begun, "s")
    bench.figures.say(f"{name}, peak RSS in the backfill", memory(pid, "VmHWM"), "MiB", most=40)


def say_idle(bench, name, agent, source, receiver):
    say = bench.figures.say
    pid = agent.process.pid
    # Threads that wait for more work end after 15 s.
    pause(5 if bench.is_quick else 20)
    requests = receiver.count_requests()
    wakeups = Wakeups(pid)
    cpu, children, most = cpu_seconds(pid), 0, 0.0
    source.reset_stats()
    begun = time.monotonic()
    while (left := begun + bench.window - time.monotonic()) > 0:
        pause(min(1, left))
        wakeups.look()
        children = max(children, len(list_children(pid)))
        most = max(most, memory(pid, "VmRSS"))
    span = time.monotonic() - begun
    cpu = cpu_seconds(pid) - cpu
    stats = source.get_stats()
    # One of them was ours.
    requests = receiver.count_requests() - requests - 1
    kinds = {kind: one for kind, one in stats["kinds"].items()
             if one["requests"] and kind != "other"}
    say(f"{name}, RSS", most, "MiB", most=15)
    say(f"{name}, PSS", memory(pid, "Pss", "smaps_rollup"), "MiB")
    say(f"{name}, CPU", 100 * cpu / span, "%", most=0.1)
    say(f"{name}, wakeups", wakeups.count() / span, "/s")
    say(f"{name}, child processes", children, most=0)
    say(f"{name}, requests to the destination", requests * 60 / span, "/min",
        most=1 if span >= 60 else 60 / span)
    asked = sum(one["requests"] for one in kinds.values())
    say(f"{name}, requests at AW", asked * 60 / span, "/min")
    for kind, one in sorted(kinds.items()):
        say(f"{name}, requests at AW of kind {kind}", one["requests"] * 60 / span,
            f"/min, {one['us'] / 1000:.1f} ms in all")
    say(f"{name}, time of AW", sum(one["us"] for one in kinds.values()) / 1e4 / span,
        "% of a core", most=1)


def say_latency(bench, name, source, receiver):
    times = []
    viewer = Viewer(receiver)
    source.reset_stats()
    started = time.monotonic()
    try:
        viewer.watch(0.5)
        for i in range(CHANGES):
            app = f"Program {i}"
            source.beat(AFK, {"status": "not-afk"}, 185)
            begun = time.monotonic()
            if source.beat(WINDOW, {"app": app, "title": "A title"}, 2) != 200:
                raise RuntimeError("ActivityWatch lost a heartbeat")
            # One that is never seen counts as the longest wait.
            viewer.watch(PATIENCE, lambda device: (device.get("activity") or {}).get("app") == app)
            times.append(time.monotonic() - begun)
            # Another moment between two polls each time; while the person stays there.
            end = time.monotonic() + 0.3 + 0.47 * i
            while (left := end - time.monotonic()) > 0:
                viewer.watch(min(1, left))
                source.beat(WINDOW, {"app": app, "title": "A title"}, 2)
    finally:
        viewer.close()
    # The watchers' own heartbeats are not the agent's doing.
    busy = sum(one["us"] for kind, one in source.get_stats()["kinds"].items()
               if kind not in ("other", "heartbeat"))
    bench.figures.say(f"{name}, time of AW while activity changes",
                      busy / 1e4 / (time.monotonic() - started), "% of a core")
    bench.figures.say(f"{name}, change until a viewer sees it, mean", sum(times) / len(times), "s")
    bench.figures.say(f"{name}, change until a viewer sees it, worst of {CHANGES}", max(times), "s",
                      most=POLL_INTERVAL + 0.3)


def say_outage(bench, name, source, receiver):
    since = int(time.time() * 1000) - 1
    receiver.stop()
    begun = time.monotonic()
    second = 0
    while (left := begun + bench.window - time.monotonic()) > 0:
        source.beat(AFK, {"status": "not-afk"}, 185)
        source.beat(WINDOW, {"app": f"Outage {second // 5}", "title": "A title"}, 2)
        second += 1
        pause(min(1, left))
    receiver.start(receiver.address)
    begun = time.monotonic()

    def select_since(events):
        return {start: event for start, event in events.items() if start >= since}

    wanted = select_since(source.list_newest(WINDOW, 200))
    newest = max(wanted)

    def is_caught_up():
        """The newest one may have grown since it was sent: see below."""
        held = select_since(receiver.list_since(WINDOW, since))
        if newest in held and held[newest][1] == wanted[newest][1]:
            held[newest] = wanted[newest]
        return held == wanted

    def is_equal():
        return select_since(receiver.list_since(WINDOW, since)) == wanted

    wait_until(is_caught_up, 120, f"all {len(wanted)} events of the outage arrive")
    bench.figures.say(f"{name}, events of an outage of {bench.window} s", len(wanted))
    bench.figures.say(f"{name}, caught up after the receiver's return",
                      time.monotonic() - begun, "s", most=15)
    wait_until(is_equal, 120, "the newest event has its full length")
    # An event that only grows is sent each 30 s, at the next poll.
    bench.figures.say(f"{name}, and the newest event in its full length",
                      time.monotonic() - begun, "s", most=30 + 2 * POLL_INTERVAL)
    lost = source.count(WINDOW) - receiver.count(WINDOW)
    bench.figures.say(f"{name}, events missing after the outage", abs(lost), most=0)
