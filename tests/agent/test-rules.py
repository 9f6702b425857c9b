# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Privacy rules from end to end: what they forbid never leaves, and what left before is taken
back."""

import json
import os
import signal
import sqlite3
import subprocess
import time

from front import Front
from monitor import Monitor
from world import AFK, BUILD, WINDOW, World, run_tests, until

CTL = os.path.join(BUILD, "src", "cli", "heliographctl")

WEB = "aw-watcher-web-firefox_laptop"
# What must not leave. It is in no name and no pattern of a rule.
SECRET = "Plan Nine"
HIDE = {"id": "hide-plans", "name": "Hide plans", "field": "title", "match": "glob",
        "pattern": "*plan ????*", "action": "hide"}
DROP = dict(HIDE, id="drop-plans", name="Drop plans", action="drop")
BROKEN = {"id": "broken", "name": "My broken rule", "where": {"type": "currentwindow"},
          "field": "title", "match": "regex", "pattern": "(unclosed-private-word",
          "action": "drop"}


def rules(*some):
    return json.dumps({"version": 1, "rules": list(some)})


class Recorder(Front):
    """Hands everything on, and remembers what was sent."""

    def __init__(self, port):
        self.sent = bytearray()
        super().__init__(port)

    def pump(self, source, sink):
        try:
            while part := source.recv(65536):
                if source.getsockname()[1] == self.socket.getsockname()[1]:
                    self.sent += part
                sink.sendall(part)
            sink.shutdown(2)
        except OSError:
            pass


def start(world, *initial, recorder=None, buckets=True):
    world.start_aw()
    world.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
    world.make_bucket(AFK, "afkstatus", "aw-watcher-afk")
    world.make_bucket(WEB, "web.tab.current", "aw-client-web")
    for number in range(40):
        title = SECRET + " letter %d" % number if number % 4 == 0 else "letter %d" % number
        world.heartbeat(WINDOW, {"app": "Editor", "title": title}, 900 - 10 * number, 5)
        world.heartbeat(WEB, {"incognito": number % 2 == 0, "title": "page %d" % number,
                              "url": "https://example.org/%d" % number}, 900 - 10 * number, 5)
    if not world.server:
        world.start_server()
    world.make_token()
    world.use_environment(",".join((WINDOW, AFK, WEB)))
    if recorder:
        world.environment["HELIOGRAPH_URL"] = recorder.url
    if initial:
        write_rules(world, rules(*initial))
    if buckets:
        return world.start_agent("--settings", world.path("agent.ini"))
    # Not by the environment: they are switched on and off.
    del world.environment["HELIOGRAPH_BUCKETS"]
    agent = world.start_agent("--settings", world.path("agent.ini"))
    for bucket in (WINDOW, AFK, WEB):
        until(lambda bucket=bucket: bucket in {one["id"] for one in world.get("Buckets")}, bucket)
        world.call("SetBucket", bucket, True, "")
    return agent


def write_rules(world, text):
    """As somebody's editor, or another version of the program, left them."""
    path = world.path("agent.ini")
    lines = open(path, encoding="utf-8").read().splitlines() if os.path.exists(path) else []
    lines = [line for line in lines if not line.startswith(("rules=", "[heliograph]"))]
    value = text.replace("\\", "\\\\").replace("'", "\\'")
    with open(path, "w", encoding="utf-8") as file:
        file.write("\n".join(["[heliograph]", "rules='%s'" % value] + lines) + "\n")


def held(world, bucket):
    """The data of all events that the receiver holds of the bucket."""
    lines = world.server_command("export", "--format", "jsonl", "--device", "laptop").splitlines()
    events = [json.loads(line) for line in lines]
    return [event["data"] for event in events if event["bucket"] == bucket]


def events_in_aw(world):
    return world.aw.api("buckets/%s/events?limit=100" % WINDOW)


