#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""From ActivityWatch to the receiver, whatever happens on the way.

usage: test-e2e.py CTL AGENT SERVER SAMPLE SCHEMAS [PART-OF-A-NAME...]
       test-e2e.py CTL AGENT SERVER SAMPLE SCHEMAS --case NAME    one case, in this process

SERVER may be "pocketbase:FOLDER": then a real PocketBase, fetched into that folder, takes its place.
Each case is a process with a folder, a bus and servers of its own; several run at a time, those
that take longest first.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
import traceback

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import cases_history  # noqa: E402,F401
import cases_live  # noqa: E402,F401
import cases_source  # noqa: E402,F401
import cases_user  # noqa: E402,F401
from cases import CASES  # noqa: E402
from world import IS_SLOW, World, backends  # noqa: E402

AT_A_TIME = 4 if IS_SLOW else 10
LONGEST = 600 if IS_SLOW else 200
# What mostly waits is left out where all is slow.
MOST = 60 if IS_SLOW else LONGEST


def run_one(programs, name):
    folder = tempfile.mkdtemp(prefix="heliograph-e2e-")
    world = World(programs, folder)
    code = 0
    try:
        CASES[name][1](world)
    except Exception:
        code = 1
        problem = traceback.format_exc()
        world.show_logs()
        for line in problem.splitlines():
            print("# " + line)
    sys.stdout.flush()
    world.errors.close()
    shutil.rmtree(folder, ignore_errors=True)
    return code


def run_child(programs, name, done):
    """The case leads a group: whatever it left running ends with it."""
    begin = time.monotonic()
    process = subprocess.Popen([sys.executable, "-B", __file__, *programs, "--case", name],
                               stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                               start_new_session=True)
    late = threading.Timer(LONGEST, os.killpg, (process.pid, signal.SIGKILL))
    late.start()
    lines = []
    for line in process.stdout:
        lines.append(line)
        if line == "# end\n":
            break
    late.cancel()
    code = None
    if lines and lines[-1] == "# end\n":
        code = int(lines[-2].split()[-1])
        del lines[-2:]
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.stdout.close()
    process.wait()
    done(name, code, time.monotonic() - begin, lines)


def run_all(programs, names):
    print(f"1..{len(names)}", flush=True)
    lock = threading.Lock()
    slots = threading.Semaphore(AT_A_TIME)
    results = []

    def done(name, code, seconds, lines):
        with lock:
            results.append(code)
            for line in lines:
                print(line if line.startswith("#") else "# " + line, end="")
            print(f"# {seconds:.1f} s")
            print(f"{'ok' if code == 0 else 'not ok'} {len(results)} - {name}", flush=True)
        slots.release()

    threads = []
    for name in sorted(names, key=lambda name: -CASES[name][0]):
        slots.acquire()
        threads.append(threading.Thread(target=run_child, args=(programs, name, done)))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return any(code != 0 for code in results)


def main():
    words, rest = sys.argv[1:6], sys.argv[6:]
    if words[2].startswith("pocketbase:"):
        words[2], why = backends.fetch_pocketbase(words[2].partition(":")[2])
        if words[2] is None:
            print(f"1..0 # SKIP skipped: {why}")
            return
    programs = [os.path.abspath(word) for word in words]
    if rest[:1] == ["--case"]:
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        print(f"# code {run_one(programs, rest[1])}\n# end", flush=True)
        os._exit(0)
    names = [name for name, (seconds, _) in CASES.items()
             if seconds <= MOST and (not rest or any(part in name for part in rest))]
    sys.exit(run_all(programs, names))


main()
