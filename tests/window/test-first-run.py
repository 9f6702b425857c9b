# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The first run: from nothing to publishing, as somebody goes through it who knows nothing."""

import os
import re
import socket
import urllib.request

from desktop import Desktop, run_tests, until
from scenes import BROWSER
from world import AFK, WINDOW

EVENTS = 200


def step(desktop, number):
    desktop.reads("Step %d of 3" % number)


def find_activitywatch(desktop):
    """The first step, where it listens elsewhere than usually."""
    step(desktop, 1)
    desktop.reads("ActivityWatch not found", "Get ActivityWatch")
    assert "sensitive" not in desktop.find("button", "Next").states
    desktop.press("list item", "Other address or key")
    desktop.write(desktop.find("text box", "Address"), "http://127.0.0.1:%d" % desktop.aw_port())
    desktop.keys("Return")
    desktop.reads("Found on laptop")
    desktop.press("button", "Next")
    step(desktop, 2)


def enabled(desktop):
    return {b["id"] for b in desktop.get("Buckets") if b["enabled"]}


def publishes_to_this_computer():
    with Desktop(events=EVENTS) as desktop:
        desktop.start_aw()
        desktop.use_computer()
        desktop.start_window()
        find_activitywatch(desktop)
        desktop.press("checkbox|radio button|check box", "This computer")
        desktop.press("button", "Next")
        step(desktop, 3)
        # Window and afk are proposed, nothing else; and nothing has begun.
        for title, is_on in (("Active window", True), ("Away or not", True),
                             ("Firefox tabs", False), ("Music and films", False)):
            assert ("checked" in desktop.switch(title).states) == is_on, title
        assert enabled(desktop) == set() and desktop.get("Destinations") == []
        assert not os.path.exists(desktop.path("data", "heliograph-server"))
        desktop.switch("Start at login").do()
        desktop.press("button", "Start publishing")
        desktop.gone("button", "Start publishing", seconds=60)
        desktop.publish_all()
        desktop.find("tab", "Overview")
        desktop.reads("Publishing")
        assert enabled(desktop) == {WINDOW, AFK}
        destination, = desktop.get("Destinations")
        assert destination["bundled"], destination
        with urllib.request.urlopen(desktop.call("GetPage", destination["id"]),
                                    timeout=10) as answer:
            assert b"<html" in answer.read(2000).lower()


def publishes_to_a_server():
    with Desktop(events=EVENTS) as desktop:
        desktop.start_aw()
        desktop.use_computer()
        desktop.start_server()
        desktop.make_token()
        desktop.start_window()
        find_activitywatch(desktop)
        desktop.press("checkbox|radio button|check box", "My server")
        desktop.find("button", "Next", is_wanted=lambda button: "sensitive" not in button.states)
        address = desktop.find("text box", "Address, like https://example.org")
        desktop.write(address, desktop.url)
        desktop.write(desktop.find("text box", "Token"), desktop.token[:-4] + "AAAA")
        desktop.press("button", "Check")
        desktop.reads("That does not work yet", "refused the token")
        # Going on checks, too: with a wrong token nobody gets further.
        desktop.press("button", "Next")
        desktop.reads("Step 2 of 3", "That does not work yet", "refused the token")
        desktop.write(desktop.find("text box", "Token"), desktop.token)
        desktop.press("button", "Check")
        desktop.reads("This computer is called “laptop” there")
        desktop.press("button", "Next")
        step(desktop, 3)
        assert desktop.get("Destinations") == [], "nothing has begun"
        desktop.switch("Firefox tabs").do()
        desktop.switch("Start at login").do()
        desktop.press("button", "Start publishing")
        desktop.gone("button", "Start publishing", seconds=60)
        desktop.publish_all()
        desktop.reads("Publishing")
        assert enabled(desktop) == {WINDOW, AFK, BROWSER}
        for bucket in enabled(desktop):
            assert desktop.held(bucket) == desktop.in_aw(bucket) > 0, bucket
        until(lambda: desktop.has_state("active"), "the receiver shows that somebody is there")


def can_be_put_off():
    with Desktop() as desktop:
        window = desktop.start_window()
        desktop.press("button", "Later")
        desktop.find("tab", "Overview")
        desktop.reads("Not set up yet")
        assert desktop.get("State") == "setup"
        desktop.close_window(window)
        # It does not offer itself to who uses the window's buttons, but is there.
        desktop.open_page("Overview")
        desktop.choose("Set up…")
        step(desktop, 1)


def goes_back():
    with Desktop(events=EVENTS) as desktop:
        desktop.start_aw()
        desktop.start_window()
        find_activitywatch(desktop)
        desktop.press("button", "Next")
        step(desktop, 3)
        # What is switched elsewhere meanwhile is switched here, too.
        desktop.call("SetBucket", WINDOW, True, "keep")
        desktop.find("list item", "Active window", is_wanted=lambda row: "sensitive" not in
                     desktop.switch("Active window").states)
        desktop.call("SetBucket", WINDOW, False, "keep")
        desktop.find("list item", "Active window", is_wanted=lambda row: "sensitive" in
                     desktop.switch("Active window").states)
        assert "checked" not in desktop.switch("Active window").states
        desktop.press("button", "Back")
        step(desktop, 2)
        desktop.press("button", "Back")
        step(desktop, 1)
        desktop.reads("Found on laptop")
        assert desktop.get("Destinations") == []