def durations(world, title):
    """How long, in ms, those of the window bucket took that have the title."""
    lines = world.server_command("export", "--format", "jsonl", "--device", "laptop").splitlines()
    return [event["duration"] for event in map(json.loads, lines)
            if event["bucket"] == WINDOW and event["data"].get("title") == title]


def secrets(world):
    return sum(SECRET in json.dumps(data) for data in held(world, WINDOW))


def takes_back_what_is_forbidden():
    with World() as world:
        start(world)
        world.publish_all()
        assert len(held(world, WINDOW)) == 40 and secrets(world) == 10
        world.use_computer("Editor", SECRET + " today")
        until(lambda: (world.device()["activity"] or {}).get("title") == SECRET + " today",
              "the title is shown")

        # Hidden: the event stays, the title goes; presence is corrected within one poll.
        world.call("SetRules", rules(HIDE))
        until(lambda: (world.device()["activity"] or {"title": ""})["title"] is None,
              "the title is no longer shown", 8)
        assert world.device()["activity"]["app"] == "Editor"
        until(lambda: secrets(world) == 0, "no secret is held")
        world.publish_all()
        world.call("SyncNow")
        assert len(held(world, WINDOW)) == 41
        assert sum(data == {"app": "Editor"} for data in held(world, WINDOW)) == 11

        # Dropped: the event goes.
        world.call("SetRules", rules(DROP))
        until(lambda: len(held(world, WINDOW)) == 30, "the events are gone")
        until(lambda: not world.device()["activity"], "no activity is shown", 8)
        assert world.has_state("active")
        verdicts = world.call("Verify", WINDOW)
        assert verdicts[0]["equal"] and verdicts[0]["allowed"] == 30, verdicts
        assert verdicts[0]["in-aw"] == 41, verdicts

        # Allowed again: all of it is there.
        world.call("SetRules", "")
        until(lambda: secrets(world) == 11, "everything is published again")
        until(lambda: (world.device()["activity"] or {}).get("title") == SECRET + " today",
              "the title is shown again", 8)
        assert world.get("Questions") == []


def goes_on_taking_back_after_a_crash():
    with World() as world:
        agent = start(world)
        world.publish_all()
        # The receiver is away when the rules change, and the agent dies.
        world.stop_server()
        world.call("SetRules", rules(DROP))
        agent.send_signal(signal.SIGKILL)
        agent.wait()
        world.start_server()
        assert secrets(world) == 10
        world.start_agent("--settings", world.path("agent.ini"))
        until(lambda: secrets(world) == 0, "no secret is held")
        world.publish_all()
        assert len(held(world, WINDOW)) == 30 and len(held(world, WEB)) == 40


def obeys_where_a_bucket_is_switched_off():
    """What a destination keeps of it obeys rules that come later; nothing more is published."""
    with World() as world:
        agent = start(world, buckets=False)
        world.publish_all()
        world.call("SetBucket", WINDOW, False, "keep")
        world.heartbeat(WINDOW, {"app": "Editor", "title": "after it was switched off"})
        assert len(held(world, WINDOW)) == 40 and secrets(world) == 10
        world.call("SetRules", rules(HIDE))
        until(lambda: secrets(world) == 0, "no secret is held")
        until(lambda: {track["bucket"] for track in world.get("Progress")} == {AFK, WEB},
              "that is over")
        assert len(held(world, WINDOW)) == 40
        world.call("SetRules", rules(DROP))
        until(lambda: len(held(world, WINDOW)) == 30, "the events are gone")
        # It survives restarts; what was taken back stays away.
        world.stop_server()
        world.call("SetRules", rules(dict(HIDE, pattern="letter 1*")))
        agent.send_signal(signal.SIGKILL)
        agent.wait()
        world.start_server()
        world.start_agent("--settings", world.path("agent.ini"))
        until(lambda: sum("title" not in data for data in held(world, WINDOW)) == 9,
              "the titles are gone")
        world.call("SyncNow")
        assert {verdict["bucket"] for verdict in world.call("Verify", "")} == {AFK, WEB}
        titles = {data.get("title") for data in held(world, WINDOW)}
        assert "after it was switched off" not in titles and len(held(world, WINDOW)) == 30, titles
        world.call("SetBucket", WINDOW, True, "")
        until(lambda: len(held(world, WINDOW)) == 41 and secrets(world) == 10,
              "it is published again")


