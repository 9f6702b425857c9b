#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks the manifest of the Flatpak, and that what is exported is the app's. Writes TAP.

usage: test-manifest.py ROOT

Without flatpak-builder it is skipped.
"""

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tap import report  # noqa: E402

ROOT = Path(sys.argv[1]).resolve()
APP = "io.github.heliograph.Heliograph"
MANIFEST = ROOT / "flatpak" / f"{APP}.yml"
# Flathub refuses more than a program needs; so do we.
ALLOWED = ["--share=ipc", "--socket=wayland", "--socket=fallback-x11", "--device=dri",
           "--share=network", "--talk-name=org.kde.StatusNotifierWatcher"]
TRAY = {"intltool", "libdbusmenu", "ayatana-ido", "libayatana-indicator",
        "libayatana-appindicator"}


def read_manifest(path):
    """(the manifest as flatpak-builder understands it, what it complains of)"""
    # It makes a folder where it stands.
    with tempfile.TemporaryDirectory() as folder:
        done = subprocess.run(["flatpak-builder", "--show-manifest", str(path)], cwd=folder,
                              capture_output=True, text=True, check=False)
    complaints = done.stderr.splitlines()
    if done.returncode != 0:
        return None, complaints or ["it can't be read"]
    return json.loads(done.stdout), complaints


def list_modules(manifest):
    for module in manifest["modules"]:
        yield module
        yield from list_modules({"modules": module.get("modules", [])})


def check_keys(_manifest):
    return read_manifest(MANIFEST)[1]


def check_planted():
    """It returns 0 for a key that it does not know."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "planted.yml"
        path.write_text("id: org.example.App\nruntime: a.b.C\nruntime-version: '1'\nsdk: a.b.D\n"
                        "command: x\nfinish-argz: []\nmodules: []\n", encoding="utf-8")
        return [] if any("Unknown property" in line for line in read_manifest(path)[1]) else \
            ["a planted key was not found"]


def check_head(manifest):
    wanted = {"id": APP, "command": "heliograph", "runtime": "org.gnome.Platform",
              "sdk": "org.gnome.Sdk", "runtime-version": "51"}
    return [f"{key} is {manifest.get(key)}" for key, value in wanted.items()
            if manifest.get(key) != value]


def check_permissions(manifest):
    given = manifest.get("finish-args", [])
    return [f"{word} is not needed" for word in given if word not in ALLOWED] + \
        [f"{word} is missing" for word in ALLOWED if word not in given]


def check_tray_file(manifest):
    """Where Flathub can't be reached only that file is exchanged."""
    text = MANIFEST.read_text(encoding="utf-8")
    names = {module["name"] for module in list_modules(manifest)}
    problems = [f"the module {name} is missing" for name in TRAY | {"heliograph"} if
                name not in names]
    if "  - libayatana-appindicator.yml\n" not in text:
        problems.append("the tray library has no file of its own")
    return problems + [f"{name} stands in the manifest itself" for name in TRAY
                       if f"name: {name}" in text]


def check_licences(manifest):
    return [f"{module['name']} installs no licence" for module in list_modules(manifest)
            # What leaves nothing behind needs none.
            if module.get("cleanup") != ["*"]
            and not any(f"/share/licenses/${{FLATPAK_ID}}/{module['name']} " in command
                        and "COPYING" in command for command in module.get("post-install", []))]


def check_sources(manifest):
    problems = []
    for module in list_modules(manifest):
        for source in module["sources"]:
            if source["type"] == "archive":
                if not re.fullmatch(r"[0-9a-f]{64}", source.get("sha256", "")):
                    problems.append(f"{module['name']}: no checksum")
                if not source["url"].startswith("https://"):
                    problems.append(f"{module['name']}: {source['url']}")
            elif (source["type"], module["name"]) != ("dir", "heliograph"):
                problems.append(f"{module['name']}: a source of type {source['type']}")
    return problems


def check_exported_names(_manifest):
    """Flatpak exports nothing whose name does not begin with the app's."""
    files = [*(ROOT / "data" / "icons").glob("*.svg"), *(ROOT / "data" / "desktop").glob("*.in"),
             *(ROOT / "data" / "metainfo").glob("*.in"),
             *(ROOT / "data" / "dbus").glob("*.service.in")]
    problems = [f"{path.relative_to(ROOT)} would not be exported" for path in files
                if not path.name.startswith((APP + ".", APP + "-"))]
    return problems if len(files) >= 8 else problems + [f"only {len(files)} files were found"]


CASES = [
    ("flatpak-builder knows every key", check_keys),
    ("it is the app, on its runtime", check_head),
    ("it may do what it needs, and nothing else", check_permissions),
    ("the tray library has a file of its own", check_tray_file),
    ("every module installs its licence", check_licences),
    ("every source is what it was", check_sources),
    ("what is exported bears the app's name", check_exported_names),
]


def main():
    if not shutil.which("flatpak-builder"):
        print("1..0 # SKIP flatpak-builder is not installed: tests/install-packages.sh --flatpak")
        return 0
    manifest, complaints = read_manifest(MANIFEST)
    results = [("a key that nobody knows is found", check_planted())]
    results += [(name, check(manifest) if manifest else complaints) for name, check in CASES]
    return report(results)


if __name__ == "__main__":
    sys.exit(main())
