# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first page: what is published now, pause and resume, and what it says of trouble."""

import contextlib
import datetime
import json
import os
import re
import signal
import sqlite3

from desktop import Desktop, run_tests, until
from scenes import RENAMED, begin, publish, rename
from world import AFK, FOREVER, WINDOW

EVENTS = 200


def sees_what_is_published():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Overview")

        def reads_what_goes_on():
            desktop.heartbeat(WINDOW, {"app": "Editor", "title": "letter.txt"})
            return "Editor · since" in desktop.read()
        desktop.wait(reads_what_goes_on, "the activity")
        desktop.reads("Publishing", "letter.txt", "events are published")
        assert desktop.has("list item", "Home")
        # What draws SVGs would be a fifth of its memory.
        with open("/proc/%d/maps" % desktop.windows[0].pid, encoding="utf-8") as maps:
            assert "librsvg" not in maps.read(), "an icon is drawn from its SVG"


def pauses_and_resumes():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        desktop.press("button", "Pause")
        desktop.press("menu item", "Until I resume")
        desktop.state_is("paused")
        assert desktop.get("PausedUntil") == FOREVER
        desktop.reads("Paused", "until you resume", "Nothing leaves this computer meanwhile")
        until(lambda: not desktop.has_state("active"), "the receiver shows it no more")
        desktop.press("button", "Resume")
        answer_gap(desktop, "Leave it out")
        until(lambda: desktop.get("State") != "paused", "it goes on")
        desktop.find("button", "Pause")
        desktop.reads("Publishing")


def answer_gap(desktop, choice):
    """It may ask what becomes of the time in between."""
    desktop.wait(lambda: desktop.has("button", choice) or desktop.get("State") != "paused",
                 "the question or the end of the pause")
    if desktop.has("button", choice):
        desktop.press("button", choice)


def pauses_for_a_time():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        for item, minutes in (("For 15 minutes", 15), ("For 1 hour", 60)):
            desktop.press("button", "Pause")
            desktop.press("menu item", item)
            desktop.state_is("paused")
            since, end = desktop.get("PausedSince"), desktop.get("PausedUntil")
            assert abs(end - since - minutes * 60000) < 30000, (since, end)
            desktop.reads("Paused", "until ")
            desktop.call("Resume", False)
            until(lambda: desktop.get("State") != "paused", "it goes on")
            desktop.find("button", "Pause")


def fills_the_gap_of_a_pause():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        before = desktop.held(WINDOW)
        desktop.open_page("Overview")
        desktop.call("Pause", 0)
        desktop.heartbeat(WINDOW, {"app": "Browser", "title": "meanwhile"}, 0, 0)
        desktop.press("button", "Resume")
        desktop.press("button", "Publish it")
        until(lambda: desktop.held(WINDOW) > before, "what happened in the pause is published")


def says_that_activitywatch_is_gone():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        desktop.stop_aw()
        desktop.press("button", "Sync now")
        desktop.reads("Can’t read ActivityWatch", "does not answer", "is it running?", seconds=60)
        desktop.start_aw()
        desktop.press("button", "Try again")
        desktop.wait(lambda: "Can’t read ActivityWatch" not in desktop.read(), "it is well again",
                     60)


def says_that_the_server_is_gone():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        desktop.stop_server()
        desktop.use_computer("Other", "news.txt")
        desktop.call_quietly("SyncNow")
        desktop.reads("Can’t reach your server", "Nothing is lost", seconds=60)
        desktop.start_server()
        desktop.press("button", "Try again")
        desktop.wait(lambda: "Can’t reach your server" not in desktop.read(), "it is well again",
                     60)
        until(lambda: desktop.held(WINDOW) == desktop.in_aw(WINDOW), "nothing was lost")


def says_that_the_token_was_revoked():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        desktop.server_command("token", "revoke", "laptop")
        desktop.use_computer("Other", "news.txt")
        desktop.call_quietly("SyncNow")
        desktop.reads("Publishing has stopped", "token", seconds=60)
        desktop.press("button", "Show destinations")
        desktop.find("tab", "Destinations", is_wanted=lambda tab: "selected" in tab.states)
        desktop.reads("Stopped: it needs you")
        # A new token mends it.
        desktop.make_token("laptop2")
        desktop.press("button", "Change address or token…")
        desktop.write(desktop.find("text box", "New token"), desktop.token)
        desktop.press("button", "Save")
        desktop.gone("text box", "New token")
        until(lambda: desktop.get("Destinations")[0]["state"] in ("idle", "publishing"),
              "it publishes again")


