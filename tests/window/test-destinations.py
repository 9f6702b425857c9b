# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the destinations: added, tested, changed and removed by a person."""

import os
import re
import socket

from desktop import Desktop, run_tests, until
from front import Front
from scenes import begin, publish
from world import WINDOW

EVENTS = 200
TOKEN = re.compile("^(New )?[Tt]oken$")


def open_form(desktop):
    desktop.open_page("Destinations")
    desktop.press("list item|button", re.compile("^Add a server"))
    desktop.find("text box", "Address")


def fill(desktop, url, token):
    desktop.write(desktop.find("text box", "Address"), url)
    desktop.write(desktop.find("text box", TOKEN), token)


def start_server(desktop):
    desktop.start_server()
    desktop.make_token()


def adds_a_server():
    with Desktop(events=EVENTS) as desktop:
        begin(desktop)
        start_server(desktop)
        open_form(desktop)
        fill(desktop, desktop.url, desktop.token)
        desktop.press("button", "Test")
        desktop.reads("It works: the server knows this device as “laptop”")
        assert desktop.get("Destinations") == [], "a test stores nothing"
        desktop.press("button", "Add")
        until(lambda: desktop.get("Destinations"), "it is added")
        desktop.gone("text box")
        desktop.reads("Knows this device as “laptop”")


def says_that_the_token_is_wrong():
    with Desktop(events=EVENTS) as desktop:
        begin(desktop)
        start_server(desktop)
        open_form(desktop)
        fill(desktop, desktop.url, desktop.token[:-4] + "AAAA")
        desktop.press("button", "Test")
        desktop.reads("token")
        text = desktop.read()
        assert re.search("token.*(refuse|accept|know|valid|wrong)|(refuse|wrong|accept).*token",
                         text, re.IGNORECASE), text
        assert "sensitive" not in desktop.find("button", "Add").states
        desktop.write(desktop.find("text box", TOKEN), desktop.token)
        desktop.press("button", "Test")
        desktop.reads("It works: the server knows this device as “laptop”")
        desktop.press("button", "Add")
        until(lambda: desktop.get("Destinations"), "it is added")
        assert desktop.token not in desktop.log_text()


def says_that_nobody_answers():
    with Desktop() as desktop:
        begin(desktop)
        start_server(desktop)
        desktop.stop_server()
        open_form(desktop)
        fill(desktop, desktop.url, desktop.token)
        desktop.press("button", "Test")
        desktop.reads("%s can't be reached" % desktop.url.split("//")[1])
        assert "sensitive" not in desktop.find("button", "Add").states
        desktop.start_server()
        desktop.press("button", "Test")
        desktop.reads("It works")


def wants_a_switch_for_plain_http():
    with Desktop() as desktop:
        begin(desktop)
        open_form(desktop)
        fill(desktop, "http://192.0.2.1:5680", "hg_" + "a" * 43)
        assert not desktop.has("list item", "Allow unencrypted http")
        desktop.press("button", "Test")
        switch = desktop.switch("Allow unencrypted http")
        assert "checked" not in switch.states
        desktop.reads("Everybody on the way can read your activity and the token")
        desktop.write(desktop.find("text box", "Address"), "https://192.0.2.1:5680")
        desktop.gone("list item", "Allow unencrypted http")


def forgets_a_test_when_the_form_says_something_else():
    with Desktop(events=EVENTS) as desktop, socket.create_server(("127.0.0.1", 0)) as silent:
        begin(desktop)
        start_server(desktop)
        open_form(desktop)
        fill(desktop, "http://127.0.0.1:%d" % silent.getsockname()[1], desktop.token)
        desktop.press("button", "Test")
        desktop.reads("Testing…")
        desktop.write(desktop.find("text box", "Address"), desktop.url)
        desktop.reads("Not tested yet")
        assert "sensitive" not in desktop.find("button", "Add").states
        desktop.press("button", "Test")
        desktop.reads("It works: the server knows this device as “laptop”")


def allows_plain_http_at_one_address_only():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.call("SetDestination", desktop.identity,
                     {"url": "http://192.0.2.1:5680", "allow-plain-http": True})
        desktop.open_page("Destinations")
        desktop.press("button", "More about this destination")
        desktop.press("menu item", "Change…")
        desktop.write(desktop.find("text box", "Address"), "http://192.0.2.2:5680")
        desktop.press("button", "Save")
        assert "checked" not in desktop.switch("Allow unencrypted http").states
        assert [d["address"] for d in desktop.get("Destinations")] == ["192.0.2.1:5680"]


def changes_what_presence_shows():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop, level="title")
        desktop.open_page("Destinations")
        assert desktop.find("combo box", "Presence shows")
        desktop.press("combo box", "Presence shows")
        desktop.keys("Home", "Return")
        levels = until(lambda: [d["level"] for d in desktop.get("Destinations")
                                if d["level"] != "title"], "another level")
        assert levels == ["nothing"], levels
        desktop.reads("Nothing")


def switches_the_history_off():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Destinations")
        desktop.switch("Publish history").do()
        until(lambda: not desktop.get("Destinations")[0]["history"], "it is off")
        desktop.wait(lambda: "checked" not in desktop.switch("Publish history").states, "is off")
        desktop.switch("Publish history").do()
        until(lambda: desktop.get("Destinations")[0]["history"], "it is on")


