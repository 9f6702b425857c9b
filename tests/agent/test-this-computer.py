# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The receiver on this computer: added by a word, run by the agent, gone with it."""

import http.server
import json
import os
import shutil
import signal
import socket
import stat
import threading
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor

import dbus

from secret_store import SERVICE, Keyring
from world import AFK, SERVER, WINDOW, World, run_tests, until

KEEP = {"keep-token-file": True, "level": "title"}


def begin(world, programs=None):
    world.start_aw()
    world.environment["HELIOGRAPH_PROGRAMS"] = programs or os.path.dirname(SERVER)
    agent = world.start_agent()
    world.call("SetOption", "aw-url", "http://127.0.0.1:%d" % world.aw_port())
    until(lambda: world.get("Source")["reachable"], "ActivityWatch is read")
    return agent


def children(process):
    """pid -> command line of what the process started."""
    found = {}
    for name in os.listdir("/proc"):
        try:
            with open("/proc/%s/stat" % name, encoding="utf-8") as file:
                fields = file.read().rpartition(")")[2].split()
            with open("/proc/%s/cmdline" % name, encoding="utf-8") as file:
                words = file.read()
        except (OSError, ValueError):
            continue
        if int(fields[1]) == process.pid and fields[0] != "Z":
            found[int(name)] = words.replace("\0", " ").strip()
    return found


def is_alive(pid):
    try:
        with open("/proc/%d/stat" % pid, encoding="utf-8") as file:
            return file.read().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def destination(world):
    return world.get("Destinations")[0]


def page_of(world):
    return world.call("GetPage", destination(world)["id"])


def devices(page):
    with urllib.request.urlopen(page + "api/heliograph/v1/devices", timeout=10) as answer:
        return json.load(answer)


def token_path(world):
    return world.path("data", "heliograph", "this-computer.token")


def read_token(world):
    with open(token_path(world), encoding="utf-8") as file:
        return file.read().strip()


def held(world, page):
    request = urllib.request.Request(page + "api/heliograph/v1/buckets",
                                     headers={"Authorization": "Bearer " + read_token(world)})
    with urllib.request.urlopen(request, timeout=10) as answer:
        return {entry["id"]: entry["count"] for entry in json.load(answer)}.get(WINDOW, 0)


def becomes_a_destination():
    with World(events=300) as world:
        agent = begin(world)
        assert children(agent) == {}, children(agent)
        identity, device = world.call("AddThisComputer", dict(KEEP, name="Here"))
        assert device == socket.gethostname(), device
        one = destination(world)
        assert one["id"] == identity and one["name"] == "Here" and one["bundled"], one
        page = page_of(world)
        assert page == "http://" + one["address"] + "/" and page.startswith("http://127.0.0.1:")
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        assert held(world, page) == world.in_aw(WINDOW)
        with urllib.request.urlopen(page, timeout=10) as answer:
            assert b"<html" in answer.read()
        assert [d["name"] for d in devices(page)] == [device]

        running = children(agent)
        assert len(running) == 1 and "heliograph-server" in list(running.values())[0], running
        token = read_token(world)
        assert token.startswith("hg_") and token not in list(running.values())[0]
        assert stat.S_IMODE(os.stat(token_path(world)).st_mode) == 0o600
        assert token not in world.log_text()
        mode = stat.S_IMODE(os.stat(world.path("data", "heliograph", "receiver")).st_mode)
        assert mode == 0o700, oct(mode)
        message = world.fails("Settings", "AddThisComputer", KEEP)
        assert "already" in message, message


