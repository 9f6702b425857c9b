# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The page of the privacy rules: what a person does there comes into force, and what it shows of
what leaves is true."""

import json
import os
import re

from desktop import Desktop, run_tests, until
from scenes import RULES, begin, read_rules, store_rules, use_apps, wait_for_buckets, write_rules
from world import AFK, WINDOW


def start(desktop, *rules):
    """Some apps were used, and their history is published."""
    begin(desktop)
    use_apps(desktop)
    if rules:
        write_rules(desktop, *rules)
    desktop.start_server()
    desktop.make_token()
    desktop.identity = desktop.call("AddDestination", desktop.url, desktop.token,
                                    {"level": "title", "name": "Home"})[0]
    wait_for_buckets(desktop, WINDOW, AFK)
    for bucket in (WINDOW, AFK):
        desktop.call("SetBucket", bucket, True, "")
    desktop.publish_all()
    desktop.open_page("Privacy")


def titles(desktop):
    """Of the rules, from top to bottom."""
    found = desktop.find("list", "Rules")
    return [node.name for node in found.children if node.role == "list item" and node.is_shown()]


def is_on(desktop, title):
    return "checked" in desktop.switch(title).states


def choose(desktop, title, place):
    """In a combo box of the window in front: the one at that place, from 0."""
    desktop.press("combo box", title, within=desktop.front())
    desktop.keys("Home", *["Down"] * place, "Return")


def menu(desktop, rule, item):
    desktop.press("button", "More about “%s”" % rule)
    desktop.press("menu item", item)


def can_save(desktop):
    return "sensitive" in desktop.find("button", "Save").states


def held(desktop, bucket):
    lines = desktop.server_command("export", "--format", "jsonl", "--device",
                                   "laptop").splitlines()
    events = [json.loads(line) for line in lines]
    return [event["data"] for event in events if event["bucket"] == bucket]


def adds_a_preset():
    with Desktop() as desktop:
        start(desktop)
        desktop.reads("There are none yet", "Hide all titles")
        desktop.press("button", "Add “Hide all titles”")
        until(lambda: [rule["id"] for rule in read_rules(desktop)] == ["hide-titles-1"],
              "it is in force")
        desktop.wait(lambda: titles(desktop) == ["Hide titles"], "it is shown")
        assert is_on(desktop, "Hide titles")
        added = desktop.find("button", "“Hide all titles” is added")
        assert "sensitive" not in added.states
        until(lambda: held(desktop, WINDOW) and not any("title" in data
                                                        for data in held(desktop, WINDOW)),
              "no title is held")


def makes_a_rule():
    with Desktop() as desktop:
        start(desktop)
        desktop.press("list item", "New rule…")
        desktop.reads("Say what to look for.", "Shown once the rule is complete.")
        assert not can_save(desktop)
        desktop.write(desktop.find("text box", "Field"), "app")
        desktop.write(desktop.find("text box", re.compile("^Pattern")), "sig*")
        # The rule is tried over what there is before it is saved.
        desktop.reads("Not published: “Drop events, where app is like “sig*””")
        desktop.wait(lambda: can_save(desktop), "it can be saved")
        assert read_rules(desktop) == []
        desktop.press("button", "Save")
        until(lambda: read_rules(desktop) == [{"id": "rule-1", "field": "app", "match": "glob",
                                               "pattern": "sig*", "action": "drop"}],
              "it is in force")
        desktop.gone("button", "Save")
        desktop.wait(lambda: titles(desktop) == ["Drop events, where app is like “sig*”"],
                     "it is shown")
        until(lambda: {data["app"] for data in held(desktop, WINDOW)}
              == {"Editor", "Firefox", "Terminal"}, "what it forbids is gone")


def edits_a_rule():
    with Desktop() as desktop:
        start(desktop, *RULES)
        menu(desktop, "Hide my plans", "Edit…")
        desktop.find("text box", re.compile("^Pattern"), is_wanted=lambda n: n.text == "*plan*")
        desktop.write(desktop.find("text box", "Name, for you"), "Plans of mine")
        choose(desktop, "Action", 3)
        desktop.write(desktop.find("text box", "New text"), "A plan")
        choose(desktop, "Published as", 1)
        desktop.wait(lambda: can_save(desktop), "it can be saved")
        desktop.press("button", "Save")
        desktop.gone("button", "Save")
        rule = read_rules(desktop)[0]
        assert rule == {"id": "plans", "name": "Plans of mine", "field": "title", "match": "glob",
                        "pattern": "*plan*", "action": "replace", "with": "A plan",
                        "scope": "history"}, rule
        desktop.reads("Plans of mine", "history only")
        assert read_rules(desktop)[1:] == RULES[1:]
        until(lambda: {"app": "Editor", "title": "A plan"} in held(desktop, WINDOW), "it holds")


def says_what_is_wrong():
    with Desktop() as desktop:
        start(desktop)
        desktop.press("list item", "New rule…")
        desktop.write(desktop.find("text box", re.compile("^Pattern")), "pla(n")
        desktop.wait(lambda: can_save(desktop), "as a pattern it is good")
        choose(desktop, "Match", 2)
        desktop.reads("This can’t be saved: the pattern is no regular expression at byte 5",
                      "To look for a text as it stands", "Shown once the rule is complete.")
        assert not can_save(desktop)
        desktop.write(desktop.find("text box", "Regular expression"), "pla(n|y)")
        desktop.wait(lambda: can_save(desktop), "it is good")
        assert "This can’t be saved" not in desktop.read()
        # It must be found out anew after each change, and Enter does not get around it.
        desktop.write(desktop.find("text box", "Regular expression"), "pla[n")
        desktop.reads("This can’t be saved")
        desktop.keys("Return")
        assert not can_save(desktop)
        desktop.keys("Escape")
        desktop.gone("button", "Save")
        assert read_rules(desktop) == []


def switches_one_off():
    with Desktop() as desktop:
        start(desktop, *RULES)
        assert is_on(desktop, "Hide my plans") and not is_on(desktop, "Call the editor so")
        assert "plan for May" not in json.dumps(held(desktop, WINDOW))
        desktop.switch("Hide my plans").do()
        until(lambda: read_rules(desktop)[0] == dict(RULES[0], enabled=False), "it is off")
        desktop.wait(lambda: not is_on(desktop, "Hide my plans"), "it is shown")
        until(lambda: "plan for May" in json.dumps(held(desktop, WINDOW)), "the title is back")
        desktop.switch("Hide my plans").do()
        until(lambda: read_rules(desktop) == RULES, "it is on")


def changes_the_order_by_keyboard():
    with Desktop() as desktop:
        start(desktop, *RULES)
        chat = "Drop events, where app is “Signal”"
        assert titles(desktop) == ["Hide my plans", chat, "Call the editor so"]
        menu(desktop, "Hide my plans", "Move down")
        desktop.wait(lambda: titles(desktop) == [chat, "Hide my plans", "Call the editor so"],
                     "it is one further down")
        assert [rule["id"] for rule in read_rules(desktop)] == ["chat", "plans", "off"]
        # The row goes on having the keyboard.
        desktop.gone("menu item", "Move down")

        def has_keyboard():
            row = desktop.find("list item", "Hide my plans")
            return desktop.focus() in [row.path] + [node.path for node in row.below()]
        desktop.wait(has_keyboard, "it has the keyboard")
        desktop.keys("alt+Down")
        desktop.wait(lambda: titles(desktop) == [chat, "Call the editor so", "Hide my plans"],
                     "it is the last")
        desktop.wait(has_keyboard, "it still has the keyboard")
        desktop.keys("alt+Up")
        desktop.wait(lambda: titles(desktop) == [chat, "Hide my plans", "Call the editor so"],
                     "it is the second")
        menu(desktop, chat, "Move down")
        desktop.wait(lambda: titles(desktop)[0] == "Hide my plans", "it is the first again")
        desktop.press("button", "More about “Hide my plans”")
        assert "sensitive" not in desktop.find("menu item", "Move up").states


def removes_one():
    with Desktop() as desktop:
        start(desktop, *RULES)
        menu(desktop, "Hide my plans", "Remove…")
        desktop.reads("What it kept back is published then")
        desktop.press("button", "Cancel")
        desktop.gone("button", "Cancel")
        assert read_rules(desktop) == RULES
        menu(desktop, "Hide my plans", "Remove…")
        desktop.press("button", "Remove")
        until(lambda: read_rules(desktop) == RULES[1:], "it is gone")
        desktop.wait(lambda: "Hide my plans" not in titles(desktop), "it is shown")


def loses_nobodys_change():
    with Desktop() as desktop:
        start(desktop, *RULES)
        menu(desktop, "Hide my plans", "Edit…")
        field = desktop.find("text box", re.compile("^Pattern"))
        # Meanwhile somebody adds a rule by the command line: both are kept.
        extra = {"id": "extra", "match": "any", "action": "hide", "target": "url"}
        write_rules(desktop, *RULES, extra)
        desktop.write(field, "*plans*")
        desktop.wait(lambda: can_save(desktop), "it can be saved")
        desktop.press("button", "Save")
        desktop.gone("button", "Save")
        changed = dict(RULES[0], pattern="*plans*")
        assert read_rules(desktop) == [changed] + RULES[1:] + [extra], read_rules(desktop)
        # The same rule: the person is told, and nothing is overwritten.
        menu(desktop, "Hide my plans", "Edit…")
        field = desktop.find("text box", re.compile("^Pattern"))
        desktop.wait(lambda: can_save(desktop), "it can be saved")
        place = desktop.same(field).extents
        other = dict(changed, pattern="*somebody else's*")
        write_rules(desktop, other)
        desktop.write(field, "*mine*")
        desktop.reads("This rule was changed or removed elsewhere. Look at it again")
        assert desktop.same(field).extents == place, "it moved under the hand"
        assert not can_save(desktop)
        assert read_rules(desktop) == [other]


def shows_what_would_leave():
    with Desktop() as desktop:
        start(desktop, *RULES)
        rows = desktop.find("list", "Preview")
        # Who listens is told what others see struck out.
        plan = desktop.find("list item", re.compile("Editor · plan for May"), within=rows)
        assert plan.description == ("Published, changed: “Hide my plans”: app Editor, "
                                    "title hidden"), plan.description
        talk = desktop.find("list item", re.compile("Signal · A private talk"), within=rows)
        assert talk.description == "Not published: “Drop events, where app is “Signal””", \
            talk.description
        news = desktop.find("list item", re.compile("Firefox · News"), within=rows)
        assert news.description == "Published as it is: app Firefox, title News"
        # Rules of one scope; and a change is shown at once.
        write_rules(desktop, dict(RULES[1], scope="presence"))
        desktop.find("list item", re.compile("Signal · A private talk"),
                     is_wanted=lambda node: node.description.startswith("Published as it is"))
        desktop.press("button", "Live status")
        desktop.find("list item", re.compile("Signal · A private talk"),
                     is_wanted=lambda node: node.description.startswith("Not published"))
        # Another bucket.
        choose(desktop, "Events of", 0)
        desktop.find("list item", re.compile("not-afk"), within=desktop.find("list", "Preview"))


def shows_what_left():
    with Desktop() as desktop:
        start(desktop, *RULES)
        desktop.reads("kept in memory only")
        rows = desktop.find("list", "What left lately")
        left = [node.name for node in rows.children if node.role == "list item"]
        events = [" · ".join(data.values()) for data in held(desktop, WINDOW)]
        assert len(events) == 5 and "Editor" in events and "Firefox · News" in events, events
        for event in events:
            assert event in left, (event, left)
        assert not any("private talk" in name or "plan for May" in name for name in left), left
        desktop.heartbeat(WINDOW, {"app": "Player", "title": "A song"})
        desktop.call("SyncNow")
        desktop.find("list item", "Player · A song", within=desktop.find("list",
                                                                         "What left lately"))
        desktop.find("list item", "Live status: active · Player · A song")


def shows_a_broken_rule():
    with Desktop() as desktop:
        store_rules(desktop, json.dumps({"version": 1, "rules": [
            {"id": "a", "name": "Mine", "where": {"type": "currentwindow"}, "field": "title",
             "match": "regex", "pattern": "(", "action": "drop"}, RULES[1]]}))
        start_broken(desktop)
        desktop.reads("Broken: the pattern is no regular expression",
                      "The buckets it concerns are not published until it is mended")
        menu(desktop, "Mine", "Edit…")
        desktop.reads("This can’t be saved")
        desktop.write(desktop.find("text box", "Regular expression"), "mine")
        desktop.wait(lambda: can_save(desktop), "it is good")
        desktop.press("button", "Save")
        until(lambda: read_rules(desktop)[0]["pattern"] == "mine", "it is mended")
        desktop.wait(lambda: "Broken" not in desktop.read(), "nothing is broken")
        assert desktop.get("State") != "trouble" or "rule" not in desktop.get("Trouble")


def start_broken(desktop):
    begin(desktop)
    use_apps(desktop)
    until(lambda: desktop.get("Buckets"), "the buckets")
    desktop.open_page("Privacy")


def leaves_rules_of_another_version_alone():
    with Desktop() as desktop:
        text = '{"version":7,"rules":[{"id":"a"}]}'
        store_rules(desktop, text)
        start_broken(desktop)
        desktop.reads("The privacy rules can’t be understood", "version 7",
                      "Nothing is published until they can be")
        desktop.press("button", "Save a copy…")
        desktop.press("button", "Save")
        desktop.reads("The rules are saved in a file")
        path = desktop.path("privacy-rules.json")
        with open(path, encoding="utf-8") as file:
            assert file.read() == text
        assert os.stat(path).st_mode & 0o777 == 0o600
        desktop.press("button", "Start without rules…")
        desktop.reads("are lost unless you saved a copy")
        desktop.press("button", "Cancel")
        desktop.gone("button", "Cancel")
        assert desktop.call("GetRules")[0] == text
        desktop.press("button", "Start without rules…")
        desktop.press("button", "Remove the rules")
        until(lambda: read_rules(desktop) == [], "they are gone")
        desktop.reads("There are none yet")


def says_so_while_nothing_left():
    with Desktop() as desktop:
        start_broken(desktop)
        desktop.reads("There is no destination: nothing leaves this computer.")


run_tests([
    ("/window/privacy/adds-a-preset", adds_a_preset),
    ("/window/privacy/makes-a-rule", makes_a_rule),
    ("/window/privacy/edits-a-rule", edits_a_rule),
    ("/window/privacy/says-what-is-wrong", says_what_is_wrong),
    ("/window/privacy/switches-one-off", switches_one_off),
    ("/window/privacy/changes-the-order", changes_the_order_by_keyboard),
    ("/window/privacy/removes-one", removes_one),
    ("/window/privacy/loses-nobody-s-change", loses_nobodys_change),
    ("/window/privacy/shows-what-would-leave", shows_what_would_leave),
    ("/window/privacy/shows-what-left", shows_what_left),
    ("/window/privacy/shows-a-broken-rule", shows_a_broken_rule),
    ("/window/privacy/leaves-rules-of-another-version-alone",
     leaves_rules_of_another_version_alone),
    ("/window/privacy/says-so-while-nothing-left", says_so_while_nothing_left),
])
