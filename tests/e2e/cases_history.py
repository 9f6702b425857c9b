# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The destination comes to hold exactly ActivityWatch's events, whatever is killed or lost."""

import json
import os
import random
import shutil
import signal
import subprocess
import time

import truth
from cases import case
from proxy import Proxy, answer
from world import ID, IS_SLOW, WINDOW, check_time, iso, now_ms, remain, until


def backfill(world, flavour):
    world.start_bus()
    world.start_aw("--flavour", flavour, "--generate", "8000", "--odd", "--seed", "7")
    world.start_receiver()
    world.write_settings([], has_destination=False)
    world.start_agent()
    world.await_status(lambda status: status.get("state") == "setup", 20, "ready to be set up")
    world.ctl("destination", "add", world.url, "--token-file", world.token_file,
              "--keep-token-file", "--name", "home", "--level", "title")
    buckets = world.aw.buckets()
    world.ctl("bucket", "enable", *buckets)
    world.say(f"{flavour}: equal after {world.converge(60):.1f} s")
    verdicts = json.loads(world.ctl("verify", "--json").stdout)
    assert verdicts["equal"] and len(verdicts["verdicts"]) == len(buckets), verdicts
    for one in verdicts["verdicts"]:
        rows = world.aw.truth(one["bucket"])
        wanted = len(truth.expect(rows, now_ms()))
        assert one["in_aw"] == len(rows) and one["equal"], (one, len(rows))
        assert one["allowed"] == one["held"] == wanted, (one, wanted)
        assert wanted == len(rows) - 1, "one event of each bucket is in the future"
    answer_ = world.ctl("verify")
    for one in verdicts["verdicts"]:
        assert one["bucket"] in answer_.stdout, answer_.stdout
    assert world.differ() is None


@case("backfill: an odd history is equal, and verify says so (Python)", 15)
def backfill_python(world):
    backfill(world, "python")


@case("backfill: an odd history is equal, and verify says so (Rust)", 15)
def backfill_rust(world):
    backfill(world, "rust")


@case("kill: SIGKILL at eight moments of a backfill, nothing lost, nothing twice", 30)
def kills(world):
    total = 60000
    seed = int.from_bytes(os.urandom(4), "big")
    dice = random.Random(seed)
    world.begin("--flavour", "python", "--pace", "python", "--odd",
                "--events-in", f"{WINDOW}={total}")
    held = []
    for _ in range(8):
        assert remain(world.agent, 0.1 + dice.random() * 1.5), "the agent ended by itself"
        held.append(world.receiver.counts().get(WINDOW, 0))
        assert world.stop_agent(signal.SIGKILL) == -signal.SIGKILL
        world.start_agent()
    seconds = world.converge(90)
    world.say(f"seed {seed}, held at each kill: {held}; equal {seconds:.1f} s after the last")
    assert sum(0 < count < total - 1 for count in held) >= 3 or IS_SLOW, held
    world.ctl("verify")


def begin_behind(world, total):
    """A receiver behind a proxy, in a backfill that takes its time."""
    world.start_bus()
    world.start_aw("--flavour", "python", "--pace", "python", "--odd",
                   "--events-in", f"{WINDOW}={total}")
    world.start_receiver()
    proxy = Proxy(("127.0.0.1", world.receiver.port))
    world.url = proxy.address
    world.write_settings([WINDOW])
    return proxy


def await_some(world):
    until(lambda: world.receiver.counts().get(WINDOW, 0) > 0, 20, "the first events")


@case("backend: SIGKILLed twice in a backfill, it converges by itself", 40)
def backend_killed(world):
    proxy = begin_behind(world, 40000)
    world.start_agent()
    for _ in range(2):
        await_some(world)
        held = world.receiver.counts()[WINDOW]
        world.receiver.stop(signal.SIGKILL)
        before = proxy.count()
        until(lambda: proxy.count() > before, 30, "a request while the receiver is away")
        world.receiver.start()
        assert world.receiver.counts()[WINDOW] >= held, "the receiver lost what it took"
        until(lambda: world.receiver.counts()[WINDOW] > held, 30, "more events")
    world.say(f"held at the last kill: {held}; equal {world.converge(60):.1f} s later")


@case("backend: 503 and 429 with Retry-After are waited for, then it converges", 60)
def backend_busy(world):
    proxy = begin_behind(world, 20000)
    world.start_agent()
    await_some(world)
    first = len(proxy.requests)
    proxy.fail(answer(503, 2), 1, "POST")
    proxy.fail(answer(429, 2), 1, "POST")
    world.say(f"equal after {world.converge(90):.1f} s")
    assert proxy.pending() == 0, "not all faults were met"
    posts = [at for at, method, _ in proxy.requests[first:] if method == "POST"]
    assert posts[1] - posts[0] >= 2 and posts[2] - posts[1] >= 2, posts
    world.say(f"waited {posts[1] - posts[0]:.1f} s and {posts[2] - posts[1]:.1f} s")
    assert world.destination()["state"] != "stopped", world.destination()


