#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""PocketBase, spoken to as heliograph-server is, for tests that start a receiver themselves.

usage: as-receiver.py --data FOLDER --listen HOST:PORT     port 0 is any; says where it listens
       as-receiver.py --data FOLDER token|device WORD...

HELIOGRAPH_POCKETBASE is the program.
"""

import os
import select
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), '..', 'conformance'))
import backends  # noqa: E402


def tell_when_open(host, port, parent):
    """In a process of its own, so that PocketBase is the one that was started."""
    while not backends.is_open(port):
        if os.getppid() != parent:
            return
        select.select([], [], [], 0.02)
    print(f'listening on http://{host}:{port}', flush=True)


def main():
    words = sys.argv[1:]
    assert words[0] == '--data'
    base = backends.list_words(os.environ['HELIOGRAPH_POCKETBASE'], words[1])
    if words[2] != '--listen':
        os.execv(base[0], [*base, f'heliograph-{words[2]}', *words[3:]])
    host, port = words[3].split(':')
    port = int(port) or backends.free_port()
    parent = os.getpid()
    if os.fork() == 0:
        tell_when_open(host, port, parent)
        os._exit(0)
    os.dup2(2, 1)
    os.execv(base[0], [*base, 'serve', '--http', f'{host}:{port}'])


main()
