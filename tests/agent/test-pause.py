# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A pause stops all traffic, lasts over restarts, and ends when it should."""

import os
import sqlite3
import time

from world import FOREVER, WINDOW, World, run_tests, until


def now():
    return int(time.time() * 1000)


def reads_of_aw(world):
    """What only the agent asks ActivityWatch."""
    kinds = world.aw.control("stats")["kinds"]
    return {kind: kinds[kind]["requests"] for kind in ("info", "buckets", "events", "event", "count")}


def stops_all_traffic_and_survives_a_restart():
    with World(events=400) as world:
        world.start_all()
        world.use_computer()
        agent = world.start_agent()
        world.publish_all()
        until(lambda: world.has_state("active"), "the receiver shows active")
        world.call("Pause", 0)
        assert world.get("State") == "paused" and world.get("PausedUntil") == FOREVER
        assert world.has_state("paused"), world.device()
        assert world.device()["activity"] is None
        assert "resume" in world.fails("Failed", "SyncNow").lower()

        count = world.requests()
        reads = reads_of_aw(world)
        world.stop_agent(agent)
        world.heartbeat(WINDOW, {"app": "Diary", "title": "nobody may read this"}, 1, 1)
        agent = world.start_agent()
        world.state_is("paused")
        # Longer than a poll: nothing asks, nothing tells.
        end = time.monotonic() + 7
        until(lambda: time.monotonic() > end, "seven seconds")
        # Only this test's own looks at the receiver were counted.
        assert world.requests() - count <= 2, (count, world.requests())
        assert reads_of_aw(world) == reads, (reads, reads_of_aw(world))
        assert world.has_state("paused")
        assert world.get("State") == "paused"


def ends_and_keeps_the_gap_to_itself():
    with World() as world:
        world.start_aw()
        world.use_computer("Editor", "before")
        world.start_server()
        world.make_token()
        world.use_environment()
        world.start_agent()
        world.publish_all()
        assert world.held(WINDOW) == 1
        world.call("Pause", 0)
        world.heartbeat(WINDOW, {"app": "Diary", "title": "in the pause"}, 0, 0)
        world.call("Resume", False)
        let_a_moment_pass()
        world.heartbeat(WINDOW, {"app": "Browser", "title": "after"}, 0, 0)
        world.call("SyncNow")
        assert world.in_aw(WINDOW) == 3
        assert world.held(WINDOW) == 2, world.held(WINDOW)
        verdict = [v for v in world.call("Verify", WINDOW)][0]
        assert verdict["equal"] and verdict["in-aw"] == 3 and verdict["allowed"] == 2, verdict


def publishes_the_gap_if_the_user_wants():
    with World() as world:
        world.start_aw()
        world.use_computer("Editor", "before")
        world.start_server()
        world.make_token()
        world.use_environment()
        world.start_agent()
        world.publish_all()
        world.call("Pause", 0)
        world.heartbeat(WINDOW, {"app": "Talk", "title": "in the pause"}, 0, 0)
        world.call("Resume", True)
        world.call("SyncNow")
        assert world.held(WINDOW) == world.in_aw(WINDOW) == 2


def ends_by_itself():
    with World() as world:
        world.start_aw()
        world.use_computer()
        world.start_server()
        world.make_token()
        world.use_environment()
        world.start_agent()
        world.publish_all()
        world.fails("Settings", "Pause", now() - 1000)
        world.call("Pause", now() + 3000)
        assert world.has_state("paused")
        world.use_computer()
        until(lambda: world.get("State") != "paused", "the pause ends", 12)
        until(lambda: world.has_state("active", "online"), "it publishes again", 12)
        assert world.get("PausedUntil") == 0


def set_clock_back(world, hours=1):
    """What the ledger looks like to a clock that was set back: the pause begins in the future."""
    with sqlite3.connect(world.path("data", "heliograph", "ledger.db")) as ledger:
        ledger.execute("UPDATE pause SET start = start + ? WHERE start < stop",
                       (hours * 3600 * 1000,))
    ledger.close()


def covers_what_a_clock_set_back_records():
    for until_hours in (0, 3):
        with World() as world:
            world.start_aw()
            world.use_computer("Editor", "before")
            world.start_server()
            world.make_token()
            world.use_environment()
            agent = world.start_agent()
            world.publish_all()
            world.call("Pause", until_hours and now() + until_hours * 3600 * 1000)
            end = world.get("PausedUntil")
            world.stop_agent(agent)
            set_clock_back(world)
            once = world.run_agent("--once")
            assert once.returncode != 0 and "Paused" in once.stderr, once
            agent = world.start_agent()
            world.state_is("paused")
            assert world.get("PausedUntil") == end
            world.heartbeat(WINDOW, {"app": "Diary", "title": "in the pause"}, 0, 0)
            # And once more: what the first start found is kept.
            agent.kill()
            agent.wait()
            world.start_agent()
            world.state_is("paused")
            world.call("Resume", False)
            world.state_is("idle", "publishing")
            world.heartbeat(WINDOW, {"app": "Browser", "title": "after"}, 0, 0)
            world.call("SyncNow")
            assert world.in_aw(WINDOW) == 3
            held = world.server_command("export", "--format", "jsonl")
            assert "in the pause" not in held and "after" in held and "before" in held, held
            assert world.get("PausedUntil") == 0


def let_a_moment_pass():
    """The millisecond in which a pause ends is part of it."""
    begun = now()
    until(lambda: now() > begun, "the next millisecond")


def keeps_earlier_pauses_though_the_ledger_was_away():
    with World() as world:
        world.start_aw()
        world.use_computer("Editor", "before")
        world.start_server()
        world.make_token()
        world.use_environment()
        agent = world.start_agent()
        world.publish_all()
        world.call("Pause", 0)
        world.heartbeat(WINDOW, {"app": "Diary", "title": "in the first pause"}, 0, 0)
        world.call("Resume", False)
        world.stop_agent(agent)
        ledger = world.path("data", "heliograph", "ledger.db")
        os.rename(ledger, ledger + ".away")
        with open(ledger, "wb") as file:
            file.write(b"this is no database" * 500)
        world.start_agent()
        world.state_is("trouble")
        world.fails("Ledger", "Pause", 0)
        assert world.get("State") == "paused"
        world.heartbeat(WINDOW, {"app": "Diary", "title": "in the second pause"}, 0, 0)
        os.rename(ledger + ".away", ledger)
        world.fails("Ledger", "Resume", False)
        let_a_moment_pass()
        world.heartbeat(WINDOW, {"app": "Browser", "title": "after"}, 0, 0)
        world.call("SyncNow")
        held = world.server_command("export", "--format", "jsonl")
        assert "pause" not in held and "after" in held and "before" in held, held


run_tests([
    ("/agent/pause/stops-all-traffic-and-survives-a-restart",
     stops_all_traffic_and_survives_a_restart),
    ("/agent/pause/keeps-the-gap-to-itself", ends_and_keeps_the_gap_to_itself),
    ("/agent/pause/publishes-the-gap-if-wanted", publishes_the_gap_if_the_user_wants),
    ("/agent/pause/ends-by-itself", ends_by_itself),
    ("/agent/pause/covers-what-a-clock-set-back-records", covers_what_a_clock_set_back_records),
    ("/agent/pause/keeps-earlier-ones-without-the-ledger",
     keeps_earlier_pauses_though_the_ledger_was_away),
])
