# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Buckets that vanish, and a computer that got another name."""

import shutil

from world import AFK, WINDOW, World, run_tests, until

NEW_WINDOW = "aw-watcher-window_tablet"


def find_bucket(world, bucket):
    found = [one for one in world.get("Buckets") if one["id"] == bucket]
    return found[0] if found else None


def start(world, buckets):
    world.start_aw()
    world.use_computer()
    world.start_server()
    world.make_token()
    world.use_environment(buckets)
    world.start_agent()
    world.publish_all()


def loses_a_bucket_and_nothing_else():
    for buckets in (WINDOW, WINDOW + "," + AFK):
        with World() as world:
            start(world, buckets)
            until(lambda: world.has_state("active"), "the receiver shows active")
            answer = world.aw.request("DELETE", "/api/0/buckets/%s?force=1" % WINDOW)
            assert answer.status == 200, answer.status

            def is_gone():
                source = world.get("Source")
                assert source["reachable"], source
                return find_bucket(world, WINDOW)["gone"]

            # Sooner than the next list that is due, a minute later.
            until(is_gone, "the bucket is shown as gone", 15)
            assert "can't be read" not in world.log_text()
            assert world.held(WINDOW) == 1
            world.call("SyncNow")
            world.use_computer("Browser", "back again")
            world.call("SyncNow")
            until(lambda: not find_bucket(world, WINDOW)["gone"], "the bucket is there again")


def stays_deleted_when_a_backup_comes_back():
    with World() as world:
        world.start_aw()
        world.use_computer()
        world.start_server()
        world.make_token()
        world.start_agent("--settings", world.path("agent.ini"))
        world.call("SetOption", "aw-url", "http://127.0.0.1:%d" % world.aw_port())
        world.call("AddDestination", world.url, "",
                   {"token-file": world.token_file, "level": "title"})
        until(lambda: find_bucket(world, WINDOW), "the buckets")
        world.call("SetBucket", WINDOW, True, "")
        world.call("SetBucket", AFK, True, "")
        world.publish_all()
        assert world.held(WINDOW) == 1 and world.held(AFK) == 1
        world.stop_server()
        shutil.copytree(world.path("server"), world.path("backup"))
        world.start_server()
        world.call("SetBucket", WINDOW, False, "delete")
        until(lambda: world.held(WINDOW) == 0, "it is deleted")

        world.stop_server()
        shutil.rmtree(world.path("server"))
        shutil.move(world.path("backup"), world.path("server"))
        world.start_server()
        assert world.held(WINDOW) == 1
        # Soon a status would tell that the receiver was set back.
        world.call("SyncNow")
        until(lambda: world.held(WINDOW) == 0, "it is deleted again")
        assert world.held(AFK) == 1
        # Until it is wanted again.
        world.call("SetBucket", WINDOW, True, "")
        until(lambda: world.held(WINDOW) == 1, "it is published again")
        world.call("SyncNow")
        assert world.held(WINDOW) == 1


def start_renamed(world):
    """What was switched on is no longer recorded; what is recorded is switched off."""
    world.start_aw()
    world.start_server()
    world.make_token()
    world.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
    world.make_bucket(AFK, "afkstatus", "aw-watcher-afk")
    world.heartbeat(WINDOW, {"app": "Editor", "title": "before"}, 900, 10)
    world.heartbeat(AFK, {"status": "not-afk"})
    world.make_bucket(NEW_WINDOW, "currentwindow", "aw-watcher-window")
    world.heartbeat(NEW_WINDOW, {"app": "Editor", "title": "after"})
    world.start_agent("--settings", world.path("agent.ini"))
    world.call("SetOption", "aw-url", "http://127.0.0.1:%d" % world.aw_port())
    world.call("AddDestination", world.url, "",
               {"token-file": world.token_file, "level": "title"})
    until(lambda: find_bucket(world, WINDOW), "the buckets")
    world.call("SetBucket", WINDOW, True, "")
    world.call("SetBucket", AFK, True, "")
    world.publish_all()


