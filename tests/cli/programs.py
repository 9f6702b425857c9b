# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""The programs that the command line is tried with, in a folder and on a bus of their own; and TAP.

Which they are the arguments say: CTL AGENT SERVER SAMPLE SCHEMAS.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

CTL, AGENT, SERVER, SAMPLE, SCHEMAS = sys.argv[1:6]
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={}</listen><policy context="default">
<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"""

folder = tempfile.mkdtemp(prefix="heliograph-cli-")
env = {name: value for name, value in os.environ.items() if not name.startswith("HELIOGRAPH_")}
env.update(HOME=folder, GSETTINGS_BACKEND="memory", GSETTINGS_SCHEMA_DIR=SCHEMAS, LC_ALL="C.UTF-8")
for kind in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"):
    env["XDG_" + kind] = os.path.join(folder, kind)
    os.mkdir(env["XDG_" + kind], 0o700)
data = os.path.join(folder, "server")
settings = os.path.join(folder, "agent.ini")
processes = []
results = []


def ok(is_good, name, detail=""):
    results.append(bool(is_good))
    print(f"{'ok' if is_good else 'not ok'} {len(results)} - {name}", flush=True)
    if not is_good:
        print("# " + str(detail).replace("\n", "\n# "), flush=True)


def start(*args):
    process = subprocess.Popen(args, env=env, stdout=subprocess.PIPE, text=True)
    processes.append(process)
    return process


def listening(process):
    return process.stdout.readline().rpartition(" ")[2].strip()


def start_bus():
    config = os.path.join(folder, "bus.conf")
    with open(config, "w", encoding="utf-8") as file:
        file.write(BUS.format(folder))
    env["DBUS_SESSION_BUS_ADDRESS"] = start("dbus-daemon", "--nofork", "--print-address=1",
                                            f"--config-file={config}").stdout.readline().strip()


def run(*args, given="", also=None):
    return subprocess.run(args, env=dict(env, **(also or {})), input=given, capture_output=True,
                          text=True, timeout=120)


def ctl(*args, given=""):
    return run(CTL, *args, given=given)


def server(*args):
    return run(SERVER, "--data", data, *args)


def await_status(is_reached, seconds=90):
    """Asking is the waiting: each time costs a process and a call over the bus."""
    end = time.monotonic() + seconds
    while True:
        answer = ctl("status", "--json")
        status = json.loads(answer.stdout or "{}")
        if is_reached(status):
            return status
        if time.monotonic() > end:
            print("# " + answer.stdout + answer.stderr)
            return None


def is_published(status):
    progress = status.get("progress", [])
    return progress and not status["trouble"] and all(one["done"] for one in progress)


def play(main):
    """Runs it, ends what it started, and the program."""
    try:
        main()
    finally:
        for process in reversed(processes):
            process.terminate()
        for process in processes:
            process.wait(20)
        shutil.rmtree(folder, ignore_errors=True)
    print(f"1..{len(results)}")
    sys.exit(0 if all(results) else 1)
