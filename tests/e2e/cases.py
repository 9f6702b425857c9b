# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What the rooms of cases add theirs to."""

CASES = {}


def case(name, seconds):
    """@seconds: about how long it takes; the longest begin first."""
    def add(function):
        CASES[name] = (seconds, function)
        return function
    return add