def gives_a_switched_off_bucket_nothing_new():
    """What was never sent stays here when a rule changes, wherever it lies."""
    with World() as world:
        agent = start(world, DROP, buckets=False)
        world.publish_all()
        world.call("SetBucket", WINDOW, False, "keep")
        assert len(held(world, WINDOW)) == 30 and secrets(world) == 0
        # Imported later: under the start of one that is held, and between two.
        events = [event for event in events_in_aw(world) if SECRET not in event["data"]["title"]]
        twin = dict(events[10], data={"app": "Editor", "title": "imported"})
        del twin["id"]
        assert world.aw.post("/api/0/buckets/%s/events" % WINDOW, [twin]).status == 200
        world.heartbeat(WINDOW, {"app": "Editor", "title": "imported, too"}, 755, 0.5)
        world.call("SetRules", rules(dict(HIDE, pattern="letter *")))
        until(lambda: not any("title" in data for data in held(world, WINDOW)),
              "the titles are gone")
        # Nothing tells any more which of two it was that was sent.
        assert len(held(world, WINDOW)) == 29
        world.call("SetRules", "")
        until(lambda: all("title" in data for data in held(world, WINDOW)), "the titles are back")
        assert len(held(world, WINDOW)) == 29 and secrets(world) == 0
        assert not any("imported" in data["title"] for data in held(world, WINDOW))
        # Switched on while no agent runs.
        world.stop_agent(agent)
        world.environment["HELIOGRAPH_BUCKETS"] = ",".join((WINDOW, AFK, WEB))
        world.start_agent("--settings", world.path("agent.ini"))
        until(lambda: len(held(world, WINDOW)) == 42 and secrets(world) == 10,
              "it is published again")


def tells_no_end_of_what_was_under_way():
    """When a bucket was switched off, the newest event may go on in ActivityWatch."""
    with World() as world:
        start(world, buckets=False)
        began = time.time() - 20
        world.heartbeat(WINDOW, {"app": "Editor", "title": SECRET}, 20, 0)
        world.publish_all()
        until(lambda: durations(world, SECRET), "it is published")
        world.call("SetBucket", WINDOW, False, "keep")
        longest = (time.time() - began) * 1000
        before = durations(world, SECRET)
        assert len(before) == 1, before
        world.heartbeat(WINDOW, {"app": "Editor", "title": SECRET}, -300, 0, pulsetime=600)
        assert max(event["duration"] for event in events_in_aw(world)) >= 319
        world.call("SetRules", rules(dict(HIDE, pattern="letter *")))
        until(lambda: sum("title" not in data for data in held(world, WINDOW)) == 30,
              "the other titles are gone")
        after = durations(world, SECRET)
        assert before[0] <= after[0] <= longest < 300000, (before, after, longest)


def says_that_it_cannot_obey_where_a_bucket_is_switched_off():
    """Without the ledger nobody knows what is left: that is trouble, and made up for."""
    with World() as world:
        start(world, buckets=False)
        world.publish_all()
        for bucket in (WINDOW, AFK, WEB):
            world.call("SetBucket", bucket, False, "keep")
        world.call("SyncNow")
        ledger = sqlite3.connect(world.path("data", "heliograph", "ledger.db"), timeout=20)
        ledger.execute("ALTER TABLE event RENAME TO elsewhere")
        world.call("SetRules", rules(HIDE))
        assert "ledger" in until(lambda: world.get("Trouble"), "there is trouble")
        assert secrets(world) == 10
        ledger.execute("ALTER TABLE elsewhere RENAME TO event")
        ledger.close()
        world.call("SyncNow")
        assert secrets(world) == 0 and world.get("Trouble") == "", world.get("Trouble")


