# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the log: read, filtered, searched and copied by a person."""

from desktop import Desktop, run_tests, until
from scenes import BROWSER, publish

EVENTS = 200
LEVELS = "Which entries are shown"


def list_entries(desktop):
    log = desktop.find("list", "Log")
    return [node.name for node in desktop.see("list item", within=log)]


def follows_the_log():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Logs")
        desktop.reads("begins", "is added", "Bucket aw-watcher-window_laptop is switched on")
        assert "letter.txt" not in desktop.read(), "no titles"
        assert desktop.token not in desktop.read()
        desktop.call("SetBucket", BROWSER, True, "")
        desktop.reads("Bucket %s is switched on" % BROWSER)


def filters_by_level():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.stop_server()
        desktop.use_computer("Other", "news.txt")
        desktop.call_quietly("SyncNow")
        desktop.open_page("Logs")
        desktop.wait(lambda: len({name.split(",")[0] for name in list_entries(desktop)}) > 1,
                     "entries of two levels", 60)
        every = list_entries(desktop)
        levels = {name.split(",")[0] for name in every}
        assert levels > {"Message"}, levels
        # The narrowest choice is the last one.
        choose_level(desktop, "End")
        desktop.wait(lambda: desktop.has("label", "No entries found")
                     or {name.split(",")[0] for name in list_entries(desktop)} == {"Warning"},
                     "only warnings")
        if desktop.has("button", "Show all entries"):
            desktop.press("button", "Show all entries")
        else:
            choose_level(desktop, "Home")
        desktop.wait(lambda: len(list_entries(desktop)) >= len(every), "all are back")


def choose_level(desktop, key):
    box = desktop.find("combo box", LEVELS)
    desktop.click(box)
    desktop.wait(lambda: "expanded" in desktop.same(box).states
                 or any("pressed" in node.states for node in desktop.same(box).below()),
                 "the choice is open")
    desktop.keys(key, "Return")


def searches():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Logs")
        desktop.reads("Bucket aw-watcher-afk_laptop is switched on")
        desktop.keys("ctrl+f")
        desktop.find("text box|search box|entry|text", "Search the log")
        desktop.screen.type("AFK_laptop is")
        desktop.wait(lambda: list_entries(desktop)
                     and all("afk_laptop is" in name for name in list_entries(desktop)),
                     "only what was searched for")
        desktop.screen.type("nothing has this")
        desktop.reads("No entries found")
        desktop.press("button", "Show all entries")
        desktop.reads("is added")


def copies():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Logs")
        desktop.reads("is added")
        desktop.press("button", "Copy")
        text = until(desktop.screen.paste, "it is on the clipboard")
        assert "heliograph-agent" in text and "is added" in text, text
        assert len(text.strip().splitlines()) >= 3, text


run_tests([
    ("/window/logs/follows-the-log", follows_the_log),
    ("/window/logs/filters-by-level", filters_by_level),
    ("/window/logs/searches", searches),
    ("/window/logs/copies", copies),
])