def says_that_the_agent_is_gone_and_starts_it():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        with open(desktop.path("start-agent"), encoding="utf-8") as file:
            script = file.read()
        with open(desktop.path("start-agent"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 1\n")
        os.kill(desktop.agent_pid(), signal.SIGKILL)
        desktop.reads("Heliograph is not running", "Run heliograph-agent in a terminal")
        for page in ("Buckets", "Destinations", "Logs", "Settings"):
            desktop.go_to(page)
            desktop.reads("Heliograph is not running")
        desktop.go_to("Overview")
        with open(desktop.path("start-agent"), "w", encoding="utf-8") as file:
            file.write(script)
        desktop.press("button", "Start again")
        desktop.reads("Publishing", "Editor", seconds=60)
        for page in ("Buckets", "Destinations", "Settings"):
            desktop.go_to(page)
            desktop.wait(lambda: "Heliograph is not running" not in desktop.read(), page)


def syncs_now():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        desktop.heartbeat(WINDOW, {"app": "Browser", "title": "later"}, 0, 0)
        desktop.keys("F5")
        # The toast; of the destination it is said all the time, with the device's name.
        desktop.find(name="Everything is published")
        assert desktop.held(WINDOW) == desktop.in_aw(WINDOW)


def shows_progress():
    with Desktop(events=20000) as desktop:
        begin(desktop)
        desktop.start_server()
        desktop.make_token()
        desktop.call("AddDestination", desktop.url, desktop.token, {"level": "state"})
        until(lambda: desktop.get("Buckets"), "buckets")
        desktop.open_page("Overview")
        desktop.call("SetBucket", WINDOW, True, "")
        desktop.wait(lambda: re.search(r"events are published", desktop.read()), "all is told", 90)
        desktop.publish_all()
        assert desktop.held(WINDOW) == desktop.in_aw(WINDOW)


def slow_down(desktop):
    """What history and verifications read takes its time."""
    desktop.aw.control("fault", {"method": "GET", "path": "end=", "count": -1, "delay_ms": 2400})


def proves_that_all_is_published():
    with Desktop(events=2000) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        desktop.reads("Not verified yet")
        desktop.press("button", "Verify now")
        desktop.reads("Everything is equal", "Verified just now: equal",
                      "%d held" % sum(desktop.held(bucket) for bucket in (WINDOW, AFK)))
        # Each bucket below.
        desktop.press("list item|button|toggle button", re.compile("^Verified just now"))
        desktop.reads("Active window", "%d in ActivityWatch · %d allowed by the rules · %d held"
                      "\nequal" % ((desktop.in_aw(WINDOW),) * 2 + (desktop.held(WINDOW),)))
        # What somebody changed behind its back.
        with contextlib.closing(sqlite3.connect(desktop.path("server", "receiver.sqlite"),
                                                timeout=20)) as db, db:
            start = db.execute("SELECT min(start) FROM event").fetchone()[0]
            db.execute("DELETE FROM event WHERE start = ?", (start,))
        desktop.press("button", "Verify now")
        day = datetime.datetime.fromtimestamp(start / 1000, datetime.timezone.utc)
        desktop.reads("equal, after a repair",
                      "mended, it differed on " + day.strftime("%Y-%m-%d"))
        # Its numbers do not look new when they are not.
        desktop.call("SetRules", json.dumps({"version": 1, "rules": [
            {"id": "a", "name": "A", "field": "title", "match": "glob", "pattern": "*",
             "action": "hide"}]}))
        desktop.reads("before the rules changed")


def verifies_and_stops():
    with Desktop(events=2000) as desktop:
        publish(desktop, (WINDOW,))
        desktop.open_page("Overview")
        slow_down(desktop)
        desktop.press("button", "Verify now")
        desktop.reads("Verifying: ")
        desktop.press("button", "Stop")
        desktop.reads("Not verified yet")
        desktop.find("button", "Verify now")
        assert "stopped" not in desktop.read()


def shows_how_far_rules_are_applied():
    with Desktop(events=2000) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        slow_down(desktop)
        desktop.call("SetRules", json.dumps({"version": 1, "rules": [
            {"id": "a", "name": "A", "field": "title", "match": "glob", "pattern": "*",
             "action": "hide"}]}))
        desktop.reads("Applying the rules: ")
        desktop.reads("events are published", seconds=60)


def answers_a_question():
    with Desktop() as desktop:
        rename(desktop)
        desktop.open_page("Overview")
        desktop.reads("Was this computer renamed?", RENAMED)
        assert desktop.read().count("renamed?") == 1, "it is asked once"
        desktop.press("button", "Switch it on")
        until(lambda: {b["id"]: b["enabled"] for b in desktop.get("Buckets")}[RENAMED], "it is on")
        desktop.wait(lambda: "Was this computer renamed?" not in desktop.read(), "it is answered")
        until(lambda: desktop.held(RENAMED) == 1, "it is published")


def deletes_nothing_when_the_question_has_changed():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Overview")
        desktop.aw.request("DELETE", "/api/0/buckets/%s?force=1" % WINDOW)
        desktop.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
        desktop.call("SyncNow")
        desktop.reads("Events are gone from ActivityWatch", "no longer there. Keep them at Home")
        desktop.press("button", "Delete them there…")
        desktop.find("button", "Cancel")
        desktop.call("Answer", desktop.get("Questions")[0]["id"], "keep")
        desktop.reads("The question has changed")
        desktop.gone("button", "Cancel")
        desktop.wait(lambda: "Events are gone" not in desktop.read(), "it is asked no more")
        assert desktop.held(WINDOW) > EVENTS / 10


run_tests([
    ("/window/overview/sees-what-is-published", sees_what_is_published),
    ("/window/overview/pauses-and-resumes", pauses_and_resumes),
    ("/window/overview/pauses-for-a-time", pauses_for_a_time),
    ("/window/overview/fills-the-gap-of-a-pause", fills_the_gap_of_a_pause),
    ("/window/overview/says-that-activitywatch-is-gone", says_that_activitywatch_is_gone),
    ("/window/overview/says-that-the-server-is-gone", says_that_the_server_is_gone),
    ("/window/overview/says-that-the-token-was-revoked", says_that_the_token_was_revoked),
    ("/window/overview/says-that-the-agent-is-gone-and-starts-it",
     says_that_the_agent_is_gone_and_starts_it),
    ("/window/overview/syncs-now", syncs_now),
    ("/window/overview/shows-progress", shows_progress),
    ("/window/overview/proves-that-all-is-published", proves_that_all_is_published),
    ("/window/overview/verifies-and-stops", verifies_and_stops),
    ("/window/overview/shows-how-far-rules-are-applied", shows_how_far_rules_are_applied),
    ("/window/overview/answers-a-question", answers_a_question),
    ("/window/overview/deletes-nothing-when-the-question-has-changed",
     deletes_nothing_when_the_question_has_changed),
])
