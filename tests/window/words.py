# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The texts of the window in another language, by what they are in English."""

import gettext
import os
import re
import subprocess

from world import BUILD

KEPT = re.compile(r"(%[-+ #0-9.*$']*(?:l|ll|z)?[a-zA-Z%]|<[^>]*>|&\w+;|\\.|_(?=\w))")
ENTRY = re.compile(r'^msgid ((?:".*"\n)+)(?:msgid_plural ((?:".*"\n)+))?', re.M)
LETTERS = "אבגדהוזחטיכלמנסעפצקרשת"


def read_po(name):
    with open(os.path.join(BUILD, "..", "po", name), encoding="utf-8") as file:
        return file.read()


def list_languages():
    return [line for line in read_po("LINGUAS").splitlines() if line and not line.startswith("#")]


class Words:
    def __init__(self, language, folder=os.path.join(BUILD, "po")):
        self.catalogue = gettext.translation("heliograph", folder, [language])

    def say(self, text):
        """As it is read: without the mark of its mnemonic."""
        return re.sub(r"_(?=\w)", "", self.catalogue.gettext(text), count=1)


def turn_round(text):
    """As long as it was, in letters that are written from right to left."""
    parts = KEPT.split(text)
    return "".join(part if number % 2 else re.sub(
        "[A-Za-z]", lambda letter: LETTERS[ord(letter.group().lower()) - 97 & 15], part)
        for number, part in enumerate(parts))


def write_mirrored(folder, language="he"):
    """A language that nobody speaks, from right to left: made of all texts that there are."""
    po = read_po("de.po")
    lines = ['msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n'
             '"Plural-Forms: nplurals=2; plural=n != 1;\\n"\n']
    for one, many in ENTRY.findall(po[po.index("\n\n"):]):
        text = "".join(re.findall(r'"(.*)"', one))
        # Formats of dates are no texts to be read.
        turned = text if "%Y" in text or "%H" in text else turn_round(text)
        lines.append('msgid "%s"\n' % text)
        if many:
            plural = "".join(re.findall(r'"(.*)"', many))
            lines.append('msgid_plural "%s"\nmsgstr[0] "%s"\nmsgstr[1] "%s"\n'
                         % (plural, turned, turn_round(plural)))
        else:
            lines.append('msgstr "%s"\n' % turned)
    place = os.path.join(folder, language, "LC_MESSAGES")
    os.makedirs(place)
    with open(os.path.join(folder, "mirrored.po"), "w", encoding="utf-8") as file:
        file.write("".join(lines))
    subprocess.run(["msgfmt", "--check-format", "--output-file",
                    os.path.join(place, "heliograph.mo"), os.path.join(folder, "mirrored.po")],
                   check=True)
