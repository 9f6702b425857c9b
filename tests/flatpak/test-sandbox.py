# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The installed Flatpak at work: flatpak/try.sh builds it and runs this."""

import json
import os
import signal
import sys
import traceback
import urllib.request
from pathlib import Path

from desktop import APP, PATIENCE, Desktop, until
from world import AFK, WINDOW

PICTURE = os.path.join(os.environ.get("HELIOGRAPH_PICTURES") or "/nonexistent", "window.png")


def publishes_from_the_host_to_the_host(desktop):
    desktop.publish_here()
    for bucket in (WINDOW, AFK):
        desktop.call("SetBucket", bucket, True, "")
    desktop.publish_all()
    verdicts = desktop.call("Verify", "")
    assert len(verdicts) == 2 and all(verdict["equal"] for verdict in verdicts), verdicts
    assert desktop.held(WINDOW) == desktop.in_aw(WINDOW) > 100
    desktop.use_computer()
    until(lambda: desktop.has_state("active"), "the receiver shows active")


def keeps_the_token_by_the_secret_portal(desktop):
    assert desktop.machine("secret-store") == "available"
    assert desktop.asked("secret") and APP in desktop.asked("secret")[0], desktop.asked("secret")
    keyrings = list((desktop.sandbox / "data" / "keyrings").iterdir())
    assert keyrings, "no keyring"
    for path in desktop.sandbox.rglob("*"):
        if path.is_file():
            assert desktop.token.encode() not in path.read_bytes(), path


def keeps_all_below_its_own_folder(desktop):
    for name in ("data/heliograph/ledger.db", ".local/state/heliograph/agent.log",
                 "config/glib-2.0/settings/keyfile"):
        assert (desktop.sandbox / name).is_file(), name
    others = [str(path) for path in Path(desktop.folder).rglob("*heliograph/*")
              if desktop.sandbox not in path.parents
              and not path.is_relative_to(desktop.path("run"))]
    assert not others, others


def shows_its_icon_in_the_tray(desktop):
    path = until(desktop.find_icon, "the icon registers", PATIENCE)
    icon = desktop.look_at_icon(path)
    assert icon["IconName"].startswith(APP) and icon["Title"].startswith("Heliograph"), icon
    icons = desktop.exports / "icons" / "hicolor" / "symbolic" / "apps"
    assert (icons / (icon["IconName"] + ".svg")).exists(), "the panel can't see the icon"
    until(lambda: any("Editor" in label for label in desktop.read_menu(icon["Menu"])),
          "the menu tells the activity")
    desktop.press_in_menu(icon["Menu"], "Until I resume")
    desktop.state_is("paused")
    until(lambda: desktop.look_at_icon(path)["IconName"].endswith("paused-symbolic"), "its icon")
    desktop.call("Resume", False)
    assert desktop.machine("tray") and desktop.machine("tray-host")


def starts_at_login_by_the_background_portal(desktop):
    desktop.call("SetOption", "start-at-login", True)
    asked = desktop.asked("autostart")
    assert asked == [f"autostart {APP} 1 flatpak run --command=heliograph-agent {APP} 0"], asked
    assert desktop.machine("start-at-login") and desktop.machine("start-at-login-error") == ""


def is_locked_with_the_session(desktop):
    desktop.use_computer()
    until(lambda: desktop.has_state("active"), "the receiver shows active")
    desktop.tell_session(True)
    until(lambda: desktop.has_state("locked"), "the receiver shows locked", 10)
    assert desktop.device()["activity"] is None
    desktop.tell_session(False)
    desktop.use_computer()
    until(lambda: desktop.has_state("active"), "unlocked", 10)


def shows_its_window(desktop):
    desktop.open_window()
    window = until(desktop.find_window, "the window", PATIENCE)
    file = PICTURE if os.path.isdir(os.path.dirname(PICTURE)) else desktop.path("window.png")
    # It is painted when it shows more than a few colours.
    until(lambda: desktop.count_colours(window, file) > 200, "something in it", PATIENCE)
    desktop.close_window(window)
    until(lambda: not desktop.has_name(APP), "it ends when it is closed")
    assert desktop.agent_answers(), "and the agent goes on"


def answers_the_command_line(desktop):
    status = desktop.read_json("heliographctl", "status", "--json")
    assert status["state"] == desktop.get("State"), status
    done = desktop.in_sandbox("heliographctl", "verify")
    assert done.returncode == 0, done.stdout


