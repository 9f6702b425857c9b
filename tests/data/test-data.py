#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validates what is installed beside the programs. Writes TAP.

usage: test-data.py FOLDER
"""

import configparser
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tap import report  # noqa: E402

DATA = Path(sys.argv[1])
APP = "io.github.heliograph.Heliograph"


def run(*words):
    """What a validator complains of."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).splitlines()
    return said if done.returncode != 0 or any("warning" in line for line in said) else []


def check_desktop_file(path):
    if not shutil.which("desktop-file-validate"):
        return ["desktop-file-validate is not installed"]
    return run("desktop-file-validate", str(path))


def check_autostart():
    entry = configparser.ConfigParser(interpolation=None)
    entry.optionxform = str
    entry.read(DATA / "autostart" / f"{APP}.Agent.desktop", encoding="utf-8")
    wanted = {"Type": "Application", "NoDisplay": "true", "Icon": APP}
    return [f"{key} is not {value}" for key, value in wanted.items()
            if entry["Desktop Entry"].get(key) != value]


def check_schemas():
    with tempfile.TemporaryDirectory() as folder:
        return run("glib-compile-schemas", "--strict", f"--targetdir={folder}",
                   str(DATA / "settings"))


def check_schema_words():
    tree = xml.etree.ElementTree.parse(DATA / "settings" / f"{APP}.gschema.xml")
    return [f"{key.get('name')} has no {word}" for key in tree.iter("key")
            for word in ("summary", "description") if not (key.findtext(word) or "").strip()]


def main():
    cases = [(f"{path.relative_to(DATA)} is a valid desktop entry", check_desktop_file(path))
             for path in sorted(DATA.rglob("*.desktop"))]
    cases += [
        ("the autostart entry is the agent's", check_autostart()),
        ("the settings schemas compile", check_schemas()),
        ("every setting says what it is", check_schema_words()),
    ]
    return report(cases)


if __name__ == "__main__":
    sys.exit(main())
