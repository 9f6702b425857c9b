#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the recordings do not show: the other measured behaviours, the generated history, and what
tests steer."""

import json
import os
import re
import socket
import sys
import tempfile
import threading
from urllib.parse import quote

from standin import Standin, read_answer, run_tests

PROGRAM = sys.argv[1]
NOW = "1795219200000"  # 2026-11-21T00:00:00Z
WINDOW = "aw-watcher-window_laptop"
SMALL = ("--generate", "400", "--seed", "7", "--now", NOW)


def start(*options):
    return Standin(PROGRAM, *options)


def make_bucket(standin, bucket="b"):
    answer = standin.post("/api/0/buckets/" + bucket,
                          {"client": "c", "type": "t", "hostname": "h"})
    assert answer.status == 200, answer.status


def post_events(standin, events, bucket="b"):
    answer = standin.post("/api/0/buckets/%s/events" % bucket, events)
    assert answer.status == 200, (answer.status, answer.body)
    return answer.json()


def beat(standin, second, data, bucket="b", pulsetime=60):
    return standin.post("/api/0/buckets/%s/heartbeat?pulsetime=%s" % (bucket, pulsetime),
                        {"timestamp": "2026-11-01T10:%02d:%02dZ" % divmod(second, 60),
                         "duration": 0, "data": data})


def event(second, duration=1, **data):
    return {"timestamp": "2026-11-01T10:%02d:%02dZ" % divmod(second, 60), "duration": duration,
            "data": data}


def get_truth(standin, bucket):
    return standin.control("truth?bucket=" + quote(bucket))


def to_ns(text):
    """Of a time as either server writes it."""
    match = re.match(r"(\d+)-(\d+)-(\d+)T(\d+):(\d+):(\d+)(?:\.(\d+))?(?:Z|\+00:00)$", text)
    assert match, text
    year, month, day, hour, minute, second = (int(part) for part in match.groups()[:6])
    import datetime
    days = datetime.date(year, month, day).toordinal() - 719163
    nanos = int((match.group(7) or "").ljust(9, "0"))
    return ((days * 24 + hour) * 60 + minute) * 60 * 10**9 + second * 10**9 + nanos


def walk_backward(standin, bucket, limit):
    """The scheme of the measurements: backward, ids seen, limit doubled on ties, events that reach
    the end read again by their id."""
    path = "buckets/%s/events" % quote(bucket)
    found = {}
    end = None
    size = limit
    while True:
        page = standin.api("%s?limit=%d%s" % (path, size, "&end=" + quote(end) if end else ""))
        new = 0
        for item in page:
            if item["id"] in found:
                continue
            new += 1
            stop = to_ns(item["timestamp"]) + int(item["duration"] * 1e9)
            if end is not None and stop >= to_ns(end) - 2 * 10**6:
                item = standin.api("%s/%d" % (path, item["id"]))
            found[item["id"]] = item
        if len(page) < size:
            return found
        oldest = page[-1]["timestamp"]
        if oldest == end or new == 0:
            size *= 2
        else:
            size = limit
        end = oldest


def check_walk(*options):
    with start(*SMALL, "--odd", "--events-in", WINDOW + "=3071", *options) as standin:
        for bucket in standin.api("buckets/"):
            truth = {item["id"]: item for item in get_truth(standin, bucket)}
            for limit in (50, 200):
                found = walk_backward(standin, bucket, limit)
                assert found.keys() == truth.keys(), (bucket, limit, len(found), len(truth))
                for key, item in found.items():
                    assert to_ns(item["timestamp"]) == truth[key]["start_ns"], item
                    seconds = truth[key]["duration_ns"] / 1e9
                    assert abs(item["duration"] - seconds) < 1e-6, (item, seconds)
                    assert item["data"] == truth[key]["data"]


def walks_completely_rust():
    check_walk("--flavour", "rust")


def walks_completely_python():
    check_walk("--flavour", "python")


def walks_completely_v4():
    check_walk("--flavour", "rust", "--db-version", "4")


def clips_silently():
    with start(*SMALL, "--odd", "--events-in", WINDOW + "=3071") as standin:
        truth = {item["id"]: item for item in get_truth(standin, WINDOW)}
        page = standin.api("buckets/%s/events?limit=500" % WINDOW)
        end = page[-1]["timestamp"]
        again = standin.api("buckets/%s/events?limit=500&end=%s" % (WINDOW, quote(end)))
        cut = [item for item in again
               if abs(item["duration"] - truth[item["id"]]["duration_ns"] / 1e9) > 1e-6]
        assert cut, "no event was cut at the end"


def grows_the_same_from_a_seed():
    def read(*options):
        with start(*options) as standin:
            return {bucket: get_truth(standin, bucket) for bucket in standin.api("buckets/")}

    first = read(*SMALL)
    assert first == read(*SMALL)
    assert first == read(*SMALL, "--flavour", "python")
    assert first != read(*SMALL, "--seed", "8")
    assert sorted(first) == ["aw-stopwatch", "aw-watcher-afk_laptop",
                             "aw-watcher-media-player_laptop", "aw-watcher-web-firefox_laptop",
                             WINDOW]
    assert len(first[WINDOW]) == 400
    assert all(item["start_ns"] < int(NOW) * 10**6 for item in first[WINDOW])
    exact = read("--events-in", WINDOW + "=1234", "--now", NOW)
    assert list(exact) == [WINDOW] and len(exact[WINDOW]) == 1234


def is_clean_without_odd():
    with start("--years", "1", "--now", NOW) as standin:
        for bucket in standin.api("buckets/"):
            last = 0
            for item in get_truth(standin, bucket):
                assert item["start_ns"] >= last, (bucket, item)
                assert 0 < item["duration_ns"] < 86400 * 10**9, (bucket, item)
                last = item["start_ns"] + item["duration_ns"]
        assert standin.api("buckets/%s/events/count" % WINDOW) > 100000


def is_odd_when_asked():
    with start("--events-in", WINDOW + "=60000", "--odd", "--now", NOW) as standin:
        truth = get_truth(standin, WINDOW)
        assert len(truth) == 60000
        starts = [item["start_ns"] for item in truth]
        longest = run = 1
        for before, after in zip(starts, starts[1:]):
            run = run + 1 if before == after else 1
            longest = max(longest, run)
        assert longest >= 70, longest
        assert any(start > int(NOW) * 10**6 for start in starts)
        for what in (lambda ns: ns == 0, lambda ns: ns < 0, lambda ns: ns > 86400 * 10**9,
                     lambda ns: ns % 10**6 != 0):
            assert any(what(item["duration_ns"]) for item in truth)


def reuses_ids_python():
    with start("--flavour", "python") as standin:
        make_bucket(standin, "one")
        make_bucket(standin, "two")
        post_events(standin, event(0), "one")
        post_events(standin, event(5), "one")
        assert standin.request("DELETE", "/api/0/buckets/one/events/2").json() == {"success": 1}
        post_events(standin, event(6), "two")
        assert [item["id"] for item in standin.api("buckets/two/events")] == [2]
        assert standin.get("/api/0/buckets/one/events/2").status == 404


def does_not_reuse_ids_rust():
    with start("--flavour", "rust") as standin:
        make_bucket(standin)
        assert post_events(standin, [event(0)])[0]["id"] == 1
        standin.request("DELETE", "/api/0/buckets/b/events/1")
        assert post_events(standin, [event(1)])[0]["id"] == 2


def imports_as_measured():
    file = {"buckets": {"i": {"id": "i", "client": "c", "type": "t", "hostname": "h",
                              "created": "2026-11-01T00:00:00Z",
                              "events": [dict(event(5, n="imp"), id=1)]}}}
    with start("--flavour", "python") as standin:
        make_bucket(standin)
        post_events(standin, event(0))
        assert standin.post("/api/0/import", file).body == b"null\n"
        assert standin.post("/api/0/import", file).status == 500
        assert [item["id"] for item in standin.api("buckets/i/events")] == [2]
    with start("--flavour", "rust") as standin:
        make_bucket(standin)
        post_events(standin, [event(0)])
        assert standin.post("/api/0/import", file).status == 200
        assert standin.post("/api/0/import", file).status == 200
        assert [item["id"] for item in standin.api("buckets/i/events")] == [1]
        assert standin.api("buckets/b/events") == []


def asks_for_the_key():
    with start("--api-key", "sekret") as standin:
        def ask(value, target="/api/0/buckets/"):
            return standin.request("GET", target, None,
                                   {} if value is None else {"Authorization": value}).status

        assert ask("Bearer sekret") == 200
        for wrong in (None, "Bearer bad", "sekret", "bearer sekret"):
            assert ask(wrong) == 401, wrong
        assert ask(None, "/api/0/info") == 200
        assert ask(None, "/api/0/info/") == 401


def loses_the_last_batch_in_a_crash():
    with tempfile.TemporaryDirectory() as folder:
        options = ("--database", os.path.join(folder, "aw.db"))
        with start(*options) as standin:
            make_bucket(standin)
            assert post_events(standin, [event(0, n="before")])[0]["id"] == 1
            standin.control("crash", {})
            assert standin.api("buckets/b/events") == []
            assert post_events(standin, [event(60, n="different")])[0]["id"] == 1
        with start(*options) as standin:
            assert [item["data"]["n"] for item in standin.api("buckets/b/events")] == ["different"]


def migrates_with_new_ids():
    with start("--flavour", "python") as standin:
        make_bucket(standin)
        before = standin.api("info")
        post_events(standin, [event(0, n=1), event(10, n=2), event(5, n="é")])
        standin.control("migrate", {"flavour": "rust"})
        after = standin.api("info")
        assert "(rust)" in after["version"] and "(rust)" not in before["version"]
        assert after["device_id"] != before["device_id"]
        assert [(item["id"], item["data"]["n"]) for item in standin.api("buckets/b/events")] \
            == [(1, 2), (2, "é"), (3, 1)]
        assert b'"\xc3\xa9"' in standin.get("/api/0/buckets/b/events").body


def shrinks_metadata_only_at_a_start():
    with start() as standin:
        make_bucket(standin)
        post_events(standin, [event(0), event(100)])
        standin.request("DELETE", "/api/0/buckets/b/events/2")
        assert standin.api("buckets/b")["metadata"]["end"] == "2026-11-01T10:01:41Z"
        standin.control("restart", {})
        assert standin.api("buckets/b")["metadata"]["end"] == "2026-11-01T10:00:01Z"


def empties_and_recreates():
    with start(*SMALL) as standin:
        created = standin.api("buckets/" + WINDOW)["created"]
        count = standin.api("buckets/%s/events/count" % WINDOW)
        standin.control("recreate", {"bucket": WINDOW, "keep_events": True})
        assert standin.api("buckets/" + WINDOW)["created"] != created
        assert standin.api("buckets/%s/events/count" % WINDOW) == count
        standin.control("recreate", {"bucket": WINDOW})
        assert standin.api("buckets/%s/events/count" % WINDOW) == 0
        standin.control("empty", {})
        assert standin.api("buckets/") == {}


def mutates_the_same_from_a_seed():
    results = []
    for flavour in ("rust", "rust", "python"):
        with start(*SMALL, "--flavour", flavour) as standin:
            before = get_truth(standin, WINDOW)
            done = standin.control("mutate", {"seed": 5, "steps": 300, "recreate": True,
                                              "now_ms": int(NOW)})
            assert sum(done.values()) > 250 and min(done.values()) >= 0, done
            assert get_truth(standin, WINDOW) != before
            for bucket in standin.api("buckets/"):
                count = standin.api("buckets/%s/events/count" % quote(bucket))
                assert count == len(get_truth(standin, bucket))
            results.append((done, [get_truth(standin, bucket)
                                   for bucket in standin.api("buckets/")]))
    assert results[0] == results[1]


def meets_faults():
    with start(*SMALL) as standin:
        def fault(**values):
            standin.control("fault", values)

        events = "/api/0/buckets/%s/events?limit=5" % WINDOW
        fault(path="events", count=2, status=503, header="Retry-After: 7")
        assert standin.get("/api/0/info").status == 200
        answer = standin.get(events)
        assert answer.status == 503 and ("Retry-After", "7") in answer.headers
        assert standin.get(events).status == 503
        assert standin.get(events).status == 200
        fault(path="events", cut=40)
        try:
            standin.get(events)
            raise AssertionError("the body was not cut")
        except ConnectionError as error:
            assert "cut after 40" in str(error)
        fault(drop=True)
        try:
            standin.get(events)
            raise AssertionError("the connection was not dropped")
        except ConnectionError as error:
            assert "no answer" in str(error)
        fault(html=True)
        assert standin.get(events).body.startswith(b"<!doctype html>")
        fault(garbage=True)
        try:
            standin.get(events).json()
            raise AssertionError("the answer was not garbage")
        except ValueError:
            pass
        fault(piece=7, piece_ms=1)
        assert len(standin.get(events).json()) == 5
        fault(delay_ms=30)
        assert standin.get(events).status == 200
        fault(count=-1, status=500)
        assert standin.get(events).status == 500
        fault(clear=True)
        assert standin.get(events).status == 200
        make_bucket(standin)
        fault(method="POST", status=500, after=True)
        assert beat(standin, 0, {"n": 1}).status == 500
        assert standin.api("buckets/b/events/count") == 1
        fault(method="POST", status=500)
        assert beat(standin, 0, {"n": 2}).status == 500
        assert standin.api("buckets/b/events/count") == 1


def pauses_and_resumes():
    with start(*SMALL) as standin:
        standin.control("pause", {})
        with standin.connect() as connection, connection.makefile("rb") as stream:
            connection.sendall(b"GET /api/0/info HTTP/1.1\r\nHost: localhost\r\n\r\n")
            connection.settimeout(0.2)
            try:
                connection.recv(1, socket.MSG_PEEK)
                raise AssertionError("answered while paused")
            except socket.timeout:
                pass
            connection.settimeout(60)
            standin.control("resume", {})
            assert read_answer(stream, "GET").status == 200


def moves_the_clock():
    with start() as standin:
        standin.control("clock", {"offset_ms": -365 * 86400 * 1000})
        make_bucket(standin)
        import time
        created = to_ns(standin.api("buckets/b")["created"]) / 1e9
        assert abs(created - (time.time() - 365 * 86400)) < 60


def keeps_connections_as_each_server():
    request = b"GET /api/0/info HTTP/1.1\r\nHost: localhost\r\n\r\n"
    with start("--flavour", "rust") as standin:
        with standin.connect() as connection, connection.makefile("rb") as stream:
            for _ in range(3):
                connection.sendall(request)
                assert read_answer(stream, "GET").status == 200
    with start("--flavour", "python") as standin:
        with standin.connect() as connection, connection.makefile("rb") as stream:
            connection.sendall(request)
            assert ("Connection", "close") in read_answer(stream, "GET").headers
            assert stream.read() == b""


def counts_requests():
    with start(*SMALL) as standin:
        standin.get("/api/0/buckets/%s/events" % WINDOW)
        standin.get("/api/0/buckets/%s/events?limit=30" % WINDOW)
        standin.get("/api/0/export")
        stats = standin.control("stats")
        assert stats["without_limit"] == 1 and stats["max_limit"] == 30
        assert stats["kinds"]["events"]["requests"] == 2
        assert stats["kinds"]["export"]["requests"] == 1
        assert stats["events"] == 430 and stats["concurrent_max"] == 1
        standin.control("stats/reset", {})
        assert standin.control("stats")["events"] == 0


def read_in_background(standin, target, rows):
    """Begins a paced read and returns when it is being served."""
    failures = []

    def read():
        try:
            assert len(standin.get(target).json()) == rows
        except Exception as error:
            failures.append(error)

    thread = threading.Thread(target=read)
    thread.start()
    while standin.control("stats")["active"] == 0 and thread.is_alive():
        pass
    return thread, failures


def loses_heartbeats_python():
    options = ("--flavour", "python", "--pace", "python", "--events-in", WINDOW + "=20000",
               "--now", NOW)
    target = "/api/0/buckets/%s/events?limit=20000" % WINDOW
    # 20,000 events cost 0.75 s; a write that waits longer than 0.1 s is lost.
    with start(*options, "--lock-timeout", "100") as standin:
        make_bucket(standin)
        thread, failures = read_in_background(standin, target, 20000)
        answer = beat(standin, 0, {"n": 1})
        thread.join()
        assert not failures, failures
        assert answer.status == 500 and answer.json() == {"message": "Internal Server Error"}
        assert standin.control("stats")["lost_heartbeats"] == 1
        assert standin.api("buckets/b/events/count") == 0
    # With the real 5.05 s it waits, and is kept.
    with start(*options) as standin:
        make_bucket(standin)
        thread, failures = read_in_background(standin, target, 20000)
        answer = beat(standin, 0, {"n": 1})
        thread.join()
        assert not failures, failures
        assert answer.status == 200
        stats = standin.control("stats")
        assert stats["lost_heartbeats"] == 0 and stats["event_reads_longest_us"] > 700000


def keeps_heartbeats_rust():
    options = ("--pace", "rust", "--events-in", WINDOW + "=20000", "--now", NOW)
    with start(*options, "--lock-timeout", "1") as standin:
        make_bucket(standin)
        target = "/api/0/buckets/%s/events?limit=20000" % WINDOW
        thread, failures = read_in_background(standin, target, 20000)
        assert beat(standin, 0, {"n": 1}).status == 200
        thread.join()
        assert not failures, failures
        stats = standin.control("stats")
        assert stats["lost_heartbeats"] == 0
        assert 52000 <= stats["event_reads_longest_us"]


def records_live():
    with start("--live") as standin:
        seen = None
        while True:
            if WINDOW in standin.api("buckets/"):
                newest = standin.api("buckets/%s/events?limit=1" % WINDOW)[0]
                if seen is not None and newest["duration"] > seen["duration"]:
                    break
                seen = seen or newest
        assert newest["id"] == seen["id"] and newest["timestamp"] == seen["timestamp"]
        status = standin.api("buckets/aw-watcher-afk_laptop/events?limit=1")[0]
        assert status["data"] == {"status": "not-afk"}


def keeps_its_database():
    with tempfile.TemporaryDirectory() as folder:
        for flavour in ("python", "rust"):
            options = ("--database", os.path.join(folder, flavour), "--flavour", flavour)
            with start(*options, *SMALL) as standin:
                buckets = standin.api("buckets/")
                truth = get_truth(standin, WINDOW)
            with start(*options) as standin:
                assert standin.api("buckets/") == buckets
                assert get_truth(standin, WINDOW) == truth


def refuses_bad_requests():
    with start() as standin:
        for request in (b"\r\n\r\n", b"GET\r\n\r\n", b"GET / SPDY/9\r\n\r\n", b"\xff\xfe\r\n\r\n",
                        b"GET / HTTP/1.1\r\nbroken\r\n\r\n"):
            with standin.connect() as connection:
                connection.sendall(request)
                assert connection.recv(1) == b""
        make_bucket(standin)
        assert standin.get("/api/0/buckets/b/events?limit").json() == []
        assert standin.get("/api/0/buckets/b/events?start").status == 400
        assert standin.get("/api/0/buckets/b/events?end=%00").status == 400
        assert standin.api("info")["hostname"] == "laptop"


run_tests([
    ("/aw/rust/is-read-completely-page-by-page", walks_completely_rust),
    ("/aw/python/is-read-completely-page-by-page", walks_completely_python),
    ("/aw/rust-v4/is-read-completely-page-by-page", walks_completely_v4),
    ("/aw/clips-at-the-end-of-a-range-without-a-sign", clips_silently),
    ("/aw/history/is-the-same-from-the-same-seed", grows_the_same_from_a_seed),
    ("/aw/history/is-plausible", is_clean_without_odd),
    ("/aw/history/is-odd-when-asked", is_odd_when_asked),
    ("/aw/python/gives-ids-again", reuses_ids_python),
    ("/aw/rust/does-not-give-ids-again", does_not_reuse_ids_rust),
    ("/aw/imports-as-each-server-does", imports_as_measured),
    ("/aw/rust/asks-for-the-key", asks_for_the_key),
    ("/aw/rust/loses-the-last-batch-in-a-crash", loses_the_last_batch_in_a_crash),
    ("/aw/migrates-with-new-ids-newest-first", migrates_with_new_ids),
    ("/aw/rust/shrinks-its-metadata-only-at-a-start", shrinks_metadata_only_at_a_start),
    ("/aw/control/empties-and-recreates", empties_and_recreates),
    ("/aw/control/mutates-the-same-from-the-same-seed", mutates_the_same_from_a_seed),
    ("/aw/control/meets-faults", meets_faults),
    ("/aw/control/pauses-and-resumes", pauses_and_resumes),
    ("/aw/control/moves-the-clock", moves_the_clock),
    ("/aw/keeps-connections-as-each-server-does", keeps_connections_as_each_server),
    ("/aw/counts-requests", counts_requests),
    ("/aw/python/loses-heartbeats-that-wait-too-long", loses_heartbeats_python),
    ("/aw/rust/keeps-heartbeats-that-wait", keeps_heartbeats_rust),
    ("/aw/live/grows-an-event", records_live),
    ("/aw/keeps-its-database", keeps_its_database),
    ("/aw/refuses-bad-requests", refuses_bad_requests),
])