def publishes_no_gap_of_a_switched_off_bucket():
    """What history had not come to is not published because a rule changes later."""
    with World() as world:
        agent = start(world, buckets=False)
        world.publish_all()
        world.stop_agent(agent)
        # More than one read of the newest events sees.
        for number in range(300):
            world.heartbeat(WINDOW, {"app": "Editor", "title": "away %d" % number},
                            450 - number, 0.5)
        world.aw.control("fault", {"method": "GET", "path": "end=", "count": -1, "status": 500})
        world.start_agent("--settings", world.path("agent.ini"))
        world.heartbeat(WINDOW, {"app": "Editor", "title": SECRET + " newest"})
        until(lambda: secrets(world) == 11, "keep-up goes on")
        before = len(held(world, WINDOW))
        assert before < 300, before
        world.call("SetBucket", WINDOW, False, "keep")
        world.aw.control("fault", {"clear": True})
        world.call("SetRules", rules(HIDE))
        until(lambda: secrets(world) == 0, "no secret is held")
        until(lambda: {track["bucket"] for track in world.get("Progress")} == {AFK, WEB},
              "that is over")
        assert len(held(world, WINDOW)) == before
        world.call("SetBucket", WINDOW, True, "")
        until(lambda: len(held(world, WINDOW)) == 341, "it is published again")


def sweeps_only_what_a_rule_concerns():
    with World() as world:
        start(world)
        world.publish_all()
        world.state_is("idle")

        def reads(bucket):
            return sum(bucket in line for line in world.log_text().splitlines() if "sent" in line)

        before = reads(WINDOW)
        world.call("SetRules", rules(dict(DROP, id="tabs", where={"type": "web.*"},
                                          field="incognito", match="exact", pattern="true")))
        progress = {track["bucket"]: track["done"] for track in world.get("Progress")}
        assert progress[WINDOW] and not progress[WEB], progress
        until(lambda: len(held(world, WEB)) == 20, "the private tabs are gone")
        assert len(held(world, WINDOW)) == 40 and reads(WINDOW) == before
        assert not any(data["incognito"] for data in held(world, WEB))


def ctl(world, *words):
    answer = subprocess.run([CTL, *words], env=world.environment, stdin=subprocess.DEVNULL,
                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                            timeout=120, check=False)
    assert answer.returncode in (0, 5), (words, answer.stdout)
    return answer.stdout


def files(world):
    """Everything below the world's folder but what the monitor wrote. The stand-in keeps its events
    in memory."""
    for where, _, names in os.walk(world.folder):
        for name in names:
            path = os.path.join(where, name)
            if name != "messages.txt" and os.path.isfile(path):
                with open(path, "rb") as file:
                    yield os.path.relpath(path, world.folder), file.read()


def lets_no_forbidden_byte_pass():
    with World() as world:
        world.start_server()
        with Recorder(int(world.url.rsplit(":", 1)[1])) as recorder:
            monitor = Monitor(world)
            start(world, HIDE, recorder=recorder)
            world.use_computer("Editor", SECRET + " today")
            world.publish_all()
            until(lambda: (world.device()["activity"] or {}).get("app") == "Editor", "presence")
            world.call("SyncNow")
            world.call("ListLog", 0)
            world.call("GetRules")
            events = world.call("Preview", WINDOW, "history", 0, "")
            assert any(SECRET in event["data"] for event in events)
            # Whoever asks is not told, except by a preview.
            for words in (("status",), ("status", "--json"), ("sync",), ("verify",), ("buckets",),
                          ("rejected",), ("questions",), ("log",), ("rules", "list"),
                          ("rules", "export"), ("destination", "list"), ("option", "list")):
                assert "Plan" not in ctl(world, *words), words
            assert SECRET in ctl(world, "preview", "--bucket", WINDOW)
            world.stop_agent(world.agents[-1])
            until(lambda: b"PUT /api/heliograph/v1/status" in recorder.sent
                  and b"letter 39" in recorder.sent, "the requests")
            assert b"ontent-Encoding" not in recorder.sent
            assert b"Plan" not in recorder.sent and b"Nine" not in recorder.sent
            others, previews = monitor.others("Preview")
            assert "member=PropertiesChanged" in others and "member=Verify" in others
            assert "Plan" not in others and "Nine" not in others
            assert SECRET in previews
            assert SECRET not in world.log_text()
            world.stop_server()
            held_anything = False
            for path, text in files(world):
                assert b"Plan" not in text and b"Nine" not in text, path
                held_anything |= path.startswith("server") and b"letter 39" in text
            assert held_anything
            world.start_server()


