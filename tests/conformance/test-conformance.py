#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The protocol, as every backend must speak it.

usage: test-conformance.py receiver PROGRAM
       test-conformance.py pocketbase FOLDER              fetched into it, if it is not there
       test-conformance.py http://HOST:PORT TOKEN [READ-TOKEN]
                              one that somebody runs; ALL events of the token's device are deleted
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import backends  # noqa: E402
import conformance  # noqa: E402


def main():
    kind, *rest = sys.argv[1:]
    if kind == 'receiver':
        backend = backends.HeliographServer(rest[0])
    elif kind == 'pocketbase':
        program, why = backends.fetch_pocketbase(rest[0])
        if program is None:
            print(f'1..0 # SKIP skipped: {why}')
            return 0
        backend = backends.PocketBase(program)
    else:
        backend = backends.Somewhere(kind, *rest)
    backend.start()
    try:
        return conformance.run(backend)
    finally:
        backend.close()


sys.exit(main())