def asks_whether_the_host_was_renamed():
    with World() as world:
        start_renamed(world)
        world.call("SyncNow")
        questions = world.get("Questions")
        assert [q["id"] for q in questions] == ["renamed-host"], questions
        assert questions[0]["kind"] == "renamed-host" and questions[0]["bucket"] == NEW_WINDOW
        assert questions[0]["choices"] == ["ignore", "switch-on"], questions
        assert not find_bucket(world, NEW_WINDOW)["enabled"] and world.held(NEW_WINDOW) == 0
        until(lambda: world.has_state("active"), "somebody is there")
        assert world.device()["activity"] is None or "title" not in world.device()["activity"]
        world.fails("Settings", "Answer", "renamed-host", "delete")
        world.call("Answer", "renamed-host", "switch-on")
        assert world.get("Questions") == []
        assert find_bucket(world, NEW_WINDOW)["enabled"]
        until(lambda: world.held(NEW_WINDOW) == 1, "the new bucket is published")
        until(lambda: (world.device()["activity"] or {}).get("title") == "after", "the activity")
        world.call("SyncNow")
        assert world.get("Questions") == []
        world.fails("NotFound", "Answer", "renamed-host", "switch-on")


def publishes_what_was_deleted_before():
    with World() as world:
        start_renamed(world)
        world.call("SetBucket", NEW_WINDOW, True, "")
        until(lambda: world.held(NEW_WINDOW) == 1, "it is published")
        world.call("SetBucket", NEW_WINDOW, False, "delete")
        until(lambda: world.held(NEW_WINDOW) == 0, "it is deleted")
        world.call("SyncNow")
        world.call("Answer", "renamed-host", "switch-on")
        until(lambda: world.held(NEW_WINDOW) == 1, "it is published again")
        world.call("SyncNow")
        assert world.held(NEW_WINDOW) == 1


def asks_no_more_once_ignored():
    with World() as world:
        start_renamed(world)
        world.call("SyncNow")
        assert world.get("Questions")
        world.call("Answer", "renamed-host", "ignore")
        assert world.get("Questions") == []
        world.call("SyncNow")
        assert world.get("Questions") == [] and world.held(NEW_WINDOW) == 0


def asks_nothing_while_a_bucket_of_ours_is_fresh():
    with World() as world:
        start_renamed(world)
        world.heartbeat(WINDOW, {"app": "Editor", "title": "here too"})
        world.call("SyncNow")
        assert world.get("Questions") == [], world.get("Questions")


def lose(world, count):
    for event in world.aw.api("buckets/%s/events?limit=%d" % (WINDOW, count)):
        answer = world.aw.request("DELETE", "/api/0/buckets/%s/events/%d" % (WINDOW, event["id"]))
        assert answer.status == 200, answer.status
    world.call("Verify", WINDOW)


def deletes_no_more_than_it_asked_about():
    with World(events=2000) as world:
        world.start_all()
        world.start_agent()
        world.publish_all()
        lose(world, 150)
        held = world.held(WINDOW)
        question = world.get("Questions")[0]
        assert question["count"] == 150 and held == world.in_aw(WINDOW) + 150, question
        lose(world, 20)
        now = until(lambda: (one := world.get("Questions")[0])["count"] == 170 and one,
                    "what joined is counted")
        message = world.fails("NotFound", "Answer", question["id"], "delete")
        assert "look again" in message, message
        world.call("Verify", WINDOW)
        assert world.held(WINDOW) == held, "nothing is deleted"
        assert world.get("Questions")[0]["id"] == now["id"] != question["id"]
        world.fails("NotFound", "Answer", now["id"].rpartition(":")[0], "delete")
        world.call("Answer", now["id"], "delete")
        until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "now they are deleted")
        assert world.get("Questions") == []
        assert "not asked" in world.fails("NotFound", "Answer", now["id"], "delete")


run_tests([
    ("/agent/buckets/deletes-no-more-than-it-asked-about", deletes_no_more_than_it_asked_about),
    ("/agent/buckets/loses-one-and-nothing-else", loses_a_bucket_and_nothing_else),
    ("/agent/buckets/asks-whether-the-host-was-renamed", asks_whether_the_host_was_renamed),
    ("/agent/buckets/publishes-what-was-deleted-before", publishes_what_was_deleted_before),
    ("/agent/buckets/asks-no-more-once-ignored", asks_no_more_once_ignored),
    ("/agent/buckets/asks-nothing-while-one-is-fresh",
     asks_nothing_while_a_bucket_of_ours_is_fresh),
    ("/agent/buckets/stays-deleted-when-a-backup-comes-back",
     stays_deleted_when_a_backup_comes_back),
])