def stops_what_a_broken_rule_concerns():
    with World() as world:
        agent = start(world)
        world.publish_all()
        world.stop_agent(agent)
        before = len(held(world, WINDOW))
        write_rules(world, rules(BROKEN))
        world.start_agent("--settings", world.path("agent.ini"))
        world.state_is("trouble")
        assert "“My broken rule” is broken" in world.get("Trouble"), world.get("Trouble")
        assert "missing" in world.get("Trouble")
        world.use_computer("Editor", "something new")
        world.heartbeat(WEB, {"title": "a new page", "url": "https://example.org/new"})
        # A bucket that presence does not need is read every 30 s.
        until(lambda: any(data["title"] == "a new page" for data in held(world, WEB)),
              "another bucket is published", 60)
        until(lambda: world.has_state("active"), "somebody is there")
        assert not world.device()["activity"], world.device()
        buckets = {bucket["id"]: bucket["error"] for bucket in world.get("Buckets")}
        assert "My broken rule" in buckets[WINDOW] and buckets[WEB] == "", buckets
        assert "My broken rule" in world.fails("Failed", "SyncNow")
        assert "My broken rule" in world.fails("Failed", "Verify", WINDOW)
        # What is there stays as it is.
        assert len(held(world, WINDOW)) == before
        text, problems = world.call("GetRules")
        assert json.loads(text)["rules"] == [BROKEN]
        assert [(one["id"], one["stops"]) for one in problems] == [("broken", True)], problems
        events = world.call("Preview", WINDOW, "presence", 5, "")
        assert len(events) == 5 and not any(event["leaves"] for event in events), events
        assert "unclosed-private-word" not in world.log_text()
        assert "My broken rule" not in world.log_text()

        world.call("SetRules", rules(dict(BROKEN, enabled=False)))
        until(lambda: len(held(world, WINDOW)) == before + 1, "it is published again")
        world.use_computer("Editor", "something new")
        until(lambda: (world.device()["activity"] or {}).get("title") == "something new",
              "the activity is shown")
        assert world.get("Trouble") == ""


def keeps_nobody_waiting_for_what_is_switched_off():
    """What a broken rule stops there is only what was left at the destination."""
    with World() as world:
        agent = start(world, buckets=False)
        world.publish_all()
        world.call("SetBucket", WINDOW, False, "keep")
        world.call("SyncNow")
        world.stop_agent(agent)
        write_rules(world, rules(BROKEN))
        world.start_agent("--settings", world.path("agent.ini"))
        world.state_is("trouble")
        world.call("SyncNow")
        verdicts = world.call("Verify", "")
        assert {(one["bucket"], one["equal"]) for one in verdicts} == {(AFK, True), (WEB, True)}
        assert len(held(world, WINDOW)) == 40


