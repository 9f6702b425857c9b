# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Something answers at the destination's address that is no Heliograph backend: a portal, a proxy
whose backend restarts. The user is told, and it is tried again."""

import os
import time

import dbus
from front import Front, make_answer
from world import WINDOW, World, run_tests, until


def start_behind(world, front):
    world.environment["HELIOGRAPH_URL"] = front.url
    return world.start_agent()


def wait_for(world, what):
    destination = until(lambda: (one := world.get("Destinations")[0])["state"] == "waiting" and one,
                        "the destination waits")
    assert what in destination["error"], destination["error"]
    return destination


def publish(world):
    """All, and the first status: before it has been taken, it is asked first who answers."""
    until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "all is published")
    destination = world.get("Destinations")[0]["id"]
    until(lambda: any(item["kind"] == "presence" for item in world.call("ListSent", destination)),
          "a status was taken")


def tries_again_by_itself():
    with World(events=300) as world:
        world.start_all()
        answer = make_answer("404 Not Found", "text/plain", "no such app\n")
        with Front(int(world.url.rsplit(":", 1)[1]), answer) as front:
            start_behind(world, front)
            destination = wait_for(world, "No Heliograph backend")
            wait = destination["retry-at"] / 1000 - time.time()
            assert 0 < wait <= 10, wait
            until(lambda: world.get("Destinations")[0]["retry-at"] > destination["retry-at"],
                  "it was tried again")
            # The status and the events, twice: nobody is hammered.
            assert 2 <= len(front.heads) <= 4, front.heads
            wait = world.get("Destinations")[0]["retry-at"] / 1000 - time.time()
            assert 2 < wait <= 8, wait
            front.set_answer(None)
            until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "all is published")
            until(lambda: world.get("Destinations")[0]["state"] == "idle", "all is well")
            assert world.get("Destinations")[0]["error"] == ""


def believes_who_asks_for_an_hour():
    with World(events=300) as world:
        world.start_all()
        answer = make_answer("503 Service Unavailable", "application/json", "{}",
                             "Retry-After: 3600\r\n")
        with Front(int(world.url.rsplit(":", 1)[1]), answer) as front:
            start_behind(world, front)
            world.call("SetOption", "poll-interval", dbus.UInt32(1))
            wait_for(world, "503")
            until(lambda: world.get("Destinations")[0]["retry-at"] > 0, "the events were refused")
            destination = world.get("Destinations")[0]
            assert 3500 < destination["retry-at"] / 1000 - time.time() <= 3600, destination

            def polls():
                kinds = world.aw.control("stats")["kinds"]
                return kinds["events"]["requests"] + kinds["event"]["requests"]
            begun = polls()
            until(lambda: polls() >= begun + 2, "the status was refused, too")
            # Besides both, what the agent itself cut off as more came to be done at its start.
            before = len(front.heads)
            assert before >= 2, front.heads
            until(lambda: polls() >= begun + 7, "ActivityWatch is asked again and again")
            assert len(front.heads) == before, front.heads


def says_what_answers_and_goes_on_when_asked():
    with World(events=300) as world, Front(0, make_answer("200 OK")) as elsewhere:
        world.start_all()
        ways = (
            (make_answer("200 OK"), "web page"),
            (make_answer("302 Found", header="Location: %s/login\r\n" % elsewhere.url),
             "not followed"),
            (make_answer("200 OK", "application/json", '{"hello":"world"}'), "127.0.0.1"),
            (b"HTTP/1.1 200", "does not speak HTTP"),
            (make_answer("410 Gone"), "No Heliograph backend"),
        )
        for answer, what in ways:
            with Front(int(world.url.rsplit(":", 1)[1]), answer) as front:
                agent = start_behind(world, front)
                wait_for(world, what)
                message = world.fails("Failed", "SyncNow")
                assert what in message, message
                front.set_answer(None)
                world.call("SyncNow")
                assert world.get("Destinations")[0]["state"] in ("idle", "publishing")
                assert world.held(WINDOW) == world.in_aw(WINDOW)
                world.stop_agent(agent)
        assert not elsewhere.heads, elsewhere.heads


def stays_stopped_without_a_token():
    with World(events=300) as world:
        world.start_all()
        for status in ("401 Unauthorized", "403 Forbidden"):
            with Front(int(world.url.rsplit(":", 1)[1]),
                       make_answer(status, "application/json", "{}")) as front:
                agent = start_behind(world, front)
                until(lambda: world.get("Destinations")[0]["state"] == "stopped", "it stops")
                assert world.get("Destinations")[0]["retry-at"] == 0
                world.stop_agent(agent)


def finds_a_destination_again_by_its_status():
    with World(events=300) as world:
        world.start_all()
        with Front(int(world.url.rsplit(":", 1)[1])) as front:
            start_behind(world, front)
            world.call("SetOption", "poll-interval", dbus.UInt32(1))
            publish(world)
            front.set_answer(make_answer("503 Service Unavailable", "application/json", "{}"))
            world.use_computer("firefox", "News")

            def statuses():
                return [i for i, head in enumerate(front.heads) if head.startswith("PUT ")]
            until(lambda: len(statuses()) >= 3, "the status is sent a third time")
            # After 2 s and 4 s, while the events wait for 4 s to 8 s each time.
            others = statuses()[2] - 2
            assert others <= 3, front.heads


def does_not_wait_for_the_next_poll():
    with World(events=300) as world:
        world.start_all()
        with Front(int(world.url.rsplit(":", 1)[1])) as front:
            start_behind(world, front)
            publish(world)

            def measure(app):
                """The seconds after which the status is sent again."""
                front.heard.clear()
                front.set_answer(make_answer("503 Service Unavailable", "application/json", "{}"))
                world.use_computer(app, "News")

                def statuses():
                    return [at for at, head in list(front.heard) if head.startswith("PUT ")]
                until(lambda: len(statuses()) >= 2, "the status is sent again")
                first, second = statuses()[:2]
                front.set_answer(None)
                until(lambda: (world.device()["activity"] or {}).get("app") == app, "it is taken")
                until(lambda: world.get("Destinations")[0]["error"] == "", "all is well")
                return second - first
            # Polls are 5 s apart, the wait is 2 s. A machine may stall, but not each time.
            measured = []
            while sum(2 <= seconds < 4 for seconds in measured) < 2:
                assert len(measured) < 4, measured
                measured.append(measure("app %d" % len(measured)))


def waits_longer_though_the_status_is_taken():
    with World(events=300) as world:
        world.start_all()
        answer = make_answer("502 Bad Gateway", "text/plain", "no")
        with Front(int(world.url.rsplit(":", 1)[1]), answer, "POST") as front:
            world.environment["HELIOGRAPH_LEVEL"] = "nothing"
            start_behind(world, front)
            world.call("SetOption", "poll-interval", dbus.UInt32(1))
            wait_for(world, "502")
            until(lambda: len(front.heard) >= 4, "the events are tried a fourth time")
            # After 4 s to 8 s each time.
            assert front.heard[3][0] - front.heard[0][0] >= 3 * 4 - 0.5, front.heard


run_tests([
    ("/agent/answers/tries-again-by-itself", tries_again_by_itself),
    ("/agent/answers/believes-who-asks-for-an-hour", believes_who_asks_for_an_hour),
    ("/agent/answers/says-what-answers", says_what_answers_and_goes_on_when_asked),
    ("/agent/answers/stays-stopped-without-a-token", stays_stopped_without_a_token),
    ("/agent/answers/finds-a-destination-again-by-its-status",
     finds_a_destination_again_by_its_status),
    ("/agent/answers/does-not-wait-for-the-next-poll", does_not_wait_for_the_next_poll),
    ("/agent/answers/waits-longer-though-the-status-is-taken",
     waits_longer_though_the_status_is_taken),
])