def shows_what_the_owner_chose():
    with World(events=300) as world:
        begin(world)
        identity, _ = world.call("AddThisComputer", dict(KEEP, level="nothing"))
        assert destination(world)["name"] == "This computer", destination(world)
        page = page_of(world)
        assert devices(page) == []
        world.call("SetDestination", identity, {"level": "title"})
        world.use_computer()
        world.call("SetBucket", WINDOW, True, "")
        world.call("SetBucket", AFK, True, "")
        until(lambda: devices(page)[0]["state"] == "active", "the page shows active")
        until(lambda: devices(page)[0]["activity"]["app"] == "Editor", "the page shows the app")
        world.call("SetDestination", identity, {"level": "state"})
        until(lambda: devices(page)[0]["activity"] is None, "the page shows the state only")
        world.call("SetDestination", identity, {"level": "nothing"})
        assert devices(page) == []
        message = world.fails("Settings", "SetDestination", identity,
                              {"url": "http://127.0.0.1:1"})
        assert "address stays" in message, message


def take_port():
    """Other tests have some, and let them go when they like: the first that is ours."""
    for port in range(5680, 5780):
        listener = socket.socket()
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind(("127.0.0.1", port))
            listener.listen()
            return listener
        except OSError:
            listener.close()
    return None


def takes_a_free_port():
    with World() as world:
        begin(world)
        with until(take_port, "a port is ours") as other:
            world.call("AddThisComputer", KEEP)
            port = int(page_of(world).rstrip("/").rpartition(":")[2])
            assert 5680 <= port <= 5779 and port != other.getsockname()[1], port


def says_that_the_token_has_no_place():
    with World() as world:
        agent = begin(world)
        message = world.fails("SecretStore", "AddThisComputer", {"level": "state"})
        assert "no place to stay" in message and "use a file" in message, message
        assert world.get("Destinations") == []
        assert not os.path.exists(world.path("data", "heliograph", "receiver"))
        assert children(agent) == {}, children(agent)
        world.call("AddThisComputer", KEEP)


def says_that_the_program_is_missing():
    with World() as world:
        world.environment["PATH"] = "/usr/bin:/bin"
        begin(world, programs=world.path("nowhere"))
        message = world.fails("NotFound", "AddThisComputer", KEEP)
        assert "not installed" in message, message
        assert not os.path.exists(world.path("data", "heliograph", "receiver"))
        assert "keep-token-file" in world.fails("Settings", "AddThisComputer",
                                                {"keep-token-file": "yes"})
        assert "own matter" in world.fails("Settings", "AddThisComputer", {"url": "http://a"})


def comes_back_when_it_dies():
    with World(events=300) as world:
        agent = begin(world)
        world.call("AddThisComputer", KEEP)
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        page = page_of(world)
        for _ in range(2):
            pid = list(children(agent))[0]
            os.kill(pid, signal.SIGKILL)
            until(lambda gone=pid: [p for p in children(agent) if p != gone], "another one")
            until(lambda: destination(world)["state"] == "idle", "it is used again")
            assert page_of(world) == page
        world.heartbeat(WINDOW, {"app": "Later", "title": "later"})
        until(lambda: held(world, page) == world.in_aw(WINDOW), "what came later is published")


def never_outlives_the_agent():
    with World(events=300) as world:
        agent = begin(world)
        world.call("AddThisComputer", KEEP)
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        page = page_of(world)
        pid = list(children(agent))[0]
        agent.kill()
        agent.wait()
        until(lambda: not is_alive(pid), "the receiver is gone", 5)
        agent = world.start_agent()
        until(lambda: children(agent), "the next agent starts it")
        until(lambda: destination(world)["state"] == "idle", "it is used")
        assert page_of(world) == page
        assert held(world, page) == world.in_aw(WINDOW)

        pid = list(children(agent))[0]
        world.call("Quit")
        assert agent.wait(timeout=10) == 0
        assert not is_alive(pid)
        assert "was not told" not in world.log_text(), "the goodbye came before the end"


def waits_for_its_port():
    with World() as world:
        agent = begin(world)
        world.call("AddThisComputer", KEEP)
        port = int(page_of(world).rstrip("/").rpartition(":")[2])
        world.stop_agent(agent)
        with socket.socket() as other:
            other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            other.bind(("127.0.0.1", port))
            other.listen()
            agent = world.start_agent()
            until(lambda: "uses port %d" % port in destination(world)["error"], "it says so")
        until(lambda: destination(world)["error"] == "" and children(agent), "it listens", 20)
        until(lambda: destination(world)["last-success"] or devices(page_of(world)) is not None,
              "it answers")


