# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The machine sleeps, wakes, is locked, and changes its network."""

import signal
import time

from front import Front, make_answer
from machine import FULL, LIMITED_BY_PORTAL, METERED, NOT_METERED, Machine
from world import WINDOW, World, run_tests, until


def start(world):
    world.start_all()
    world.use_computer()


def goes_offline_when_the_machine_sleeps():
    with World(events=300) as world, Machine(world) as machine:
        start(world)
        machine.start_logind()
        world.start_agent()
        world.publish_all()
        until(lambda: world.has_state("active"), "the receiver shows active")
        until(machine.inhibitors, "sleep is delayed")
        assert machine.inhibitors() == [["sleep", "Heliograph",
                                         "To tell that this device goes offline", "delay"]]
        machine.prepare_for_sleep(True)
        # Not let go before the word is said.
        until(lambda: not machine.inhibitors() and world.has_state("offline"),
              "sleep is not delayed any more", 5)
        # While it sleeps nothing is read and nothing told: more than a poll's time.
        before = world.requests()
        world.heartbeat(WINDOW, {"app": "Browser", "title": "as it woke"})
        # Desktops lock as they fall asleep: that is no news any more.
        machine.tell_session("Lock")
        end = time.monotonic() + 6
        until(lambda: time.monotonic() > end, "six seconds")
        assert world.requests() == before + 1 and world.has_state("offline")

        machine.tell_session("Unlock")
        world.use_computer("Browser", "as it woke")
        machine.prepare_for_sleep(False)
        # At once, before the next tick would come.
        until(lambda: world.has_state("active"), "active again", 3)
        until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "what came in meanwhile", 3)
        until(machine.inhibitors, "sleep is delayed again")


def lets_sleep_though_nobody_listens():
    with World() as world, Machine(world) as machine:
        start(world)
        machine.start_logind()
        world.start_agent()
        until(lambda: world.has_state("active"), "the receiver shows active")
        until(machine.inhibitors, "sleep is delayed")
        world.stop_server()
        machine.prepare_for_sleep(True)
        until(lambda: not machine.inhibitors(), "sleep is not delayed any more", 5)
        world.start_server()
        world.use_computer()
        machine.prepare_for_sleep(False)
        until(lambda: world.has_state("active"), "active again", 5)


def is_locked_with_the_session():
    with World(events=300) as world, Machine(world) as machine:
        start(world)
        machine.start_logind()
        world.start_agent()
        until(lambda: world.has_state("active"), "the receiver shows active")
        machine.tell_session("Lock")
        until(lambda: world.has_state("locked"), "the receiver shows locked", 4)
        assert world.device()["activity"] is None
        machine.tell_session("Unlock")
        until(lambda: not world.has_state("locked"), "unlocked", 4)

        # In a pause nobody is told even that.
        world.call("Pause", 0)
        before = world.requests()
        machine.tell_session("Lock")
        until(lambda: "The session is locked" in world.call("ListLog", 0)[-1][4], "it was heard")
        world.call("SetOption", "media-keeps-active", False)
        assert world.requests() == before + 1 and world.has_state("paused")


def is_locked_by_its_hint():
    with World(events=300) as world, Machine(world) as machine:
        start(world)
        machine.start_logind()
        machine.set_locked_hint(True)
        world.start_agent()
        # Locked before the agent came.
        until(lambda: world.has_state("locked"), "the receiver shows locked")
        assert world.device()["activity"] is None
        until(lambda: world.get("Presence").get("state") == "locked", "it says so itself")
        machine.set_locked_hint(False)
        until(lambda: world.has_state("active"), "unlocked", 4)
        assert world.device()["activity"]["title"] == "letter.txt"
        machine.set_locked_hint(True)
        until(lambda: world.has_state("locked"), "locked again", 4)
        assert world.device()["activity"] is None


def tells_nothing_before_the_lock_is_known():
    with World(events=300) as world, Machine(world) as machine:
        start(world)
        machine.start_logind()
        machine.set_locked_hint(True)
        logind = world.others[-1]
        logind.send_signal(signal.SIGSTOP)
        try:
            world.start_agent()
            world.publish_all()
            state = world.device()["state"]
        finally:
            logind.send_signal(signal.SIGCONT)
        assert state == "offline", state
        until(lambda: world.has_state("locked"), "the receiver shows locked")


