# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""TAP, for scripts that look for what is wrong with files."""


def report(cases):
    """Writes it. A case is its name, and a list of problems or a function that makes one.

    Returns the exit code.
    """
    failed = False
    print(f"1..{len(cases)}")
    for number, (name, problems) in enumerate(cases, 1):
        problems = list(problems() if callable(problems) else problems)
        failed |= bool(problems)
        if "# SKIP" not in name:
            name = name.replace("#", "")
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}")
    return 1 if failed else 0
