#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks what STYLE.md says and a program can see.

usage: check-style.py [--self-test | --fix] [ROOT]

Writes TAP: one case per rule and, with --self-test, one per planted violation.
--fix formats all C files with clang-format.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tap import report

FOLDERS = ("src", "tests", "data", "po", "flatpak", ".ci")
TEXT = {".c", ".h", ".py", ".sh", ".js", ".css", ".html", ".sql", ".xml", ".build", ".in", ".ui"}
WITH_LICENCE = {".c", ".h", ".py", ".sh", ".js", ".css", ".html", ".sql"}
MAX_LINES = 600
CLANG_FORMAT = "14"  # Debian 12's: other versions lay out some lines otherwise

OWN_INTEGERS = re.compile(r"\b(gchar|gint|gshort|glong)\b")
# Written in two parts, so that this file does not find itself.
MARKS = re.compile(r"\b(" + "TO" + "DO|FIX" + r"ME)\b")
SLEEP_C = re.compile(r"\b(g_usleep|usleep|sleep|nanosleep|clock_nanosleep)[ \t]*\(")
SLEEP_PY = re.compile(r"\btime\.sl" + r"eep\b|\bfrom time import .*\bsl" + r"eep\b")
SLEEP_SH = re.compile(r"(^|[;&|]|\bdo\b|\bthen\b)[ \t]*sl" + r"eep[ \t]+[0-9$\"]")
STRING = re.compile(r'"(?:\\.|[^"\\\n])*"')


def list_files(root):
    """(path, relative) of the project's text files."""
    root = Path(root)
    for name in sorted(os.listdir(root)):
        if (root / name).is_file() and (root / name).suffix in TEXT:
            yield root / name, name
    for folder in FOLDERS:
        for path in sorted((root / folder).rglob("*")):
            relative = str(path.relative_to(root))
            if path.is_file() and path.suffix in TEXT and "__pycache__" not in relative:
                yield path, relative


def matches(pattern, text, relative):
    for number, line in enumerate(text.splitlines(), 1):
        match = pattern.search(line)
        if match:
            yield f"{relative}:{number}: {match.group().strip()}"


def check_licence(path, relative, text):
    if path.suffix not in WITH_LICENCE or "/fixtures/" in relative:
        return
    head = "\n".join(text.splitlines()[:6])
    for tag in ("SPDX-FileCopyright" + "Text: ", "SPDX-License-" + "Identifier: GPL-3.0-or-later"):
        if tag not in head:
            yield f"{relative}: '{tag}' is missing at the top"


def check_integers(path, relative, text):
    if path.suffix in (".c", ".h"):
        yield from matches(OWN_INTEGERS, STRING.sub('""', text), relative)


def check_length(path, relative, text):
    lines = text.count("\n")
    if relative.startswith("src/") and lines > MAX_LINES:
        yield f"{relative}: {lines} lines"


def check_marks(path, relative, text):
    yield from matches(MARKS, text, relative)


def check_sleep(path, relative, text):
    # The stand-in ActivityWatch is no test: it is slow on purpose, as the real one is.
    if not relative.startswith("tests/") or relative.startswith("tests/aw/"):
        return
    if path.suffix in (".c", ".h"):
        yield from matches(SLEEP_C, STRING.sub('""', text), relative)
    elif path.suffix == ".py":
        yield from matches(SLEEP_PY, text, relative)
    elif path.suffix == ".sh":
        yield from matches(SLEEP_SH, text, relative)


def check_once(path, relative, text):
    if path.suffix == ".h" and "#pragma once\n" not in text:
        yield f"{relative}: no #pragma once"


def check_workplace(path, relative, text):
    for word in ("/wo" + "rk/", "../sha" + "red"):
        if word in text:
            yield f"{relative}: mentions {word}"


RULES = [
    ("files begin with their licence", check_licence),
    ("C says char and int", check_integers),
    ("files in src have at most 600 lines", check_length),
    ("nothing is marked as left to do", check_marks),
    ("tests wait for things, not for time", check_sleep),
    ("headers say #pragma once", check_once),
    ("nothing names the place where it was written", check_workplace),
]


def check(root):
    """[(rule, problems)]"""
    found = [(name, []) for name, _ in RULES]
    for path, relative in list_files(root):
        text = path.read_text(encoding="utf-8")
        for (_, rule), (_, problems) in zip(RULES, found):
            problems += rule(path, relative, text)
    return found