def stops_everything_when_the_rules_are_unknown():
    with World() as world:
        agent = start(world)
        world.publish_all()
        world.stop_agent(agent)
        write_rules(world, '{"version":2,"rules":[]}')
        world.start_agent("--settings", world.path("agent.ini"))
        world.state_is("trouble")
        assert "version 2" in world.get("Trouble")
        world.use_computer("Editor", "something new")
        until(lambda: world.has_state("online"), "nothing is known of the person")
        assert all("version 2" in bucket["error"] for bucket in world.get("Buckets"))
        assert len(held(world, WINDOW)) == 40
        assert "version 2" in world.fails("Failed", "SyncNow")


def refuses_broken_rules():
    with World() as world:
        start(world)
        world.publish_all()
        for text, what in ((rules(BROKEN), "My broken rule"), ("{", "JSON"),
                           ('{"version":2,"rules":[]}', "version 2"),
                           (rules(HIDE, HIDE), "another rule has the id")):
            assert what in world.fails("Settings", "SetRules", text)
            problems = world.call("CheckRules", text)
            assert len(problems) == 1 and problems[0]["error"], problems
        assert world.call("GetRules") == ["", []]
        assert world.call("CheckRules", rules(HIDE)) == []
        assert world.get("State") != "trouble"
        assert secrets(world) == 10


def shows_what_would_leave():
    with World() as world:
        start(world, HIDE)
        world.publish_all()
        events = world.call("Preview", WINDOW, "history", 8, "")
        assert len(events) == 8
        assert [event["start"] for event in events] \
            == sorted((event["start"] for event in events), reverse=True)
        hidden = [event for event in events if SECRET in event["data"]]
        assert len(hidden) == 2
        for event in events:
            assert event["leaves"] and event["bucket"] == WINDOW
            is_hidden = event in hidden
            assert event["rule"] == ("Hide plans" if is_hidden else "")
            assert (event["published"] == '{"app":"Editor"}') == is_hidden
            assert is_hidden or event["published"] == event["data"]
        # Other rules may be tried; they do not come into force.
        events = world.call("Preview", WINDOW, "history", 40, rules(DROP))
        assert sum(not event["leaves"] for event in events) == 10
        assert all("published" not in event for event in events if not event["leaves"])
        only_history = dict(DROP, scope="history")
        events = world.call("Preview", WINDOW, "presence", 40, rules(only_history))
        assert all(event["leaves"] for event in events)
        everywhere = world.call("Preview", "", "history", 3, "")
        assert {event["bucket"] for event in everywhere} == {WINDOW, WEB}, everywhere
        world.fails("Settings", "Preview", WINDOW, "both", 0, "")
        world.fails("NotFound", "Preview", "no-such-bucket", "history", 0, "")
        presets = {preset["id"]: preset for preset in world.call("ListPresets")}
        assert len(presets) == 6 and all(one["name"] and one["summary"]
                                         for one in presets.values())
        events = world.call("Preview", WEB, "history", 40, presets["private-windows"]["rules"])
        assert sum(not event["leaves"] for event in events) == 20
        assert secrets(world) == 0 and len(held(world, WEB)) == 40


def loses_nobodys_change():
    with World() as world:
        start(world)
        world.publish_all()
        world.call("ReplaceRules", "", rules(HIDE))
        before = world.call("GetRules")[0]
        assert before == rules(HIDE)
        # Somebody else was quicker.
        world.call("SetRules", rules(HIDE, DROP))
        assert "look at them again" in world.fails("RulesChanged", "ReplaceRules", before, "")
        assert "look at them again" in world.fails("RulesChanged", "ReplaceRules", "", rules(DROP))
        assert world.call("GetRules")[0] == rules(HIDE, DROP)
        assert "My broken rule" in world.fails("Settings", "ReplaceRules", rules(HIDE, DROP),
                                               rules(BROKEN))
        world.call("ReplaceRules", rules(HIDE, DROP), rules(DROP))
        assert world.call("GetRules")[0] == rules(DROP)
        until(lambda: secrets(world) == 0, "they are in force")


