# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Where a destination's page is, and how a destination gets another address."""

import os
import shutil
import socket
from concurrent.futures import ThreadPoolExecutor

from front import Front
from secret_store import Keyring
from world import AFK, WINDOW, World, run_tests, until


class Witness(Front):
    """Hands everything on and remembers what came by."""

    def __init__(self, port):
        super().__init__(port)
        self.seen = b""

    def pump(self, source, sink):
        try:
            while part := source.recv(65536):
                self.seen += part
                sink.sendall(part)
        except OSError:
            pass

    def saw(self, token):
        return token.encode() in self.seen


def begin(world):
    """Two tokens of the one receiver."""
    world.start_aw()
    world.start_server()
    world.make_token("desk")
    other = world.token
    world.make_token("laptop")
    agent = world.start_agent()
    world.call("SetOption", "aw-url", "http://127.0.0.1:%d" % world.aw_port())
    return agent, other


def port_of(world):
    return int(world.url.rsplit(":", 1)[1])


def publish(world, url):
    identity, _ = world.call("AddDestination", url, world.token, {"level": "state"})
    until(lambda: any(b["id"] == WINDOW for b in world.get("Buckets")), "buckets")
    world.call("SetBucket", WINDOW, True, "")
    world.publish_all()
    return identity


def tells_the_page_to_who_asks():
    with World() as world:
        begin(world)
        identity, _ = world.call("AddDestination", world.url, "", {"token-file": world.token_file})
        assert world.call("GetPage", identity) == world.url + "/"
        assert "page" not in world.get("Destinations")[0]
        message = world.fails("NotFound", "GetPage", "nobody")
        assert "no destination nobody" in message, message
        # Until it has answered at the new address nothing is known of it.
        world.stop_server()
        world.call("SetDestination", identity, {"url": world.url + "/secret"})
        assert world.call("GetPage", identity) == ""
        assert "secret" not in str(world.get("Destinations"))


