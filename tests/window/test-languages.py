# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""In longer words, and from right to left, nothing is cut. The pictures, in `screenshots` of the
build folder, are to be looked at.

With a locale as fr_FR pictures of that language are made instead."""

import os
import shutil
import sys
import tempfile

from desktop import PAGES, Desktop, run_tests
from measure import TAB_FONT, Measure
from scenes import BROWSER, publish
from words import Words, list_languages, read_po, write_mirrored
from world import AFK, BUILD, WINDOW

WIDTHS = {360: 720, 900: 700}
FRAME = 10
MEASURE = Measure()


def find_cut(desktop, name):
    """What can't be seen whole, from side to side, in the window in front."""
    # Nobody chose the words of the mirrored language: some are longer than any in another.
    is_chosen = not name.startswith("mirrored")
    window = desktop.front()
    width = window.extents[2]
    cut = []
    for node in window.tree.list_all(within=window):
        around = [node, *node.ancestors()]
        # Scroll bars are where they were when they were last needed.
        if node.extents and not any("Popover" in one.kind or one.role == "scroll bar"
                                    for one in around):
            left, _, wide, _ = node.extents
            if left < -FRAME or left + wide > width + FRAME \
                    or is_chosen and node.role == "label" and MEASURE.is_cut(node):
                cut.append("%s at %s" % (node.describe(), node.extents))
    return cut


def fits(desktop, name):
    cut = [None]

    def looks_whole():
        cut[0] = find_cut(desktop, name)
        return not cut[0]
    try:
        desktop.wait(looks_whole, "it fits", 5)
    except AssertionError:
        raise AssertionError((name, cut[0])) from None


def show(desktop, name):
    """At every width: it fits, and there is a picture of it."""
    for width, height in WIDTHS.items():
        desktop.resize(width, height)
        desktop.take_picture("%s-%d" % (name, width))
        fits(desktop, name)


def show_dialog(desktop, name, width=360):
    desktop.screen.resize(desktop.screen.get_newest(), width, 680)
    desktop.take_picture("%s-%d" % (name, width))
    fits(desktop, name)


def go(desktop, words, page):
    desktop.keys("alt+%d" % (PAGES.index(page) + 1))
    desktop.find("tab", words.say(page), is_wanted=lambda tab: "selected" in tab.states)


def walk(desktop, words, prefix):
    """Every page, and what opens above them."""
    publish(desktop, (WINDOW, AFK, BROWSER))
    desktop.make_bucket("aw-watcher-vscode_laptop", "app.editor.activity", "aw-watcher-vscode")
    desktop.call("AddThisComputer", {"level": "app"})
    desktop.call("SyncNow")
    desktop.publish_all()
    desktop.start_window()
    for page in PAGES:
        go(desktop, words, page)
        show(desktop, "%s-%s" % (prefix, page.lower()))
    go(desktop, words, "Buckets")
    desktop.switch(words.say("Active window")).do()
    desktop.find("button", words.say("_Cancel"))
    show_dialog(desktop, prefix + "-keep-or-delete")
    desktop.keys("Escape")
    desktop.gone("button", words.say("_Cancel"))
    go(desktop, words, "Destinations")
    desktop.press("list item", words.say("_Add a server…"))
    desktop.find("text box", words.say("Address"))
    show_dialog(desktop, prefix + "-add-server")
    desktop.keys("Escape")
    desktop.gone("text box")
    go(desktop, words, "Overview")
    desktop.resize(900, 700)
    desktop.press("button", words.say("Pause"))
    desktop.press("menu item", words.say("For 1 _hour"))
    desktop.find("button", words.say("_Resume"))
    show(desktop, prefix + "-paused")
    desktop.press("button", words.say("_Resume"))
    desktop.find("button", words.say("_Leave it out"))
    show_dialog(desktop, prefix + "-resume")
    desktop.press("button", words.say("_Leave it out"))
    desktop.gone("button", words.say("_Leave it out"))
    go(desktop, words, "Overview")
    desktop.stop_server()
    desktop.use_computer("Other", "news.txt")
    desktop.call_quietly("SyncNow")
    desktop.reads(words.say("Can’t reach your server"), seconds=60)
    for page in ("Overview", "Destinations", "Logs"):
        go(desktop, words, page)
        show(desktop, "%s-unreachable-%s" % (prefix, page.lower()))


def tabs_fit(desktop):
    """In any language, on a narrow screen: they all have the room that one of them has."""
    desktop.resize(min(WIDTHS), 720)
    room = desktop.wait(lambda: min(tab.extents[2] for tab in desktop.see("tab")
                                    if tab.extents[2] < min(WIDTHS) / len(PAGES)), "narrow tabs")
    titles = {page: page for page in PAGES}
    for words in map(Words, list_languages()):
        titles.update((words.say(page), page) for page in PAGES)
    widths = {title: MEASURE.lay_out(title, TAB_FONT)[0] for title in titles}
    assert not [title for title, width in widths.items() if width > room], (room, widths)


def letters_are_drawn():
    """With the fonts that are installed for tests, and no more than those."""
    for language in list_languages():
        text = "".join(sorted(set(read_po(language + ".po")) - {"\n"}))
        assert MEASURE.count_boxes(text) == 0, (language, text)


def set_up(desktop, words, prefix):
    desktop.start_aw()
    desktop.use_computer()
    desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
    desktop.start_window()
    for step in (1, 2, 3):
        title = words.say("Step %u of %u") % (step, 3)
        desktop.reads(title)
        desktop.find("button", words.say("_Start publishing" if step == 3 else "_Next"),
                     is_wanted=lambda button: "sensitive" in button.states)
        show(desktop, "%s-first-run-%d" % (prefix, step))
        if step < 3:
            desktop.press("button", words.say("_Next"))


def find_words(language):
    """There is no language but for one country, or for all."""
    return Words(language if os.path.exists(os.path.join(BUILD, "po", language))
                 else language.split("_")[0])


def in_language(language):
    with Desktop(events=12000, language=language) as desktop:
        walk(desktop, find_words(language), language)
        tabs_fit(desktop)


def first_run_in_language(language):
    with Desktop(events=300, language=language) as desktop:
        set_up(desktop, find_words(language), language)


def in_mirror(scene):
    folder = tempfile.mkdtemp(prefix="heliograph-words-")
    try:
        write_mirrored(folder)
        with Desktop(events=12000, language="he_IL", texts=folder) as desktop:
            words = Words("he", folder)
            scene(desktop, words, "mirrored")
            return desktop.front(), desktop
    finally:
        shutil.rmtree(folder)


def from_right_to_left():
    def scene(desktop, words, prefix):
        walk(desktop, words, prefix)
        desktop.resize(900, 700)
        tabs = sorted(desktop.see("tab"), key=lambda tab: tab.extents[0])
        # The first one is at the right.
        assert [tab.name for tab in tabs] == [words.say(page) for page in reversed(PAGES)]
    in_mirror(scene)


def first_run_from_right_to_left():
    in_mirror(set_up)


LANGUAGE = (sys.argv[1:] or ["de_DE"])[0]
run_tests([
    ("/window/languages/letters", letters_are_drawn),
    ("/window/languages/%s" % LANGUAGE, lambda: in_language(LANGUAGE)),
    ("/window/languages/%s-first-run" % LANGUAGE, lambda: first_run_in_language(LANGUAGE)),
] + ([
    ("/window/languages/from-right-to-left", from_right_to_left),
    ("/window/languages/first-run-from-right-to-left", first_run_from_right_to_left),
] if len(sys.argv) < 2 else []))
