#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Replays what was recorded on both real servers, in order, and compares each answer: status,
reason, headers and body. Where a recording shortens a long body, its beginning and its length are
compared. Times of that day, device ids and the port are masked.

What can't match, and why:
- "5 MB data" / "export": the recordings keep only their beginning; 5,000,000 characters are sent
  again from their length.
- Rust's order of buckets: a hash map, new in each answer; the answers are compared as JSON, and a
  shortened one by length alone.
"""

import json
import os
import re
import sys

from standin import Standin, read_answer, run_tests

PROGRAM = sys.argv[1]
FIXTURES = sys.argv[2]
DEVICES = {"python": "9716b5ce-a4c2-48eb-9b6c-a2dd97d55283",
           "rust": "afcc4b7c-bc0e-424d-b32e-6953efe7ea56"}
HOSTS = {"Host evil": "evil.example", "Host localhost:9": "localhost:9", "No Host": None,
         "Host ipv6": "[::1]:5600", "Host upper": "LOCALHOST",
         "Host evil buckets": "evil.example"}
TODAY = re.compile(r"2026-11-2\dT\d\d:\d\d:\d\d(\.\d+)?")


def read_recordings(flavour):
    """Yields (name, method, target, headers, body, status line, headers, body)."""
    with open(os.path.join(FIXTURES, flavour + ".txt"), encoding="utf-8") as file:
        text = file.read()
    for part in re.split(r"^### ", text, flags=re.M)[1:]:
        lines = part.split("\n")
        if len(lines) < 2 or not lines[1].startswith("> "):
            continue
        name = lines[0]
        method, target, sent = lines[1][2:].split(" ", 2)
        sent = json.loads(sent) if sent.strip() else {}
        at = 2
        body = None
        if lines[at].startswith("> "):
            body = lines[at][2:]
            at += 1
        status = lines[at][2:]
        at += 1
        headers = []
        while lines[at].startswith("< "):
            headers.append(tuple(lines[at][2:].split(": ", 1)))
            at += 1
        yield name, method, target, sent, body, status, headers, "\n".join(lines[at:])


def is_shortened(name, body):
    return re.search(r"\.\.\.\[\d+ bytes\]\s*$", body) or "xxx..." in body


def check(flavour, standin, recording, misses):
    name, method, target, sent, body, status, headers, expected = recording
    if body is not None and name == "5 MB data":
        body = json.dumps([{"timestamp": "2026-11-03T10:00:00Z", "duration": 1,
                            "data": {"big": "x" * 5000000}}])
    if name in HOSTS:
        sent = dict(sent, Host=HOSTS[name])
    answer = standin.request(method, target, body, sent)
    problems = []
    got_status = "HTTP/1.1 %d %s" % (answer.status, answer.reason)
    if got_status != status:
        problems.append("status %s, recorded %s" % (got_status, status))
    got_headers = answer.headers
    volatile = ("date", "content-length") if len(str(standin.port)) != 4 else ("date",)

    def keep(pairs):
        return sorted((n, v.replace("127.0.0.1:%d" % standin.port, "HOST")
                       .replace("127.0.0.1:5701", "HOST")) for n, v in pairs
                      if n.lower() not in volatile)

    if keep(got_headers) != keep(headers):
        problems.append("headers %s, recorded %s" % (keep(got_headers), keep(headers)))
    if [n for n, _ in got_headers] != [n for n, _ in headers]:
        if sorted(n for n, _ in got_headers) != sorted(n for n, _ in headers):
            problems.append("header names %s" % [n for n, _ in got_headers])
    recorded_length = dict((n.lower(), v) for n, v in headers).get("content-length")
    text = answer.body.decode("utf-8")
    text = text.replace("127.0.0.1:%d" % standin.port, "127.0.0.1:5701")
    length = len(text.encode())
    # A time of today may have more or fewer digits than the recorded one had.
    slack = len(TODAY.sub("", text).encode()) - length
    shortened = is_shortened(name, expected)
    if recorded_length is not None and method != "HEAD" and answer.status != 304 and not slack:
        if int(recorded_length) != length:
            problems.append("length %d, recorded %s" % (length, recorded_length))
    if shortened:
        begin = re.sub(r"\.\.\.\[\d+ bytes\]\s*$", "", expected.split("xxxx...")[0])
        if flavour == "python":
            if not TODAY.sub("TIME", text).startswith(TODAY.sub("TIME", begin)[:-20]):
                problems.append("begins %s, recorded %s" % (text[:300], begin[:300]))
    else:
        got = TODAY.sub("TIME", text).rstrip("\n")
        want = TODAY.sub("TIME", expected.split("\n\n5MB round")[0].split("\n\nIDS ")[0]).rstrip("\n")
        if got != want:
            try:
                same = json.loads(got) == json.loads(want) and flavour == "rust" \
                    and target.startswith(("/api/0/buckets/", "/api/0/export"))
            except ValueError:
                same = False
            if not same:
                problems.append("body\n  %s\nrecorded\n  %s" % (got[:600], want[:600]))
    if problems:
        misses.append("%s: %s %s: %s" % (name, method, target, "; ".join(problems)))
    return not problems


def replay(flavour):
    misses = []
    count = 0
    with Standin(PROGRAM, "--flavour", flavour, "--hostname", "vm",
                 "--device-id", DEVICES[flavour]) as standin:
        for recording in read_recordings(flavour):
            check(flavour, standin, recording, misses)
            count += 1
    print("# %d recorded answers, %d do not match" % (count, len(misses)))
    assert count > 190, "only %d recordings found" % count
    assert not misses, "\n".join(misses)


def migrate_to_rust():
    """What a real Rust server made of the database at the end of the Python recording."""
    with open(os.path.join(FIXTURES, "legacy-import.txt"), encoding="utf-8") as file:
        before, after = [line.rstrip("\n") for line in file if line.startswith("[{")]
    with Standin(PROGRAM, "--flavour", "python") as standin:
        for _, method, target, sent, body, *_ in read_recordings("python"):
            if method in ("POST", "DELETE") and (body is None or "xxxx..." not in body):
                standin.request(method, target, body, sent)
        target = "/api/0/buckets/hb_host1/events"
        assert standin.get(target).body.decode() == before + "\n"
        standin.control("migrate", {"flavour": "rust"})
        got = standin.get(target).body.decode()
        assert got == after, "%s\nrecorded\n%s" % (got, after)


def replay_python():
    replay("python")


def replay_rust():
    replay("rust")


run_tests([
    ("/aw/answers-as-the-python-server-did", replay_python),
    ("/aw/answers-as-the-rust-server-did", replay_rust),
    ("/aw/migrates-as-the-rust-server-did", migrate_to_rust),
])