def find_clang_format():
    """The program, or why it can't be used."""
    program = shutil.which("clang-format")
    if program is None:
        return None, "clang-format is not installed"
    version = subprocess.run([program, "--version"], capture_output=True, text=True, check=False)
    if not re.search(rf"version {CLANG_FORMAT}\.", version.stdout):
        return None, f"clang-format is not version {CLANG_FORMAT}"
    return program, None


def check_format(program, root, fix=False):
    files = [str(p) for p, relative in list_files(root) if p.suffix in (".c", ".h")]
    if not files:
        return []
    options = ["-i"] if fix else ["--dry-run", "-Werror"]
    run = subprocess.run([program, "--style=file", *options, *files], capture_output=True,
                         text=True, check=False)
    wrong = sorted(set(re.findall(r"^(.*?):\d+:\d+: error:", run.stderr, re.MULTILINE)))
    if run.returncode != 0 and not wrong:
        wrong = [run.stderr.strip() or "clang-format failed"]
    return [f"{os.path.relpath(name, root)}: run tests/check-style.py --fix" for name in wrong]


HEAD = ("/* SPDX-FileCopyright" + "Text: 2026 The Heliograph authors\n"
        " * SPDX-License-" + "Identifier: GPL-3.0-or-later */\n")
PLANTED = [
    (0, "src/a/a.c", "int a;\n", True),
    (0, "tests/a/a.py", "print()\n", True),
    (1, "src/a/a.c", HEAD + "static gch" + "ar *a;\n", True),
    (1, "src/a/a.c", HEAD + 'const char *a = "gch' + 'ar";\n', False),
    (2, "src/a/a.c", HEAD + "\n" * 599, True),
    (2, "src/a/a.c", HEAD + "\n" * 598, False),
    (3, "src/a/a.c", HEAD + "/* TO" + "DO: all */\n", True),
    (4, "tests/a/a.c", HEAD + "void f (void) { g_us" + "leep (1); }\n", True),
    (4, "tests/a/a.py", HEAD + "time.sl" + "eep(1)\n", True),
    (4, "tests/a/a.sh", HEAD + "while true; do sl" + "eep 1; done\n", True),
    (4, "src/a/a.c", HEAD + "void f (void) { g_us" + "leep (1); }\n", False),
    (5, "src/a/a.h", HEAD + "int a;\n", True),
    (6, "src/a/a.c", HEAD + "/* see /wo" + "rk/notes */\n", True),
]


def self_test():
    """(name, passed) for each planted violation and each thing that is no violation."""
    for rule, name, text, is_wrong in PLANTED:
        with tempfile.TemporaryDirectory() as root:
            path = Path(root) / name
            path.parent.mkdir(parents=True)
            path.write_text(text, encoding="utf-8")
            found = check(root)
        caught = [bool(problems) for _, problems in found]
        expected = [is_wrong and index == rule for index in range(len(RULES))]
        yield f"{RULES[rule][0]}: {'finds' if is_wrong else 'allows'} what is planted in {name}", \
            caught == expected

    program, _ = find_clang_format()
    if program:
        with tempfile.TemporaryDirectory() as root:
            path = Path(root) / "src" / "a.c"
            path.parent.mkdir()
            shutil.copy(Path(__file__).resolve().parent.parent / ".clang-format", root)
            path.write_text("int a(void){return 1;}\n", encoding="utf-8")
            before = check_format(program, root)
            check_format(program, root, fix=True)
            after = check_format(program, root)
        yield "formatting: finds what is planted, and mends it", bool(before) and not after


def main(arguments):
    cases = []
    is_self_test = "--self-test" in arguments
    is_fix = "--fix" in arguments
    arguments = [a for a in arguments if not a.startswith("--")]
    root = arguments[0] if arguments else Path(__file__).resolve().parent.parent
    program, why_not = find_clang_format()

    if is_fix:
        if program is None:
            sys.exit(why_not)
        check_format(program, root, fix=True)
        return 0
    if is_self_test:
        cases += [(name, [] if passed else ["it did not"]) for name, passed in self_test()]
    cases += check(root)
    cases.append(("there is something to check",
                  [] if any(True for _ in list_files(root)) else [f"nothing under {root}"]))
    cases.append(("C files are laid out by clang-format" + (f" # SKIP {why_not}" if why_not else ""),
                  check_format(program, root) if program else []))
    return report(cases)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
