#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests install-packages.sh against commands that only pretend to be Debian's. Writes TAP."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from tap import report

SCRIPT = Path(__file__).resolve().with_name("install-packages.sh")
TOOLS = ("bash", "cat", "grep", "env", "printf")

# What each pretended command does: it writes down how it was called, and obeys its folder.
PRETEND = {
    "dpkg-query": """for p; do case $p in -*) ;; *)
  grep -qxF "$p" "$D/missing" && { failed=1; continue; }
  echo "installed $p" ;; esac; done; exit ${failed:-0}""",
    "apt-cache": '[ -e "$D/listed" ]',
    "apt-get": """echo "apt-get $*" >>"$D/log"
case $1 in
  update) [ -e "$D/offline" ] && exit 100; touch "$D/listed" "$D/fresh" ;;
  install) [ -e "$D/stale" ] && [ ! -e "$D/fresh" ] && exit 100 ;;
esac; exit 0""",
    "id": 'echo "$WHO"',
    "sudo": 'echo sudo >>"$D/log"; exec "$@"',
    "touch": ': >>"$1"; shift; [ $# -eq 0 ] || exec touch "$@"',
}


def run(*arguments, missing=(), who=0, without=(), files=("listed",)):
    """(code, what was called, what was said)"""
    with tempfile.TemporaryDirectory() as folder:
        binaries = Path(folder) / "bin"
        binaries.mkdir()
        for tool in TOOLS:
            for place in ("/usr/bin", "/bin"):
                if os.path.exists(f"{place}/{tool}") and not (binaries / tool).exists():
                    (binaries / tool).symlink_to(f"{place}/{tool}")
        for name, text in PRETEND.items():
            if name not in without:
                path = binaries / name
                path.write_text(f"#!/bin/bash\n{text}\n", encoding="utf-8")
                path.chmod(0o755)
        (Path(folder) / "missing").write_text("".join(f"{p}\n" for p in missing), encoding="utf-8")
        for name in files:
            (Path(folder) / name).touch()
        done = subprocess.run(["/bin/bash", str(SCRIPT), *arguments], stdin=subprocess.DEVNULL,
                              capture_output=True, text=True, check=False,
                              env={"PATH": str(binaries), "D": folder, "WHO": str(who)})
        log = Path(folder) / "log"
        called = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        return done.returncode, called, done.stdout + done.stderr


def installs(called):
    """The packages of the calls of apt-get install."""
    return [[w for w in line.split()[2:] if not w.startswith("-")]
            for line in called if line.startswith("apt-get install")]


def does_nothing_when_all_is_there():
    return [run(option) for option in ("--run", "--test")] == [(0, [], "")] * 2


def installs_exactly_what_is_missing():
    code, called, _ = run("--test", missing=["meson", "strace"])
    return code == 0 and called and installs(called) == [["meson", "strace"]] and len(called) == 1


def leaves_test_packages_out_of_run():
    return run("--run", missing=["strace", "chromium"]) == (0, [], "")


def updates_lists_that_know_nothing():
    code, called, _ = run(missing=["meson"], files=())
    return code == 0 and [c.split()[1] for c in called] == ["update", "install"]


def updates_lists_that_are_stale():
    code, called, _ = run(missing=["meson"], files=("listed", "stale"))
    return code == 0 and [c.split()[1] for c in called] == ["install", "update", "install"]


def says_when_there_is_no_network():
    code, called, said = run(missing=["meson"], files=("offline",))
    return code == 1 and not installs(called) and "network" in said and "meson" in said


def says_when_nobody_is_root():
    code, called, said = run(missing=["meson"], who=1000, without=("sudo",))
    return code == 1 and called == [] and "root" in said and "apt-get install meson" in said


def does_not_install_unasked():
    code, called, said = run(missing=["meson"], who=1000)
    return code == 1 and called == [] and "--yes" in said


def uses_sudo_when_told_yes():
    code, called, _ = run("--yes", missing=["meson"], who=1000)
    return code == 0 and called[0] == "sudo" and installs(called) == [["meson"]]


def says_when_this_is_no_debian():
    code, called, said = run(without=("dpkg-query", "apt-get"))
    return code == 1 and called == [] and "Debian" in said and "libsoup-3.0-dev" in said


def refuses_an_unknown_option():
    code, called, said = run("--al")
    return code == 2 and called == [] and "usage:" in said


CASES = [
    does_nothing_when_all_is_there, installs_exactly_what_is_missing,
    leaves_test_packages_out_of_run, updates_lists_that_know_nothing,
    updates_lists_that_are_stale, says_when_there_is_no_network, says_when_nobody_is_root,
    does_not_install_unasked, uses_sudo_when_told_yes, says_when_this_is_no_debian,
    refuses_an_unknown_option,
]


if __name__ == "__main__":
    sys.exit(report([(case.__name__.replace("_", " "), [] if case() else ["it did not"])
                     for case in CASES]))
