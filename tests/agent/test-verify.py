# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Verify is a proof: whatever differs is found, named by its day, and mended; and what merely goes
on meanwhile is no difference. How far a change of the rules is applied is told, too."""

import datetime
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import threading
import zoneinfo

import dbus

from front import Front
from world import BUILD, ERROR, WINDOW, World, run_tests, until

# Half an hour off, so that no day is one of UTC.
ZONE = "Asia/Kolkata"
DAY = 24 * 3600 * 1000


def local_day(start):
    zone = zoneinfo.ZoneInfo(ZONE)
    return datetime.datetime.fromtimestamp(start / 1000, zone).strftime("%Y-%m-%d")


def publish(world, url=None, aw_url=None):
    world.environment["TZ"] = ZONE
    if not world.aw:
        world.start_aw()
    if not world.server:
        world.start_server()
    world.make_token()
    world.use_environment(WINDOW)
    if url:
        world.environment["HELIOGRAPH_URL"] = url
    if aw_url:
        world.environment["HELIOGRAPH_AW_URL"] = aw_url
    agent = world.start_agent("--settings", world.path("agent.ini"))
    world.publish_all()
    return agent


def slow_down(world, delay_ms=1000):
    """History's reads take their time, as on a slow machine; those of the newest events do not."""
    world.aw.control("fault", {"clear": True})
    world.aw.control("fault", {"method": "GET", "path": "end=", "count": -1, "delay_ms": delay_ms})


class Receiver:
    """Its file, as somebody would change it behind its back."""

    def __init__(self, world):
        self.db = sqlite3.connect(world.path("server", "receiver.sqlite"), timeout=20)
        self.bucket = self.db.execute("SELECT id FROM bucket WHERE name = ?",
                                      (WINDOW,)).fetchone()[0]

    def starts(self):
        """Those of events that keep-up and repair leave alone, newest first."""
        starts = [row[0] for row in self.db.execute(
            "SELECT DISTINCT start FROM event WHERE bucket = ? ORDER BY start DESC",
            (self.bucket,))]
        return [start for start in starts if start < starts[0] - 3 * DAY]

    def events(self):
        return self.db.execute('SELECT start, n, duration, "check", data FROM event '
                               "WHERE bucket = ? ORDER BY start, n", (self.bucket,)).fetchall()

    def change(self, statement, *values):
        with self.db:
            assert self.db.execute(statement, values).rowcount > 0


def verify(world):
    (verdict,) = world.call("Verify", WINDOW)
    assert verdict["held"] == world.held(WINDOW), verdict
    assert verdict == {**verdict, "destination": world.get("Destinations")[0]["id"],
                       "bucket": WINDOW, "in-aw": world.in_aw(WINDOW), "outdated": False}
    assert world.get("Verdicts") == [verdict]
    return verdict


def assert_equal(verdict):
    assert verdict["equal"] and not verdict["mended"] and verdict["days"] == 0, verdict
    assert verdict["differing-days"] == [], verdict
    assert verdict["held"] == verdict["allowed"], verdict


