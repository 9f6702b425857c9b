#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares what people read with the source and the programs. Writes TAP.

usage: test-documents.py ROOT HELIOGRAPHCTL HELIOGRAPH-SERVER HELIOGRAPH-AGENT
"""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tap import report  # noqa: E402

ROOT = Path(sys.argv[1])
PROGRAMS = {Path(path).name: path for path in sys.argv[2:]}
PAGES = ["README.md", "CONTRIBUTING.md", "src/DESIGN.md"]


def read(name):
    return (ROOT / name).read_text(encoding="utf-8")


def ask(name, *words):
    return subprocess.run([PROGRAMS[name], *words, "--help"], check=True, capture_output=True,
                          text=True, env={**os.environ, "LC_ALL": "C.UTF-8"}).stdout


def check_variables():
    """Each is in a table of README.md, or in CONTRIBUTING.md, if it is for tests."""
    used = set()
    for path in (ROOT / "src").rglob("*.[ch]"):
        used |= set(re.findall(r'"(HELIOGRAPH_[A-Z_]+)"', path.read_text(encoding="utf-8")))
    users = set(re.findall(r"^\| `(HELIOGRAPH_[A-Z_]+)`", read("README.md"), re.MULTILINE))
    tests = set(re.findall(r"`(HELIOGRAPH_[A-Z_]+)`", read("CONTRIBUTING.md")))
    if not users or not tests:
        yield "no table was found"
    yield from (f"{name} is not in README.md" for name in sorted(used - users - tests))
    yield from (f"{name} is nowhere in src/" for name in sorted((users | tests) - used))
    agent = set(re.findall(r"^  (HELIOGRAPH_[A-Z_]+)", ask("heliograph-agent"), re.MULTILINE))
    yield from (f"{name}, of --help, is not in README.md" for name in sorted(agent - users))


def list_commands(text):
    """The words of each command in the blocks of a page."""
    for kind, block in re.findall(r"^ *```(\w*)\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL):
        if kind not in ("", "sh"):
            continue
        for line in block.replace("\\\n", " ").splitlines():
            try:
                words = shlex.split(line, comments=True)
            except ValueError:
                continue
            for number, word in enumerate(words):
                # What is run as another user, or with variables before it.
                if word in PROGRAMS and all(
                        before in ("sudo", "-u", "heliograph-server") or "=" in before
                        or re.fullmatch(r"[*/0-9]+", before) for before in words[:number]) \
                        and not (words[:number] or [""])[-1] == "-u":
                    yield word, words[number + 1:]
                    break


def check_commands():
    lines = [line[2:].split() for line in
             ask("heliographctl").split("Commands:\n")[1].split("\n\n")[0].splitlines()]
    names = {tuple(word for word in words[:2] if re.fullmatch("[a-z]+", word)) for words in lines}
    server = ask("heliograph-server")
    seen = 0
    for page in PAGES:
        for program, words in list_commands(read(page)):
            seen += 1
            line = f"{page}: {program} {' '.join(words)}"
            if program == "heliographctl":
                name = next((tuple(words[:count]) for count in (2, 1)
                             if tuple(words[:count]) in names), ())
                if not name and words[0] not in ("--help", "--version"):
                    yield f"{line}: there is no such command"
                    continue
                said = ask(program, *name)
            else:
                said = server if program == "heliograph-server" else ask(program)
                rest = [word for before, word in zip(["", *words], words)
                        if before not in ("--listen", "--data", "--proxy") and word[0] not in "->&"]
                name = " ".join(rest[:1 if rest[:1] == ["export"] else 2])
                if program == "heliograph-server" \
                        and not re.search(rf"^  {re.escape(name)}(?!\w)", said, re.MULTILINE):
                    yield f"{line}: there is no such command"
            for option in (word.split("=")[0] for word in words if re.match("--?[a-z]", word)):
                if not re.search(rf"(?<![\w-]){re.escape(option)}(?![\w-])", said):
                    yield f"{line}: there is no {option}"
    if seen < 30:
        yield f"only {seen} commands were found"


def make_anchor(title):
    return re.sub(r"[^\w -]", "", title.strip().lower()).replace(" ", "-")


def check_links():
    for page in PAGES:
        text = read(page)
        anchors = {make_anchor(title) for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
        for link in re.findall(r"\]\(([^)\s]+)\)", text):
            if link.startswith("#"):
                if link[1:] not in anchors:
                    yield f"{page}: there is no heading for {link}"
            elif "://" not in link and not (ROOT / page).parent.joinpath(link).exists():
                yield f"{page}: there is no {link}"


def check_rooms():
    """One paragraph in src/DESIGN.md for each folder of src/."""
    rooms = sorted(path.name for path in (ROOT / "src").iterdir() if path.is_dir())
    described = re.findall(r"^\*\*`([a-z-]+)/`\*\*", read("src/DESIGN.md"), re.MULTILINE)
    for name in rooms:
        if described.count(name) != 1:
            yield f"{name}/ has {described.count(name)} paragraphs"
    yield from (f"there is no {name}/" for name in described if name not in rooms)
    paragraphs = [part for part in read("src/DESIGN.md").split("\n\n") if part.startswith("**")]
    if len(paragraphs) != len(rooms):
        yield f"{len(paragraphs)} paragraphs for {len(rooms)} folders"
    for folder in set(re.findall(r"`((?:data|tests|src)/[a-z-]+/)`", read("src/DESIGN.md"))):
        if not (ROOT / folder).is_dir():
            yield f"there is no {folder}"


CASES = [
    ("every environment variable is described, and used", check_variables),
    ("commands in the pages exist, with their options", check_commands),
    ("links lead somewhere", check_links),
    ("src/DESIGN.md has a paragraph for each folder", check_rooms),
]


if __name__ == "__main__":
    sys.exit(report(CASES))
