# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The agent publishes history and presence, and comes back from every outage."""

import os

from world import AFK, WINDOW, World, run_tests, until


def publishes_history_and_presence():
    with World(events=3000) as world:
        world.start_all()
        world.use_computer("Editor", "a very private letter")
        world.start_agent()
        world.publish_all()
        world.state_is("idle")
        assert world.held(WINDOW) == world.in_aw(WINDOW), (world.held(WINDOW), world.in_aw(WINDOW))
        assert world.held(AFK) == world.in_aw(AFK)
        until(lambda: world.has_state("active"), "the receiver shows active")
        assert world.device()["activity"]["title"] == "a very private letter"
        assert world.get("Presence")["app"] == "Editor"
        assert world.get("Destinations")[0]["device"] == "laptop"
        verdicts = world.call("Verify", "")
        assert len(verdicts) == 2 and all(v["equal"] for v in verdicts), verdicts
        assert {v["bucket"]: v["held"] for v in verdicts}[WINDOW] == world.in_aw(WINDOW)
        text = world.log_text()
        assert world.token not in text and "private letter" not in text
        assert "/api/" not in text and "http://" not in text, text


def follows_a_change_of_activity():
    with World() as world:
        world.start_aw()
        world.use_computer("Editor", "one")
        world.start_server()
        world.make_token()
        world.use_environment()
        world.start_agent()
        until(lambda: world.has_state("active"), "the receiver shows active")
        world.heartbeat(WINDOW, {"app": "Browser", "title": "two"})
        until(lambda: world.device()["activity"]["app"] == "Browser", "the new activity", 8)
        until(lambda: world.held(WINDOW) == 2, "the new event", 8)


def waits_for_activitywatch_to_appear():
    with World() as world:
        world.start_aw()
        world.use_computer()
        world.start_server()
        world.make_token()
        world.use_environment()
        database = world.path("aw.db")
        world.stop_aw()
        world.start_agent()
        world.state_is("trouble")
        assert "ActivityWatch" in world.get("Trouble") or "127.0.0.1" in world.get("Trouble")
        assert world.get("TroubleCode") == world.get("Source")["error-code"] == "AwUnreachable"
        until(lambda: world.has_state("online"), "the receiver shows online")
        world.start_aw("--database", database)
        world.use_computer()
        until(lambda: world.has_state("active"), "the receiver shows active", 15)
        world.publish_all()
        world.state_is("idle")
        assert world.get("TroubleCode") == world.get("Source")["error-code"] == ""


def stops_at_a_wrong_token_and_goes_on_with_the_right_one():
    with World(events=500) as world:
        world.start_all()
        with open(world.token_file, "w", encoding="utf-8") as file:
            file.write("hg_" + "A" * 43)
        world.start_agent()
        until(lambda: world.get("Destinations")[0]["state"] == "stopped", "the destination stops")
        assert "token" in world.get("Destinations")[0]["error"].lower()
        assert world.get("Destinations")[0]["error-code"] == world.get("TroubleCode") == "Token"
        asked = world.requests()
        world.fails("Failed", "SyncNow")
        assert world.requests() > asked
        with open(world.token_file, "w", encoding="utf-8") as file:
            file.write(world.token)
        world.call("SyncNow")
        assert world.held(WINDOW) == world.in_aw(WINDOW)
        assert world.get("Destinations")[0]["state"] == "idle"


def refuses_a_token_file_that_others_may_read():
    with World() as world:
        world.start_all()
        os.chmod(world.token_file, 0o640)
        world.start_agent()
        until(lambda: world.get("Destinations")[0]["state"] == "stopped", "the destination stops")
        assert "chmod 600" in world.get("Destinations")[0]["error"]
        os.chmod(world.token_file, 0o600)
        world.call("SyncNow")


def catches_up_when_the_backend_returns():
    with World(events=500) as world:
        world.start_all()
        world.use_computer()
        world.start_agent()
        world.publish_all()
        world.stop_server()
        world.heartbeat(WINDOW, {"app": "Browser", "title": "while it was gone"})
        until(lambda: world.get("Destinations")[0]["state"] == "waiting", "the destination waits")
        world.start_server()
        until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "it is caught up", 15)
        until(lambda: world.has_state("active"), "the status", 15)


