#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares the pages of the manual with what the programs say of themselves. Writes TAP.

usage: test-manual.py FOLDER PROGRAM...
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tap import report  # noqa: E402

FOLDER, PROGRAMS = Path(sys.argv[1]), {Path(path).name: path for path in sys.argv[2:]}
OPTION = re.compile(r"(?<![\w-])(--?[a-zA-Z][a-z-]*)")
# Of all programs of GTK and of GApplication: the page names them together.
TOOLKIT = {"--help-all", "--help-gapplication", "--help-gtk", "--display"}


def ask(name, *words):
    environment = {key: value for key, value in os.environ.items()
                   if key not in ("DISPLAY", "WAYLAND_DISPLAY", "DBUS_SESSION_BUS_ADDRESS")}
    done = subprocess.run([PROGRAMS[name], *words, "--help"], capture_output=True, text=True,
                          check=False, env={**environment, "LC_ALL": "C.UTF-8"})
    if done.returncode != 0:
        raise RuntimeError(f"{name} --help: {done.returncode} {done.stderr}")
    return done.stdout


def read_page(name):
    [path] = FOLDER.glob(f"{name}.[18]")
    return path.read_text(encoding="utf-8")


def say_plainly(roff):
    """The words of a line, without what roff makes of them."""
    text = re.sub(r"\\f[BIRP]", "", roff).replace("\\-", "-").replace("\\(aq", "'")
    macro = re.match(r"\.(\w+) (.*)", text)
    if macro is None:
        return text
    words = re.findall(r'"([^"]*)"|(\S+)', macro.group(2))
    glue = "" if len(macro.group(1)) == 2 and macro.group(1) not in ("SH", "SS", "TP", "TH") else " "
    return glue.join(quoted or word for quoted, word in words)


def list_tags(roff):
    """What stands at the margin: options, commands, variables, codes."""
    lines = roff.splitlines()
    return [say_plainly(lines[number + 1]) for number, line in enumerate(lines) if line == ".TP"]


def get_section(page, title):
    match = re.search(rf"^\.SH {title}\n(.*?)(?=^\.SH |\Z)", page, re.MULTILINE | re.DOTALL)
    return match.group(1) if match else ""


def find_options(lines):
    return {option for line in lines for option in OPTION.findall(line)}


def compare(what, explained, written):
    for word in sorted(explained - written):
        yield f"{what}: {word} is not in the page"
    for word in sorted(written - explained):
        yield f"{what}: {word} is only in the page"


def check_lint():
    for path in sorted(FOLDER.glob("*.[18]")):
        for tool in (["mandoc", "-Tlint", "-Wstyle", str(path)],
                     ["groff", "-man", "-Tutf8", "-z", "-ww", str(path)]):
            if shutil.which(tool[0]) is None:
                continue
            done = subprocess.run(tool, capture_output=True, text=True, check=False)
            yield from (done.stdout + done.stderr).splitlines()


def check_pages():
    """One for each program, of its name, and none besides."""
    pages = {path.stem for path in FOLDER.glob("*.[18]")}
    yield from compare("pages", set(PROGRAMS), pages & set(PROGRAMS) | pages - ALL)
    for path in FOLDER.glob("*.[18]"):
        text = path.read_text(encoding="utf-8")
        head = re.search(r"^\.TH (\S+) (\d)", text, re.MULTILINE)
        if head is None or head.group(1).replace("\\-", "-") != path.stem.upper() \
                or head.group(2) != path.suffix[1:]:
            yield f"{path.name} begins with {head and head.group()}"
        for name, section in re.findall(r"^\.BR (heliograph[a-z\\-]*) \((\d)\)", text, re.MULTILINE):
            if not (FOLDER / f"{name.replace(chr(92), '')}.{section}").exists():
                yield f"{path.name} speaks of {name}({section})"


