# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Without a mouse and without eyes: everything has a name, and the keyboard reaches everything."""

import re

from desktop import PAGES, Desktop, run_tests, until
from scenes import publish
from tree import Focus
from world import WINDOW

EVENTS = 200
CONTROLS = {"button", "toggle button", "switch", "check box", "checkbox", "radio button",
            "text box", "combo box", "spin button", "tab", "menu item", "link", "list item",
            "search box", "entry", "text"}
# The window manager's own business, with keys of its own.
FRAME = re.compile("^(Minimize|Maximize|Restore|Close)$")
MOST = 150


def is_of_combo(node):
    """What a choice is made of has no names of its own; the choice has."""
    return any(one.role == "combo box" and one.name for one in node.ancestors())


def is_of_expander(node):
    """A row that unfolds is a row in a list in a row: the inner one has the name."""
    return node.role == "list item" and any(one.role == "list item" and one.name
                                            for one in node.below())


def list_controls(desktop):
    """The controls of the window in front that could be used now."""
    tree = desktop.look()
    tree.remember_all()
    windows = [one for one in tree.root.children if one.is_shown()]
    return [node for node in tree.list_all(within=windows[-1])
            if node.role in CONTROLS and {"focusable", "sensitive"} <= node.states
            and not FRAME.match(node.name) and not is_of_combo(node) and not is_of_expander(node)]


def check_names(desktop, place):
    nameless = [node.describe() + " in “%s”" % ", ".join(
        one.name for one in node.ancestors() if one.name)
        for node in list_controls(desktop) if not node.name and not node.description]
    assert not nameless, (place, nameless)


def find_field(desktop):
    """The field that has the focus, of those that do not tell: the one that takes a letter."""
    fields = [node for node in desktop.see("text box") if "editable" in node.states]
    before = {node.path: node.text for node in fields}
    # What is selected would be written over.
    desktop.keys("End")
    desktop.screen.type("x")

    def find_changed():
        return [node.path for node in fields if node.text != before[node.path]]
    changed = desktop.patiently(find_changed)
    if not changed:
        return None
    desktop.keys("BackSpace")
    desktop.wait(lambda: not find_changed(), "the letter is gone")
    return changed[0]


def walk(desktop):
    """Goes on by Tab until it comes round; the paths of all that had the focus."""
    focus = Focus(desktop.spied)
    focus.path = desktop.focus()
    seen = []
    for _ in range(MOST):
        at = focus.path or find_field(desktop)
        if at and at in seen[:1] and len(seen) > 1:
            break
        if at and at not in seen:
            seen.append(at)
        before = focus.changes
        desktop.keys("Tab")
        # What had it tells so first, then what has it now, unless that is a field: one is looked
        # for by keys that would take the focus elsewhere from anything else.
        desktop.patiently(lambda before=before: focus.has_come(before))
    focus.close()
    return seen


def check_reach(desktop, place):
    seen = set(walk(desktop))
    tree = desktop.look()
    # What is reached by arrows from what has the focus: the other tabs, rows and choices.
    groups = {node.parent.path for node in tree.nodes.values()
              if node.path in seen and node.parent and node.role in ("tab", "list item")}

    def is_reached(node):
        return (node.path in seen or node.parent.path in groups
                or any(one.path in seen for one in node.below())
                # Its row switches it.
                or node.role in ("switch", "checkbox")
                and any(one.path in seen for one in node.ancestors() if one.role == "list item"))
    missed = [node.describe() for node in list_controls(desktop) if not is_reached(node)]
    assert len(seen) > 1, (place, "the focus does not move")
    assert not missed, (place, missed)


def check(desktop, place):
    check_names(desktop, place)
    check_reach(desktop, place)


def on_every_page(width, height):
    def test():
        with Desktop(events=EVENTS) as desktop:
            publish(desktop)
            desktop.open_page("Overview")
            desktop.resize(width, height)
            for page in PAGES:
                desktop.keys("alt+%d" % (PAGES.index(page) + 1))
                desktop.find("tab", page, is_wanted=lambda tab: "selected" in tab.states)
                check(desktop, page)
    return test


def in_the_first_run():
    with Desktop(events=EVENTS) as desktop:
        desktop.start_aw()
        desktop.use_computer()
        desktop.call("SetOption", "aw-url", "http://127.0.0.1:%d" % desktop.aw_port())
        desktop.start_window()
        desktop.reads("Found on laptop")
        for number in (1, 2, 3):
            desktop.reads("Step %d of 3" % number)
            check(desktop, "step %d" % number)
            if number == 2:
                desktop.press("checkbox|radio button|check box", "My server")
                desktop.find("text box", "Token")
                check(desktop, "step 2 with a server")
                desktop.press("checkbox|radio button|check box", "This computer")
            if number < 3:
                desktop.press("button", "Next")


def in_dialogs():
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Destinations")
        desktop.press("list item|button", re.compile("^Add a server"))
        desktop.find("text box", "Address")
        check(desktop, "add a server")
        desktop.keys("Escape")
        desktop.gone("text box")
        desktop.press("list item|button", re.compile("^Use this computer"))
        desktop.find("button", "Cancel")
        check(desktop, "use this computer")
        desktop.keys("Escape")
        desktop.gone("button", "Cancel")
        desktop.press("button", "More about this destination")
        desktop.press("menu item", "Remove…")
        desktop.find("button", "Cancel")
        check(desktop, "remove")
        desktop.keys("Escape")
        desktop.gone("button", "Cancel")
        desktop.go_to("Privacy")
        desktop.press("list item", "New rule…")
        desktop.find("text box", "Field")
        check(desktop, "new rule")
        desktop.keys("Escape")
        desktop.gone("button", "Save")
        desktop.go_to("Buckets")
        desktop.switch("Active window").do()
        desktop.find("button", "Cancel")
        check(desktop, "keep or delete")
        desktop.keys("Escape")
        desktop.gone("button", "Cancel")
        assert {b["id"]: b["enabled"] for b in desktop.get("Buckets")}[WINDOW]


def by_keyboard_alone():
    """A bucket is switched off by somebody without a mouse."""
    with Desktop(events=EVENTS) as desktop:
        publish(desktop)
        desktop.open_page("Buckets")
        switch = desktop.switch("Active window")
        for _ in range(MOST):
            if desktop.focus() in (switch.path, switch.parent.path):
                break
            before = desktop.focus()
            desktop.keys("Tab")
            until(lambda before=before: desktop.focus() != before, "the focus moves")
            at = desktop.look().nodes.get(desktop.focus())
            if at is not None and at.role == "list item" and at.name == "Active window":
                break
        desktop.keys("space")
        desktop.find("button", "Keep what was published")
        desktop.keys("Return")
        until(lambda: not {b["id"]: b["enabled"] for b in desktop.get("Buckets")}[WINDOW],
              "it is off")


run_tests([
    ("/window/names/on-every-page", on_every_page(900, 950)),
    ("/window/names/in-a-narrow-window", on_every_page(360, 640)),
    ("/window/names/in-the-first-run", in_the_first_run),
    ("/window/names/in-dialogs", in_dialogs),
    ("/window/names/by-keyboard-alone", by_keyboard_alone),
])
