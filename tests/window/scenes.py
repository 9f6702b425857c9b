# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a desktop looks like when the window is opened: told to the agent as by its command line."""

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


def rename(desktop):
    """What is switched on is no longer recorded; what is recorded is switched off."""
    desktop.start_aw()
    desktop.start_server()
    desktop.make_token()
    desktop.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
    desktop.make_bucket(AFK, "afkstatus", "aw-watcher-afk")
    desktop.heartbeat(WINDOW, {"app": "Editor", "title": "before"}, 900, 10)
    desktop.heartbeat(AFK, {"status": "not-afk"}, 2, 2)
    desktop.make_bucket(RENAMED, "currentwindow", "aw-watcher-window")
    desktop.heartbeat(RENAMED, {"app": "Editor", "title": "after"}, 2, 2)
    desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
    desktop.call("AddDestination", desktop.url, desktop.token, {"level": "title", "name": "Home"})
    wait_for_buckets(desktop, WINDOW, AFK)
    for bucket in (WINDOW, AFK):
        desktop.call("SetBucket", bucket, True, "")
    desktop.publish_all()
    desktop.call("SyncNow")
    until(lambda: desktop.get("Questions"), "it is asked")