class Stranger(http.server.ThreadingHTTPServer):
    """Another user's program, at the port that the receiver had."""

    daemon_threads = True

    class Answer(http.server.BaseHTTPRequestHandler):
        def answer(self):
            self.server.heard.append(self.headers.get("Authorization"))
            self.send_error(401)

        do_GET = do_POST = do_PUT = answer

        def log_message(self, *_):
            pass

    def __init__(self, port):
        super().__init__(("127.0.0.1", port), Stranger.Answer)
        self.heard = []
        self.thread = threading.Thread(target=self.serve_forever)
        self.thread.start()

    def __exit__(self, *arguments):
        self.shutdown()
        self.thread.join()
        super().__exit__(*arguments)


def tells_its_token_to_nobody_else():
    with World(events=300) as world:
        agent = begin(world)
        identity, _ = world.call("AddThisComputer", KEEP)
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        port = int(page_of(world).rstrip("/").rpartition(":")[2])
        world.stop_agent(agent)
        with Stranger(port) as stranger:
            once = world.run_agent("--once")
            assert once.returncode == 78 and "only while the agent runs" in once.stderr, once
            agent = world.start_agent()
            until(lambda: "uses port %d" % port in destination(world)["error"], "it says so")
            until(lambda: world.get("Source")["reachable"], "ActivityWatch is read")
            assert "uses port" in world.fails("Retry", "TestDestination", identity)
            assert "uses port" in world.fails("Failed", "SyncNow")
            assert stranger.heard == [], stranger.heard
        assert destination(world)["state"] == "waiting", destination(world)
        until(lambda: destination(world)["state"] == "idle" and children(agent), "it is used", 20)


def fails_when_the_receiver_ends_at_once():
    with World() as world:
        program = world.path("programs", "heliograph-server")
        os.mkdir(os.path.dirname(program))
        with open(program, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\ncase "$*" in\n*" token "*) echo hg_1 ;;\n'
                       '*" device "*) ;;\n*) echo listening ;;\nesac\n')
        os.chmod(program, 0o700)
        agent = begin(world, programs=os.path.dirname(program))
        for _ in range(3):
            try:
                world.call("AddThisComputer", KEEP)
                raise AssertionError("there is no receiver")
            except dbus.DBusException as error:
                assert agent.poll() is None, str(error)
                assert "NoReply" not in error.get_dbus_name(), str(error)
            assert world.get("Destinations") == [] and not os.path.exists(token_path(world))


def play_silent_receiver(world):
    """Makes tokens, but never says that it listens."""
    program = world.path("programs", "heliograph-server")
    os.makedirs(os.path.dirname(program), exist_ok=True)
    with open(program, "w", encoding="utf-8") as file:
        file.write('#!/bin/sh\ncase "$*" in\n*" token "*) echo hg_1 ;;\n'
                   '*" device "*) ;;\n*) exec cat "$(dirname "$0")/silence" ;;\nesac\n')
    os.chmod(program, 0o700)
    os.mkfifo(world.path("programs", "silence"))
    return os.path.dirname(program)


def answers_when_no_token_is_made():
    with World() as world:
        programs = play_silent_receiver(world)
        program = os.path.join(programs, "heliograph-server")
        with open(program, "w", encoding="utf-8") as file:
            file.write('#!/bin/sh\nexec cat "$(dirname "$0")/silence"\n')
        agent = begin(world, programs=programs)
        message = world.fails("Failed", "AddThisComputer", KEEP)
        assert "no token in time" in message, message
        assert world.get("Destinations") == []
        assert not os.path.exists(world.path("data", "heliograph", "receiver"))
        until(lambda: children(agent) == {}, "the program is gone")


def answers_when_the_keyring_does_not():
    with World() as world:
        agent = begin(world)
        # Whoever owns the name and never reads is asked in vain.
        silent = world.bus.connect()
        silent.request_name(SERVICE)
        message = world.fails("SecretStore", "AddThisComputer", {})
        assert "no place to stay" in message, message
        assert not os.path.exists(world.path("data", "heliograph", "receiver"))
        assert children(agent) == {}
        silent.close()


