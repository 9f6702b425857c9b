#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Counts test cases in Meson's testlog.json files.

usage: count-cases.py FILE...        prints "PASSED FAILED SKIPPED", and what failed to stderr
       count-cases.py --self-test    writes TAP

A program that speaks TAP counts as its cases; any other as one. A program that did not end well
counts as a failure of its own, unless it told one: crashed, late, silent, or fewer cases than it
had planned.
"""

import itertools
import json
import re
import sys

from tap import report

CASE = re.compile(r"^(not )?ok\b(?:[ \t]+\d+)?(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)(.*)$")
DIRECTIVE = re.compile(r"(?<!\\)#[ \t]*(SKIP|TO" + r"DO)\b", re.IGNORECASE)
# Of what is told with a failure.
MOST, WIDEST = 20, 300


def count_tap(text):
    """(passed, failed, skipped, whether there was TAP at all)"""
    passed = failed = skipped = 0
    planned = None
    for line in text.splitlines():
        plan = PLAN.match(line)
        case = CASE.match(line)
        if plan:
            planned = int(plan.group(1))
            if planned == 0 and DIRECTIVE.search(plan.group(2)):
                skipped += 1
        elif case:
            directive = DIRECTIVE.search(case.group(2))
            if directive:
                skipped += 1
            elif case.group(1):
                failed += 1
            else:
                passed += 1
        elif line.startswith("Bail out!"):
            failed += 1
    seen = passed + failed + (skipped if planned != 0 else 0)
    if planned is not None and seen < planned and failed == 0:
        failed += 1
    return passed, failed, skipped, planned is not None


def count_program(entry):
    """(passed, failed, skipped) of one line of testlog.json"""
    result = entry["result"]
    passed, failed, skipped, is_tap = count_tap(entry.get("stdout") or "")
    if not is_tap:
        passed, failed, skipped = int(result in ("OK", "EXPECTEDFAIL")), 0, int(result == "SKIP")
    if result not in ("OK", "EXPECTEDFAIL", "SKIP") and failed == 0:
        failed = 1
    return passed, failed, skipped


def is_failure(line):
    return line.startswith(("not ok", "Bail out!")) and not DIRECTIVE.search(line)


def tell_near(lines):
    """What stands by a case: as far as the case next to it, some lines, and indented."""
    near = itertools.takewhile(lambda line: not CASE.match(line) and not PLAN.match(line), lines)
    return ["    " + line[:WIDEST] for line in itertools.islice(near, MOST)]


def tell_failures(entry):
    """The program and what it said of a case, with what it wrote before and after it, or how it
    ended."""
    lines = (entry.get("stdout") or "").splitlines()
    told = []
    for number, line in enumerate(lines):
        if is_failure(line):
            told.append(f"{entry['name']}: {line}")
            told += reversed(tell_near(reversed(lines[:number])))
            told += tell_near(lines[number + 1:])
    if not told:
        told = [f"{entry['name']}: {entry['result']}"]
    errors = (entry.get("stderr") or "").splitlines()[-MOST:]
    return told + ["    " + line[:WIDEST] for line in errors]


def count(lines, failures):
    total = [0, 0, 0]
    for line in lines:
        if line.strip():
            entry = json.loads(line)
            counted = count_program(entry)
            total = [a + b for a, b in zip(total, counted)]
            if counted[1]:
                failures += tell_failures(entry)
    return tuple(total)


EXAMPLES = [
    ("counts cases", "OK", "1..3\nok 1 /a\nok 2 /b # SKIP no\nok 3 /c\n", (2, 0, 1)),
    ("counts a failed case", "FAIL", "1..2\nok 1 /a\nnot ok 2 /b\n", (1, 1, 0)),
    ("counts a failed case whatever the result", "OK", "1..1\nnot ok 1 /b\n", (0, 1, 0)),
    ("counts a crash after the last case", "ERROR", "1..2\nok 1 /a\nok 2 /b\n", (2, 1, 0)),
    ("counts a crash in a case", "ERROR", "1..2\nok 1 /a\n", (1, 1, 0)),
    ("counts a bail-out once", "ERROR", "1..2\nok 1 /a\nBail out! ERROR: x\n", (1, 1, 0)),
    ("counts missing cases", "OK", "1..2\nok 1 /a\n", (1, 1, 0)),
    ("counts a time-out", "TIMEOUT", "", (0, 1, 0)),
    ("counts an interrupted program", "INTERRUPT", "1..1\nok 1 /a\n", (1, 1, 0)),
    ("counts a skipped program", "SKIP", "1..0 # SKIP no browser\n", (0, 0, 1)),
    ("counts a program without TAP", "OK", "hello\n", (1, 0, 0)),
    ("counts a failed program without TAP", "FAIL", "", (0, 1, 0)),
    ("counts a skipped program without TAP", "SKIP", "", (0, 0, 1)),
    ("counts a plan at the end", "OK", "ok 1\nok 2 - b\n1..2\n", (2, 0, 0)),
    ("sees no case in other output", "OK", "# ok 1\nokay\n  not ok\n1..1\nok 1 a\n", (1, 0, 0)),
    ("counts a number sign that is no directive", "OK", "1..1\nok 1 - a # b\n", (1, 0, 0)),
]


TOLD = [
    ("tells a failed case", "ok 1 /a\nnot ok 2 /b\nnot ok 3 /c # SKIP no\n", ["x: not ok 2 /b"]),
    ("tells a crash", "ok 1 /a\nBail out! ERROR: y\n", ["x: Bail out! ERROR: y"]),
    ("tells a silent end", "ok 1 /a\n", ["x: ERROR"]),
    ("tells what stands by a case", "ok 1 /a\n# p\nnot ok 2 /b\n# q\nok 3 /c\n# r\n",
     ["x: not ok 2 /b", "    # p", "    # q"]),
    ("tells not too much", "# p\n" * 50 + "not ok 1 /b\n", ["x: not ok 1 /b"] + ["    # p"] * MOST),
]


def self_test():
    cases = []
    for name, result, text, expected in EXAMPLES:
        got = count([json.dumps({"name": name, "result": result, "stdout": text})], [])
        cases.append((name, [] if got == expected else [f"{got} instead of {expected}"]))
    for name, text, expected in TOLD:
        got = tell_failures({"name": "x", "result": "ERROR", "stdout": text})
        cases.append((name, [] if got == expected else [f"{got} instead of {expected}"]))
    return report(cases)


def main(arguments):
    if arguments == ["--self-test"]:
        return self_test()
    total = [0, 0, 0]
    failures = []
    for name in arguments:
        with open(name, encoding="utf-8") as file:
            total = [a + b for a, b in zip(total, count(file, failures))]
    print(*total)
    for line in failures:
        print(line, file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
