#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""heliographctl steers the real agent, between a sample ActivityWatch and the real receiver.

usage: test-with-agent.py CTL AGENT SERVER SAMPLE SCHEMAS
"""

import json
import os
import urllib.request

from programs import (AGENT, SAMPLE, SERVER, await_status, ctl, data, env, folder, is_published,
                      listening, ok, play, server, settings, start, start_bus)

EVENTS = 3000

env["HELIOGRAPH_PROGRAMS"] = os.path.dirname(os.path.abspath(SERVER))


def run():
    aw = listening(start(SAMPLE, "--listen", "127.0.0.1:0", "--generate", str(EVENTS)))
    page = listening(start(SERVER, "--listen", "127.0.0.1:0", "--data", data))
    token = server("token", "add", "laptop").stdout.strip()
    start_bus()
    answer = ctl("status")
    ok(answer.returncode == 3, "without an agent the code is 3", answer)

    env["HELIOGRAPH_AW_URL"] = aw
    agent = start(AGENT, "--settings", settings)
    status = await_status(lambda status: status.get("state") == "setup")
    ok(status is not None, "an agent without a destination says so")
    answer = ctl("status")
    ok(answer.returncode == 5 and "destination add" in answer.stdout, "and status how to add one",
       answer)

    secret = os.path.join(folder, "token")
    with open(secret, "w", encoding="utf-8", opener=lambda p, f: os.open(p, f, 0o600)) as file:
        file.write(token)
    answer = ctl("destination", "add", page, "--token-file", secret, "--keep-token-file",
                 "--name", "home", "--level", "app")
    ok(answer.returncode == 0 and "laptop" in answer.stdout, "a destination is added", answer)
    answer = ctl("destination", "add", page + "/elsewhere", "--token-file", "-", given=token)
    ok(answer.returncode == 1 and "No Heliograph backend" in answer.stderr,
       "one that is none is refused", answer)
    answer = ctl("destination", "test", "home")
    ok(answer.returncode == 0, "it is tested", answer)

    listed = json.loads(ctl("buckets", "--json").stdout)
    ids = [one["id"] for one in listed if one["type"] in ("currentwindow", "afkstatus")]
    answer = ctl("bucket", "enable", *ids)
    ok(len(ids) == 2 and answer.returncode == 0, "buckets are switched on", answer)
    ok(await_status(is_published) is not None, "all is published")
    answer = ctl("verify", "--json")
    verdict = json.loads(answer.stdout or "{}")
    held = {one["bucket"]: one["held"] for one in verdict.get("verdicts", [])}
    ok(answer.returncode == 0 and verdict.get("equal") and EVENTS in held.values(),
       "verify proves it with numbers", answer)

    request = urllib.request.Request(
        f"{page}/api/heliograph/v1/buckets", headers={"Authorization": f"Bearer {token}"})
    with urllib.request.urlopen(request) as reply:
        counts = {one["id"]: one["count"] for one in json.load(reply)}
    ok(counts == held, "the receiver says the same", (counts, held))

    answer = ctl("pause", "1h")
    status = await_status(lambda status: status.get("state") == "paused")
    ok(answer.returncode == 0 and status is not None, "it pauses", answer)
    answer = ctl("resume")
    status = await_status(lambda status: status.get("paused_since") == 0)
    ok(answer.returncode == 0 and status is not None, "and resumes", answer)
    answer = ctl("bucket", "disable", ids[0], "--delete")
    ok(answer.returncode == 0, "a bucket is switched off and deleted", answer)
    answer = ctl("option", "set", "poll-interval", "7")
    ok(answer.returncode == 0 and "poll-interval  " in (text := ctl("option", "list").stdout)
       and " 7\n" in text, "an option is changed", answer)
    answer = ctl("log", "--level", "debug")
    everything = answer.stdout + ctl("status", "--json").stdout + ctl("destination", "list").stdout
    ok(answer.returncode == 0 and answer.stdout and token not in everything,
       "the log is shown, and no token anywhere", answer)
    answer = ctl("destination", "test", page, "--token-file", secret)
    ok(answer.returncode == 0 and "laptop" in answer.stdout, "a new one is tested", answer)
    answer = ctl("destination", "add", "--this-computer", "--name", "here")
    ok(answer.returncode == 1 and "--keep-token-file" in answer.stderr,
       "without a secret store it says what to do", answer)
    answer = ctl("destination", "add", "--this-computer", "--keep-token-file", "--name", "here")
    ok(answer.returncode == 0 and "Its live page: http://127.0.0.1:" in answer.stdout,
       "this computer is a destination", answer)
    ok("Live page      http://127.0.0.1:" in (text := ctl("status").stdout),
       "status names its page", text)
    answer = ctl("destination", "remove", "here", "--delete")
    ok(answer.returncode == 0, "it is removed with all it held", answer)
    answer = ctl("option", "set", "start-at-login", "on")
    ok(answer.returncode == 0 and "At login " in ctl("status").stdout, "it starts at login", answer)
    answer = ctl("option", "set", "start-at-login", "off")
    ok(answer.returncode == 0, "and no longer", answer)
    answer = ctl("destination", "remove", "home", "--keep")
    ok(answer.returncode == 0, "the destination is removed", answer)
    answer = ctl("quit")
    ok(answer.returncode == 0 and agent.wait(20) == 0, "the agent ends when told", answer)


play(run)
