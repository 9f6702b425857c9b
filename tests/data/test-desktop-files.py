#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Validates what desktops and software centres read. Writes TAP.

usage: test-desktop-files.py ROOT BUILD VERSION
"""

import configparser
import re
import subprocess
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tap import report  # noqa: E402

ROOT, BUILD = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve()
VERSION = sys.argv[3]
APP = "io.github.heliograph.Heliograph"
DESKTOP = BUILD / "data" / "desktop" / f"{APP}.desktop"
METAINFO = BUILD / "data" / "metainfo" / f"{APP}.metainfo.xml"


def run(*words):
    """What a validator complains of; all that it says counts."""
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    said = (done.stdout + done.stderr).strip().splitlines()
    return done.returncode, said


def read_ini(path):
    parser = configparser.ConfigParser(interpolation=None)
    parser.optionxform = str
    parser.read(path, encoding="utf-8")
    return parser


def check_desktop_file():
    return run("desktop-file-validate", str(DESKTOP))[1]


def check_desktop_words():
    entry = read_ini(DESKTOP)["Desktop Entry"]
    wanted = {"Name": "Heliograph", "Icon": APP, "Exec": "heliograph", "DBusActivatable": "true"}
    problems = [f"{key} is not {value}" for key, value in wanted.items() if entry.get(key) != value]
    return problems + [f"{key} is missing" for key in ("Comment", "Keywords", "GenericName")
                       if not entry.get(key)]


def check_metainfo():
    code, said = run("appstreamcli", "validate", "--no-net", "--no-color", str(METAINFO))
    return said if code != 0 or not any("successful" in line for line in said) else []


def check_metainfo_words():
    tree = ElementTree.parse(METAINFO)
    problems = []
    for path, value in {"id": APP, "launchable": f"{APP}.desktop",
                        "name": "Heliograph", "project_license": "GPL-3.0-or-later"}.items():
        if tree.findtext(path) != value:
            problems.append(f"{path} is not {value}")
    developer = tree.find("developer")
    if developer is None or not developer.get("id") or not developer.findtext("name"):
        problems.append("the developer has no id or no name")
    for shot in tree.iter("screenshot"):
        image = (shot.findtext("image") or "").strip()
        if not re.fullmatch(r"https://[\w./-]+\.png", image):
            problems.append(f"“{image}” is no address of a picture")
        if not (shot.findtext("caption") or "").strip():
            problems.append(f"{image} has no caption")
    return problems


def check_releases():
    """The newest release, NEWS and the build tell one version."""
    news = (ROOT / "NEWS").read_text(encoding="utf-8").splitlines()[0]
    release = ElementTree.parse(METAINFO).find("releases/release").get("version")
    told = {"NEWS": news.split()[1], "the metainfo": release}
    return [f"{place} tells {version}, not {VERSION}" for place, version in told.items()
            if version != VERSION]


def check_services():
    problems = []
    for name, program in {APP: "heliograph --gapplication-service",
                          f"{APP}.Agent": "heliograph-agent"}.items():
        service = read_ini(BUILD / "data" / "dbus" / f"{name}.service")["D-BUS Service"]
        if service.get("Name") != name:
            problems.append(f"{name}.service starts {service.get('Name')}")
        if not re.fullmatch(rf"/\S+/{program}", service.get("Exec", "")):
            problems.append(f"{name}.service runs {service.get('Exec')}")
    return problems


def list_xml():
    for pattern in ("src/**/*.ui", "src/**/*.gresource.xml", "data/**/*.xml", "data/**/*.xml.in",
                    "data/**/*.svg"):
        yield from sorted(ROOT.glob(pattern))


def check_xml():
    # The document type of D-Bus introspection is named by an address: it is not fetched.
    return run("xmllint", "--noout", "--nonet", "--nowarning", *map(str, list_xml()))[1]


def check_introspection():
    """What the generated code does not need, but readers do: a word on each."""
    path = ROOT / "data" / "dbus" / f"{APP}.Agent1.xml"
    text = path.read_text(encoding="utf-8")
    names = re.findall(r'<(?:property|signal) name="(\w+)"', text)
    return [f"{name} is not documented" for name in names if f"{name}:" not in text] + \
        ([] if names else ["there is nothing"])


def list_used_icons():
    """(icon, file): what the window draws, and what libadwaita draws in it by a name of others."""
    yield "document-edit-symbolic", "AdwEntryRow"
    yield "adw-expander-arrow-symbolic", "AdwExpanderRow"
    for path in sorted((ROOT / "src" / "window").glob("*.[cu]*")):
        if path.suffix not in (".c", ".ui"):
            continue
        for name in re.findall(r'[">]([a-z][a-z0-9-]+-symbolic)["<]',
                               path.read_text(encoding="utf-8")):
            yield name, path.name


def check_icons():
    """The window draws GTK's pictures and its own: what neither has looks broken."""
    libraries = subprocess.run(["pkg-config", "--variable=libdir", "gtk4"], capture_output=True,
                               text=True, check=False).stdout.strip()
    listed = []
    for path in (f"{libraries}/libgtk-4.so.1", BUILD / "src" / "window" / "heliograph"):
        listed += run("gresource", "list", str(path))[1]
    there = {re.sub(r"(\.symbolic)?\.(png|svg)$", "", name.rsplit("/", 1)[-1])
             for name in listed if "/icons/" in name}
    return [f"{name} in {place} is nowhere" for name, place in list_used_icons()
            if name not in there] + ([] if len(there) > 100 else ["no icons were found"])


CASES = [
    ("the desktop entry is valid", check_desktop_file),
    ("the desktop entry says what it must", check_desktop_words),
    ("the metainfo is valid", check_metainfo),
    ("the metainfo says what it must", check_metainfo_words),
    ("one version is told everywhere", check_releases),
    ("the bus starts the right programs", check_services),
    ("the icons of the window are in it or in GTK", check_icons),
    ("all XML is well-formed", check_xml),
    ("the properties and signals of the agent are documented", check_introspection),
]


def attempt(check):
    try:
        return check()
    except (OSError, KeyError, AttributeError, ElementTree.ParseError) as error:
        return [f"{type(error).__name__}: {error}"]


if __name__ == "__main__":
    sys.exit(report([(name, attempt(check)) for name, check in CASES]))
