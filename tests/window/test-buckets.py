# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the buckets: switched on and off by a person."""

from desktop import Desktop, run_tests, until
from scenes import BROWSER, begin, publish
from world import WINDOW

EVENTS = 200


def is_enabled(desktop, bucket):
    return {b["id"]: b["enabled"] for b in desktop.get("Buckets")}.get(bucket)


def wait_for_switch(desktop, title, is_on):
    desktop.wait(lambda: ("checked" in desktop.switch(title).states) == is_on,
                 "the switch of %s is %s" % (title, "on" if is_on else "off"))


def lists_them_by_plain_names():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Buckets")
        desktop.reads("Active window", WINDOW, "Away or not", "Firefox tabs", BROWSER,
                      "%d events published" % desktop.held(WINDOW))
        wait_for_switch(desktop, "Active window", True)
        wait_for_switch(desktop, "Firefox tabs", False)


def switches_one_on():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Buckets")
        # Nothing was published of it: no question, neither now nor later.
        desktop.switch("Firefox tabs").do()
        until(lambda: is_enabled(desktop, BROWSER), "the agent knows")
        assert not desktop.has("dialog")
        count = desktop.in_aw(BROWSER)
        until(lambda: desktop.held(BROWSER) == count, "it is published")
        desktop.reads("%d events published" % count)
        wait_for_switch(desktop, "Firefox tabs", True)


def asks_what_becomes_of_what_was_published():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        count = desktop.held(WINDOW)
        assert count > 0
        desktop.open_page("Buckets")
        # Thought better of it.
        desktop.switch("Active window").do()
        desktop.press("button", "Cancel")
        desktop.gone("dialog")
        wait_for_switch(desktop, "Active window", True)
        assert is_enabled(desktop, WINDOW)
        # Kept.
        desktop.switch("Active window").do()
        desktop.press("button", "Keep what was published")
        until(lambda: not is_enabled(desktop, WINDOW), "it is off")
        wait_for_switch(desktop, "Active window", False)
        assert desktop.held(WINDOW) == count, "what was published stays"
        # On again, and off for good.
        desktop.switch("Active window").do()
        until(lambda: is_enabled(desktop, WINDOW), "it is on")
        desktop.publish_all()
        desktop.wait(lambda: "sensitive" in desktop.switch("Active window").states, "it listens")
        desktop.switch("Active window").do()
        desktop.press("button", "Delete it at the destination")
        until(lambda: not is_enabled(desktop, WINDOW), "it is off")
        until(lambda: desktop.held(WINDOW) == 0, "nothing is left at the receiver")
        desktop.gone("dialog")


def points_out_a_new_one():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Buckets")
        desktop.press("button", "Leave off")
        desktop.gone("button", "Leave off")
        desktop.make_bucket("aw-watcher-vim_laptop", "app.editor.activity", "aw-watcher-vim")
        desktop.heartbeat("aw-watcher-vim_laptop", {"file": "a", "project": "b"})
        desktop.call("SyncNow")
        desktop.reads("is new. It stays private until you switch it on.", "aw-watcher-vim_laptop")
        assert is_enabled(desktop, "aw-watcher-vim_laptop") is False
        assert desktop.held("aw-watcher-vim_laptop") == 0


def finds_one_by_its_name():
    with Desktop(events=EVENTS) as desktop:
        begin(desktop)
        for number in range(12):
            desktop.make_bucket("aw-watcher-%d_laptop" % number, "test", "aw-watcher-%d" % number)
        desktop.call("SyncNow")
        desktop.open_page("Buckets")
        desktop.reads("aw-watcher-11_laptop")
        desktop.write(desktop.find("text|text box|search box|entry", "Search buckets"), "away")
        desktop.wait(lambda: "aw-watcher-11_laptop" not in desktop.read(), "others are hidden")
        assert desktop.has("list item", "Away or not")


def says_so_where_there_are_none():
    with Desktop() as desktop:
        desktop.start_aw()
        desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
        desktop.open_page("Buckets")
        if desktop.get("Buckets"):
            desktop.reads("No events yet")
        else:
            desktop.reads("No buckets yet")


run_tests([
    ("/window/buckets/lists-them-by-plain-names", lists_them_by_plain_names),
    ("/window/buckets/switches-one-on", switches_one_on),
    ("/window/buckets/asks-what-becomes-of-what-was-published",
     asks_what_becomes_of_what_was_published),
    ("/window/buckets/points-out-a-new-one", points_out_a_new_one),
    ("/window/buckets/finds-one-by-its-name", finds_one_by_its_name),
    ("/window/buckets/says-so-where-there-are-none", says_so_where_there_are_none),
])