def finds_tampering():
    with World(events=8000) as world:
        publish(world)
        assert_equal(verify(world))
        receiver = Receiver(world)
        before = receiver.events()
        starts = receiver.starts()
        here = "WHERE bucket = ? AND start = ?"
        other, gone, extra, both = (starts[part * len(starts) // 5] for part in range(1, 5))

        def check(*days):
            verdict = verify(world)
            assert verdict["equal"] and verdict["mended"], verdict
            assert verdict["differing-days"] == sorted(days) and verdict["days"] == len(days), \
                (verdict, days)
            assert receiver.events() == before
            assert_equal(verify(world))

        # The same number of events, but another check.
        receiver.change('UPDATE event SET "check" = ("check" + 1) & 4294967295 ' + here,
                        receiver.bucket, other)
        check(local_day(other))
        receiver.change("DELETE FROM event " + here, receiver.bucket, gone)
        check(local_day(gone))
        receiver.change('INSERT INTO event (bucket, start, n, duration, "check", data) '
                        "VALUES (?, ?, 9, 1000, 12345, '{}')", receiver.bucket, extra)
        check(local_day(extra))
        # One is gone and another too many on the same day: the count is that of before.
        receiver.change('UPDATE event SET start = start + 1, "check" = 77 ' + here,
                        receiver.bucket, both)
        check(local_day(both))
        receiver.change("DELETE FROM event " + here, receiver.bucket, gone)
        receiver.change("UPDATE event SET \"check\" = 1, data = '{}' " + here, receiver.bucket,
                        other)
        check(*{local_day(gone), local_day(other)})
        # All of it.
        receiver.change("DELETE FROM event WHERE bucket = ?", receiver.bucket)
        verdict = verify(world)
        assert verdict["equal"] and verdict["mended"] and receiver.events() == before
        days = sorted({local_day(event[0]) for event in before})
        assert verdict["days"] == len(days) > 10, (verdict, len(days))
        assert verdict["differing-days"] == days, verdict
        assert world.get("Questions") == []


def import_event(world, start):
    moment = datetime.datetime.fromtimestamp(start / 1000, datetime.timezone.utc)
    answer = world.aw.post("/api/0/buckets/%s/events" % WINDOW, [{
        "timestamp": moment.isoformat(), "duration": 5,
        "data": {"app": "Import", "title": "late"}}])
    assert answer.status == 200, (answer.status, answer.body)


def finds_what_activitywatch_changed_long_ago():
    with World(events=2000) as world:
        publish(world)
        starts = Receiver(world).starts()
        late = starts[len(starts) // 2] + 1
        import_event(world, late)
        verdict = verify(world)
        assert verdict["equal"] and verdict["mended"], verdict
        assert verdict["differing-days"] == [local_day(late)], verdict
        assert late in Receiver(world).starts()
        assert_equal(verify(world))


def waits_until_activitywatch_was_read():
    """Who asks at once is not told that there is nothing."""
    with World(events=200) as world:
        agent = publish(world)

        def start_again():
            world.stop_agent(agent)
            world.aw.control("fault", {"method": "GET", "path": "buckets/", "count": 1,
                                       "delay_ms": 4000})
            again = world.start_agent("--settings", world.path("agent.ini"))
            assert world.get("State") == "starting", world.get("Buckets")
            return again
        for bucket in ("", WINDOW):
            agent = start_again()
            assert [one["bucket"] for one in world.call("Verify", bucket)] == [WINDOW]
        agent = start_again()
        assert "“no-such”" in world.fails("NotFound", "Verify", "no-such")


def mends_what_a_restored_backup_lacks():
    """Looking at the destination makes the ledger agree with it: that alone proves nothing."""
    with World(events=2000) as world:
        agent = publish(world)
        world.stop_server()
        shutil.copytree(world.path("server"), world.path("backup"))
        world.start_server()
        starts = Receiver(world).starts()
        late = starts[len(starts) // 2] + 1
        import_event(world, late)
        before = verify(world)
        # Verify is asked for before anything else finds out.
        agent.send_signal(signal.SIGSTOP)
        world.stop_server()
        shutil.rmtree(world.path("server"))
        shutil.copytree(world.path("backup"), world.path("server"))
        world.start_server()
        world.send("Verify", ("s", WINDOW))
        agent.send_signal(signal.SIGCONT)
        (verdict,) = until(lambda: (all_ := world.get("Verdicts"))[0]["at"] > before["at"] and all_,
                           "it is verified")
        assert verdict["equal"] and verdict["allowed"] == verdict["in-aw"] == verdict["held"], \
            verdict
        assert verdict["mended"] and verdict["differing-days"] == [local_day(late)], verdict
        assert late in Receiver(world).starts()
        assert_equal(verify(world))


class Hold(Front):
    """Lets only so many of history's reads of ActivityWatch pass, until more are allowed; those of
    the newest events pass always."""

    def __init__(self, port):
        self.left = 1 << 40
        self.more = threading.Condition()
        self.is_held = False
        super().__init__(port)

    def allow(self, count):
        with self.more:
            self.left = count
            self.is_held = False
            self.more.notify_all()

    def pump(self, source, sink):
        try:
            while part := source.recv(65536):
                if part.startswith(b"GET ") and b"end=" in part:
                    with self.more:
                        self.is_held = self.left == 0
                        self.more.wait_for(lambda: self.left > 0)
                        self.left -= 1
                sink.sendall(part)
            sink.shutdown(2)
        except OSError:
            pass


def takes_what_goes_on_for_no_difference():
    with World(events=20000, flavour="python") as world:
        world.start_aw()
        with Hold(world.aw_port()) as hold:
            publish(world, aw_url=hold.url)
            for _ in range(2):
                # The newest event grows, others follow, one of today is changed and one deleted.
                hold.allow(0)
                waiting = Verifying(world)
                for step in range(3):
                    until(lambda: hold.is_held, "another page is read")
                    for _ in range(4):
                        world.heartbeat(WINDOW, {"app": "Editor", "title": "%d" % step}, 0, 0)
                    if step == 1:
                        newest = world.aw.api("buckets/%s/events?limit=6" % WINDOW)
                        world.aw.request("DELETE", "/api/0/buckets/%s/events/%d"
                                         % (WINDOW, newest[4]["id"]))
                    hold.allow(1)
                hold.allow(1 << 40)
                waiting.join(60)
                assert waiting.error is None, waiting.error
                (verdict,) = waiting.verdicts
                assert_equal(verdict)
            world.call("SyncNow")
            assert world.held(WINDOW) == world.in_aw(WINDOW)


class Verifying(threading.Thread):
    """A call of Verify under way."""

    def __init__(self, world):
        super().__init__(daemon=True)
        self.world = world
        self.verdicts = self.error = None
        self.start()

    def run(self):
        try:
            self.verdicts = self.world.call("Verify", WINDOW)
        except dbus.DBusException as error:
            self.error = error


def track(world):
    return world.get("Progress")[0]


def tells_how_far_it_is_and_can_be_stopped():
    with World(events=50000, flavour="python") as world:
        publish(world)
        slow_down(world, 3000)
        assert (track(world)["work"], track(world)["part"]) == ("", 1), track(world)
        waiting = Verifying(world)

        def is_told():
            one = track(world)
            # The newest events may be published between two of its steps: only then.
            return (one["work"] == "verify" and 0 < one["part"] < 1
                    and world.get("State") == "idle")
        until(is_told, "it is told how far it is, and that to verify is not to publish")
        assert track(world)["done"], "nothing is uncovered for it"
        world.call("StopVerify")
        waiting.join(10)
        assert waiting.error.get_dbus_name() == ERROR + "Failed", waiting.error
        assert "stopped" in waiting.error.get_dbus_message()
        assert track(world)["work"] == "" and world.get("Verdicts") == []
        world.call("StopVerify")
        slow_down(world)

        # Ctrl-C.
        program = os.path.join(BUILD, "src", "cli", "heliographctl")
        with subprocess.Popen([program, "verify"], env=world.environment, text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as ctl:
            # How far it is may not be told before its end: all may be read in one step.
            until(lambda: track(world)["work"] == "verify", "it verifies")
            ctl.send_signal(signal.SIGINT)
            out, errors = ctl.communicate(timeout=20)
        assert (ctl.returncode, out) == (1, "") and "stopped" in errors, (out, errors)
        assert track(world)["work"] == "" and world.get("Verdicts") == []
        assert_equal(verify(world))


def names_what_it_found_before_a_read_failed():
    """It is mended before the rest is read, so it is not found again."""
    with World(events=50000, flavour="python") as world:
        publish(world)
        late = Receiver(world).starts()[0] + 1
        import_event(world, late)
        world.aw.control("fault", {"method": "GET", "path": "end=", "count": 2, "delay_ms": 400})
        world.aw.control("fault", {"method": "GET", "path": "end=", "count": 2, "drop": True})
        verdict = verify(world)
        assert verdict["equal"] and verdict["mended"], verdict
        assert verdict["differing-days"] == [local_day(late)], verdict


def says_what_waits_for_an_answer():
    with World(events=2000) as world:
        publish(world)
        for event in world.aw.api("buckets/%s/events?limit=150" % WINDOW):
            world.aw.request("DELETE", "/api/0/buckets/%s/events/%d" % (WINDOW, event["id"]))
        verdict = verify(world)
        assert not verdict["equal"] and not verdict["mended"], verdict
        assert (verdict["waiting"], verdict["kept"]) == (150, 0), verdict
        assert verdict["allowed"] == verdict["in-aw"] == verdict["held"] - 150, verdict
        world.call("Answer", world.get("Questions")[0]["id"], "keep")
        world.publish_all()
        verdict = verify(world)
        assert (verdict["waiting"], verdict["kept"]) == (0, 150), verdict
        assert verdict["equal"] and verdict["allowed"] == verdict["held"] - 150, verdict


class Gate(Front):
    """Lets only so many bytes pass to the receiver, until more are allowed."""

    def __init__(self, port):
        self.left = 1 << 40
        self.more = threading.Condition()
        super().__init__(port)

    def allow(self, count):
        with self.more:
            self.left = count
            self.more.notify_all()

    def pump(self, source, sink):
        try:
            while part := source.recv(65536):
                if source.getsockname()[1] == self.socket.getsockname()[1]:
                    with self.more:
                        self.more.wait_for(lambda: self.left > 0)
                        self.left -= len(part)
                sink.sendall(part)
            sink.shutdown(2)
        except OSError:
            pass


def shows_how_far_rules_are_applied():
    with World(events=30000) as world:
        world.start_server()
        with Gate(int(world.url.rsplit(":", 1)[1])) as gate:
            agent = publish(world, gate.url)
            verify(world)
            total = world.held(WINDOW)

            gate.allow(1500000)
            world.call("SetRules", json.dumps({"version": 1, "rules": [
                {"id": "a", "name": "A", "field": "title", "match": "regex", "pattern": ".*",
                 "action": "replace", "with": "something else that is long enough"}]}))
            assert world.get("Verdicts")[0]["outdated"]
            one = until(lambda: (one := track(world))["work"] == "rules" and one["part"] > 0.1
                        and one, "some of it is applied")
            assert not one["done"] and one["part"] < 0.9 and one["held"] == total, one

            agent.send_signal(signal.SIGKILL)
            agent.wait()
            gate.allow(500000)
            world.start_agent("--settings", world.path("agent.ini"))
            again = until(lambda: (world.get("Progress") or [{}])[0].get("work") == "rules"
                          and track(world), "it goes on")
            # After a start the last day is looked at again.
            assert one["part"] - 0.1 < again["part"] < 0.95, (one, again)

            gate.allow(1 << 40)
            parts = [again["part"]]
            until(lambda: parts.append(track(world)["part"]) or track(world)["done"],
                  "all is applied")
            assert min(parts) > one["part"] - 0.1, (one, parts)
            assert (track(world)["work"], track(world)["part"]) == ("", 1), track(world)
            assert_equal(verify(world))
            assert all("something else" in event[4] for event in Receiver(world).events())


def shows_how_far_it_is_with_much_too():
    """So much is left that it is not counted at once."""
    with World(events=80000) as world:
        world.start_server()
        with Gate(int(world.url.rsplit(":", 1)[1])) as gate:
            publish(world, gate.url)
            assert (track(world)["work"], track(world)["part"]) == ("", 1), track(world)
            gate.allow(2000000)
            world.call("SetRules", json.dumps({"version": 1, "rules": [
                {"id": "a", "name": "A", "field": "title", "match": "regex", "pattern": ".*",
                 "action": "replace", "with": "something else that is long enough"}]}))
            assert track(world)["part"] < 0.1, track(world)
            one = until(lambda: (one := track(world))["work"] == "rules" and one["part"] > 0.1
                        and one, "some of it is applied")
            assert one["part"] < 0.35, (one, "more than a few are left")
            gate.allow(1 << 40)
            parts = [one["part"]]
            until(lambda: parts.append(track(world)["part"]) or track(world)["done"],
                  "all is applied", 60)
            assert parts == sorted(parts), parts
            assert (track(world)["work"], track(world)["part"]) == ("", 1), track(world)


run_tests([
    ("/agent/verify/finds-tampering", finds_tampering),
    ("/agent/verify/finds-what-activitywatch-changed-long-ago",
     finds_what_activitywatch_changed_long_ago),
    ("/agent/verify/waits-until-activitywatch-was-read", waits_until_activitywatch_was_read),
    ("/agent/verify/mends-what-a-restored-backup-lacks", mends_what_a_restored_backup_lacks),
    ("/agent/verify/takes-what-goes-on-for-no-difference", takes_what_goes_on_for_no_difference),
    ("/agent/verify/tells-how-far-it-is-and-can-be-stopped",
     tells_how_far_it_is_and_can_be_stopped),
    ("/agent/verify/names-what-it-found-before-a-read-failed",
     names_what_it_found_before_a_read_failed),
    ("/agent/verify/says-what-waits-for-an-answer", says_what_waits_for_an_answer),
    ("/agent/verify/shows-how-far-rules-are-applied", shows_how_far_rules_are_applied),
    ("/agent/verify/shows-how-far-it-is-with-much-too", shows_how_far_it_is_with_much_too),
])
