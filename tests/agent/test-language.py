# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""In another language people read their own words and numbers; programs read what they ever did."""

import datetime
import json
import os
import re
import subprocess

from world import BUILD, WINDOW, World, run_tests, until

CTL = os.path.join(BUILD, "src", "cli", "heliographctl")
# A comma is wrong in each, and as whole numbers they would be other events.
DATA = {"app": "Editor", "title": "letter.txt", "ratio": 0.25, "tiny": 1e-7, "large": 1234567.5}


def ctl(world, *words):
    done = subprocess.run([CTL, *words], env=world.environment, capture_output=True, text=True,
                          timeout=60)
    return done.stdout


def fractions_keep_their_point():
    with World(events=2500, language="de_DE") as world:
        world.start_all()
        world.use_computer()
        world.heartbeat(WINDOW, DATA, 1, 0.5)
        world.start_agent()
        world.publish_all()
        until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "all events are there")
        lines = world.server_command("export", "--format", "jsonl").splitlines()
        events = [json.loads(line) for line in lines]
        assert any(event["data"] == DATA for event in events), events[-2:]
        verdicts = world.call("Verify", "")
        assert all(verdict["equal"] for verdict in verdicts), verdicts
        status = json.loads(ctl(world, "status", "--json"))
        held = {one["bucket"]: one["held"] for one in status["progress"]}
        assert held[WINDOW] == world.in_aw(WINDOW) > 1000, held
        assert all(isinstance(one["rate"], (int, float)) for one in status["progress"])


def people_see_numbers_as_they_write_them():
    with World(events=2500, language="de_DE") as world:
        world.start_all()
        world.start_agent()
        world.publish_all()
        count = world.in_aw(WINDOW)
        text = ctl(world, "buckets")
        assert f"{count // 1000}.{count % 1000:03}" in text, (count, text)
        assert str(count) not in text, text


def days_are_the_same_in_every_language_for_programs():
    with World(events=500, language="de_DE") as world:
        world.start_all()
        world.start_agent()
        world.publish_all()
        days = []
        for age in (40, 5):
            moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(age)
            world.aw.post("/api/0/buckets/%s/events" % WINDOW, [{
                "timestamp": moment.isoformat(), "duration": 5, "data": {"app": "Import"}}])
            days.append(moment.date())
        verdict = json.loads(ctl(world, "verify", WINDOW, "--json"))["verdicts"][0]
        assert verdict["differing_days"] == [str(day) for day in days], verdict
        text = ctl(world, "status")
        for day in days:
            assert day.strftime("%d.%m.%Y") in text, text


def what_is_typed_again_is_the_same_in_every_language():
    with World(language="de_DE") as world:
        world.start_aw()
        world.environment["HELIOGRAPH_AW_URL"] = "http://127.0.0.1:%d" % world.aw_port()
        world.start_agent()
        ctl(world, "option", "set", "history-from", "2026-03-01")
        assert re.search(r"history-from\s+2026-03-01\b", ctl(world, "option", "list"))
        ctl(world, "option", "set", "history-from", "all")
        assert re.search(r"history-from\s+all\b", ctl(world, "option", "list"))


def errors_are_said_in_the_language_of_the_session():
    with World(language="de_DE") as world:
        world.start_all()
        world.stop_aw()
        world.start_agent()
        until(lambda: world.get("State") == "trouble", "trouble")
        assert "antwortet" in world.get("Trouble"), world.get("Trouble")
        text = world.fails("NotFound", "ListSent", "another")
        assert text == "Es gibt kein Ziel another", text
        assert "Problem" in ctl(world, "status")
        status = json.loads(ctl(world, "status", "--json"))
        assert status["state"] == "trouble", status


def the_log_stays_english():
    with World(language="de_DE") as world:
        world.start_aw()
        world.environment["HELIOGRAPH_AW_URL"] = "http://127.0.0.1:%d" % world.aw_port()
        agent = world.start_agent()
        until(lambda: " begins" in world.log_text(), "it begins in English")
        world.stop_agent(agent)
        assert "The agent ends" in world.log_text()


run_tests([
    ("/agent/language/fractions-keep-their-point", fractions_keep_their_point),
    ("/agent/language/people-see-numbers-as-they-write-them",
     people_see_numbers_as_they_write_them),
    ("/agent/language/days-are-the-same-in-every-language-for-programs",
     days_are_the_same_in_every_language_for_programs),
    ("/agent/language/what-is-typed-again-is-the-same-in-every-language",
     what_is_typed_again_is_the_same_in_every_language),
    ("/agent/language/errors-are-said-in-the-language-of-the-session",
     errors_are_said_in_the_language_of_the_session),
    ("/agent/language/the-log-stays-english", the_log_stays_english),
])
