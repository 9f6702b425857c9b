# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What is happening now reaches a viewer while it happens."""

import signal
import time

from cases import case
from world import AFK, WINDOW, Watcher, check_time, remain, until

POLL = 1


def begin(world, flavour):
    world.start_bus()
    world.start_aw("--flavour", flavour, "--generate", "1000")
    watcher = Watcher(world.aw, {"app": "Editor", "title": "One"})
    world.start_receiver()
    world.receiver.command("device", "set", "laptop", "--public", "activity")
    world.write_settings([WINDOW, AFK])
    viewer = world.receiver.view()
    world.start_agent()
    viewer.wait(lambda device: device["state"] == "active", 30, "active")
    return watcher, viewer


def shows(app):
    return lambda device: device["activity"] is not None and device["activity"].get("app") == app


def live(world, flavour):
    watcher, viewer = begin(world, flavour)
    viewer.wait(shows("Editor"), 10, "the editor")
    took = []
    for i in range(6):
        assert remain(world.agent, 1.1 + 0.17 * i)
        at = time.monotonic()
        watcher.beat({"app": f"App {i}", "title": "Two"})
        took.append(viewer.wait(shows(f"App {i}"), 20, f"App {i}") - at)
    world.say(f"{flavour}: a viewer saw changes after {', '.join(f'{s:.2f}' for s in took)} s, "
              f"poll interval {POLL} s")
    # One may meet a moment in which the machine did something else.
    check_time(sorted(took)[-2], POLL + 1.5, "a change")

    # The ongoing event grows at the receiver while it lasts.
    start = watcher.aw.truth(WINDOW)[-1]["start_ns"] // 1000000
    lengths = []

    def has_grown():
        length = max([one[2] for one in world.receiver.events(WINDOW) if one[0] == start] or [0])
        if length and (not lengths or length > lengths[-1]):
            lengths.append(length)
        return len(lengths) >= 2 and lengths[-1] > 15000
    until(has_grown, 75, lambda: f"the event grows: {lengths}")
    world.say(f"{flavour}: the ongoing event at the receiver: {lengths} ms")

    at = time.monotonic()
    world.agent.send_signal(signal.SIGTERM)
    took = viewer.wait(lambda device: device["state"] == "offline", 20, "offline") - at
    world.say(f"{flavour}: offline {took:.2f} s after SIGTERM")
    check_time(took, 2, "offline after SIGTERM")
    assert world.agent.wait(20) == 0
    watcher.stop()


@case("live: changes reach a viewer, the event grows, SIGTERM says offline (Rust)", 65)
def live_rust(world):
    live(world, "rust")


@case("live: changes reach a viewer, the event grows, SIGTERM says offline (Python)", 65)
def live_python(world):
    live(world, "python")


@case("live: after SIGKILL it is offline when the time to live ends", 110)
def killed(world):
    watcher, viewer = begin(world, "rust")
    viewer.wait(shows("Editor"), 10, "the editor")
    at = time.monotonic()
    world.stop_agent(signal.SIGKILL)
    took = viewer.wait(lambda device: device["state"] == "offline", 95, "offline") - at
    world.say(f"offline {took:.1f} s after SIGKILL")
    check_time(took, 95, "offline after SIGKILL")
    assert took > 20, "too early: it was only killed"
    watcher.stop()


@case("live: what a backend that is gone was told is not said to be shown for ever", 105)
def gone(world):
    watcher, viewer = begin(world, "rust")
    viewer.wait(shows("Editor"), 10, "the editor")
    until(lambda: world.status()["presence"].get("app") == "Editor", 10, "it is said")
    world.receiver.stop()
    watcher.stop()
    # It is shown until the time to live ends.
    assert remain(world.agent, 25)
    assert world.status()["presence"].get("app") == "Editor", world.status()
    assert remain(world.agent, 66)
    until(lambda: not world.status()["presence"], 10, "nothing is shown")


@case("live: a backend away for 20 s loses nothing", 60)
def away(world):
    watcher, viewer = begin(world, "rust")
    world.await_done()
    viewer.wait(shows("Editor"), 10, "the editor")
    # What goes on while the backend goes away ends unseen, and has more after it than one look
    # at the newest events shows.
    watcher.beat({"app": "Last seen", "title": ""})
    until(lambda: any("Last seen" in one[3] for one in world.receiver.events(WINDOW)), 10, "it")
    world.receiver.stop()
    assert remain(world.agent, 2.5)
    end = time.monotonic() + 20
    count = 0
    while time.monotonic() < end:
        watcher.beat({"app": f"Unseen {count}", "title": str(count)})
        count += 1
        assert remain(world.agent, 0.7)
    watcher.stop()
    # Growth alone is told every 30 s: the agent is to know all of it when the backend returns.
    assert remain(world.agent, 3)
    world.receiver.start()
    took = world.converge(15, [WINDOW, AFK])
    world.say(f"{count} events caught up {took:.1f} s after the backend's return")
    check_time(took, 15, f"catching up (at last {world.last_difference})")
    viewer = world.receiver.view()
    viewer.wait(shows(f"Unseen {count - 1}"), 15, "the newest")
