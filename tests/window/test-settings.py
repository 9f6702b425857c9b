# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the settings: every one of them there and back."""

import os

import dbus

from desktop import Desktop, run_tests, until
from scenes import begin

SWITCHES = [("Media keeps me active", "media-keeps-active"),
            ("Tray icon", "tray-icon"),
            ("Pause history on metered connections", "pause-on-metered"),
            ("Start at login", "start-at-login")]


def option(desktop, key):
    return desktop.call("GetOptions")[key]


def is_on(desktop, title):
    return "checked" in desktop.switch(title).states


def switches_and_remembers():
    with Desktop() as desktop:
        begin(desktop)
        window = desktop.open_page("Settings")
        before = {key: bool(option(desktop, key)) for _, key in SWITCHES}
        for title, key in SWITCHES:
            desktop.wait(lambda title=title, key=key: is_on(desktop, title) == before[key], title)
            desktop.switch(title).do()
            until(lambda key=key: bool(option(desktop, key)) != before[key], key)
        desktop.close_window(window)
        desktop.call("Quit")
        until(lambda: not desktop.is_on_bus(), "the agent ends")
        # All starts anew.
        desktop.open_page("Settings")
        for title, key in SWITCHES:
            assert bool(option(desktop, key)) != before[key], key
            desktop.wait(lambda title=title, key=key: is_on(desktop, title) != before[key], title)


def shows_what_others_change():
    with Desktop() as desktop:
        begin(desktop)
        desktop.open_page("Settings")
        desktop.wait(lambda: is_on(desktop, "Media keeps me active"), "it is on")
        desktop.go_to("Overview")
        desktop.call("SetOption", "media-keeps-active", False)
        desktop.call("SetOption", "poll-interval", dbus.UInt32(9))
        desktop.go_to("Settings")
        desktop.wait(lambda: not is_on(desktop, "Media keeps me active"), "it is off")
        desktop.wait(lambda: desktop.find("spin button", "Look interval").text == "9", "9 s")


def changes_the_numbers():
    with Desktop() as desktop:
        begin(desktop)
        desktop.open_page("Settings")
        desktop.write(desktop.find("spin button", "Look interval"), "12")
        desktop.keys("Tab")
        until(lambda: option(desktop, "poll-interval") == 12, "the interval")
        desktop.write(desktop.find("spin button", "Away after"), "5:30")
        desktop.keys("Tab")
        until(lambda: option(desktop, "away-threshold") == 330, "the threshold")


def finds_activitywatch_elsewhere():
    with Desktop() as desktop:
        desktop.start_aw()
        desktop.open_page("Settings")
        desktop.reads("ActivityWatch does not answer at 127.0.0.1:5600: is it running?")
        desktop.write(desktop.find("text box", "Address"),
                      "http://127.0.0.1:%d" % desktop.aw_port())
        desktop.keys("Return")
        desktop.reads("Connected: laptop")
        assert option(desktop, "aw-url").endswith(":%d" % desktop.aw_port())
        desktop.press("button", "Test")
        desktop.reads("buckets")


def refuses_an_address_that_is_none():
    with Desktop() as desktop:
        begin(desktop)
        desktop.open_page("Settings")
        before = option(desktop, "aw-url")
        field = desktop.find("text box", "Address")
        desktop.write(field, "no address at all")
        desktop.keys("Return")
        desktop.reads("address")
        assert option(desktop, "aw-url") == before


def takes_a_key():
    with Desktop() as desktop:
        desktop.start_aw("--api-key", "secret-of-mine")
        desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
        desktop.open_page("Settings")
        desktop.reads("key", "API key (none set)")
        desktop.write(desktop.find("text box", "API key (none set)"), "secret-of-mine")
        desktop.keys("Return")
        desktop.reads("Connected: laptop", "API key (one is set)")
        assert "secret-of-mine" not in desktop.log_text()
        for folder, _, names in os.walk(desktop.path("config")):
            for name in names:
                with open(os.path.join(folder, name), "rb") as file:
                    assert b"secret-of-mine" not in file.read(), name
        desktop.press("button", "Forget the API key")
        desktop.reads("API key (none set)")
        assert not option(desktop, "aw-key-set")


def says_that_nothing_keeps_the_key():
    with Desktop(has_secrets=False) as desktop:
        desktop.start_aw("--api-key", "secret-of-mine")
        desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
        desktop.open_page("Settings")
        desktop.write(desktop.find("text box", "API key (none set)"), "secret-of-mine")
        desktop.keys("Return")
        desktop.reads("heliographctl source key --key-file FILE --keep-key-file")
        assert not option(desktop, "aw-key-set")


run_tests([
    ("/window/settings/switches-and-remembers", switches_and_remembers),
    ("/window/settings/shows-what-others-change", shows_what_others_change),
    ("/window/settings/changes-the-numbers", changes_the_numbers),
    ("/window/settings/finds-activitywatch-elsewhere", finds_activitywatch_elsewhere),
    ("/window/settings/refuses-an-address-that-is-none", refuses_an_address_that_is_none),
    ("/window/settings/takes-a-key", takes_a_key),
    ("/window/settings/says-that-nothing-keeps-the-key", says_that_nothing_keeps_the_key),
])
