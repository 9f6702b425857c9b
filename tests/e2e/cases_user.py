# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the user says holds: pauses, secrets, and the one run of cron."""

import os
import signal
import subprocess
import time

from cases import case
from proxy import Proxy
from world import AFK, BASE, ID, WINDOW, Watcher, now_ms, remain, until


def some(world, app):
    """Events of the last moments; a pause that begins later does not touch them."""
    now = now_ms()
    world.aw.insert(WINDOW, [(now + i, 0.001, {"app": app, "title": str(i)}) for i in range(5)])


@case("pause: nothing leaves, over a restart too; resumed with and without the gap", 60)
def pause(world):
    world.start_bus()
    world.start_aw("--flavour", "rust", "--generate", "1000")
    world.start_receiver()
    proxy = Proxy(("127.0.0.1", world.receiver.port))
    world.url = proxy.address
    world.write_settings([WINDOW, AFK])
    world.start_agent()
    buckets = [WINDOW, AFK]
    world.converge(30, buckets)
    world.await_done()

    world.ctl("pause", "1h")
    status = world.status()
    assert status["state"] == "paused", status
    assert 3500000 < status["paused_until"] - now_ms() <= 3600000, status
    since = status["paused_since"]
    sent, asked = proxy.count(), sum_requests(world.aw.control("stats"))
    some(world, "secret")
    assert remain(world.agent, 3)
    assert "Paused" in world.ctl("sync", code=1).stderr
    assert remain(world.agent, 2)
    world.stop_agent()
    world.start_agent()
    world.await_status(lambda status: status.get("state") == "paused", 20, "still paused")
    some(world, "secret")
    assert remain(world.agent, 3)
    world.stop_agent(signal.SIGKILL)
    world.start_agent()
    world.await_status(lambda status: status.get("state") == "paused", 20, "still paused")
    assert remain(world.agent, 2)
    assert proxy.count() == sent, proxy.requests[sent:]
    now_asked = sum_requests(world.aw.control("stats"))
    assert now_asked == asked, world.aw.control("stats")
    until_ = now_ms()
    world.ctl("resume")
    assert remain(world.agent, 0.2)
    some(world, "open")
    world.converge(30, buckets, [(since, until_)])
    assert all("secret" not in one[3] for one in world.receiver.events(WINDOW))

    world.ctl("pause")
    again = world.status()["paused_since"]
    sent = proxy.count()
    assert remain(world.agent, 0.2)
    some(world, "told later")
    world.stop_agent()
    world.start_agent()
    world.await_status(lambda status: status.get("state") == "paused", 20, "still paused")
    assert proxy.count() == sent, proxy.requests[sent:]
    assert again > until_
    world.ctl("resume", "--publish-gap")
    world.converge(30, buckets, [(since, until_)])
    assert any("told later" in one[3] for one in world.receiver.events(WINDOW))
    # The first gap stays closed, whatever is read again.
    world.ctl("verify")
    assert world.differ(buckets, [(since, until_)]) is None
    assert all("secret" not in one[3] for one in world.receiver.events(WINDOW))


def sum_requests(stats):
    return sum(one["requests"] for name, one in stats["kinds"].items() if name != "insert")