def tests_one_that_is_there():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Destinations")
        desktop.press("button", "Test")
        desktop.reads("It works: the server knows this device as “laptop”")
        desktop.stop_server()
        desktop.press("button", "Test")
        desktop.reads("The test failed.")


def put_browser(desktop):
    """A browser that only writes down what it was given; returns the file."""
    calls = desktop.path("calls")
    browser = desktop.path("browser")
    with open(browser, "w", encoding="utf-8") as file:
        file.write("#!/bin/sh\necho \"$1\" >>'%s'\n" % calls)
        os.chmod(file.fileno(), 0o755)
    os.makedirs(desktop.path("data", "applications"), exist_ok=True)
    with open(desktop.path("data", "applications", "browser.desktop"), "w",
              encoding="utf-8") as file:
        file.write("[Desktop Entry]\nType=Application\nName=Browser\nExec=%s %%u\n"
                   "MimeType=x-scheme-handler/http;x-scheme-handler/https;\n" % browser)
    with open(desktop.path("config", "mimeapps.list"), "w", encoding="utf-8") as file:
        file.write("[Default Applications]\nx-scheme-handler/http=browser.desktop\n")
    with open(calls, "w", encoding="utf-8"):
        return calls


def opens_the_live_page():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        calls = put_browser(desktop)
        desktop.open_page("Destinations")
        for tab, role in (("Destinations", "list item"), ("Overview", "button")):
            desktop.go_to(tab)
            desktop.press(role, "Open live page")
            until(lambda: open(calls, encoding="utf-8").read() == desktop.url + "/\n", tab)
            open(calls, "w", encoding="utf-8").close()


def open_change(desktop):
    desktop.press("button", "More about this destination")
    desktop.press("menu item", "Change…")
    return desktop.find("text box", "Address", is_wanted=lambda field: field.text)


def changes_address_and_token():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        laptop = desktop.token
        desktop.make_token("desk")
        desktop.open_page("Destinations")
        with Front(int(desktop.url.rsplit(":", 1)[1])) as front:
            # The form begins with what is, and a name is changed alone.
            address = open_change(desktop)
            assert address.text == desktop.url + "/", address.text
            desktop.write(desktop.find("text box", re.compile("^Name")), "Cottage")
            desktop.press("button", "Save")
            until(lambda: desktop.get("Destinations")[0]["name"] == "Cottage", "the other name")
            desktop.gone("text box")
            assert desktop.call("GetPage", desktop.identity) == desktop.url + "/"
            # A wrong token for a new address changes nothing.
            address = open_change(desktop)
            desktop.write(address, front.url)
            desktop.write(desktop.find("text box", TOKEN), laptop[:-4] + "AAAA")
            desktop.press("button", "Save")
            desktop.reads("refused the token")
            assert desktop.call("GetPage", desktop.identity) == desktop.url + "/"
            desktop.write(desktop.find("text box", TOKEN), desktop.token)
            desktop.press("button", "Save")
            desktop.reads("Changed, and it works: the server knows this device as “desk”")
            assert desktop.call("GetPage", desktop.identity) == front.url + "/"


def removes_one():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        count = desktop.held(WINDOW)
        desktop.open_page("Destinations")
        for choice in ("Cancel", "Keep"):
            desktop.press("button", "More about this destination")
            desktop.press("menu item", "Remove…")
            desktop.press("button", re.compile("^" + choice))
            desktop.gone("dialog")
            if choice == "Cancel":
                assert len(desktop.get("Destinations")) == 1
        until(lambda: desktop.get("Destinations") == [], "it is gone")
        assert desktop.held(WINDOW) == count, "what it holds stays"
        desktop.gone("list item", "Publish history")


def removes_one_with_all_that_it_holds():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        assert desktop.held(WINDOW) > 0
        desktop.open_page("Destinations")
        desktop.press("button", "More about this destination")
        desktop.press("menu item", "Remove…")
        desktop.press("button", re.compile("^Delete"))
        until(lambda: desktop.get("Destinations") == [], "it is gone")
        assert desktop.held(WINDOW) == 0


run_tests([
    ("/window/destinations/adds-a-server", adds_a_server),
    ("/window/destinations/says-that-the-token-is-wrong", says_that_the_token_is_wrong),
    ("/window/destinations/says-that-nobody-answers", says_that_nobody_answers),
    ("/window/destinations/wants-a-switch-for-plain-http", wants_a_switch_for_plain_http),
    ("/window/destinations/forgets-a-test-when-the-form-says-something-else",
     forgets_a_test_when_the_form_says_something_else),
    ("/window/destinations/allows-plain-http-at-one-address-only",
     allows_plain_http_at_one_address_only),
    ("/window/destinations/changes-what-presence-shows", changes_what_presence_shows),
    ("/window/destinations/switches-the-history-off", switches_the_history_off),
    ("/window/destinations/tests-one-that-is-there", tests_one_that_is_there),
    ("/window/destinations/opens-the-live-page", opens_the_live_page),
    ("/window/destinations/changes-address-and-token", changes_address_and_token),
    ("/window/destinations/removes-one", removes_one),
    ("/window/destinations/removes-one-with-all-that-it-holds",
     removes_one_with_all_that_it_holds),
])