def survives_sigkill():
    with World(events=20000) as world:
        world.start_all()
        agent = world.start_agent()
        until(lambda: world.held(WINDOW) > 0, "something is published")
        agent.kill()
        agent.wait()
        world.start_agent()
        world.publish_all()
        verdicts = world.call("Verify", "")
        assert all(v["equal"] for v in verdicts), verdicts


def takes_changes_that_come_together():
    with World() as world:
        world.start_server()
        world.make_token()
        world.start_agent()
        identity, _ = world.call("AddDestination", world.url, "", {"token-file": world.token_file})
        world.send("SetDestination", ("sa{sv}", identity, {"level": "nothing"}),
                   ("sa{sv}", identity, {"history": False}))
        until(lambda: not world.get("Destinations")[0]["history"], "the second is taken")
        assert world.get("Destinations")[0]["level"] == "nothing", world.get("Destinations")


def shows_at_most_what_the_level_says():
    with World() as world:
        world.start_aw()
        world.use_computer("Editor", "letter")
        world.start_server()
        world.make_token()
        world.start_agent()
        world.call("SetOption", "aw-url", "http://127.0.0.1:%d" % world.aw_port())
        identity, _ = world.call("AddDestination", world.url, "",
                                 {"token-file": world.token_file, "level": "title"})
        until(lambda: WINDOW in {bucket["id"] for bucket in world.get("Buckets")}, "buckets")
        for bucket in (WINDOW, AFK):
            world.call("SetBucket", bucket, True, "")
        until(lambda: (world.device()["activity"] or {}).get("title") == "letter", "the title")
        # Each within one poll.
        world.call("SetDestination", identity, {"level": "app"})
        until(lambda: world.device()["activity"] == {**world.device()["activity"], "app": "Editor",
                                                     "title": None}, "the title is gone", 8)
        world.call("SetDestination", identity, {"level": "state"})
        until(lambda: world.device()["activity"] is None and world.has_state("active"),
              "the app is gone", 8)
        world.call("SetDestination", identity, {"level": "nothing"})
        until(lambda: world.has_state("offline"), "the state is gone", 8)


def switches_buckets():
    with World(events=800) as world:
        world.start_aw()
        world.start_server()
        world.make_token()
        world.start_agent("--settings", world.path("settings", "agent.ini"))
        world.state_is("setup")
        world.call("SetOption", "aw-url", "http://127.0.0.1:%d" % world.aw_port())
        identity, device = world.call("AddDestination", world.url, "",
                                      {"token-file": world.token_file, "level": "app"})
        assert device == "laptop"
        until(lambda: any(b["id"] == WINDOW and b["new"] for b in world.get("Buckets")), "buckets")
        assert world.held(WINDOW) == 0 and not world.get("Progress")
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        assert world.held(WINDOW) == world.in_aw(WINDOW)
        world.call("SetBucket", WINDOW, False, "delete")
        until(lambda: world.held(WINDOW) == 0, "the receiver holds nothing")
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        world.call("RemoveDestination", identity, "keep")
        assert world.get("Destinations") == []
        assert world.held(WINDOW) == world.in_aw(WINDOW)
        mode = os.stat(world.path("settings", "agent.ini")).st_mode & 0o777
        assert mode == 0o600, oct(mode)
        world.fails("NotFound", "SetBucket", "no-such-bucket", True, "")
        world.fails("NotFound", "TestDestination", identity)
        world.fails("Settings", "SetOption", "poll-interval", 3600)
        world.fails("NotABackend", "AddDestination", "http://127.0.0.1:%d" % world.aw_port(), "",
                    {"token-file": world.token_file})


run_tests([
    ("/agent/publish/history-and-presence", publishes_history_and_presence),
    ("/agent/publish/follows-a-change-of-activity", follows_a_change_of_activity),
    ("/agent/publish/waits-for-activitywatch-to-appear", waits_for_activitywatch_to_appear),
    ("/agent/publish/wrong-token-then-right-one",
     stops_at_a_wrong_token_and_goes_on_with_the_right_one),
    ("/agent/publish/refuses-a-token-file-that-others-may-read",
     refuses_a_token_file_that_others_may_read),
    ("/agent/publish/catches-up-when-the-backend-returns", catches_up_when_the_backend_returns),
    ("/agent/publish/survives-sigkill", survives_sigkill),
    ("/agent/publish/takes-changes-that-come-together", takes_changes_that_come_together),
    ("/agent/publish/shows-at-most-what-the-level-says", shows_at_most_what_the_level_says),
    ("/agent/publish/switches-buckets", switches_buckets),
])
