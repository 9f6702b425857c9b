# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a desktop looks like when the window is opened: told to the agent as by its command line."""

import json

from world import AFK, WINDOW, until

RENAMED = "aw-watcher-window_desktop"
BROWSER = "aw-watcher-web-firefox_laptop"


def begin(desktop, *options):
    """ActivityWatch runs, somebody is there, and the agent was told where; the rest is to come."""
    desktop.start_aw(*options)
    desktop.use_computer()
    desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())


def wait_for_buckets(desktop, *buckets):
    until(lambda: {b["id"] for b in desktop.get("Buckets")} >= set(buckets), "the buckets")


def publish(desktop, buckets=(WINDOW, AFK), **options):
    """A receiver holds the history of some buckets, and is told of this moment."""
    begin(desktop)
    desktop.start_server()
    desktop.make_token()
    desktop.identity = desktop.call("AddDestination", desktop.url, desktop.token,
                                    {"level": "title", "name": "Home", **options})[0]
    wait_for_buckets(desktop, *buckets)
    for bucket in buckets:
        desktop.call("SetBucket", bucket, True, "")
    if options.get("history", True):
        desktop.publish_all()


RULES = [
    {"id": "plans", "name": "Hide my plans", "field": "title", "match": "glob",
     "pattern": "*plan*", "action": "hide"},
    {"id": "chat", "field": "app", "match": "exact", "pattern": "Signal", "action": "drop"},
    {"id": "off", "name": "Call the editor so", "enabled": False, "field": "app",
     "match": "exact", "pattern": "Editor", "action": "rename", "with": "Writing",
     "scope": "presence"},
]


def write_rules(desktop, *rules):
    desktop.call("SetRules", json.dumps({"version": 1, "rules": list(rules)}))


def store_rules(desktop, text):
    """As another version of the program left them."""
    path = desktop.path("config", "glib-2.0", "settings", "keyfile")
    with open(path, "a", encoding="utf-8") as file:
        file.write("[io/github/heliograph/Heliograph]\nrules='%s'\n" % text)


def read_rules(desktop):
    text = desktop.call("GetRules")[0]
    return json.loads(text)["rules"] if text else []


def use_apps(desktop):
    """The newest events of the window, oldest first."""
    for number, (app, title) in enumerate((("Editor", "letter.txt"), ("Signal", "A private talk"),
                                           ("Firefox", "News"), ("Editor", "plan for May"),
                                           ("Terminal", "make"))):
        desktop.heartbeat(WINDOW, {"app": app, "title": title}, 900 - 100 * number, 60)


def rename(desktop):
    """What is switched on is no longer recorded; what is recorded is switched off."""
    desktop.start_aw()
    desktop.start_server()
    desktop.make_token()
    desktop.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
    desktop.make_bucket(AFK, "afkstatus", "aw-watcher-afk")
    desktop.heartbeat(WINDOW, {"app": "Editor", "title": "before"}, 900, 10)
    desktop.heartbeat(AFK, {"status": "not-afk"})
    desktop.make_bucket(RENAMED, "currentwindow", "aw-watcher-window")
    desktop.heartbeat(RENAMED, {"app": "Editor", "title": "after"})
    desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
    desktop.call("AddDestination", desktop.url, desktop.token, {"level": "title", "name": "Home"})
    wait_for_buckets(desktop, WINDOW, AFK)
    for bucket in (WINDOW, AFK):
        desktop.call("SetBucket", bucket, True, "")
    desktop.publish_all()
    desktop.call("SyncNow")
    until(lambda: desktop.get("Questions"), "it is asked")
