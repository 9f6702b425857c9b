# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Pictures of every page and dialog, light and dark, narrow and wide, to be looked at: in
`screenshots` of the build folder, NAME-WIDTH-THEME.png. That they show something is tested.

With --publish only those are made that README.md and the metainfo show: into data/screenshots."""

import contextlib
import json
import os
import re
import sqlite3
import sys

from desktop import PAGES, PICTURES, Desktop, run_tests, until
from scenes import (BROWSER, RULES, begin, publish, rename, store_rules, use_apps, wait_for_buckets,
                    write_rules)
from world import AFK, WINDOW

SIZES = {360: 720, 900: 700}
TALL = 1180
PUBLISHED = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "data",
                         "screenshots")
FRAME = 5  # drawn around the window where nothing composes it


class Camera:
    def __init__(self, desktop, theme):
        self.desktop = desktop
        self.theme = theme

    def take(self, name, widths=tuple(SIZES)):
        """What is open now; dialogs follow the window as far as they can."""
        screen = self.desktop.screen
        for width in widths:
            self.desktop.resize(width, SIZES[width])
            for dialog in screen.list_managed():
                if dialog != self.desktop.main_window():
                    screen.resize(dialog, min(width, 480), SIZES[width] - 40)
            self.keep(name, width)

    def take_tall(self, name):
        """With what one scrolls to otherwise."""
        for width in SIZES:
            self.desktop.resize(width, TALL)
            self.keep(name, width)

    def keep(self, name, width):
        """As it is."""
        file = self.desktop.take_picture("%s-%d-%s" % (name, width, self.theme))
        size = self.desktop.screen.run("identify", "-format", "%k %w", file).split()
        assert int(size[0]) > 50, (file, "shows nothing")
        assert int(size[1]) >= width, (file, size)

    def take_pages(self, prefix, pages=PAGES):
        for page in pages:
            self.desktop.keys("alt+%d" % (PAGES.index(page) + 1))
            self.desktop.find("tab", page, is_wanted=lambda tab: "selected" in tab.states)
            self.take("%s-%s" % (prefix, page.lower()))


def take_from(camera, name, desktop, text):
    """A long page from the label of that text on; as much as the screen can show."""
    for width in SIZES:
        desktop.resize(width, 980)
        x, y, _, height = desktop.screen.get_geometry(desktop.main_window())
        last = None
        while True:
            node = desktop.wait(lambda: next(iter(desktop.see("label", text))), text)
            top = desktop.wait(lambda node=node: desktop.same(node).extents[1], text)
            if 0 < top < 160 or top == last:
                break
            last = top
            for _ in range(max(1, abs(top) // 110)):
                desktop.screen.turn_wheel(x + width // 2, y + height // 2, top > 0)
        camera.keep(name, width)


def publish_here(desktop):
    desktop.start_server()
    desktop.make_token()
    desktop.call("AddDestination", desktop.url, desktop.token, {"level": "title", "name": "Home"})
    for bucket in (WINDOW, AFK):
        wait_for_buckets(desktop, bucket)
        desktop.call("SetBucket", bucket, True, "")
    desktop.publish_all()


def go(desktop, page):
    desktop.keys("alt+%d" % (PAGES.index(page) + 1))
    desktop.find("tab", page, is_wanted=lambda tab: "selected" in tab.states)


def make_buckets(desktop):
    for bucket, kind, client in (("aw-watcher-vscode_laptop", "app.editor.activity",
                                  "aw-watcher-vscode"),
                                 ("aw-watcher-spotify_laptop", "currently-playing", "aw-spotify"),
                                 ("aw-watcher-input_laptop", "os.hid.input", "aw-watcher-input")):
        desktop.make_bucket(bucket, kind, client)
        desktop.heartbeat(bucket, {"title": "x"}, 30, 20)
    desktop.aw.post("/api/0/buckets/aw-watcher-window_phone-synced-from-phone",
                    {"type": "currentwindow", "client": "aw-watcher-window", "hostname": "phone"})


def when_all_is_well(theme):
    with Desktop(theme, events=3000) as desktop:
        camera = Camera(desktop, theme)
        publish(desktop, (WINDOW, AFK, BROWSER))
        make_buckets(desktop)
        desktop.call("AddThisComputer", {"level": "app"})
        desktop.call("SyncNow")
        desktop.publish_all()
        desktop.open_page("Overview")
        desktop.use_computer("Firefox", "Heliograph: publish what your devices are doing")
        desktop.reads("Firefox")
        camera.take_pages("well")
        desktop.resize(900, 700)
        # What opens above the pages.
        go(desktop, "Buckets")
        desktop.switch("Active window").do()
        desktop.find("button", "Cancel")
        camera.take("dialog-keep-or-delete")
        desktop.keys("Escape")
        desktop.gone("button", "Cancel")
        go(desktop, "Destinations")
        desktop.press("list item", re.compile("^Add a server"))
        desktop.find("text box", "Address")
        camera.take("dialog-add-server")
        desktop.write(desktop.find("text box", "Address"), desktop.url)
        desktop.write(desktop.find("text box", "Token"), "hg_wrong")
        desktop.press("button", "Test", within=desktop.front())
        desktop.reads("refused the token")
        camera.take("dialog-add-server-refused")
        desktop.keys("Escape")
        desktop.gone("text box")
        desktop.resize(900, 700)
        desktop.press("button", "More about this destination")
        desktop.find("menu item", "Remove…")
        camera.keep("menu-destination", 900)
        desktop.press("menu item", "Remove…")
        desktop.find("button", "Cancel")
        camera.take("dialog-remove")
        desktop.keys("Escape")
        desktop.gone("button", "Cancel")
        go(desktop, "Overview")
        desktop.resize(900, 700)
        desktop.press("button", "Pause")
        desktop.find("menu item", "For 1 hour")
        camera.keep("menu-pause", 900)
        desktop.press("menu item", "For 1 hour")
        desktop.find("button", "Resume")
        camera.take("paused-overview")
        desktop.press("button", "Resume")
        desktop.find("button", "Leave it out")
        camera.take("dialog-resume")
        desktop.press("button", "Leave it out")
        desktop.find("button", "Pause")
        desktop.choose("About Heliograph")
        desktop.reads("The Heliograph authors")
        camera.take("about")
        desktop.keys("Escape")
        until(lambda: "The Heliograph authors" not in desktop.read(), "it is closed")
        desktop.keys("ctrl+question")
        desktop.reads("publishing goes on")
        camera.take("shortcuts")


def when_there_is_trouble(theme):
    with Desktop(theme, events=60000) as desktop:
        camera = Camera(desktop, theme)
        begin(desktop)
        desktop.start_server()
        desktop.make_token()
        desktop.call("AddDestination", desktop.url, desktop.token, {"level": "title",
                                                                    "name": "Home"})
        wait_for_buckets(desktop, WINDOW)
        desktop.open_page("Overview")
        desktop.call("SetBucket", WINDOW, True, "")
        camera.take_pages("running", ["Overview", "Buckets"])
        desktop.publish_all()
        desktop.call("SetBucket", AFK, True, "")
        go(desktop, "Overview")
        desktop.stop_server()
        desktop.use_computer("Other", "news.txt")
        desktop.call_quietly("SyncNow")
        desktop.reads("Can’t reach your server", seconds=60)
        camera.take_pages("unreachable", ["Overview", "Destinations", "Logs"])
        desktop.stop_aw()
        desktop.call_quietly("SyncNow")
        until(lambda: not desktop.get("Source")["reachable"], "it is seen", 60)
        camera.take_pages("no-activitywatch", ["Overview", "Buckets", "Settings"])


def when_it_is_proved(theme):
    with Desktop(theme, events=3000) as desktop:
        camera = Camera(desktop, theme)
        publish(desktop)
        desktop.call("AddThisComputer", {"level": "app"})
        desktop.call("SyncNow")
        desktop.publish_all()
        desktop.open_page("Overview")
        desktop.use_computer("Firefox", "News")
        camera.take_tall("proof-none")
        with contextlib.closing(sqlite3.connect(desktop.path("server", "receiver.sqlite"),
                                                timeout=20)) as db, db:
            starts = [row[0] for row in db.execute("SELECT start FROM event ORDER BY start")]
            for start in starts[::400]:
                db.execute("DELETE FROM event WHERE start = ?", (start,))
        desktop.press("button", "Verify now")
        desktop.reads("after a repair")
        for name in ("^Home · Verified", "^This computer · Verified"):
            desktop.press("list item|button|toggle button", re.compile(name))
        desktop.reads("it differed on")
        camera.take_tall("proof")
        # History's reads take their time.
        desktop.aw.control("fault", {"method": "GET", "path": "end=", "count": -1,
                                     "delay_ms": 2400})
        desktop.press("button", "Verify now")
        desktop.reads("Verifying: ")
        camera.take_tall("proof-running")
        desktop.press("button", "Stop")
        desktop.find("button", "Verify now")
        desktop.call("SetRules", json.dumps({"version": 1, "rules": [
            {"id": "a", "name": "A", "field": "title", "match": "glob", "pattern": "*",
             "action": "hide"}]}))
        desktop.reads("Applying the rules: ")
        camera.take_tall("proof-outdated")


def when_it_asks(theme):
    with Desktop(theme) as desktop:
        rename(desktop)
        desktop.open_page("Overview")
        desktop.reads("Was this computer renamed?")
        Camera(desktop, theme).take("question-overview")


def when_there_are_rules(theme):
    with Desktop(theme) as desktop:
        camera = Camera(desktop, theme)
        begin(desktop)
        use_apps(desktop)
        publish_here(desktop)
        desktop.open_page("Privacy")
        desktop.reads("Password managers", "Published as it is", "A private talk")
        camera.take("no-rules-privacy")
        write_rules(desktop, *RULES)
        desktop.call("SyncNow")
        desktop.reads("Hide my plans", "Not published", "event deleted")
        desktop.resize(900, 700)
        camera.take("rules-privacy")
        desktop.resize(900, 700)
        desktop.press("button", "More about “Hide my plans”")
        desktop.find("menu item", "Edit…")
        camera.keep("menu-rule", 900)
        desktop.press("menu item", "Edit…")
        desktop.find("button", "Save")
        desktop.reads("Which events")
        camera.take("dialog-rule")
        desktop.write(desktop.find("text box", re.compile("^Pattern")), "pla(n")
        desktop.press("combo box", "Match")
        camera.keep("dialog-rule-choice", 900)
        desktop.keys("Home", "Down", "Down", "Return")
        desktop.reads("This can’t be saved")
        camera.take("dialog-rule-invalid")
        desktop.keys("Escape")
        desktop.gone("button", "Save")
        desktop.press("button", "More about “Hide my plans”")
        desktop.press("menu item", "Remove…")
        desktop.find("button", "Cancel")
        camera.take("dialog-rule-remove")
        desktop.keys("Escape")
        desktop.gone("button", "Cancel")
        take_from(camera, "rules-privacy-preview", desktop, "Preview")
        take_from(camera, "rules-privacy-sent", desktop, "What left lately")


def when_rules_are_broken(theme):
    with Desktop(theme) as desktop:
        camera = Camera(desktop, theme)
        store_rules(desktop, '{"version":1,"rules":[{"id":"a","name":"My broken rule",'
                             '"where":{"type":"currentwindow"},"field":"title","match":"regex",'
                             '"pattern":"(","action":"drop"},{"id":"b","match":"any",'
                             '"action":"hide","target":"url"}]}')
        begin(desktop)
        use_apps(desktop)
        desktop.open_page("Privacy")
        desktop.reads("My broken rule", "Not published")
        camera.take("broken-rule-privacy")
    with Desktop(theme) as desktop:
        camera = Camera(desktop, theme)
        store_rules(desktop, '{"version":7,"rules":[]}')
        begin(desktop)
        desktop.open_page("Privacy")
        desktop.reads("can’t be understood")
        camera.take("broken-rules-privacy")


def when_the_agent_is_gone(theme):
    with Desktop(theme, events=300) as desktop:
        camera = Camera(desktop, theme)
        publish(desktop)
        desktop.open_page("Overview")
        with open(desktop.path("start-agent"), "w", encoding="utf-8") as file:
            file.write("#!/bin/sh\nexit 1\n")
        desktop.end_agent()
        desktop.reads("Heliograph is not running")
        camera.take_pages("no-agent", ["Overview", "Buckets", "Logs"])


def when_nothing_is_set_up(theme):
    with Desktop(theme, events=300) as desktop:
        camera = Camera(desktop, theme)
        desktop.start_aw()
        desktop.use_computer()
        desktop.start_window()
        desktop.reads("ActivityWatch not found")
        camera.take("first-run-not-found")
        desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
        if desktop.patiently(lambda: desktop.has("button", "Try again")):
            desktop.press("button", "Try again")
        desktop.reads("Found on laptop")
        camera.take("first-run-1")
        desktop.press("button", "Next")
        desktop.reads("Step 2 of 3")
        camera.take("first-run-2")
        desktop.press("checkbox|radio button|check box", "My server")
        desktop.find("text box", "Token")
        camera.take("first-run-2-server")
        desktop.press("checkbox|radio button|check box", "This computer")
        desktop.press("button", "Next")
        desktop.reads("Step 3 of 3")
        camera.take("first-run-3")
        desktop.press("button", "Later")
        camera.take_pages("not-set-up", ["Overview", "Buckets", "Destinations", "Logs"])


def for_the_readme():
    """As it is with most people: all is published, to this computer."""
    with Desktop(events=20000) as desktop:
        # The name of the computer is in the pictures.
        desktop.allow_agent(before="unshare --uts sh -c 'hostname laptop; exec \"$0\" \"$@\"'")
        desktop.last_aw_port = 5600  # as everywhere; nothing else listens where pictures are made
        begin(desktop)
        make_buckets(desktop)
        desktop.call("AddThisComputer", {"level": "app", "name": "Home"})
        write_rules(desktop, *RULES)
        use_apps(desktop)
        for bucket in (WINDOW, AFK, BROWSER):
            wait_for_buckets(desktop, bucket)
            desktop.call("SetBucket", bucket, True, "")
        desktop.publish_all()
        desktop.open_page("Overview")
        desktop.use_computer("Firefox", "News")
        desktop.reads("Firefox")
        desktop.resize(900 + 2 * FRAME, 700 + 2 * FRAME)
        os.makedirs(PUBLISHED, exist_ok=True)
        for page in PAGES:
            # By the mouse: the keyboard's focus is not seen then.
            desktop.click(desktop.find("tab", page))
            desktop.find("tab", page, is_wanted=lambda tab: "selected" in tab.states)
            picture = desktop.take_picture("published")
            file = os.path.join(PUBLISHED, page.lower() + ".png")
            desktop.screen.run("convert", picture, "-shave", "%dx%d" % (FRAME, FRAME), "-strip",
                               "+dither", "-colors", "255", "-define", "png:compression-level=9",
                               "PNG8:" + file)
            assert os.path.getsize(file) < 100 * 1024, (file, os.path.getsize(file))


def list_tests():
    for theme in ("light", "dark"):
        for scene in (when_all_is_well, when_there_is_trouble, when_it_is_proved, when_it_asks,
                      when_there_are_rules, when_rules_are_broken,
                      when_the_agent_is_gone, when_nothing_is_set_up):
            yield ("/window/pictures/%s-%s" % (scene.__name__.replace("_", "-"), theme),
                   lambda scene=scene, theme=theme: scene(theme))


os.makedirs(PICTURES, exist_ok=True)
if sys.argv[1:] == ["--publish"]:
    run_tests([("/window/pictures/for-the-readme", for_the_readme)])
else:
    run_tests([test for test in list_tests() if len(sys.argv) < 2 or sys.argv[1] in test[0]])