@case("backend: connections cut before, within and after an answer; it converges", 60)
def backend_cut(world):
    proxy = begin_behind(world, 20000)
    for kind in ("lose-answer", "cut-answer"):
        proxy.fail(kind, 1, "POST")
    begin = time.monotonic()
    world.start_agent()
    until(lambda: proxy.pending() == 0, 90, "the cuts")
    proxy.fail("cut-request", 1, "POST")
    world.converge(90)
    world.say(f"equal {time.monotonic() - begin:.1f} s after it began")
    assert world.destination()["state"] != "stopped", world.destination()


@case("backup: the receiver is set back to an older copy; it converges by itself", 90)
def restored(world):
    world.begin("--flavour", "python", "--pace", "python", "--odd",
                "--events-in", f"{WINDOW}=20000")
    await_some(world)
    world.receiver.stop()
    copy = world.receiver.data + ".copy"
    shutil.copytree(world.receiver.data, copy)
    world.receiver.start()
    world.converge(40)
    world.await_done()
    world.receiver.stop()
    shutil.rmtree(world.receiver.data)
    os.rename(copy, world.receiver.data)
    world.receiver.start()
    world.say(f"set back: {world.differ()}"[:90])
    assert world.differ() is not None
    seconds = world.converge(75)
    world.say(f"equal {seconds:.1f} s after the receiver was set back")
    check_time(seconds, 75, "converging")
    assert world.questions() == []


@case("reinstalled: a receiver without data gets all again, with a new token", 30)
def reinstalled(world):
    world.begin("--flavour", "rust", "--generate", "3000", "--odd")
    world.converge(30)
    world.receiver.stop()
    shutil.rmtree(world.receiver.data)
    secret = world.receiver.add_token()
    world.receiver.start()
    world.aw.heartbeat(WINDOW, {"app": "x", "title": "y"})
    world.await_status(lambda status: status["destinations"][0]["state"] == "stopped", 75,
                       "the old token is refused")
    assert "token" in world.destination()["error"], world.destination()
    world.write_secret(world.token_file, secret)
    world.ctl("sync")
    world.say(f"equal {world.converge(60):.1f} s after the new token was there")

    rotated = world.receiver.command("token", "rotate", "laptop")
    world.receiver.token = rotated
    world.aw.heartbeat(WINDOW, {"app": "x2", "title": "y"})
    world.await_status(lambda status: status["destinations"][0]["state"] == "stopped", 30,
                       "the rotated token is refused")
    seq = world.receiver.seq()
    world.write_secret(world.token_file, rotated)
    world.ctl("sync")
    world.converge(30)

    # Told in time, the agent never meets the refusal.
    rotated = world.receiver.command("token", "rotate", "laptop")
    world.receiver.token = rotated
    world.write_secret(world.token_file, rotated)
    world.ctl("sync")
    world.aw.heartbeat(WINDOW, {"app": "x3", "title": "y"})
    world.converge(30)
    assert world.receiver.seq() - seq < 8, "rotating a token published the history again"
    assert world.questions() == []


@case("ledger: one that was deleted asks to adopt, and converges when told", 30)
def adopted(world):
    world.begin("--flavour", "rust", "--generate", "3000", "--odd")
    world.converge(30)
    world.stop_agent()
    shutil.rmtree(os.path.join(world.env["XDG_DATA_HOME"], "heliograph"))
    world.aw.insert(WINDOW, [(now_ms() - 1000, 0.5, {"app": "meanwhile", "title": ""})])
    gone = world.aw.truth(WINDOW)[0]["id"]
    deleted = world.aw.request("DELETE", f"/api/0/buckets/{WINDOW}/events/{gone}")
    assert deleted.status == 200
    seq = world.receiver.seq()
    world.start_agent()
    question = world.await_question("adopt", 30)
    assert ID in question["id"] and "adopt" in question["choices"], question
    assert world.receiver.seq() == seq, "it wrote before it was told"
    world.answer(question, "adopt")
    world.say(f"equal {world.converge(60):.1f} s after the answer")
    assert world.questions() == []
    assert world.receiver.seq() - seq < 10, "what was there was sent again"
    world.ctl("verify")