def is_found_where_it_usually_is_once_it_runs():
    with Desktop(events=EVENTS) as desktop:
        desktop.start_aw()
        port = desktop.aw_port()
        desktop.stop_aw()
        desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % port)
        desktop.start_window()
        desktop.reads("ActivityWatch not found")
        desktop.start_aw()
        desktop.press("button", "Try again")
        desktop.reads("Found on laptop")


def looks_at_the_address_that_was_entered_last():
    with Desktop(events=EVENTS) as desktop, socket.create_server(("127.0.0.1", 0)) as silent:
        desktop.start_aw()
        desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % silent.getsockname()[1])
        desktop.start_window()
        desktop.reads("Looking for ActivityWatch…")
        desktop.press("list item", "Other address or key")
        address = desktop.find("text box", "Address")
        desktop.write(address, "http://127.0.0.1:%d" % desktop.aw_port())
        desktop.keys("Return")
        desktop.reads("Found on laptop")
        # What is no address leaves nothing found.
        desktop.write(address, "ftp://127.0.0.1")
        desktop.keys("Return")
        desktop.reads("That can’t be an address")
        assert "sensitive" not in desktop.find("button", "Next").states
        desktop.press("button", "Try again")
        desktop.reads("Found on laptop")


def asks_for_a_key():
    with Desktop(events=EVENTS) as desktop:
        desktop.start_aw("--api-key", "secret-of-mine")
        desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
        desktop.start_window()
        desktop.reads("ActivityWatch asks for a key")
        assert "sensitive" not in desktop.find("button", "Next").states
        if not desktop.has("text box"):
            desktop.press("list item", "Other address or key")
        desktop.write(desktop.find("text box", "API key, if ActivityWatch asks for one"),
                      "secret-of-mine")
        desktop.keys("Return")
        desktop.reads("Found on laptop")
        assert "sensitive" in desktop.find("button", "Next").states
        assert "secret-of-mine" not in desktop.log_text()


def leaves_nothing_at_a_place_thought_better_of():
    with Desktop(events=EVENTS) as desktop:
        # Buckets are given by the environment: switching one on fails, after the destination is
        # there.
        desktop.allow_agent(before="HELIOGRAPH_BUCKETS=none")
        desktop.start_aw()
        desktop.use_computer()
        desktop.start_server()
        desktop.make_token()
        desktop.start_window()
        find_activitywatch(desktop)

        def start_and_fail(is_bundled):
            desktop.press("button", "Next")
            step(desktop, 3)
            desktop.press("button", "Start publishing")
            desktop.reads("HELIOGRAPH_BUCKETS", seconds=60)
            desktop.wait(lambda: [d["bundled"] for d in desktop.get("Destinations")]
                         == [is_bundled], "that place only")
            desktop.press("button", "Back")
            step(desktop, 2)

        desktop.press("checkbox|radio button|check box", "This computer")
        start_and_fail(True)
        desktop.press("checkbox|radio button|check box", "My server")
        desktop.write(desktop.find("text box", "Address, like https://example.org"), desktop.url)
        desktop.write(desktop.find("text box", "Token"), desktop.token)
        start_and_fail(False)
        desktop.press("checkbox|radio button|check box", "This computer")
        start_and_fail(True)
        # What is left as it is stays.
        kept = desktop.get("Destinations")[0]["id"]
        desktop.press("checkbox|radio button|check box", re.compile("^As it is"))
        start_and_fail(True)
        assert desktop.get("Destinations")[0]["id"] == kept


def keeps_the_token_in_a_file_only_when_told_to():
    with Desktop(events=EVENTS, has_secrets=False) as desktop:
        desktop.start_aw()
        desktop.use_computer()
        desktop.start_window()
        find_activitywatch(desktop)
        desktop.press("checkbox|radio button|check box", "This computer")
        desktop.press("button", "Next")
        step(desktop, 3)
        desktop.switch("Start at login").do()
        desktop.press("button", "Start publishing")
        # Nothing here keeps passwords: the second step offers a file.
        desktop.find("list item", "Keep the token in a file that only I may read", seconds=60)
        assert desktop.get("Destinations") == []
        desktop.switch("Keep the token in a file that only I may read").do()
        desktop.press("button", "Next")
        desktop.press("button", "Start publishing")
        desktop.gone("button", "Start publishing", seconds=60)
        desktop.publish_all()
        desktop.reads("Publishing")


run_tests([
    ("/window/first-run/leaves-nothing-at-a-place-thought-better-of",
     leaves_nothing_at_a_place_thought_better_of),
    ("/window/first-run/publishes-to-this-computer", publishes_to_this_computer),
    ("/window/first-run/publishes-to-a-server", publishes_to_a_server),
    ("/window/first-run/can-be-put-off", can_be_put_off),
    ("/window/first-run/goes-back", goes_back),
    ("/window/first-run/is-found-where-it-usually-is-once-it-runs",
     is_found_where_it_usually_is_once_it_runs),
    ("/window/first-run/looks-at-the-address-that-was-entered-last",
     looks_at_the_address_that_was_entered_last),
    ("/window/first-run/asks-for-a-key", asks_for_a_key),
    ("/window/first-run/keeps-the-token-in-a-file-only-when-told-to",
     keeps_the_token_in_a_file_only_when_told_to),
])
