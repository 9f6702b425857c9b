# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a destination holds and ActivityWatch has no longer obeys the rules that come later."""

import json
import shutil
import signal

from world import AFK, WINDOW, World, run_tests, until

WEB = "aw-watcher-web-firefox_laptop"
SECRET = "Plan Nine"
DROP = {"id": "drop", "name": "Drop plans", "field": "title", "match": "glob",
        "pattern": "*plan ????*", "action": "drop"}
HIDE = {"id": "hide", "name": "Hide", "field": "title", "match": "glob", "pattern": "letter 1*",
        "action": "hide"}
# What is applied twice takes more than once.
SHORTEN = {"id": "shorten", "name": "Shorten", "field": "title", "match": "regex",
           "pattern": "^page (.*)$", "action": "replace", "with": "\\1"}
TABS = {"id": "tabs", "name": "Tabs", "where": {"type": "web.*"}, "field": "incognito",
        "match": "exact", "pattern": "true", "action": "drop"}


def rules(*some):
    return json.dumps({"version": 1, "rules": list(some)})


def held(world, bucket):
    lines = world.server_command("export", "--format", "jsonl", "--device", "laptop").splitlines()
    return [event["data"] for event in map(json.loads, lines) if event["bucket"] == bucket]


def secrets(world):
    return sum(SECRET in data.get("title", "") for data in held(world, WINDOW))


def hidden(world):
    return sum("title" not in data for data in held(world, WINDOW))


def start(world):
    world.start_aw()
    world.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
    world.make_bucket(AFK, "afkstatus", "aw-watcher-afk")
    world.make_bucket(WEB, "web.tab.current", "aw-client-web")
    for number in range(40):
        title = SECRET + " letter %d" % number if number % 4 == 0 else "letter %d" % number
        world.heartbeat(WINDOW, {"app": "Editor", "title": title}, 900 - 10 * number, 5)
        world.heartbeat(WEB, {"incognito": number % 2 == 0, "title": "page page %d" % number},
                        900 - 10 * number, 5)
    world.start_server()
    world.make_token()
    world.use_environment(",".join((WINDOW, AFK, WEB)))
    agent = world.start_agent("--settings", world.path("agent.ini"))
    world.publish_all()
    assert len(held(world, WINDOW)) == 40 and len(held(world, WEB)) == 40
    return agent


def obeys_though_it_is_kept():
    with World() as world:
        agent = start(world)
        world.aw.control("recreate", {"bucket": WINDOW, "keep_events": False})
        world.call("SyncNow")
        question = until(lambda: world.get("Questions"), "it is asked")[0]
        assert question["bucket"] == WINDOW and len(held(world, WINDOW)) == 40, question

        # Before anybody answers.
        world.call("SetRules", rules(DROP))
        until(lambda: secrets(world) == 0, "the plans are gone")
        assert len(held(world, WINDOW)) == 30
        question = until(lambda: (one := world.get("Questions")[0])["count"] == 30 and one,
                         "it is asked about the others")
        world.call("Answer", question["id"], "keep")
        world.publish_all()
        assert world.get("Questions") == [] and len(held(world, WINDOW)) == 30

        # Nothing is done while the destination is away, and nobody says so.
        world.stop_server()
        world.call("SetRules", rules(DROP, HIDE))
        until(lambda: world.get("Destinations")[0]["state"] == "waiting", "it waits")
        progress = {track["bucket"]: track for track in world.get("Progress")}
        assert not progress[WINDOW]["done"] and progress[WINDOW]["work"] == "rules", progress
        agent.send_signal(signal.SIGKILL)
        agent.wait()
        world.start_server()
        assert hidden(world) == 0
        agent = world.start_agent("--settings", world.path("agent.ini"))
        until(lambda: hidden(world) == 9, "the titles are gone")
        world.publish_all()
        verdict = world.call("Verify", WINDOW)[0]
        assert verdict["equal"] and verdict["kept"] == 30, verdict
        # It is not there any more, wherever it could come from.
        world.call("SetRules", "")
        world.publish_all()
        assert hidden(world) == 9 and secrets(world) == 0 and len(held(world, WINDOW)) == 30


def obeys_though_the_bucket_is_gone():
    with World() as world:
        agent = start(world)
        world.call("SetRules", rules(SHORTEN))
        until(lambda: held(world, WEB)[0]["title"] == "page 0", "they are short")
        world.publish_all()
        assert world.aw.request("DELETE", "/api/0/buckets/%s?force=1" % WEB).status == 200
        world.send("SyncNow", ("",))
        until(lambda: {one["id"]: one["gone"] for one in world.get("Buckets")}[WEB], "it is gone")
        world.call("SetRules", rules(SHORTEN, dict(HIDE, target="incognito", pattern="page 1")))
        until(lambda: sum("incognito" not in data for data in held(world, WEB)) == 1, "it obeys")
        # The next agent never saw it, and knows what it was.
        world.stop_agent(agent)
        world.start_agent("--settings", world.path("agent.ini"))
        world.publish_all()
        world.call("SetRules", rules(SHORTEN, TABS))
        until(lambda: len(held(world, WEB)) == 20, "the private tabs are gone")
        world.call("SyncNow")
        titles = [data["title"] for data in held(world, WEB)]
        assert titles == ["page %d" % number for number in range(1, 40, 2)], titles
        assert len(held(world, WINDOW)) == 40
        for agent in world.agents[1:]:
            world.stop_agent(agent)
        world.stop_server()
        shutil.copytree(world.path("server"), world.path("backup"))
        world.start_server()
        # Also where none is resident.
        settings = world.path("agent.ini")
        with open(settings, encoding="utf-8") as file:
            lines = ["rules=''\n" if line.startswith("rules=") else line for line in file]
        text = rules(dict(TABS, pattern="false")).replace("'", "\\'")
        with open(settings, "w", encoding="utf-8") as file:
            file.writelines("rules='%s'\n" % text if line.startswith("rules=") else line
                            for line in lines)
        once = world.run_agent("--once", "--settings", settings)
        assert once.returncode == 0, once.stderr
        assert held(world, WEB) == [{"title": "page 1"}] and len(held(world, WINDOW)) == 40
        # The destination is set back, and there is no other bucket that would be compared with it.
        for bucket in WINDOW, AFK:
            world.aw.request("DELETE", "/api/0/buckets/%s?force=1" % bucket)
        world.stop_server()
        shutil.rmtree(world.path("server"))
        shutil.move(world.path("backup"), world.path("server"))
        world.start_server()
        assert len(held(world, WEB)) == 20
        world.start_agent("--settings", settings)
        until(lambda: held(world, WEB) == [{"title": "page 1"}], "it obeys again")
        world.publish_all()


run_tests([
    ("/agent/kept/obeys-though-it-is-kept", obeys_though_it_is_kept),
    ("/agent/kept/obeys-though-the-bucket-is-gone", obeys_though_the_bucket_is_gone),
])
