#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checks that every text of the program can be translated. Writes TAP.

usage: test-translations.py [--fix] ROOT

--fix writes po/POTFILES anew.
"""

import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from pathlib import Path

NAME = "Heliograph"
POTFILES_HEAD = "# All files with texts to translate; tests/data/test-translations.py --fix lists them.\n"

# What people see or hear of a widget.
TEXTS = {"title", "label", "subtitle", "tooltip-text", "placeholder-text", "body", "heading",
         "description", "text", "primary-text", "secondary-text", "secondary", "comments",
         "default-label", "button-label", "menu-label", "value-text", "role-description"}

IN_C = re.compile(r"\b(?:_|N_|C_|g_dngettext|ngettext)[ \t]*\(")


def say_what_is_not_translatable(text):
    """The texts of a .ui file that nobody can translate."""
    tree = ElementTree.fromstring(text)
    for element in tree.iter():
        is_text = (element.tag in ("property", "attribute") and element.get("name") in TEXTS) or \
            element.tag == "item" and element.text and element.text.strip()
        words = (element.text or "").strip()
        if not is_text or not re.search(r"[^\W\d_]", words) or words == NAME:
            continue
        if element.get("bind-source") or element.get("translatable") == "yes":
            continue
        yield f"{element.tag} {element.get('name', '')}: {words}"


def check_ui(root):
    return [f"{path.relative_to(root)}: {problem}"
            for path in sorted((root / "src").rglob("*.ui"))
            for problem in say_what_is_not_translatable(path.read_text(encoding="utf-8"))]


def check_itself():
    """It finds what is planted, and nothing else."""
    planted = """<interface><object class="A">
      <property name="title">Found</property>
      <property name="label" translatable="yes">Fine</property>
      <property name="title">Heliograph</property>
      <property name="label">12:00</property>
      <property name="icon-name">open-menu-symbolic</property>
      <accessibility><property name="label">Found</property></accessibility>
      <items><item>Found</item><item translatable="yes">Fine</item></items>
    </object><menu><item><attribute name="label">Found</attribute></item></menu></interface>"""
    found = list(say_what_is_not_translatable(planted))
    return [] if len(found) == 4 and all("Found" in text for text in found) else found or ["none"]


def list_gresource(root):
    """(name of the file that lists it, path of the .ui file)"""
    for listing in sorted((root / "src").rglob("*.gresource.xml")):
        for element in ElementTree.parse(listing).iter("file"):
            yield listing, listing.parent / element.text


def check_gresource(root):
    listed = {path for _, path in list_gresource(root)}
    return [f"{path.relative_to(root)} is in no gresource"
            for path in sorted((root / "src").rglob("*.ui")) if path not in listed]


def has_texts(path):
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".c":
        return IN_C.search(text) is not None
    if path.suffix == ".ui":
        return 'translatable="yes"' in text
    return path.name.endswith((".desktop.in", ".metainfo.xml.in", ".gschema.xml"))


def list_potfiles(root):
    files = [*(root / "data").rglob("*"), *(root / "src").rglob("*")]
    return sorted(str(path.relative_to(root)) for path in files
                  if path.is_file() and path.suffix in (".c", ".ui", ".in", ".xml")
                  and has_texts(path))


def check_potfiles(root):
    wanted = list_potfiles(root)
    lines = (root / "po" / "POTFILES").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    problems = [f"{name} is not listed" for name in wanted if name not in listed]
    problems += [f"{name} is listed, but has no texts" for name in listed if name not in wanted]
    return problems + (["run tests/data/test-translations.py --fix ."] if problems else [])


def check_collecting(root):
    """All texts are understood by the program that collects them."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "all.pot"
        done = subprocess.run(
            ["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2",
             "--keyword=g_dngettext:2,3", "--flag=g_dngettext:2:c-format", "--add-comments",
             f"--files-from={root / 'po' / 'POTFILES'}", f"--directory={root}",
             f"--output={output}"],
            capture_output=True, text=True, check=False)
        problems = [line for line in done.stderr.splitlines() if line.strip()]
        if done.returncode != 0:
            return problems or ["xgettext failed"]
        pot = output.read_text(encoding="utf-8")
        return problems + [f"“{text}” is missing" for text in
                           ("Heliograph is not running", "Publish what your devices are doing")
                           if f'"{text}"' not in pot]


def main():
    arguments = [word for word in sys.argv[1:] if word != "--fix"]
    root = Path(arguments[0]).resolve()
    if "--fix" in sys.argv:
        lines = "".join(name + "\n" for name in list_potfiles(root))
        (root / "po" / "POTFILES").write_text(POTFILES_HEAD + lines, encoding="utf-8")
        return 0
    cases = [
        ("it finds what is planted", check_itself()),
        ("every text of a .ui file can be translated", check_ui(root)),
        ("every .ui file is in a gresource", check_gresource(root)),
        ("po/POTFILES lists the files with texts", check_potfiles(root)),
        ("the texts can be collected", check_collecting(root)),
    ]
    print(f"1..{len(cases)}")
    for number, (name, problems) in enumerate(cases, 1):
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}")
    return 1 if any(problems for _, problems in cases) else 0


if __name__ == "__main__":
    sys.exit(main())