@case("migration: from Python to Rust with new ids publishes nothing again", 20)
def migrated(world):
    world.begin("--flavour", "python", "--generate", "5000", "--odd")
    world.converge(30)
    world.await_done()
    seq = until(lambda: (first := world.receiver.seq()) == world.receiver.seq() and first, 10, "")
    held = {bucket: world.receiver.events(bucket) for bucket in world.aw.buckets()}
    world.stop_agent()
    world.aw.control("migrate", {"flavour": "rust"})
    world.start_agent()
    world.await_done()
    verdicts = json.loads(world.ctl("verify", "--json").stdout)
    assert verdicts["equal"], verdicts
    assert world.differ() is None
    assert world.receiver.seq() == seq, (world.receiver.seq(), seq)
    assert {bucket: world.receiver.events(bucket) for bucket in held} == held
    assert world.questions() == []


@case("edits: sync finds what changed in the last day, verify what changed ever", 20)
def edited(world):
    world.begin("--flavour", "rust", "--generate", "3000", "--odd")
    for flavour in ("rust", "python"):
        if flavour == "python":
            world.aw.control("migrate", {"flavour": flavour})
        for seed in range(3):
            # Fewer deletions than the user is asked about.
            world.aw.control("mutate", {"seed": seed, "steps": 80, "bucket": WINDOW, "days": 60})
            # Mended, unless nothing older than a day was changed.
            world.ctl("verify", code=(0, 6))
            assert world.ctl("verify").stdout.count("equal\n") > 0
            different = world.differ()
            assert different is None, (flavour, seed, different)

            now = now_ms()
            world.aw.insert(WINDOW, [(now - hours * 3600000, 7, {"app": "late", "title": flavour})
                                     for hours in (1, 5, 5, 11, 23)])
            recent = [row for row in world.aw.truth(WINDOW)
                      if now - 80000000 < row["start_ns"] // 1000000 < now]
            edited_row, moved, gone = recent[1], recent[2], recent[3]
            edit(world, edited_row, edited_row["start_ns"] // 1000000, {"app": "edited"})
            edit(world, moved, now - 7200123, moved["data"])
            world.aw.request("DELETE", f"/api/0/buckets/{WINDOW}/events/{gone['id']}")
            world.ctl("sync")
            different = world.differ()
            assert different is None, (flavour, seed, different)
    assert world.questions() == []


def edit(world, row, start, data):
    """As ActivityWatch's own page does it."""
    answered = world.aw.post(f"/api/0/buckets/{WINDOW}/events", [
        {"id": row["id"], "timestamp": iso(start), "duration": 12.5, "data": data}])
    assert answered.status == 200, answered.body


@case("two agents: one ledger has one agent", 10)
def one_ledger(world):
    world.begin("--flavour", "rust", "--generate", "500")
    world.converge(30)
    second = world.spawn_agent()
    assert second.wait(20) == 0, "a second agent on the bus leaves the work to the first"
    alone = {name: value for name, value in world.env.items()
             if name != "DBUS_SESSION_BUS_ADDRESS"}
    for options in ((), ("--once",)):
        answered = subprocess.run(
            [world.agent_program, "--settings", world.settings_file(), *options], env=alone,
            capture_output=True, text=True, timeout=30)
        assert answered.returncode == 75, answered
        assert "Another heliograph-agent" in answered.stderr, answered
    assert remain(world.agent, 0.1)
    assert world.differ() is None


@case("two agents: one token with two ledgers asks, and corrupts nothing", 40)
def one_token(world):
    world.begin("--flavour", "rust", "--generate", "1500", "--odd")
    world.converge(30)
    other = dict(world.env, **world.make_folders("second"))
    world.start_bus(other)
    world.write_settings(world.aw.buckets(), env=other)
    second = world.spawn_agent(env=other)
    question = world.await_question("adopt", 30, env=other)
    world.aw.insert(WINDOW, [(now_ms() - 1000, 0.5, {"app": "one", "title": ""})])
    world.converge(30)
    world.answer(question, "adopt", env=other)
    world.await_status(lambda status: status.get("progress")
                       and all(one["done"] for one in status["progress"]), 30, "done", env=other)
    world.converge(30)

    # The second writes while the first is held: now the first finds that somebody else writes.
    world.agent.send_signal(signal.SIGSTOP)
    for i in range(3):
        world.aw.insert(WINDOW, [(now_ms() - 500, 0.4, {"app": "two", "title": str(i)})])
        world.converge(30)
    world.agent.send_signal(signal.SIGCONT)
    begin = time.monotonic()
    question = world.await_question("adopt", 75)
    world.say(f"the first asks {time.monotonic() - begin:.1f} s after it goes on")
    assert world.differ() is None
    world.answer(question, "stop")
    assert world.differ() is None
    second.terminate()
    assert second.wait(20) == 0
