# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the agent tells of what left lately is what the receiver got, and nobody else hears it."""

import json
import os

from monitor import Monitor
from world import AFK, WINDOW, World, run_tests, until

SECRET = "Plan Nine"
HIDE = {"id": "hide-plans", "name": "Hide plans", "field": "title", "match": "glob",
        "pattern": "*plan ????*", "action": "hide"}
DROP = {"id": "drop-letters", "name": "Drop letters", "field": "title", "match": "glob",
        "pattern": "letter 1*", "action": "drop"}


def rules(*some):
    return json.dumps({"version": 1, "rules": list(some)})


def start(world, *initial):
    world.start_aw()
    world.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
    world.make_bucket(AFK, "afkstatus", "aw-watcher-afk")
    for number in range(40):
        title = SECRET + " letter %d" % number if number % 4 == 0 else "letter %d" % number
        world.heartbeat(WINDOW, {"app": "Editor", "title": title}, 900 - 10 * number, 5)
    world.start_server()
    world.make_token()
    world.use_environment()
    with open(world.path("agent.ini"), "w", encoding="utf-8") as file:
        file.write("[heliograph]\nrules='%s'\n" % (rules(*initial) if initial else ""))
    return world.start_agent("--settings", world.path("agent.ini"))


def sent(world, *kinds):
    destination = world.get("Destinations")[0]["id"]
    return [item for item in world.call("ListSent", destination)
            if not kinds or item["kind"] in kinds]


def held(world):
    """(start, duration, data) of all events of the window that the receiver holds."""
    lines = world.server_command("export", "--format", "jsonl", "--device", "laptop").splitlines()
    events = [json.loads(line) for line in lines]
    return {(event["start"], event["duration"], json.dumps(event["data"])) for event in events
            if event["bucket"] == WINDOW}


def told(world):
    return {(item["start"], item["duration"], json.dumps(json.loads(item["data"])))
            for item in sent(world, "event") if item["bucket"] == WINDOW}


def is_what_the_receiver_got():
    with World() as world:
        start(world, HIDE, DROP)
        world.publish_all()
        assert len(held(world)) == 40 - 9, len(held(world))
        assert told(world) == held(world), (told(world), held(world))
        world.use_computer("Editor", "one of today")
        until(lambda: (world.device()["activity"] or {}).get("title") == "one of today", "presence")
        until(lambda: len(held(world)) == 32, "the newest event")
        until(lambda: told(world) == held(world), "it is told")
        newest = sent(world)
        assert [item["at"] for item in newest] == sorted((item["at"] for item in newest),
                                                         reverse=True)
        presence = until(lambda: sent(world, "presence"), "a report")[0]
        assert (presence["state"], presence["app"], presence["title"]) \
            == ("active", "Editor", "one of today"), presence
        # What grows is one entry, which keeps its id.
        def newest_event():
            return max((item for item in sent(world, "event") if item["bucket"] == WINDOW),
                       key=lambda item: item["start"])
        before = newest_event()
        world.heartbeat(WINDOW, {"app": "Editor", "title": "one of today"})
        world.call("SyncNow")
        until(lambda: newest_event()["duration"] > before["duration"], "it is sent again")
        assert newest_event()["start"] == before["start"]
        assert newest_event()["id"] == before["id"]
        assert sum(item["start"] == before["start"] and item["bucket"] == WINDOW
                   for item in sent(world, "event")) == 1


def tells_of_deletions():
    with World() as world:
        start(world)
        world.publish_all()
        assert len(held(world)) == 40
        world.call("SetRules", rules(DROP))
        until(lambda: len(held(world)) == 31, "they are gone")
        world.publish_all()
        deletions = until(lambda: sent(world, "deletions"), "it is told")
        assert [(item["bucket"], item["count"]) for item in deletions] == [(WINDOW, 9)], deletions


def tells_nothing_that_did_not_arrive():
    with World() as world:
        world.start_server()
        world.make_token()
        world.stop_server()
        start_offline(world)
        until(lambda: world.get("Destinations")[0]["error"], "it does not answer")
        assert sent(world) == []
        world.start_server()
        world.publish_all()
        until(lambda: told(world) == held(world) and held(world), "all is told")


def start_offline(world):
    world.start_aw()
    world.use_computer("Editor", "letter")
    world.use_environment()
    world.start_agent()


def is_kept_in_memory_only():
    with World() as world:
        agent = start(world, HIDE)
        monitor = Monitor(world)
        world.publish_all()
        assert len(held(world)) == 40
        # The answer went to the caller alone, and all others knew nothing of it.
        assert any("letter 13" in item["data"] for item in sent(world, "event"))
        assert not any(SECRET in json.dumps(item) for item in sent(world))
        world.call("SyncNow")
        world.call("ListLog", 0)
        until(lambda: "letter 13" in monitor.others("ListSent")[1], "the answer")
        others, _ = monitor.others("ListSent")
        assert "member=PropertiesChanged" in others
        assert "letter 13" not in others and SECRET not in others
        assert "letter" not in world.log_text()
        world.stop_server()
        world.stop_agent(agent)
        for folder in ("state", "config", "cache", "data"):
            for where, _, names in os.walk(world.path(folder)):
                for name in names:
                    with open(os.path.join(where, name), "rb") as file:
                        assert b"letter 13" not in file.read(), (where, name)
        # With the process it is gone.
        world.start_agent("--settings", world.path("agent.ini"))
        until(lambda: world.get("Destinations"), "the destination")
        assert sent(world) == []


def knows_no_other_destination():
    with World() as world:
        start(world)
        assert "no destination" in world.fails("NotFound", "ListSent", "another")


def counts_what_a_deleted_bucket_held():
    with World() as world:
        start(world)
        world.publish_all()
        del world.environment["HELIOGRAPH_BUCKETS"]
        world.stop_agent(world.agents[-1])
        world.start_agent("--settings", world.path("agent.ini"))
        until(lambda: world.get("Buckets"), "the buckets")
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        world.call("SetBucket", WINDOW, False, "delete")
        until(lambda: not held(world), "nothing is held")
        deletions = until(lambda: sent(world, "deletions"), "it is told")
        assert [(item["bucket"], item["count"]) for item in deletions] == [(WINDOW, 40)], deletions


run_tests([
    ("/agent/sent/is-what-the-receiver-got", is_what_the_receiver_got),
    ("/agent/sent/tells-of-deletions", tells_of_deletions),
    ("/agent/sent/counts-what-a-deleted-bucket-held", counts_what_a_deleted_bucket_held),
    ("/agent/sent/tells-nothing-that-did-not-arrive", tells_nothing_that_did_not_arrive),
    ("/agent/sent/is-kept-in-memory-only", is_kept_in_memory_only),
    ("/agent/sent/knows-no-other-destination", knows_no_other_destination),
])
