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

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from tap import report  # noqa: E402

NAME = "Heliograph"
POTFILES_HEAD = "# All files with texts to translate; tests/data/test-translations.py --fix lists them.\n"

# What nobody sees or hears of a widget: names, and choices among given words. All else that holds
# a letter is a text.
SYMBOLS = {"accelerator", "accessible-role", "action", "action-name", "action-target",
           "activatable",
           "activatable-widget", "activates-default", "active", "arrow-direction", "autohide", "can-focus",
           "can-target", "close-response", "css-name", "default-response", "default-widget",
           "destroy-with-parent", "direction", "ellipsize", "expanded", "flags", "focusable",
           "group", "halign", "has-frame", "hexpand", "hidden-when", "homogeneous",
           "hscrollbar-policy", "icon-name", "id", "input-purpose", "justify", "labelled-by",
           "menu-model", "mnemonic-widget", "modal", "mode", "name", "orientation", "policy",
           "primary", "propagate-natural-height", "relief", "resizable", "reveal",
           "reveal-child", "section-name", "selectable", "selection-mode", "sensitive",
           "show-apply-button", "show-end-title-buttons", "show-start-title-buttons", "stack",
           "stock", "target", "transition-type", "use-markup", "use-subtitle", "use-underline", "valign",
           "vexpand", "vhomogeneous", "view-name", "visible", "visible-child-name",
           "vscrollbar-policy", "wrap", "wrap-mode"}

IN_C = re.compile(r"\b(?:_|N_|C_|g_dngettext|ngettext)[ \t]*\(")


