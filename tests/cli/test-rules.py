# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""heliographctl rules and preview, against the real agent."""

import json
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "agent"))
from world import AFK, BUILD, WINDOW, World, run_tests, until  # noqa: E402

CTL = os.path.join(BUILD, "src", "cli", "heliographctl")


class Cli:
    def __init__(self, world):
        self.world = world
        world.start_aw()
        world.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
        world.make_bucket(AFK, "afkstatus", "aw-watcher-afk")
        for number in range(4):
            world.heartbeat(WINDOW, {"app": "Editor", "title": "letter %d\x1b[2J" % number},
                            90 - 10 * number, 5)
        world.environment["HELIOGRAPH_AW_URL"] = "http://127.0.0.1:%d" % world.aw_port()
        world.environment["HELIOGRAPH_BUCKETS"] = WINDOW
        world.start_agent("--settings", world.path("agent.ini"))
        until(lambda: world.get("Buckets"), "the buckets")

    def run(self, *words, code=0, given=""):
        answer = subprocess.run([CTL, *words], env=self.world.environment, input=given,
                                capture_output=True, text=True, timeout=60)
        assert answer.returncode == code, (words, answer)
        return answer.stdout if code == 0 else answer.stdout + answer.stderr

    def rules(self):
        return json.loads(self.run("rules", "export"))["rules"]


def changes_rules():
    with World() as world:
        cli = Cli(world)
        assert "rules preset" in cli.run("rules", "list")
        assert cli.rules() == []
        assert "rule-1" in cli.run("rules", "add", "--field", "app", "--exact", "Signal",
                                   "--drop", "--name", "No Signal")
        cli.run("rules", "add", "--field", "title", "--regex", r"^(\w+) \d", "--replace", "title",
                "--with", r"\1", "--scope", "history", "--match-case", "--type", "currentwindow")
        cli.run("rules", "add", "--rename", "Word", "--except-type", "web.*", "--first",
                "--id", "word")
        assert cli.rules() == [
            {"id": "word", "where": {"except_type": "web.*"}, "match": "any", "action": "rename",
             "with": "Word"},
            {"id": "rule-1", "name": "No Signal", "field": "app", "match": "exact",
             "pattern": "Signal", "action": "drop"},
            {"id": "rule-2", "where": {"type": "currentwindow"}, "field": "title",
             "match": "regex", "pattern": r"^(\w+) \d", "match_case": True, "action": "replace",
             "target": "title", "with": r"\1", "scope": "history"}], cli.rules()
        table = cli.run("rules", "list")
        assert "No Signal" in table and "Everything but browser tabs" in table \
            and "history only" in table, table
        cli.run("rules", "move", "word", "3")
        assert [rule["id"] for rule in cli.rules()] == ["rule-1", "rule-2", "word"]
        cli.run("rules", "disable", "1", "word")
        assert [rule.get("enabled", True) for rule in cli.rules()] == [False, True, False]
        cli.run("rules", "enable", "word")
        cli.run("rules", "remove", "word", "1")
        assert [rule["id"] for rule in cli.rules()] == ["rule-2"]
        listed = json.loads(cli.run("rules", "list", "--json"))
        assert listed["problems"] == [] and listed["rules"]["rules"] == cli.rules()


