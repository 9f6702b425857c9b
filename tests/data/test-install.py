#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Installs into a folder of its own and looks at what is there. Writes TAP.

usage: test-install.py BUILD MESON...
"""

import configparser
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tap import report  # noqa: E402

BUILD, MESON = Path(sys.argv[1]).resolve(), sys.argv[2:]
APP = "io.github.heliograph.Heliograph"
SHARE = {
    f"applications/{APP}.desktop",
    "bash-completion/completions/heliographctl",
    "bash-completion/completions/heliograph-agent",
    "bash-completion/completions/heliograph-server",
    f"dbus-1/interfaces/{APP}.Agent1.xml",
    f"dbus-1/services/{APP}.service",
    f"dbus-1/services/{APP}.Agent.service",
    f"glib-2.0/schemas/{APP}.gschema.xml",
    f"icons/hicolor/scalable/apps/{APP}.svg",
    f"icons/hicolor/symbolic/apps/{APP}-symbolic.svg",
    f"metainfo/{APP}.metainfo.xml",
    "man/man1/heliograph.1",
    "man/man1/heliograph-agent.1",
    "man/man1/heliograph-tray.1",
    "man/man1/heliographctl.1",
    "man/man8/heliograph-server.8",
} | {f"icons/hicolor/symbolic/apps/{APP}-{state}-symbolic.svg"
     for state in ("active", "away", "paused", "trouble", "offline")}
PROGRAMS = ["heliograph", "heliograph-agent", "heliograph-server", "heliograph-tray",
            "heliographctl"]


def get_options():
    done = subprocess.run([*MESON, "introspect", "--buildoptions", str(BUILD)], check=True,
                          stdout=subprocess.PIPE, text=True)
    return {option["name"]: option["value"] for option in json.loads(done.stdout)}


class Tree:
    """What was installed, by the names that it will have."""

    def __init__(self, folder):
        options = get_options()
        self.folder = Path(folder)
        self.prefix = Path(options["prefix"])
        self.bin = self.prefix / options["bindir"]
        self.share = self.prefix / options["datadir"]
        environment = {**os.environ, "DESTDIR": folder}
        done = subprocess.run([*MESON, "install", "-C", str(BUILD), "--no-rebuild", "--quiet"],
                              env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              text=True, check=False)
        self.problems = done.stdout.splitlines() if done.returncode != 0 else []

    def at(self, path):
        """Where an absolute name stands now."""
        return self.folder / Path(path).relative_to("/")

    def list_files(self):
        for path in sorted(self.folder.rglob("*")):
            if path.is_file() or path.is_symlink():
                yield path

    def check_programs(self):
        for name in PROGRAMS:
            path = self.at(self.bin / name)
            if not os.access(path, os.X_OK):
                yield f"{name} is missing"
        present = {path.name for path in self.at(self.bin).iterdir()}
        yield from (f"{name} is nobody's" for name in sorted(present - set(PROGRAMS)))

    def check_programs_run(self):
        for name in ("heliograph-agent", "heliograph-server", "heliographctl"):
            done = subprocess.run([str(self.at(self.bin / name)), "--help"], check=False,
                                  capture_output=True, text=True)
            if done.returncode != 0 or name not in done.stdout:
                yield f"{name} --help: {done.returncode} {done.stderr.strip()}"

    def check_share(self):
        for name in sorted(SHARE):
            if not self.at(self.share / name).exists():
                yield f"{name} is missing"

    def check_names(self):
        """Desktops and bus find files by the name of the program."""
        for path in self.list_files():
            if "heliograph" not in str(path.relative_to(self.folder)).lower():
                yield f"{path.relative_to(self.folder)} could be anybody's"

    def check_commands(self):
        found = 0
        for path in self.list_files():
            if path.suffix not in (".service", ".desktop"):
                continue
            parser = configparser.ConfigParser(interpolation=None, strict=False)
            parser.read(path, encoding="utf-8")
            for section in parser.values():
                words = section.get("exec", section.get("execstart", "")).split()
                if not words:
                    continue
                found += 1
                program = Path(words[0]) if words[0].startswith("/") else self.bin / words[0]
                if not os.access(self.at(program), os.X_OK):
                    yield f"{path.name} runs {program}, which is not there"
        if found < 4:
            yield f"only {found} commands were found"

    def check_icons(self):
        entry = self.at(self.share / "applications" / f"{APP}.desktop")
        icon = re.search(r"^Icon=(.*)$", entry.read_text(encoding="utf-8"), re.MULTILINE).group(1)
        if not list(self.at(self.share / "icons" / "hicolor").rglob(icon + ".svg")):
            yield f"there is no icon {icon}"

    def check_schemas(self):
        schemas = self.at(self.share / "glib-2.0" / "schemas")
        done = subprocess.run(["glib-compile-schemas", "--strict", str(schemas)], check=False,
                              capture_output=True, text=True)
        if done.returncode != 0:
            yield from done.stderr.splitlines()
        answer = subprocess.run(["gsettings", "--schemadir", str(schemas), "list-keys", APP],
                                check=False, capture_output=True, text=True)
        if "aw-url" not in answer.stdout:
            yield "the settings can't be read: " + answer.stderr.strip()

    def check_bus(self):
        """A bus that reads these folders can start both programs."""
        services = self.at(self.share / "dbus-1" / "services")
        config = self.folder / "heliograph-bus.conf"
        config.write_text(
            '<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"\n'
            '"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd"><busconfig>'
            f"<type>session</type><listen>unix:dir={self.folder}</listen>"
            f"<servicedir>{services}</servicedir><policy context='default'>"
            "<allow user='*'/><allow send_destination='*' eavesdrop='true'/>"
            "<allow receive_sender='*' eavesdrop='true'/><allow own='*'/></policy></busconfig>",
            encoding="utf-8")
        with subprocess.Popen(["dbus-daemon", f"--config-file={config}", "--print-address=1",
                               "--nofork"], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
                              text=True) as bus:
            address = bus.stdout.readline().strip()
            answer = subprocess.run(
                ["dbus-send", f"--bus={address}", "--print-reply", "--dest=org.freedesktop.DBus",
                 "/", "org.freedesktop.DBus.ListActivatableNames"],
                check=False, capture_output=True, text=True)
            bus.terminate()
        for name in (APP, f"{APP}.Agent"):
            if f'"{name}"' not in answer.stdout:
                yield f"{name} can't be started"


CASES = [
    ("every program is there, and no other", Tree.check_programs),
    ("they run", Tree.check_programs_run),
    ("what goes with them is there", Tree.check_share),
    ("every file bears the name", Tree.check_names),
    ("services and desktop entries run installed programs", Tree.check_commands),
    ("the icon of the desktop entry is there", Tree.check_icons),
    ("the settings schemas compile where they are", Tree.check_schemas),
    ("the bus can start agent and window", Tree.check_bus),
]


def main():
    with tempfile.TemporaryDirectory(prefix="heliograph-install-") as folder:
        tree = Tree(folder)
        return report([("it installs", tree.problems),
                       *((name, check(tree)) for name, check in CASES)])


if __name__ == "__main__":
    sys.exit(main())
