#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compares debian/ with what is installed, without building a package. Writes TAP.

usage: test-packages.py ROOT BUILD VERSION MESON...

tests/debian/packages.sh builds, installs and removes them.
"""

import fnmatch
import json
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tap import report  # noqa: E402

ROOT, BUILD, VERSION, MESON = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4:]
DEBIAN = ROOT / "debian"
PACKAGES = ["heliograph", "heliograph-server", "heliograph-pocketbase"]


def expand(pattern):
    """All that {a,b} stands for."""
    match = re.search(r"\{([^{}]*)\}", pattern)
    if match is None:
        return [pattern]
    return [text for choice in match.group(1).split(",")
            for text in expand(pattern[:match.start()] + choice + pattern[match.end():])]


def owns(pattern, name):
    """Whether a line of an .install file takes the file, by its name or a folder above it."""
    return any(fnmatch.fnmatchcase(part, choice) for choice in expand(pattern)
               for part in [name, *map(str, Path(name).parents)])


def read_patterns(package):
    return (DEBIAN / f"{package}.install").read_text(encoding="utf-8").split()


def list_installed():
    """The names of what is installed, as below the prefix /usr."""
    done = subprocess.run([*MESON, "introspect", "--buildoptions", str(BUILD)], check=True,
                          stdout=subprocess.PIPE, text=True)
    prefix = {option["name"]: option["value"] for option in json.loads(done.stdout)}["prefix"]
    with tempfile.TemporaryDirectory(prefix="heliograph-debian-") as folder:
        subprocess.run([*MESON, "install", "-C", str(BUILD), "--no-rebuild", "--quiet"], check=True,
                       env={**os.environ, "DESTDIR": folder}, stdout=subprocess.DEVNULL)
        here = Path(folder + prefix)
        return sorted("usr/" + str(path.relative_to(here)) for path in here.rglob("*")
                      if path.is_symlink() or path.is_file())


def check_owners():
    installed = list_installed()
    patterns = {package: read_patterns(package) for package in PACKAGES}
    for name in installed:
        owners = [package for package in PACKAGES
                  if any(owns(pattern, name) for pattern in patterns[package])]
        if len(owners) != 1:
            yield f"{name} is in {' and '.join(owners) or 'no package'}"
    for package in PACKAGES:
        for pattern in patterns[package]:
            if not any(owns(pattern, name) for name in installed):
                yield f"{package}: {pattern} is not installed"


def check_version():
    head = (DEBIAN / "changelog").read_text(encoding="utf-8").splitlines()[0]
    if not head.startswith(f"heliograph ({VERSION}) "):
        yield f"meson.build says {VERSION}, debian/changelog {head}"


def read_paragraphs():
    """[{field: value}] of debian/control"""
    for paragraph in (DEBIAN / "control").read_text(encoding="utf-8").split("\n\n"):
        yield dict(re.findall(r"^([\w-]+):((?:.|\n )*)", paragraph, re.MULTILINE))


def check_control():
    source, *binaries = read_paragraphs()
    names = [fields["Package"].strip() for fields in binaries]
    if names != PACKAGES:
        yield f"the packages are {names}"
    build = source["Build-Depends"]
    listed = (ROOT / "tests" / "install-packages.sh").read_text(encoding="utf-8")
    arrays = dict(re.findall(r"^(\w+)=\(([^)]*)\)", listed, re.MULTILINE))
    for package in (arrays["build"] + " " + arrays["desktop"]).split():
        # Build-essential, what comes with it, and what Debian calls otherwise.
        if package in ("build-essential", "ninja-build", "pkg-config", "libglib2.0-bin",
                       "ca-certificates"):
            continue
        if not re.search(rf"^ *{re.escape(package)}\b", build, re.MULTILINE):
            yield f"{package} is needed for building, but not in Build-Depends"
    for fields in binaries:
        wanted = ["${misc:Depends}"]
        # What has no programs is the same on all machines.
        if fields["Architecture"].strip() == "any":
            wanted.append("${shlibs:Depends}")
        for variable in wanted:
            if variable not in fields["Depends"]:
                yield f"{fields['Package']} lacks {variable} in Depends"


def check_service():
    """Unit, user and what is left behind name the same."""
    unit = (ROOT / "data" / "systemd" / "heliograph-server.service.in").read_text(encoding="utf-8")
    user = (ROOT / "data" / "systemd" / "heliograph-server.sysusers").read_text(encoding="utf-8")
    purge = (DEBIAN / "heliograph-server.postrm").read_text(encoding="utf-8")
    [(name, home)] = re.findall(r'^u (\S+) - "[^"]+" (\S+)$', user, re.MULTILINE)
    for line in (f"User={name}", f"StateDirectory={Path(home).name}", "StateDirectoryMode=0700",
                 "UMask=0077", "NoNewPrivileges=yes", "ProtectSystem=strict"):
        if line not in unit.splitlines():
            yield f"the unit does not say {line}"
    if Path(home).parent != Path("/var/lib") or f"--data %S/{Path(home).name} " not in unit:
        yield f"{home} is not where the unit keeps its data"
    if f" {home}\n" not in purge:
        yield f"purging leaves {home}"


def check_itself():
    """Braces, folders and names are understood as debhelper does."""
    if expand("{usr/,}lib/a") != ["usr/lib/a", "lib/a"]:
        yield "braces"
    if not owns("usr/share/{a,man}", "usr/share/man/man1/x.1") or owns("usr/bin/a", "usr/bin/ab"):
        yield "folders"


CASES = [
    ("it reads patterns as debhelper does", check_itself),
    ("every installed file is in exactly one package", check_owners),
    ("the version is the project's", check_version),
    ("what building needs is listed", check_control),
    ("the service, its user and purging agree", check_service),
]


if __name__ == "__main__":
    sys.exit(report(CASES))