@case("secrets: no token, title or path in logs, files, properties or the process list", 30)
def secrets(world):
    world.start_bus()
    world.start_aw("--flavour", "rust", "--generate", "200")
    watcher = Watcher(world.aw, {"app": "Editor", "title": "TitleMark-4711"})
    world.aw.add_bucket("aw-watcher-web-firefox", "web.tab.current")
    world.aw.insert("aw-watcher-web-firefox",
                    [(now_ms(), 5, {"url": "https://example.org/UrlMark-4712", "title": "Page"})])
    world.start_receiver()
    world.receiver.command("device", "set", "laptop", "--public", "activity")
    proxy = Proxy(("127.0.0.1", world.receiver.port), "/PathMark-4713")
    world.url = proxy.address
    world.level = "app"
    world.write_settings([WINDOW, AFK, "aw-watcher-web-firefox"])
    viewer = world.receiver.view()
    world.agent = world.spawn_agent(env=dict(world.env, G_MESSAGES_DEBUG="all"))
    viewer.wait(lambda device: device["state"] == "active", 30, "active")
    world.await_done()
    # Trouble talks: a refused token, a lost receiver, answers that can't be read.
    world.receiver.stop()
    world.aw.control("fault", {"count": 2, "path": "/events", "garbage": True})
    watcher.beat({"app": "Other", "title": "TitleMark-4711"})
    world.await_status(lambda status: status["destinations"][0]["error"], 30, "trouble")
    outputs = [properties(world)]
    world.receiver.start()
    world.receiver.command("token", "rotate", "laptop")
    world.await_status(lambda status: status["destinations"][0]["state"] == "stopped", 60, "refused")
    outputs.append(properties(world))
    for words in (("status",), ("status", "--json"), ("log", "--level", "debug"), ("buckets",),
                  ("destination", "list"), ("questions",), ("rejected",)):
        outputs.append(world.ctl(*words, code=None).stdout)
    # The one line that tells it: to the user, who asked.
    page = next(line for line in outputs[2].splitlines(True) if "PathMark-4713" in line)
    assert page.split() == ["Live", "page", world.url + "/"], page
    outputs[2] = outputs[2].replace(page, "")
    with open(f"/proc/{world.agent.pid}/cmdline", encoding="utf-8") as file:
        outputs.append(file.read())
    with open(f"/proc/{world.agent.pid}/environ", encoding="utf-8") as file:
        outputs.append(file.read())
    outputs.append("".join(target for _, _, target in proxy.requests)
                   .replace("/PathMark-4713" + BASE, ""))
    watcher.stop()
    world.stop_agent()
    world.errors.flush()
    paths = [world.errors.name]
    for name in ("XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        for folder, _, files in os.walk(world.env[name]):
            paths += [os.path.join(folder, file) for file in files]
    assert any(path.endswith("agent.log") for path in paths), paths
    for path in paths:
        with open(path, "rb") as file:
            outputs.append(path + "\n" + file.read().decode("latin-1"))
    marks = [world.receiver.token, world.receiver.token[3:], "TitleMark", "UrlMark", "PathMark"]
    for output in outputs:
        for mark in marks:
            at = output.find(mark)
            assert at < 0, (mark[:8], output[:80], output[max(0, at - 200):at])
    with open(world.settings_file(), encoding="utf-8") as file:
        assert world.receiver.token not in file.read()


def properties(world):
    """As any program on the bus sees them."""
    told = ""
    for words in (("introspect",), ("call", "--method", "org.freedesktop.DBus.Properties.GetAll")):
        more = ["io.github.heliograph.Heliograph.Agent1"] if words[0] == "call" else ["-p"]
        answer = subprocess.run(
            ["gdbus", words[0], "--session", "--dest", "io.github.heliograph.Heliograph.Agent",
             "--object-path", "/io/github/heliograph/Heliograph/Agent", *words[1:], *more],
            env=world.env, capture_output=True, text=True, timeout=30, check=True)
        told += answer.stdout
    assert "Destinations" in told
    return told


@case("once: publishes everything, and its exit code says how it went", 40)
def once(world):
    world.start_aw("--flavour", "rust", "--generate", "3000", "--odd", "--hostname", "laptop")
    world.start_receiver()
    folder = os.path.join(world.folder, "cron")
    os.mkdir(folder)

    def run(code, says="", **variables):
        env = dict(world.env, HELIOGRAPH_AW_URL="http://" + world.aw.address,
                   HELIOGRAPH_URL=world.url, HELIOGRAPH_TOKEN_FILE=world.token_file,
                   HELIOGRAPH_BUCKETS="default")
        for name, value in variables.items():
            env.pop("HELIOGRAPH_" + name, None)
            if value is not None:
                env["HELIOGRAPH_" + name] = value
        answered = subprocess.run(
            [world.agent_program, "--once", "--settings", os.path.join(folder, "agent.ini")],
            env=env, capture_output=True, text=True, timeout=90)
        assert answered.returncode == code, (code, variables, answered)
        assert says in answered.stderr, (says, answered)
        return answered

    assert "DISPLAY" not in world.env and "DBUS_SESSION_BUS_ADDRESS" not in world.env
    run(0)
    assert world.differ([WINDOW, AFK]) is None, world.differ([WINDOW, AFK])
    assert sorted(world.receiver.counts()) == sorted([WINDOW, AFK]), world.receiver.counts()
    seq = world.receiver.seq()
    run(0)
    assert world.receiver.seq() == seq, "a second run published again"
    world.aw.insert(WINDOW, [(now_ms() - 2000, 1, {"app": "new", "title": ""})])
    run(0, BUCKETS=",".join(world.aw.buckets()))
    assert world.differ() is None, world.differ()

    run(78, "HELIOGRAPH_TOKEN_FILE", TOKEN_FILE=None)
    run(78, "HELIOGRAPH_LEVEL", LEVEL="everything")
    run(78, "HELIOGRAPH_HISTORY_FROM", HISTORY_FROM="long ago")
    run(78, "no destination", URL=None)
    run(78, "HELIOGRAPH_BUCKETS", BUCKETS="no-such-bucket")
    run(78, "unencrypted", URL="http://backend.example")
    open_file = os.path.join(world.folder, "open-token")
    world.write_secret(open_file, world.receiver.token)
    os.chmod(open_file, 0o644)
    run(78, "chmod 600", TOKEN_FILE=open_file)
    wrong = os.path.join(world.folder, "wrong-token")
    world.write_secret(wrong, "hg_" + "A" * 43)
    refused = run(1, "token", TOKEN_FILE=wrong)
    assert "AAAA" not in refused.stderr + refused.stdout
    run(1, "No Heliograph backend", URL=world.url + "/elsewhere")
    run(1, "ActivityWatch", AW_URL="http://127.0.0.1:1")
    world.receiver.stop()
    run(1, f"127.0.0.1:{world.receiver.port}", BUCKETS=",".join(world.aw.buckets()))
    world.receiver.start()

    begin = time.monotonic()
    resident = subprocess.Popen(
        [world.agent_program, "--settings", os.path.join(folder, "agent.ini")],
        env=dict(world.env, HELIOGRAPH_AW_URL="http://" + world.aw.address,
                 HELIOGRAPH_URL=world.url, HELIOGRAPH_TOKEN_FILE=world.token_file,
                 HELIOGRAPH_BUCKETS="default"), stdout=world.errors, stderr=world.errors)
    world.aw.insert(WINDOW, [(now_ms() - 1000, 0.5, {"app": "resident", "title": ""})])
    world.converge(20, [WINDOW, AFK])
    world.say(f"a resident agent without a bus: equal after {time.monotonic() - begin:.1f} s")
    run(75, "Another heliograph-agent")
    resident.terminate()
    assert resident.wait(20) == 0
    assert ID != "", "the settings file is the agent's"
