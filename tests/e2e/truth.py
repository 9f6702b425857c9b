# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""What a destination must hold, worked out from ActivityWatch's own rows and from nothing of ours.

An event is (start, n, duration, data): milliseconds, ordinal, milliseconds, canonical text.
"""

import json


def mend(value):
    """Lone surrogates are no text: each becomes U+FFFD."""
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    if isinstance(value, list):
        return [mend(one) for one in value]
    if isinstance(value, dict):
        return {mend(key): mend(one) for key, one in value.items()}
    return value


def canonical(value):
    """Python orders text by code points, which is the order of its UTF-8 bytes."""
    return json.dumps(mend(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def duration_ms(nanoseconds):
    return max(0, (nanoseconds + 500) // 1000 // 1000)


def expect(rows, now, pauses=()):
    """@rows: of /_test/truth; @now: ms, what begins later waits; @pauses: (from, to), ms."""
    events = []
    for row in rows:
        start = row["start_ns"] // 1000000
        duration = duration_ms(row["duration_ns"])
        if start > now or any(begin <= start < end for begin, end in pauses):
            continue
        for begin, _ in pauses:
            if start < begin < start + duration:
                duration = begin - start
        events.append((start, canonical(row["data"]), duration))
    events.sort()
    numbered = []
    for start, data, duration in events:
        is_tied = numbered and numbered[-1][0] == start
        numbered.append((start, numbered[-1][1] + 1 if is_tied else 0, duration, data))
    return numbered


def received(events):
    """The receiver's answer in the same form; its order is the protocol's: oldest first."""
    return [(one["start"], one.get("n", 0), one["duration"], canonical(one["data"]))
            for one in events]


def difference(wanted, held):
    """None, or a sentence about the first events that differ."""
    if wanted == held:
        return None
    missing, extra = sorted(set(wanted) - set(held)), sorted(set(held) - set(wanted))
    return (f"{len(wanted)} wanted, {len(held)} held, {len(missing)} missing {missing[:3]},"
            f" {len(extra)} extra {extra[:3]}")