def moves_with_its_token_in_one_step():
    with World(events=300) as world:
        keyring = Keyring(world)
        agent, other = begin(world)
        with Witness(port_of(world)) as old, Witness(port_of(world)) as new:
            identity = publish(world, old.url)
            world.call("SetDestination", identity, {"url": new.url, "token": other, "name": "New"})
            assert world.call("GetPage", identity) == new.url + "/"
            one = world.get("Destinations")[0]
            assert one["device"] == "desk" and one["name"] == "New", one
            laptop, world.token = world.token, other
            until(lambda: world.held(WINDOW) == world.in_aw(WINDOW), "all is published there")
            world.stop_agent(agent)
            before = len(new.seen)
            world.start_agent()
            until(lambda: len(new.seen) > before, "it is used after a restart")
            until(lambda: world.get("Destinations")[0]["state"] == "idle", "and all is well")
            assert old.saw(laptop) and not old.saw(other)
            assert new.saw(other) and not new.saw(laptop)
        assert len(keyring.items()) == 1
        for folder, _, names in os.walk(world.path("config")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    assert other.encode() not in file.read(), name
        assert other not in world.log_text()


def stays_where_it_is_when_the_test_fails():
    with World(events=300) as world:
        Keyring(world)
        agent, other = begin(world)
        with Witness(port_of(world)) as old, Witness(port_of(world)) as new:
            identity = publish(world, old.url)
            before = world.get("Destinations")[0]
            wrong = other[:-4] + "AAAA"
            world.fails("Token", "SetDestination", identity,
                        {"url": new.url, "token": wrong, "name": "New"})
            world.fails("NotABackend", "SetDestination", identity,
                        {"url": new.url + "/elsewhere", "token": other})
            assert world.call("GetPage", identity) == old.url + "/"
            one = world.get("Destinations")[0]
            assert [one[k] for k in ("name", "device")] == [before[k] for k in ("name", "device")]
            world.call("TestDestination", identity)
            world.stop_agent(agent)
            world.start_agent()
            until(lambda: world.get("Destinations")[0]["state"] == "idle", "the old token is there")
            assert not old.saw(wrong) and not old.saw(other) and not new.saw(world.token)


def refuses_a_token_that_belongs_nowhere():
    with World() as world:
        _, other = begin(world)
        identity, _ = world.call("AddDestination", world.url, "", {"token-file": world.token_file})
        message = world.fails("Settings", "SetDestination", identity, {"token": other})
        assert "new address" in message, message
        message = world.fails("Settings", "SetDestination", identity,
                              {"url": world.url, "token": other})
        assert "comes from the file" in message, message
        world.fails("NoToken", "SetDestination", identity,
                    {"url": world.url, "token": " ", "token-file": ""})
        world.fails("Settings", "SetDestination", identity, {"url": world.url, "token": 7})
        # There is no keyring: the file stays in use.
        world.fails("SecretStore", "SetDestination", identity,
                    {"url": world.url + "/", "token": other, "token-file": ""})
        assert world.call("TestDestination", identity)["device"] == "laptop"
        assert world.call("GetPage", identity) == world.url + "/"


def publishes_once_to_all_that_answer():
    with World(events=300) as world:
        agent, other = begin(world)
        for name, token in (("desk", other), ("laptop", world.token)):
            with open(world.path(name + ".token"), "w", encoding="utf-8") as file:
                os.chmod(file.fileno(), 0o600)
                file.write(token)
        with Front(port_of(world)) as front:
            for name, url in (("desk", front.url), ("laptop", world.url)):
                world.call("AddDestination", url, "",
                           {"token-file": world.path(name + ".token"), "name": name})
        until(lambda: any(b["id"] == WINDOW for b in world.get("Buckets")), "buckets")
        # A receiver that is not there keeps the agent from it, too.
        world.stop_server()
        world.call("SetBucket", WINDOW, True, "")
        world.stop_agent(agent)
        world.start_server()
        assert world.held(WINDOW) == 0
        done = world.run_agent("--once")
        assert done.returncode == 1, done
        assert "agent: desk: " in done.stderr and "1 of 2 destinations" in done.stderr, done.stderr
        assert "agent: laptop" not in done.stderr, done.stderr
        assert world.held(WINDOW) == world.in_aw(WINDOW), done


def asks_activitywatch_for_one_thing_at_a_time():
    """One read of history and one of what is happening now, however many destinations there are."""
    with World(events=2000) as world:
        _, other = begin(world)
        for name, token in (("desk", other), ("laptop", world.token)):
            with open(world.path(name + ".token"), "w", encoding="utf-8") as file:
                os.chmod(file.fileno(), 0o600)
                file.write(token)
            world.call("AddDestination", world.url, "", {"token-file": world.path(name + ".token")})
        until(lambda: any(b["id"] == WINDOW for b in world.get("Buckets")), "buckets")
        world.call("SetBucket", WINDOW, True, "")
        world.call("SetBucket", AFK, True, "")
        until(lambda: len(world.get("Progress")) == 4 and world.is_done(), "all is published")
        world.aw.control("fault", {"method": "GET", "path": "/events?limit=", "count": -1,
                                   "delay_ms": 80})
        world.aw.control("stats/reset", {})
        world.call("Verify", "")
        stats = world.aw.control("stats")
        assert stats["kinds"]["events"]["requests"] >= 4 and stats["concurrent_max"] <= 2, stats


def adds_equal_ones_once():
    with World() as world:
        keyring = Keyring(world) if shutil.which("gnome-keyring-daemon") else None
        begin(world)
        # The token is stored without a keyring, too.
        token = (world.token, {}) if keyring else ("", {"token-file": world.token_file})
        with ThreadPoolExecutor() as pool:
            calls = [pool.submit(world.call, "AddDestination", world.url, *token)
                     for _ in range(4)]
            errors = [error for error in (call.exception(60) for call in calls) if error]
        assert len(errors) == 3, errors
        assert all("already" in str(error) for error in errors), errors
        assert len(world.get("Destinations")) == 1
        assert keyring is None or len(keyring.items()) == 1, keyring.items()


def ends_while_one_is_added():
    with World() as world, socket.create_server(("127.0.0.1", 0)) as silent:
        agent, _ = begin(world)
        silent.settimeout(30)
        with ThreadPoolExecutor() as pool:
            call = pool.submit(world.fails, "Failed", "AddDestination",
                               "http://127.0.0.1:%d" % silent.getsockname()[1], "",
                               {"token-file": world.token_file})
            connection, _ = silent.accept()
            with connection:
                world.call("Quit")
                assert "The agent ends" in call.result(30)
        assert agent.wait(timeout=10) == 0


def allows_plain_http_to_the_address_it_was_said_of():
    with World() as world:
        begin(world)
        identity, _ = world.call("AddDestination", world.url, "",
                                 {"token-file": world.token_file, "allow-plain-http": True})
        message = world.fails("Insecure", "SetDestination", identity,
                              {"url": "http://192.0.2.1:5680"})
        assert "allow plain http" in message, message
        assert world.call("GetPage", identity) == world.url + "/"
        world.call("SetDestination", identity, {"url": world.url, "name": "Same"})
        assert world.get("Destinations")[0]["allow-plain-http"]
        world.call("SetDestination", identity, {"url": world.url + "/"})
        assert not world.get("Destinations")[0]["allow-plain-http"]
        world.call("SetDestination", identity,
                   {"allow-plain-http": True, "url": "http://192.0.2.1:5680"})
        assert world.get("Destinations")[0]["allow-plain-http"]


TESTS = [
    ("/agent/destinations/asks-activitywatch-for-one-thing-at-a-time",
     asks_activitywatch_for_one_thing_at_a_time),
    ("/agent/destinations/adds-equal-ones-once", adds_equal_ones_once),
    ("/agent/destinations/ends-while-one-is-added", ends_while_one_is_added),
    ("/agent/destinations/publishes-once-to-all-that-answer", publishes_once_to_all_that_answer),
    ("/agent/destinations/allows-plain-http-to-one-address",
     allows_plain_http_to_the_address_it_was_said_of),
    ("/agent/destinations/tells-the-page-to-who-asks", tells_the_page_to_who_asks),
    ("/agent/destinations/refuses-a-token-that-belongs-nowhere",
     refuses_a_token_that_belongs_nowhere),
]
if shutil.which("gnome-keyring-daemon"):
    TESTS += [
        ("/agent/destinations/moves-with-its-token", moves_with_its_token_in_one_step),
        ("/agent/destinations/stays-when-the-test-fails", stays_where_it_is_when_the_test_fails),
    ]
run_tests(TESTS)