def say_what_is_not_translatable(text):
    """The texts of a .ui file that nobody can translate."""
    tree = ElementTree.fromstring(text)
    for element in tree.iter():
        # A link within the file is the id of an object.
        is_text = element.tag in ("item", "response") or \
            element.tag in ("property", "attribute", "relation") and \
            element.get("name") not in SYMBOLS
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
      <property name="something-new">Found</property>
      <items><item>Found</item><item translatable="yes">Fine</item></items>
      <responses><response id="cancel">Found</response></responses>
    </object><menu><item><attribute name="label">Found</attribute></item></menu></interface>"""
    found = list(say_what_is_not_translatable(planted))
    return [] if len(found) == 6 and all("Found" in text for text in found) else found or ["none"]


# Errors with another reader than the user: of the protocol, told to a backend's author; of calls
# over HTTP.
NOT_FOR_USERS = ("json/", "protocol/helio-protocol-fields.c", "protocol/helio-protocol-request.c",
                 "server/helio-store-events.c", "server/helio-store-read.c",
                 "server/helio-socket-stream.c")
ERRORS = re.compile(r"\b(?:g_set_error|g_set_error_literal|g_error_new|g_error_new_literal|"
                    r"g_prefix_error|g_propagate_prefixed_error|g_task_return_new_error|"
                    r"g_dbus_method_invocation_return_error|"
                    r"g_dbus_method_invocation_return_error_literal)\s*(\([^;]*;)")
TRANSLATED = re.compile(r'\b(?:_|g_dngettext)\s*\((?:\w+,)?\s*(?:"(?:\\.|[^"\\])*"[\s,]*)+\)?')


def say_what_errors_are_english(text):
    """The texts of errors in C that nobody can translate."""
    for call in ERRORS.finditer(TRANSLATED.sub("", text)):
        for literal in re.findall(r'"((?:\\.|[^"\\])*)"', call.group(1)):
            words = re.sub(r"%[-.*0-9]*[a-z]+", "", literal)
            if re.search(r"[A-Za-z]{2}", words) and words != "locked":
                yield literal


def check_errors(root):
    return [f"{path.relative_to(root)}: {problem}" for path in sorted((root / "src").rglob("*.c"))
            if not str(path.relative_to(root / "src")).startswith(NOT_FOR_USERS)
            for problem in say_what_errors_are_english(path.read_text(encoding="utf-8"))]


def check_errors_themselves():
    planted = """g_set_error (error, A, B, "%s: %s", x, y); g_set_error (error, A, B, "Found %s", x);
      g_error_new_literal (A, B, _ ("Fine, "
                                    "“\\"really\\"”")); g_prefix_error (error, "Found: ");"""
    found = list(say_what_errors_are_english(planted))
    return [] if found == ["Found %s", "Found: "] else found or ["none"]


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
    if path.suffix in (".c", ".h"):
        return IN_C.search(text) is not None
    if path.suffix == ".ui":
        return 'translatable="yes"' in text
    return path.name.endswith((".desktop.in", ".metainfo.xml.in", ".gschema.xml"))


def list_potfiles(root):
    files = [*(root / "data").rglob("*"), *(root / "src").rglob("*")]
    return sorted(str(path.relative_to(root)) for path in files
                  if path.is_file() and path.suffix in (".c", ".h", ".ui", ".in", ".xml")
                  and has_texts(path))


def check_potfiles(root):
    wanted = list_potfiles(root)
    lines = (root / "po" / "POTFILES").read_text(encoding="utf-8").splitlines()
    listed = [line for line in lines if line and not line.startswith("#")]
    problems = [f"{name} is not listed" for name in wanted if name not in listed]
    problems += [f"{name} is listed, but has no texts" for name in listed if name not in wanted]
    return problems + (["run tests/data/test-translations.py --fix ."] if problems else [])


def collect(root, output):
    """Writes all texts to a file; returns what the program that collects them complains of."""
    done = subprocess.run(
        ["xgettext", "--from-code=UTF-8", "--keyword=_", "--keyword=N_", "--keyword=C_:1c,2",
         "--keyword=g_dngettext:2,3", "--flag=g_dngettext:2:c-format", "--add-comments",
         f"--files-from={root / 'po' / 'POTFILES'}", f"--directory={root}", f"--output={output}"],
        capture_output=True, text=True, check=False)
    # Addresses that show what one looks like are for translators, whatever newer ones advise.
    problems = [line for line in done.stderr.splitlines()
                if line.strip() and "embedded URL" not in line]
    return problems or (["xgettext failed"] if done.returncode != 0 else [])


def check_collecting(root):
    """All texts are understood by the program that collects them."""
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "all.pot"
        problems = collect(root, output)
        if problems:
            return problems
        pot = output.read_text(encoding="utf-8")
        return [f"“{text}” is missing" for text in
                ("Heliograph is not running", "Publish what your devices are doing")
                if f'"{text}"' not in pot]


def list_languages(root):
    lines = (root / "po" / "LINGUAS").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def run_gettext(*words):
    done = subprocess.run([str(word) for word in words], capture_output=True, text=True,
                          check=False)
    said = [line for line in done.stderr.splitlines() if line.strip()]
    return said or ([f"{words[0]} failed"] if done.returncode != 0 else [])


def check_language(root, language):
    """Plural forms, formats and the ends of lines are right, and nothing is missing, doubtful or
    out of date."""
    po = root / "po" / f"{language}.po"
    if not po.is_file():
        return ["it is not there"]
    with tempfile.TemporaryDirectory() as folder:
        pot = Path(folder) / "all.pot"
        problems = collect(root, pot)
        problems += run_gettext("msgfmt", "--check", f"--output-file={folder}/catalog.mo", po)
        problems += run_gettext("msgcmp", po, pot)
        left = subprocess.run(["msgattrib", "--obsolete", str(po)], capture_output=True, text=True,
                              check=False).stdout
        return problems + (["it keeps texts that are used no more"] if left.strip() else [])


def check_desktop(root, language):
    """What desktops and software centres read is merged. Newer gettext names zh_CN zh-Hans-CN."""
    problems = []
    for kind, source, wanted in (
            ("--desktop", "desktop/io.github.heliograph.Heliograph.desktop.in",
             rf"\nComment\[{language}\]="),
            ("--xml", "metainfo/io.github.heliograph.Heliograph.metainfo.xml.in",
             f'<summary xml:lang="{language.replace("_", "(_|-|-Hans-)")}">')):
        merged = subprocess.run(
            ["msgfmt", kind, f"--template={root / 'data' / source}", f"-d{root / 'po'}",
             "--output-file=-"], capture_output=True, text=True, check=False)
        if not re.search(wanted, merged.stdout):
            problems.append(f"{source} is not translated: {merged.stderr}")
    return problems


MESSAGE = re.compile(r'^msgid ((?:".*"\n)+)(?:msgid_plural (?:".*"\n)+)?'
                     r'((?:msgstr(?:\[\d\])? (?:".*"\n)+)+)', re.M)


def check_mnemonics(root, language):
    """What has a letter to reach it by has one in every language."""
    text = (root / "po" / f"{language}.po").read_text(encoding="utf-8")
    problems = []
    for match in MESSAGE.finditer(text):
        texts = ["".join(re.findall(r'"(.*)"', part)) for part in match.groups()]
        # In a word of one line, before a letter: others are names with an underscore.
        wanted = re.search(r"(?:^|[\s“])_[A-Za-z]", texts[0]) is not None
        found = len(re.findall(r"(?:^|[\s“«(（„'’\w-])_\w", texts[1]))
        if wanted and found != 1:
            problems.append(f"“{texts[0]}” has {found} of them")
    return problems


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
        ("it finds planted errors", check_errors_themselves()),
        ("every error that a user sees can be translated", check_errors(root)),
    ]
    for language in list_languages(root):
        cases.append((f"{language} is whole", check_language(root, language)))
        cases.append((f"{language} is in what desktops read", check_desktop(root, language)))
        cases.append((f"{language} has mnemonics", check_mnemonics(root, language)))
    return report(cases)


if __name__ == "__main__":
    sys.exit(main())
