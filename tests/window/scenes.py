# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a desktop looks like when the window is opened: told to the agent as the command line would."""

from world import AFK, WINDOW, until

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