def loses_no_change_of_others():
    with World() as world:
        cli = Cli(world)
        cli.run("rules", "list")
        adding = [subprocess.Popen([CTL, "rules", "add", "--id", "n%d" % number, "--field", "app",
                                    "--exact", "x", "--drop"], env=world.environment,
                                   stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
                  for number in range(12)]
        said = [process.communicate(timeout=60)[1] for process in adding]
        done = {"n%d" % number for number, process in enumerate(adding) if process.returncode == 0}
        assert done and {rule["id"] for rule in cli.rules()} == done, (done, cli.rules())
        for process, text in zip(adding, said):
            assert process.returncode in (0, 1), process.returncode
            assert process.returncode == 0 or "look at them again" in text, text


def refuses_what_is_wrong():
    with World() as world:
        cli = Cli(world)
        for words, what in ((("--field", "app", "--exact", "x"), "--drop"),
                            (("--drop", "--hide", "title"), "--drop"),
                            (("--hide", "a", "--keep", "b"), "go together"),
                            (("--glob", "a", "--exact", "b", "--drop"), "go together"),
                            (("--type", "a", "--bucket", "b", "--drop"), "only one")):
            assert what in cli.run("rules", "add", *words, code=2), words
        for words, what in ((("--glob", "x", "--drop"), "needs “field”"),
                            (("--field", "a", "--regex", "(", "--drop"), "regular expression"),
                            (("--replace", "title"), "needs “with”"),
                            (("--drop", "--id", "A B"), "“id” must be"),
                            (("--drop", "--scope", "all"), "“scope” must be")):
            assert what in cli.run("rules", "add", *words, code=1), words
        assert cli.rules() == []
        cli.run("rules", "add", "--drop", "--id", "a")
        assert "another rule" in cli.run("rules", "add", "--drop", "--id", "a", code=1)
        for words in (("remove", "b"), ("enable", "2"), ("move", "b", "1")):
            assert "there is no rule" in cli.run("rules", *words, code=1)
        cli.run("rules", "move", "a", "2", code=2)
        assert "no preset" in cli.run("rules", "preset", "nothing", code=2)
        cli.run("preview", "--scope", "both", code=2)
        cli.run("preview", "--limit", "0", code=2)
        assert "no bucket" in cli.run("preview", "--bucket", "nothing", code=1)


def moves_files():
    with World() as world:
        cli = Cli(world)
        cli.run("rules", "preset", "domains-only")
        text = cli.run("rules", "export")
        assert len(json.loads(text)["rules"]) == 2
        # Once more is no more.
        cli.run("rules", "preset", "domains-only")
        assert cli.run("rules", "export") == text
        cli.run("rules", "import", "-", given='{"version":1,"rules":[]}')
        assert cli.rules() == []
        with open(world.path("rules.json"), "w", encoding="utf-8") as file:
            file.write(text)
        cli.run("rules", "import", world.path("rules.json"))
        assert cli.run("rules", "export").strip() == text.strip()
        assert "version 9" in cli.run("rules", "import", "-", code=1,
                                      given='{"version":9,"rules":[]}')
        assert "JSON" in cli.run("rules", "import", "-", code=1, given="rubbish")
        cli.run("rules", "import", world.path("nothing.json"), code=1)
        assert cli.run("rules", "export").strip() == text.strip()
        presets = cli.run("rules", "preset")
        assert "private-windows" in presets and "banking" in presets
        cli.run("rules", "preset", "private-windows")
        table = cli.run("rules", "list")
        assert "(browsing|" in table and max(map(len, table.splitlines())) < 140, table


def shows_what_leaves():
    with World() as world:
        cli = Cli(world)
        cli.run("rules", "add", "--field", "title", "--glob", "letter 2*", "--hide", "title",
                "--name", "Hide two")
        shown = cli.run("preview")
        assert WINDOW in shown and "“Hide two”" in shown and "leaves as it is" in shown, shown
        assert "\x1b" not in shown
        events = json.loads(cli.run("preview", "--bucket", WINDOW, "--scope", "presence",
                                    "--json"))
        assert [event["rule"] for event in events] == ["", "Hide two", "", ""]
        assert events[1]["published"] == '{"app":"Editor"}' and "published_duration" in events[1]
        rule = ('{"version":1,"rules":[{"id":"a","match":"any","action":"drop",'
                '"name":"Drop all"}]}')
        shown = cli.run("rules", "test", "-", given=rule)
        assert shown.count("nothing leaves (“Drop all”)") == 4, shown
        assert "Hide two" in cli.run("rules", "test", "--limit", "3")
        assert "is broken" in cli.run("rules", "test", "-", code=1, given=rule.replace(
            "drop", "burn"))
        assert [rule["name"] for rule in cli.rules()] == ["Hide two"]


def says_what_is_broken():
    with World() as world:
        with open(world.path("agent.ini"), "w", encoding="utf-8") as file:
            file.write("[heliograph]\nrules='{\"version\":1,\"rules\":[{\"id\":\"a\","
                       "\"match\":\"any\",\"action\":\"burn\"},7]}'\n")
        cli = Cli(world)
        shown = cli.run("rules", "list", code=5)
        assert "rule “a” is broken" in shown and "burn" in shown, shown
        problems = json.loads(cli.run("rules", "list", "--json"))["problems"]
        assert [one["id"] for one in problems] == ["a", ""], problems
        # The second is no rule at all: it can only go.
        assert "is no rule" in cli.run("rules", "disable", "2", code=1)
        assert "is broken" in cli.run("rules", "remove", "2", code=1)
        cli.run("rules", "remove", "1", "2")
        assert cli.rules() == []


def makes_no_broken_rule_a_good_one():
    with World() as world:
        text = ('{"version":1,"rules":[{"id":"a","match":"any","action":"drop","action":"hide",'
                '"target":"title"},{"id":"b","match":"any","action":"drop","enabled":false}]}')
        with open(world.path("agent.ini"), "w", encoding="utf-8") as file:
            file.write("[heliograph]\nrules='%s'\n" % text)
        cli = Cli(world)
        for words in (("add", "--drop"), ("remove", "b"), ("move", "a", "2"),
                      ("preset", "banking")):
            assert "rules import FILE" in cli.run("rules", *words, code=1), words
        assert cli.run("rules", "export").strip() == text
        listed = json.loads(cli.run("rules", "list", "--json"))
        assert listed["rules"] is None and listed["problems"][0]["id"] == "a", listed


def keeps_its_hands_off_what_it_does_not_know():
    with World() as world:
        text = '{"version":2,"rules":[{"id":"a","match":"any","action":"drop","until":"noon"}]}'
        with open(world.path("agent.ini"), "w", encoding="utf-8") as file:
            file.write("[heliograph]\nrules='%s'\n" % text)
        cli = Cli(world)
        for words in (("add", "--drop"), ("remove", "1"), ("disable", "1"), ("move", "1", "1"),
                      ("preset", "banking")):
            assert "can't be understood" in cli.run("rules", *words, code=1), words
        assert "version 2" in cli.run("rules", "list", code=5)
        assert json.loads(cli.run("rules", "list", "--json"))["rules"] is None
        assert cli.run("rules", "export").strip() == text


run_tests([
    ("/cli/rules/changes-them", changes_rules),
    ("/cli/rules/loses-no-change-of-others", loses_no_change_of_others),
    ("/cli/rules/refuses-what-is-wrong", refuses_what_is_wrong),
    ("/cli/rules/moves-files", moves_files),
    ("/cli/rules/shows-what-leaves", shows_what_leaves),
    ("/cli/rules/says-what-is-broken", says_what_is_broken),
    ("/cli/rules/makes-no-broken-rule-a-good-one", makes_no_broken_rule_a_good_one),
    ("/cli/rules/keeps-its-hands-off-what-it-does-not-know",
     keeps_its_hands_off_what_it_does_not_know),
])
