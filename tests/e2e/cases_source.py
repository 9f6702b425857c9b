# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""ActivityWatch comes late, crashes, asks for a key, or loses everything."""

import os
import signal

import truth
from cases import case
from world import AFK, WINDOW, Aw, now_ms, remain, until


@case("source: absent at first, restarted and crashed", 40)
def absent(world):
    world.start_bus()
    database = os.path.join(world.folder, "aw.db")
    world.aw = Aw(world, world.standin, ["--flavour", "rust", "--database", database])
    world.start_receiver()
    world.write_settings([WINDOW, AFK])
    world.start_agent()
    status = world.await_status(lambda status: status.get("source", {}).get("error"), 20,
                                "that ActivityWatch is not there")
    assert not status["source"]["reachable"], status["source"]
    assert world.aw.address in status["source"]["error"], status["source"]
    world.aw.start("--generate", "3000", "--odd")
    world.say(f"equal {world.converge(30, [WINDOW, AFK]):.1f} s after it came")

    world.aw.stop()
    world.await_status(lambda status: not status["source"]["reachable"], 20, "that it went")
    world.aw.start()
    world.aw.heartbeat(WINDOW, {"app": "after a restart", "title": ""})
    world.say(f"equal {world.converge(30, [WINDOW, AFK]):.1f} s after a restart")

    # What Rust had not committed is lost, and its ids are given to others.
    for i in range(5):
        world.aw.heartbeat(WINDOW, {"app": f"lost {i}", "title": ""}, now_ms() - 5000 + i * 1000)
    world.converge(30, [WINDOW, AFK])
    world.aw.stop(signal.SIGKILL)
    world.await_status(lambda status: not status["source"]["reachable"], 20, "that it crashed")
    world.aw.start()
    lost = [row for row in world.aw.truth(WINDOW) if "lost" in row["data"]["app"]]
    world.aw.heartbeat(WINDOW, {"app": "after a crash", "title": ""})
    world.say(f"{5 - len(lost)} events lost by ActivityWatch; "
              f"equal {world.converge(60, [WINDOW, AFK]):.1f} s after its crash")


@case("source: an API key that is missing, wrong and right", 20)
def key(world):
    key_file = os.path.join(world.folder, "aw-key")
    world.start_bus()
    world.aw = Aw(world, world.standin, ["--flavour", "rust", "--api-key", "Open-Sesame-7",
                                         "--generate", "800"])
    world.aw.start()
    world.start_receiver()
    world.write_settings([WINDOW, AFK])
    world.start_agent()
    status = world.await_status(lambda status: "key" in status.get("source", {}).get("error", ""),
                                20, "that a key is needed")
    world.say("without:", status["source"]["error"])
    world.stop_agent()
    world.write_secret(key_file, "wrong-Sesame-8")
    world.settings["aw-key-file"] = f"'{key_file}'"
    world.write_settings([WINDOW, AFK])
    world.start_agent()
    status = world.await_status(lambda status: "key" in status.get("source", {}).get("error", ""),
                                20, "that the key is wrong")
    world.say("wrong:", status["source"]["error"])
    assert world.receiver.counts() == {}
    world.write_secret(key_file, "Open-Sesame-7")
    world.ctl("sync")
    world.await_done(20)
    for bucket in (WINDOW, AFK):
        rows = world.aw.request("GET", f"/api/0/buckets/{bucket}/events/count",
                                headers={"Authorization": "Bearer Open-Sesame-7"})
        assert rows.status == 200
        assert world.receiver.counts()[bucket] == int(rows.body), (bucket, rows.body)
    with open(world.errors.name, encoding="utf-8") as file:
        assert "Sesame" not in file.read()


def lose_all(world):
    """An empty database, in which the watchers begin anew."""
    world.aw.control("empty", {})
    world.aw.add_bucket(WINDOW, "currentwindow")
    world.aw.add_bucket(AFK, "afkstatus")
    world.aw.heartbeat(WINDOW, {"app": "first", "title": "again"})
    world.aw.heartbeat(AFK, {"status": "not-afk"})


@case("source: a database suddenly empty deletes nothing without a yes", 90)
def emptied(world):
    world.begin("--flavour", "rust", "--generate", "2000")
    buckets = world.aw.buckets()
    world.converge(30)
    world.await_done()
    before = {bucket: world.receiver.events(bucket) for bucket in buckets}
    world.aw.control("empty", {})
    world.await_status(lambda status: all(one["gone"] for one in status["buckets"]), 75,
                       "that the buckets are gone")
    assert {bucket: world.receiver.events(bucket) for bucket in buckets} == before
    # A list that is slow once does not put off the next.
    world.aw.control("fault", {"path": "/api/0/buckets", "delay_ms": 300})
    world.ctl("sync")
    world.await_status(lambda status: status["state"] == "idle", 20, "nothing can be published")
    lose_all(world)

    def asked():
        listed = {one["bucket"]: one for one in world.questions()}
        return listed if {WINDOW, AFK} <= listed.keys() else None
    questions = until(asked, 90, lambda: (world.questions(), world.status()))
    assert all(one["kind"] == "deletions" and one["choices"][0] == "keep"
               for one in questions.values()), questions
    for bucket in buckets:
        assert set(before[bucket]) <= set(world.receiver.events(bucket)), bucket
    assert world.ctl("status", code=5).stdout

    world.answer(questions[WINDOW], "keep")
    world.answer(questions[AFK], "delete")
    world.converge(30, [AFK])
    world.await_done()
    new = set(truth.expect(world.aw.truth(WINDOW), now_ms()))
    until(lambda: set(world.receiver.events(WINDOW)) == set(before[WINDOW]) | new, 20,
          "the kept events and the new ones")
    for bucket in set(buckets) - {WINDOW, AFK}:
        assert world.receiver.events(bucket) == before[bucket]
    assert world.questions() == []
    # Kept is kept: what happens later changes nothing in it.
    world.aw.insert(WINDOW, [(now_ms() - 600, 0.1, {"app": "later", "title": ""})])
    new = set(before[WINDOW]) | set(truth.expect(world.aw.truth(WINDOW), now_ms()))
    until(lambda: set(world.receiver.events(WINDOW)) == new, 30, "the later event")
    world.ctl("sync")
    world.await_done()
    assert set(world.receiver.events(WINDOW)) == new
    assert world.questions() == []


@case("source: a bucket made anew asks if it lost its events, and not if it kept them", 10)
def recreated(world):
    world.begin("--flavour", "python", "--generate", "1500", buckets=[WINDOW, AFK])
    world.converge(30, [WINDOW, AFK])
    world.await_done()
    before = world.receiver.events(WINDOW)
    seq = world.receiver.seq()
    world.aw.control("recreate", {"bucket": AFK, "keep_events": True})
    world.aw.control("recreate", {"bucket": WINDOW})
    world.ctl("sync")
    question = world.await_question("deletions", 90)
    assert question["bucket"] == WINDOW, question
    world.await_done()
    assert [one["bucket"] for one in world.questions()] == [WINDOW]
    assert world.receiver.events(WINDOW) == before
    assert world.receiver.seq() == seq, "something was published again"
    world.answer(question, "delete")
    world.say(f"equal {world.converge(30, [WINDOW, AFK]):.1f} s after the yes")
    assert remain(world.agent, 0.1)
