# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Buckets that vanish, and a computer that got another name."""

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


run_tests([
    ("/agent/buckets/loses-one-and-nothing-else", loses_a_bucket_and_nothing_else),
])
