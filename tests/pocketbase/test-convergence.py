#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The convergence test with PocketBase as the receiver.

usage: test-convergence.py PROGRAM FOLDER FROM-TO    PocketBase is fetched into the folder
"""

import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'conformance'))
import backends  # noqa: E402

program, folder, seeds = sys.argv[1:]
pocketbase, why = backends.fetch_pocketbase(folder)
if pocketbase is None:
    print(f'1..0 # SKIP skipped: {why}')
    sys.exit(0)
os.environ.update(HELIOGRAPH_POCKETBASE=os.path.abspath(pocketbase), HELIO_SEEDS=seeds,
                  HELIO_TEST_SERVER=os.path.join(os.path.dirname(os.path.abspath(__file__)),
                                                 'as-receiver.py'))
os.execv(program, [program])
