# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""How the agent begins, ends, and shares a machine with itself."""

import fcntl
import os
import signal

from world import AFK, AGENT, NAME, WINDOW, Bus, World, run_tests, until


def leaves_the_ledger_first(world):
    """Who waits until the name is gone may use the ledger."""
    connection = world.bus.connect()
    with open(world.path("data", "heliograph", "ledger.lock"), encoding="utf-8") as lock:
        while connection.name_has_owner(NAME):
            pass
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    connection.close()


def says_offline_when_it_ends():
    with World(events=300) as world:
        world.start_all()
        world.use_computer()
        for end in ("Quit", signal.SIGTERM, signal.SIGINT):
            agent = world.start_agent()
            until(lambda: world.has_state("active"), "the receiver shows active")
            if end == "Quit":
                world.call("Quit")
            else:
                agent.send_signal(end)
            leaves_the_ledger_first(world)
            assert agent.wait(timeout=10) == 0
            assert world.has_state("offline"), world.device()


def runs_once_per_bus_and_once_per_ledger():
    with World(events=300) as world:
        world.start_all()
        world.start_agent()
        second = world.run_agent()
        assert second.returncode == 0 and "already running" in second.stdout, second
        once = world.run_agent("--once")
        assert once.returncode == 75 and "Another heliograph-agent" in once.stderr, once
        other = Bus(world.path("data"), None, world.environment)
        try:
            world.environment["DBUS_SESSION_BUS_ADDRESS"] = other.address
            second = world.run_agent()
            assert second.returncode == 75 and "ledger" in second.stderr, second
        finally:
            other.close()


def gives_way_to_a_replacement():
    with World(events=300) as world:
        world.start_all()
        first = world.start_agent()
        world.publish_all()
        world.start_agent("--replace")
        assert first.wait(timeout=15) == 0
        world.publish_all()
        world.state_is("idle")


def publishes_once_without_a_bus():
    with World(events=2000, has_bus=False, flavour="python") as world:
        world.start_all()
        done = world.run_agent("--once")
        assert done.returncode == 0, done
        assert WINDOW in done.stdout
        assert world.held(WINDOW) == world.in_aw(WINDOW)
        again = world.run_agent("--once")
        assert again.returncode == 0 and " 0 sent" in again.stdout, again


def deletes_nothing_that_the_environment_switches_on():
    with World(events=300, has_bus=False, flavour="python") as world:
        world.start_all()
        with open(world.path("agent.ini"), "w", encoding="utf-8") as file:
            file.write("[heliograph]\npending-deletions=[('environment', '%s')]\n" % WINDOW)
        for _ in range(2):
            done = world.run_agent("--once", "--settings", world.path("agent.ini"))
            assert done.returncode == 0 and WINDOW + ": deleted" not in done.stdout, done
            assert world.held(WINDOW) == world.in_aw(WINDOW)
        world.environment["HELIOGRAPH_BUCKETS"] = AFK
        done = world.run_agent("--once", "--settings", world.path("agent.ini"))
        assert done.returncode == 0 and WINDOW + ": deleted" in done.stdout, done
        assert not world.held(WINDOW)


def says_clearly_why_once_failed():
    with World(has_bus=False) as world:
        done = world.run_agent("--once")
        assert done.returncode == 78 and "destination" in done.stderr, done
        world.start_all()
        world.environment["HELIOGRAPH_BUCKETS"] = "no-such-bucket"
        done = world.run_agent("--once")
        assert done.returncode == 78 and "No bucket" in done.stderr, done
        os.chmod(world.token_file, 0o644)
        done = world.run_agent("--once")
        assert done.returncode == 78 and "chmod 600" in done.stderr, done
        world.environment["HELIOGRAPH_HISTORY_FROM"] = "yesterday"
        done = world.run_agent("--once")
        assert done.returncode == 78 and "HELIOGRAPH_HISTORY_FROM" in done.stderr, done
        done = world.run_agent("--version")
        assert done.returncode == 0 and done.stdout.startswith("heliograph-agent "), done


def stays_without_a_bus():
    with World(events=300, has_bus=False) as world:
        world.start_all()
        world.use_computer()
        agent = world.start_agent()
        until(lambda: world.has_state("active"), "the receiver shows active")
        until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "all is published")
        world.stop_agent(agent)
        assert world.has_state("offline")
        assert "There is no session bus" in world.log_text()


def is_activated_by_a_call():
    with World(has_bus=False) as world:
        os.mkdir(world.path("services"))
        with open(world.path("services", NAME + ".service"), "w", encoding="utf-8") as file:
            file.write("[D-BUS Service]\nName=%s\nExec=%s\n" % (NAME, AGENT))
        world.services = world.path("services")
        world.start_bus()
        assert world.get("State") in ("setup", "starting")
        assert world.call("GetOptions")["poll-interval"] == 5
        world.call("Quit")
        until(lambda: not world.is_on_bus(), "the agent is gone")


def shows_a_damaged_ledger_and_publishes_nothing():
    with World(events=300) as world:
        world.start_all()
        os.makedirs(world.path("data", "heliograph"))
        ledger = world.path("data", "heliograph", "ledger.db")
        with open(ledger, "wb") as file:
            file.write(b"this is no database" * 500)
        world.start_agent()
        world.state_is("trouble")
        assert "ledger" in world.get("Trouble"), world.get("Trouble")
        message = world.fails("Failed", "SyncNow")
        assert "ledger" in message
        assert world.held(WINDOW) == 0
        os.rename(ledger, ledger + ".bad")
        world.call("SyncNow")
        assert world.held(WINDOW) == world.in_aw(WINDOW)


def keeps_its_log_over_a_restart():
    with World() as world:
        agent = world.start_agent("--settings", world.path("agent.ini"))
        first = world.call("ListLog", 0)
        assert any("begins" in entry[4] for entry in first), first
        world.stop_agent(agent)
        world.start_agent("--settings", world.path("agent.ini"))
        later = world.call("ListLog", 0)
        assert sum("begins" in entry[4] for entry in later) == 2, later
        serials = [entry[0] for entry in later]
        assert serials == sorted(set(serials))
        assert all(entry[0] > serials[-1] for entry in world.call("ListLog", serials[-1]))


run_tests([
    ("/agent/life/deletes-nothing-that-the-environment-switches-on",
     deletes_nothing_that_the_environment_switches_on),
    ("/agent/life/says-offline-when-it-ends", says_offline_when_it_ends),
    ("/agent/life/once-per-bus-and-once-per-ledger", runs_once_per_bus_and_once_per_ledger),
    ("/agent/life/gives-way-to-a-replacement", gives_way_to_a_replacement),
    ("/agent/life/publishes-once-without-a-bus", publishes_once_without_a_bus),
    ("/agent/life/says-clearly-why-once-failed", says_clearly_why_once_failed),
    ("/agent/life/stays-without-a-bus", stays_without_a_bus),
    ("/agent/life/is-activated-by-a-call", is_activated_by_a_call),
    ("/agent/life/shows-a-damaged-ledger", shows_a_damaged_ledger_and_publishes_nothing),
    ("/agent/life/keeps-its-log-over-a-restart", keeps_its_log_over_a_restart),
])
