#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that every room under src/ includes only what it may (DESIGN.md section 3).

usage: check-includes.py [--self-test] [ROOT]

Writes TAP: one case per room and, with --self-test, one per planted violation.
"""

import re
import sys
import tempfile
from pathlib import Path

from tap import report

CORE = {"model", "json", "source", "rules", "ledger", "protocol", "destination", "sync"}

# room -> rooms whose headers it may include, besides its own
MAY_INCLUDE = {
    "model": set(),
    "json": set(),
    "source": {"model", "json"},
    "rules": {"model", "json"},
    "ledger": {"model", "json"},
    "protocol": {"model", "json"},
    "destination": {"model", "json", "protocol"},
    "sync": CORE,
    "agent": CORE,
    "tray": {"model"},
    "cli": {"model"},
    "window": {"model"},
    "server": {"model", "json", "protocol"},
}

# library header -> rooms that may include it
LIBRARIES = [
    (re.compile(r"sqlite3\.h$"), {"ledger", "server"}),
    (re.compile(r"libsoup/"), {"source", "destination", "server"}),
    (re.compile(r"(adwaita|libadwaita.*)\.h$"), {"window"}),
    (re.compile(r"libayatana-appindicator"), {"tray"}),
    (re.compile(r"(gtk|gdk|gsk)/"), {"window", "tray"}),
    (re.compile(r"libsecret/"), {"agent"}),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def without_comments(text):
    """The text with its comments blanked, so that an include named in one does not count."""
    return re.sub(r"/\*.*?\*/", lambda m: re.sub(r"[^\n]", " ", m.group()), text, flags=re.DOTALL)


def find_problem(room, kind, header, headers):
    """What is wrong with one include, or None."""
    for pattern, rooms in LIBRARIES:
        if pattern.search(header) and room not in rooms:
            return f"<{header}> is for {', '.join(sorted(rooms))} only"
    if kind == "<":
        return None
    if "/" not in header:
        # config.h and generated headers; ours are named with their folder
        return f'"{header}" must be named with its folder' if header in headers else None
    other = header.split("/", 1)[0]
    if other == room or other in MAY_INCLUDE.get(room, set()):
        return None
    return f'{room} may not include "{header}"'


def check(root):
    """room -> list of problems"""
    source = Path(root) / "src"
    files = sorted(p for p in source.rglob("*") if p.suffix in (".c", ".h"))
    headers = {p.name for p in files if p.suffix == ".h"}
    found = {p.relative_to(source).parts[0]: [] for p in files}
    for path in files:
        relative = path.relative_to(source)
        room = relative.parts[0]
        if room not in MAY_INCLUDE:
            found[room].append(f"src/{relative}: no rule knows the room {room}")
            continue
        text = without_comments(path.read_text(encoding="utf-8"))
        for match in INCLUDE.finditer(text):
            problem = find_problem(room, match.group(1), match.group(2), headers)
            if problem:
                line = text.count("\n", 0, match.start()) + 1
                found[room].append(f"src/{relative}:{line}: {problem}")
    return found


PLANTED = [
    ("rules/helio-a.c", '#include "ledger/helio-ledger.h"', True),
    ("json/helio-a.c", '#include "model/helio-time.h"', True),
    ("model/helio-a.c", "#include <sqlite3.h>", True),
    ("sync/helio-a.c", "#include <libsoup/soup.h>", True),
    ("agent/helio-a.h", "  #  include <gtk/gtk.h>", True),
    ("window/helio-a.c", '#include "sync/helio-history.h"', True),
    ("tray/helio-a.c", "#include <adwaita.h>", True),
    ("window/helio-a.c", "#include <libayatana-appindicator/app-indicator.h>", True),
    ("server/helio-a.c", '#include "destination/helio-destination.h"', True),
    ("cli/helio-a.c", '#include "agent/helio-agent.h"', True),
    ("helpers/helio-a.c", "#include <glib.h>", True),
    ("source/helio-a.c", '#include "../ledger/helio-ledger.h"', True),
    ("source/helio-a.c", '#include "helio-a.h"\n', True),
    ("destination/helio-a.c", '#include "protocol/helio-protocol-write.h"', False),
    ("server/helio-a.c", "#include <sqlite3.h>", False),
    ("cli/helio-a.c", '#include "config.h"\n#include "helio-agent-dbus.h"', False),
    ("model/helio-a.c", '/*\n#include "ledger/helio-ledger.h"\n*/', False),
]


def self_test():
    """(name, passed) for each planted violation and each thing that is no violation."""
    for name, text, is_wrong in PLANTED:
        with tempfile.TemporaryDirectory() as root:
            path = Path(root) / "src" / name
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
            path.with_name("helio-a.h").touch()
            caught = any(check(root).values())
        verb = "finds" if is_wrong else "allows"
        yield f"{verb} {text.strip().splitlines()[-1]} in {name}", caught == is_wrong


def main(arguments):
    cases = []
    if "--self-test" in arguments:
        arguments.remove("--self-test")
        cases += [(name, [] if passed else ["it did not"]) for name, passed in self_test()]
    root = arguments[0] if arguments else Path(__file__).resolve().parent.parent
    found = check(root)
    cases += [(f"{room} includes only what it may", problems) for room, problems in found.items()]
    cases.append(("there is something to check", [] if found else [f"no sources under {root}/src"]))
    return report(cases)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