def check_options(name):
    """Of a program that takes options alone."""
    explained = find_options(line for line in ask(name).splitlines()
                             if re.match(r"  (-\w, )?--", line)) - TOOLKIT
    written = find_options(list_tags(get_section(read_page(name), "OPTIONS")))
    return compare("options", explained, written - {"--gapplication-service"})


def check_agent(name):
    page, text = read_page(name), ask(name)
    yield from check_options(name)
    yield from compare("environment", set(re.findall(r"^  (HELIOGRAPH_\w+)", text, re.MULTILINE)),
                       set(list_tags(get_section(page, "ENVIRONMENT"))))
    codes = text[text.index("Exit codes:"):]
    yield from compare("exit codes", set(re.findall(r"\b\d+\b", codes)),
                       set(list_tags(get_section(page, "EXIT STATUS"))))


def check_server(name):
    page, text = read_page(name), ask(name)
    options, rest = text.split("Options:\n")[1].split("Commands (")
    commands, codes = rest.split("Exit codes:")
    yield from compare("options", find_options(options.splitlines()),
                       find_options(list_tags(get_section(page, "OPTIONS"))))
    tags = list_tags(get_section(page, "COMMANDS"))
    yield from compare("options of commands", find_options(commands.splitlines()),
                       find_options(tags))
    yield from compare("commands", set(re.findall(r"^  ((?:token|device) \w+|export)", commands,
                                                  re.MULTILINE)),
                       {re.match(r"(?:token|device) \w+|\w+", tag).group() for tag in tags})
    yield from compare("exit codes", set(re.findall(r"\b\d+(?= )", codes)),
                       set(list_tags(get_section(page, "EXIT STATUS"))))


def check_commands(name):
    page, text = read_page(name), ask(name)
    lines = text.split("Commands:\n")[1].split("\n\n")[0].splitlines()
    sections = dict(re.findall(r"^\.SS (.*?)\n(.*?)(?=^\.S[SH] |\Z)", page, re.MULTILINE | re.DOTALL))
    sections = {say_plainly(title).replace("...", "…"): part for title, part in sections.items()}
    # A long one is followed by what it does after one space.
    headings = [next((title for title in sections if line[2:].startswith(title + " ")), None)
                for line in lines]
    for line, heading in zip(lines, headings):
        if heading is None:
            yield f"“{line.strip()}” is not in the page"
    yield from (f"“{title}” is only in the page" for title in sections if title not in headings)
    if [title for title in headings if title] != list(sections):
        yield "the page has another order"
    for title in filter(None, headings):
        words = [word for word in title.split() if re.fullmatch("[a-z]+", word)]
        said = ask(name, *words).partition("Application Options:\n")[2].partition("\n\n")[0]
        explained = {option for line in said.splitlines()
                     for option in OPTION.findall(re.match(r"  ((?:-\w, )?--[a-z-]+)", line).group(1))}
        yield from compare(" ".join(words), explained, find_options(list_tags(sections[title])))
        yield from (f"{' '.join(words)}: {member} is not in the page" for member in re.findall(
            r'"\w+"', ask(name, *words).partition("With --json:")[2]) if member not in page)
    codes = text.split("Exit codes:\n")[1].split("\n\n")[0]
    yield from compare("exit codes", {" ".join(line.split()) for line in codes.splitlines()},
                       {f"{code} {meaning}" for code, meaning in re.findall(
                           r"^\.TP\n\.B (\d+)\n(.*)", get_section(page, "EXIT STATUS"),
                           re.MULTILINE)})


CASES = {"heliograph": check_options, "heliograph-tray": check_options,
         "heliograph-agent": check_agent, "heliograph-server": check_server,
         "heliographctl": check_commands}
ALL = set(CASES)


def main():
    cases = [("the pages are well written", check_lint), ("each program has a page", check_pages)]
    cases += [(f"{name}: its page says what --help says", CASES[name](name)) for name in PROGRAMS]
    return report(cases)


if __name__ == "__main__":
    sys.exit(main())