def obeys_rules_once_where_a_bucket_is_switched_off():
    with World() as world:
        agent = start(world, buckets=False)
        world.publish_all()
        world.call("SetBucket", WINDOW, False, "keep")
        world.stop_agent(agent)
        world.heartbeat(WINDOW, {"app": "Editor", "title": "after it was switched off"})
        write_rules(world, rules(DROP, dict(HIDE, pattern="letter 1*")))
        result = world.run_agent("--once", "--settings", world.path("agent.ini"))
        assert result.returncode == 0, result.stderr
        assert WINDOW in result.stdout, result.stdout
        data = held(world, WINDOW)
        assert len(data) == 30 and secrets(world) == 0
        assert sum("title" not in one for one in data) == 9, data
        result = world.run_agent("--once", "--settings", world.path("agent.ini"))
        assert result.returncode == 0 and WINDOW not in result.stdout, result.stdout
        assert held(world, WINDOW) == data


def obeys_rules_once():
    with World() as world:
        agent = start(world, DROP)
        world.publish_all()
        world.stop_agent(agent)
        assert len(held(world, WINDOW)) == 30
        write_rules(world, rules(dict(DROP, pattern="letter 1*")))
        result = world.run_agent("--once", "--settings", world.path("agent.ini"))
        assert result.returncode == 0, result.stderr
        # Letter 12 and letter 16 are secret and begin otherwise.
        assert len(held(world, WINDOW)) == 31 and secrets(world) == 10
        write_rules(world, rules(BROKEN))
        world.heartbeat(WINDOW, {"app": "Editor", "title": "new"})
        world.heartbeat(WEB, {"title": "a new page", "url": "https://example.org/new"})
        result = world.run_agent("--once", "--settings", world.path("agent.ini"))
        assert result.returncode == 78 and "My broken rule" in result.stderr, result.stderr
        assert len(held(world, WINDOW)) == 31
        assert any(data["title"] == "a new page" for data in held(world, WEB))


run_tests([
    ("/agent/rules/takes-back-what-is-forbidden", takes_back_what_is_forbidden),
    ("/agent/rules/goes-on-taking-back-after-a-crash", goes_on_taking_back_after_a_crash),
    ("/agent/rules/obeys-them-where-a-bucket-is-switched-off",
     obeys_where_a_bucket_is_switched_off),
    ("/agent/rules/says-that-it-cannot-obey-them-where-a-bucket-is-switched-off",
     says_that_it_cannot_obey_where_a_bucket_is_switched_off),
    ("/agent/rules/gives-a-switched-off-bucket-nothing-new",
     gives_a_switched_off_bucket_nothing_new),
    ("/agent/rules/tells-no-end-of-what-was-under-way", tells_no_end_of_what_was_under_way),
    ("/agent/rules/publishes-no-gap-of-a-switched-off-bucket",
     publishes_no_gap_of_a_switched_off_bucket),
    ("/agent/rules/sweeps-only-what-a-rule-concerns", sweeps_only_what_a_rule_concerns),
    ("/agent/rules/lets-no-forbidden-byte-pass", lets_no_forbidden_byte_pass),
    ("/agent/rules/stops-what-a-broken-rule-concerns", stops_what_a_broken_rule_concerns),
    ("/agent/rules/keeps-nobody-waiting-for-what-is-switched-off",
     keeps_nobody_waiting_for_what_is_switched_off),
    ("/agent/rules/stops-everything-when-they-are-unknown",
     stops_everything_when_the_rules_are_unknown),
    ("/agent/rules/refuses-broken-ones", refuses_broken_rules),
    ("/agent/rules/shows-what-would-leave", shows_what_would_leave),
    ("/agent/rules/loses-nobody-s-change", loses_nobodys_change),
    ("/agent/rules/obeys-them-once-where-a-bucket-is-switched-off",
     obeys_rules_once_where_a_bucket_is_switched_off),
    ("/agent/rules/obeys-them-once", obeys_rules_once),
])