def leaves_nothing_behind_when_the_agent_ends():
    with World() as world:
        has_keyring = shutil.which("gnome-keyring-daemon")
        keyring = Keyring(world) if has_keyring else None
        agent = begin(world, programs=play_silent_receiver(world))
        with ThreadPoolExecutor() as pool:
            call = pool.submit(world.fails, "Failed", "AddThisComputer",
                               {"keep-token-file": not has_keyring})
            until(lambda: children(agent), "the receiver begins")
            until(lambda: keyring.items() if keyring else os.path.exists(token_path(world)),
                  "the token is stored")
            world.call("Quit")
            assert "The agent ends" in call.result(30)
        assert agent.wait(timeout=10) == 0
        assert keyring is None or keyring.items() == [], keyring.items()
        assert not os.path.exists(token_path(world))
        assert not os.path.exists(world.path("data", "heliograph", "receiver"))


def says_that_the_receiver_does_not_begin():
    with World(events=300) as world:
        agent = begin(world)
        world.call("AddThisComputer", KEEP)
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        world.stop_agent(agent)
        world.heartbeat(WINDOW, {"app": "Later", "title": "later"})
        world.environment["HELIOGRAPH_PROGRAMS"] = play_silent_receiver(world)
        world.start_agent()
        message = world.fails("Failed", "SyncNow")
        assert "does not begin" in message, message


def has_its_level_from_the_last_change():
    with World(events=300) as world:
        program = world.path("programs", "heliograph-server")
        gate = world.path("gate")
        os.mkdir(os.path.dirname(program))
        os.mkfifo(gate)
        with open(program, "w", encoding="utf-8") as file:
            # Once there is a plan, the level "activity" waits at the gate.
            file.write('#!/bin/sh\ncase "$*" in *" activity") [ ! -e "%s-shut" ] || '
                       '{ echo > "%s-reached"; cat "%s"; } ;; esac\nexec "%s" "$@"\n'
                       % (gate, gate, gate, SERVER))
        os.chmod(program, 0o700)
        begin(world, programs=os.path.dirname(program))
        identity, _ = world.call("AddThisComputer", dict(KEEP, level="state"))
        page = page_of(world)
        with open(gate + "-shut", "w", encoding="utf-8"):
            pass
        with ThreadPoolExecutor() as pool:
            first = pool.submit(world.call, "SetDestination", identity, {"level": "title"})
            until(lambda: os.path.exists(gate + "-reached"), "the first is under way")
            world.send("SetDestination", ("sa{sv}", identity, {"level": "nothing"}))
            # An agent that does not wait has answered the second before this.
            world.call("TestDestination", identity)
            with open(gate, "w", encoding="utf-8"):
                pass
            first.result(60)
        until(lambda: destination(world)["level"] == "nothing", "the second is stored")
        assert devices(page) == [], devices(page)


def is_removed_twice():
    with World(events=300) as world:
        begin(world)
        identity, _ = world.call("AddThisComputer", KEEP)
        world.send("RemoveDestination", ("ss", identity, "keep"), ("ss", identity, "keep"))
        until(lambda: world.get("Destinations") == [], "it is removed")
        world.call("AddThisComputer", KEEP)
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()


def is_kept_or_deleted():
    with World(events=300) as world:
        agent = begin(world)
        folder = world.path("data", "heliograph", "receiver")
        identity, device = world.call("AddThisComputer", KEEP)
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        world.call("RemoveDestination", identity, "keep")
        assert world.get("Destinations") == [] and children(agent) == {}
        assert os.path.isdir(folder) and not os.path.exists(token_path(world))

        identity, again = world.call("AddThisComputer", KEEP)
        assert again == device
        assert held(world, page_of(world)) > 0, "what was kept is there"
        world.publish_all()
        os.makedirs(folder + ".deleted/in/the/way")
        message = world.fails("Failed", "RemoveDestination", identity, "delete")
        assert "can't be deleted" in message, message
        world.call("SyncNow")
        assert held(world, page_of(world)) == world.in_aw(WINDOW), "nothing is lost"
        shutil.rmtree(folder + ".deleted")
        world.call("RemoveDestination", identity, "delete")
        assert world.get("Destinations") == [] and children(agent) == {}
        assert not os.path.exists(folder + ".deleted")
        assert not os.path.exists(folder) and not os.path.exists(token_path(world))