def waits_with_history_while_metered():
    with World(events=2000) as world, Machine(world) as machine:
        start(world)
        machine.start_network(Metered=METERED)
        # Anything but 127.0.0.1 and its like is in the network.
        world.environment["HELIOGRAPH_URL"] = world.url.replace("127.0.0.1", "0.0.0.0")
        world.environment["HELIOGRAPH_ALLOW_PLAIN_HTTP"] = "1"
        # Known before the first event could leave.
        with open(world.path("agent.ini"), "w", encoding="utf-8") as file:
            file.write("[heliograph]\npause-on-metered=true\n")
        world.start_agent("--settings", world.path("agent.ini"))
        assert world.call("GetOptions")["pause-on-metered"]
        until(lambda: world.has_state("active"), "what is happening now is published")
        world.heartbeat(WINDOW, {"app": "Browser", "title": "on the train"})
        until(lambda: (world.device()["activity"] or {}).get("title") == "on the train",
              "it goes on being published", 10)
        assert world.held(WINDOW) == 0, world.held(WINDOW)
        message = world.fails("Failed", "SyncNow")
        assert "metered" in message, message
        machine.set_network(Metered=NOT_METERED)
        world.publish_all()
        assert world.held(WINDOW) == world.in_aw(WINDOW)

        # And it waits again, whatever comes in.
        machine.set_network(Metered=METERED)
        world.heartbeat(WINDOW, {"app": "Mail", "title": "on the train again"})
        until(lambda: (world.device()["activity"] or {}).get("app") == "Mail", "live goes on", 10)
        assert world.held(WINDOW) == world.in_aw(WINDOW) - 1
        world.call("SetOption", "pause-on-metered", False)
        until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "metered or not", 10)


def publishes_to_this_machine_while_metered():
    with World(events=2000) as world, Machine(world) as machine:
        start(world)
        machine.start_network(Metered=METERED)
        world.start_agent("--settings", world.path("agent.ini"))
        world.call("SetOption", "pause-on-metered", True)
        assert world.get("Machine")["metered"]
        world.heartbeat(WINDOW, {"app": "Browser", "title": "on the train"})
        world.call("SyncNow")
        assert world.held(WINDOW) == world.in_aw(WINDOW)
        until(lambda: world.get("Machine")["metered"], "still metered")


def tries_at_once_on_another_network():
    with World(events=300) as world, Machine(world) as machine:
        start(world)
        machine.start_network(Connectivity=LIMITED_BY_PORTAL)
        answer = make_answer("302 Found", header="Location: http://127.0.0.1:9/login\r\n")
        with Front(int(world.url.rsplit(":", 1)[1]), answer) as front:
            world.environment["HELIOGRAPH_URL"] = front.url
            world.start_agent()

            def wait_left():
                return world.get("Destinations")[0]["retry-at"] / 1000 - time.time()

            # Of the first waits some are shorter.
            until(lambda: wait_left() > 5, "it waits for long", 120)
            retry_at = world.get("Destinations")[0]["retry-at"] / 1000
            assert "not followed" in world.get("Destinations")[0]["error"]
            front.set_answer(None)
            machine.set_network(Connectivity=FULL)
            until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "all is published")
            assert time.time() < retry_at


run_tests([
    ("/agent/machine/offline-when-it-sleeps", goes_offline_when_the_machine_sleeps),
    ("/agent/machine/sleeps-though-nobody-listens", lets_sleep_though_nobody_listens),
    ("/agent/machine/locked-with-the-session", is_locked_with_the_session),
    ("/agent/machine/locked-by-its-hint", is_locked_by_its_hint),
    ("/agent/machine/tells-nothing-before-the-lock-is-known",
     tells_nothing_before_the_lock_is_known),
    ("/agent/machine/publishes-to-this-machine-while-metered",
     publishes_to_this_machine_while_metered),
    ("/agent/machine/waits-with-history-while-metered", waits_with_history_while_metered),
    ("/agent/machine/tries-at-once-on-another-network", tries_at_once_on_another_network),
])
