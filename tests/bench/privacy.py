# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What privacy rules cost a backfill: with twenty regular expressions, and without any."""

import glob
import json
import os
import sqlite3

from programs import WINDOW, Agent, Receiver, Source

ROUNDS = 3

# As people write them; some match events of the stand-in.
PATTERNS = (
    r"private browsing", r"\bincognito\b", r"\binprivate\b",
    r"^(keepassxc|bitwarden|1password)\b", r"\b(online )?banking\b", r"paypal|stripe|wise\.com",
    r"^confidential: ", r"\bsalary\b", r"[\w.]+@example\.org", r"\b\d{4} \d{4} \d{4} \d{4}\b",
    r"project (falcon|condor)", r"^re: .*doctor", r"health|clinic|hospital",
    r"(tinder|bumble|okcupid)", r"\.kdbx\b", r"id_(rsa|ed25519)", r"^letter to (.*)",
    r"whatsapp|signal|telegram", r"invoice[ _-]?\d+", r"^budget for (.*)$",
)

def write_rules():
    return json.dumps({"version": 1, "rules": [
        {"id": f"r{number}", "field": "title", "match": "regex", "pattern": pattern,
         "action": "hide"} for number, pattern in enumerate(PATTERNS)]})


def read_titles(receiver):
    """(different data, events without a title) in the file of a receiver that has ended"""
    path = glob.glob(os.path.join(receiver.data, "*.sqlite"))[0]
    store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return store.execute(
            "SELECT count(DISTINCT data), sum(data NOT LIKE '%\"title\"%') FROM event").fetchone()
    finally:
        store.close()


def publish(bench, source, rules):
    """A backfill into a fresh receiver: (wall s, CPU s and peak MiB of
    the agent, what the receiver holds)"""
    receiver = Receiver(bench)
    agent = Agent(bench, source, receiver, [WINDOW])
    if rules:
        agent.set_rules(rules)
    wall, cpu, peak, _ = agent.once()
    if receiver.count(WINDOW) != bench.events:
        raise RuntimeError(f"the receiver holds {receiver.count(WINDOW)} events")
    receiver.stop()
    return wall, cpu, peak, read_titles(receiver)


def run(bench):
    name = "backfill, rust, unpaced"
    source = Source(bench, "rust", "none")
    rules = write_rules()
    plain, ruled = [], []
    # In turns, and each first as often: a neighbour who is loud for a while disturbs both.
    for number in range(ROUNDS):
        order = ((plain, None), (ruled, rules)) if number % 2 == 0 \
            else ((ruled, rules), (plain, None))
        for seen, some in order:
            seen.append(publish(bench, source, some))
    bench.stop(source.process)
    distinct, without = plain[0][3]
    hidden = ruled[0][3][1]
    if without != 0 or hidden == 0:
        raise RuntimeError(f"{without} events have no title without rules, {hidden} with them")
    say = bench.figures.say
    say(f"{name}, different titles", distinct)
    say(f"{name}, titles hidden by 20 regex rules", hidden)
    for place, what in enumerate(("wall", "agent CPU")):
        least = [min(one[place] for one in seen) for seen in (plain, ruled)]
        say(f"{name}, without rules, {what}", least[0], "s")
        say(f"{name}, with 20 regex rules, {what}", least[1], "s")
        say(f"{name}, with 20 regex rules, {what}, times as much", least[1] / least[0])
    say(f"{name}, with 20 regex rules, agent peak RSS", max(one[2] for one in ruled), "MiB",
        most=40)
    say(f"{name}, with 20 regex rules, rate, part of that without",
        min(one[0] for one in plain) / min(one[0] for one in ruled), least=0.8)