def keeps_its_token_in_the_keyring():
    with World(events=300) as world:
        keyring = Keyring(world)
        agent = begin(world)
        identity, _ = world.call("AddThisComputer", {"level": "state"})
        assert len(keyring.items()) == 1 and not os.path.exists(token_path(world))
        assert world.get("Machine")["secret-store"] == "available"
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        world.stop_agent(agent)
        agent = world.start_agent()
        until(lambda: destination(world)["state"] == "idle", "it is used again")
        world.call("RemoveDestination", identity, "delete")
        assert keyring.items() == [] and children(agent) == {}


def tests_before_it_adds():
    with World() as world:
        begin(world)
        world.start_server()
        world.make_token()
        result = world.call("TestNewDestination", world.url, world.token, {})
        assert result["device"] == "laptop" and result["max-events"] > 0, result
        assert result["server"].startswith("heliograph-server"), result
        result = world.call("TestNewDestination", world.url, "", {"token-file": world.token_file})
        assert result["device"] == "laptop", result
        world.fails("Token", "TestNewDestination", world.url, "hg_x", {})
        world.fails("NoToken", "TestNewDestination", world.url, " ", {})
        world.fails("NotABackend", "TestNewDestination", world.url + "/elsewhere", "hg_x", {})
        world.fails("Insecure", "TestNewDestination", "http://192.0.2.1", "hg_x", {})
        world.fails("Settings", "TestNewDestination", world.url, "hg_x", {"colour": "red"})
        assert world.get("Destinations") == []
        world.call("AddDestination", world.url, "", {"token-file": world.token_file})
        assert not destination(world)["bundled"] and page_of(world) == world.url + "/"


TESTS = [
    ("/agent/this-computer/becomes-a-destination", becomes_a_destination),
    ("/agent/this-computer/shows-what-the-owner-chose", shows_what_the_owner_chose),
    ("/agent/this-computer/takes-a-free-port", takes_a_free_port),
    ("/agent/this-computer/the-token-has-no-place", says_that_the_token_has_no_place),
    ("/agent/this-computer/the-program-is-missing", says_that_the_program_is_missing),
    ("/agent/this-computer/comes-back-when-it-dies", comes_back_when_it_dies),
    ("/agent/this-computer/never-outlives-the-agent", never_outlives_the_agent),
    ("/agent/this-computer/waits-for-its-port", waits_for_its_port),
    ("/agent/this-computer/tells-its-token-to-nobody-else", tells_its_token_to_nobody_else),
    ("/agent/this-computer/the-receiver-ends-at-once", fails_when_the_receiver_ends_at_once),
    ("/agent/this-computer/no-token-is-made", answers_when_no_token_is_made),
    ("/agent/this-computer/the-keyring-is-silent", answers_when_the_keyring_does_not),
    ("/agent/this-computer/leaves-nothing-behind", leaves_nothing_behind_when_the_agent_ends),
    ("/agent/this-computer/the-receiver-does-not-begin", says_that_the_receiver_does_not_begin),
    ("/agent/this-computer/level-of-the-last-change", has_its_level_from_the_last_change),
    ("/agent/this-computer/removed-twice", is_removed_twice),
    ("/agent/this-computer/kept-or-deleted", is_kept_or_deleted),
    ("/agent/this-computer/tests-before-it-adds", tests_before_it_adds),
]
if shutil.which("gnome-keyring-daemon"):
    TESTS.append(("/agent/this-computer/the-token-in-the-keyring", keeps_its_token_in_the_keyring))
run_tests(TESTS)