def runs_the_receiver_as_its_child(desktop):
    _, device = desktop.call("AddThisComputer", {"level": "title"})
    address = next(one["address"] for one in desktop.get("Destinations") if one["bundled"])
    with urllib.request.urlopen(f"http://{address}/api/heliograph/v1/devices",
                                timeout=10) as answer:
        assert [one["name"] for one in json.load(answer)] == [device]
    assert (desktop.sandbox / "data" / "heliograph" / "receiver").is_dir()
    desktop.publish_all()
    assert all(verdict["equal"] for verdict in desktop.call("Verify", "")), "not equal"


def says_goodbye_when_the_session_ends(desktop):
    desktop.tell_session(False, 2)
    until(lambda: desktop.asked("agreed"), "it agrees to the end", 5)
    desktop.tell_session(False, 3)
    until(lambda: not desktop.is_on_bus(), "the agent ends", 20)
    assert desktop.has_state("offline")
    until(lambda: not desktop.has_name(APP + ".Tray"), "the icon goes with it")


def begins_again_with_what_it_had(desktop):
    desktop.tell_session(False, 1)
    until(desktop.agent_answers, "the agent", PATIENCE)
    desktop.use_computer()
    until(lambda: desktop.has_state("active"), "the receiver shows active")
    assert desktop.machine("secret-store") == "available"
    assert desktop.machine("start-at-login")
    until(desktop.find_icon, "the icon registers", PATIENCE)


def goes_on_without_portals_and_tray(desktop):
    desktop.start_aw()
    desktop.start_server()
    desktop.make_token()
    desktop.use_computer()
    until(desktop.agent_answers, "the agent", PATIENCE)
    desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
    message = desktop.fails("SecretStore", "AddDestination", desktop.url, desktop.token, {})
    assert "secret store" in message and "use a file" in message, message
    message = desktop.fails("Settings", "SetOption", "start-at-login", True)
    assert "no way to let a sandboxed program" in message, message
    assert desktop.machine("start-at-login-error") == message
    assert desktop.machine("secret-store") == "none" and not desktop.machine("tray-host")
    log = " ".join(entry[4] for entry in desktop.call("ListLog", 0))
    assert "does not tell a sandbox when the session is locked" in log, log
    # A token file below its own folder is what is left.
    file = desktop.sandbox / "data" / "token"
    file.write_text(desktop.token + "\n", encoding="utf-8")
    file.chmod(0o600)
    desktop.call("AddDestination", desktop.url, "", {"token-file": str(file), "level": "title"})
    desktop.call("SetBucket", WINDOW, True, "")
    desktop.publish_all()
    assert desktop.held(WINDOW) == desktop.in_aw(WINDOW)
    until(lambda: desktop.has_state("active", "online"), "a live status")


ONE_DESKTOP = [
    publishes_from_the_host_to_the_host,
    keeps_the_token_by_the_secret_portal,
    keeps_all_below_its_own_folder,
    shows_its_icon_in_the_tray,
    starts_at_login_by_the_background_portal,
    is_locked_with_the_session,
    shows_its_window,
    answers_the_command_line,
    runs_the_receiver_as_its_child,
    says_goodbye_when_the_session_ends,
    begins_again_with_what_it_had,
]
BARE_DESKTOP = [goes_on_without_portals_and_tray]


def run(cases, number, **options):
    """One after the other on one desktop: what one did, the next builds on."""
    is_fine = True
    with Desktop(events=300, **options) as desktop:
        for case in cases:
            name = "/flatpak/" + case.__name__.replace("_", "-")
            number += 1
            try:
                case(desktop)
                print(f"ok {number} {name}", flush=True)
            except Exception:
                for line in traceback.format_exc().splitlines() + desktop.log_text().splitlines():
                    print("# " + line)
                print(f"not ok {number} {name}", flush=True)
                is_fine = False
    return is_fine


# Told to end, it ends what it started.
signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
print(f"1..{len(ONE_DESKTOP) + len(BARE_DESKTOP)}", flush=True)
RESULTS = [run(ONE_DESKTOP, 0),
           run(BARE_DESKTOP, len(ONE_DESKTOP), has_portals=False, has_tray=False)]
sys.exit(0 if all(RESULTS) else 1)
