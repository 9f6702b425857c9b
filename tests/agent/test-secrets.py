# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Tokens in a real keyring: unlocked, locked, and missing."""

import os
import shutil

from secret_store import Keyring
from world import WINDOW, World, run_tests, until

def begin(world):
    world.start_aw()
    world.start_server()
    world.make_token()


def add(world):
    world.call("SetOption", "aw-url", "http://127.0.0.1:%d" % world.aw_port())
    return world.call("AddDestination", world.url, world.token, {"level": "state"})[0]


def keeps_a_token_in_the_keyring():
    with World(events=300) as world:
        begin(world)
        keyring = Keyring(world)
        agent = world.start_agent()
        identity = add(world)
        assert len(keyring.items()) == 1
        until(lambda: any(b["id"] == WINDOW for b in world.get("Buckets")), "buckets")
        world.call("SetBucket", WINDOW, True, "")
        world.publish_all()
        world.stop_agent(agent)
        world.start_agent()
        world.publish_all()
        assert world.held(WINDOW) == world.in_aw(WINDOW)
        for folder, _, names in os.walk(world.path("config")):
            for name in names:
                text = open(os.path.join(folder, name), "rb").read()
                assert world.token.encode() not in text, name
        assert world.token not in world.log_text()
        world.call("RemoveDestination", identity, "delete")
        assert world.held(WINDOW) == 0
        assert keyring.items() == []


def says_that_the_keyring_is_locked():
    with World(events=300) as world:
        begin(world)
        keyring = Keyring(world)
        agent = world.start_agent()
        add(world)
        world.stop_agent(agent)
        keyring.lock()
        world.start_agent()
        until(lambda: world.get("Destinations")[0]["state"] == "stopped", "it is stopped")
        assert "locked" in world.get("Destinations")[0]["error"], world.get("Destinations")
        assert len(keyring.items()) == 1, "a locked token is not a deleted one"


def says_that_there_is_no_keyring():
    with World() as world:
        begin(world)
        world.start_agent()
        world.call("SetOption", "aw-url", "http://127.0.0.1:%d" % world.aw_port())
        message = world.fails("SecretStore", "AddDestination", world.url, world.token, {})
        assert "or use a file" in message, message
        assert world.get("Destinations") == []


TESTS = [("/agent/secrets/says-that-there-is-no-keyring", says_that_there_is_no_keyring)]
if shutil.which("gnome-keyring-daemon"):
    TESTS += [
        ("/agent/secrets/keeps-a-token-in-the-keyring", keeps_a_token_in_the_keyring),
        ("/agent/secrets/says-that-the-keyring-is-locked", says_that_the_keyring_is_locked),
    ]
run_tests(TESTS)
