# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real programs, each in a private folder, on any free port; all end with the Bench."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import threading
import time
import urllib.parse
from datetime import datetime, timezone

import figures

WINDOW = "aw-watcher-window_laptop"
AFK = "aw-watcher-afk_laptop"
BASE = "/api/heliograph/v1"
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={}</listen><policy context="default">
<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"""


class Bench:
    """Holds the paths, the folder, and every process that was started."""

    def __init__(self, paths, is_quick):
        self.paths = paths
        self.is_quick = is_quick
        self.events = 100_000 if is_quick else 1_000_000
        self.window = 10 if is_quick else 60
        self.figures = figures.Figures()
        self.folder = tempfile.mkdtemp(prefix="heliograph-bench-")
        self.processes = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for process in reversed(self.processes):
            self.stop(process)
        shutil.rmtree(self.folder, ignore_errors=True)

    def make_folder(self, name):
        folder = tempfile.mkdtemp(prefix=name + "-", dir=self.folder)
        return folder

    def start(self, *args, env=None, log=None, is_quiet=False):
        """log: a file for what it says; else its standard output can be read, and its errors are
        shown unless it is quiet."""
        with open(log or os.devnull, "ab") as errors:
            process = subprocess.Popen(args, env=env, stdin=subprocess.DEVNULL,
                                       stdout=errors if log else subprocess.PIPE,
                                       stderr=errors if log or is_quiet else None)
        self.processes.append(process)
        return process

    def stop(self, process):
        """Ends a process as a session does; one that does not listen is killed."""
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        if process.stdout is not None:
            process.stdout.close()
        if process in self.processes:
            self.processes.remove(process)
        return process.returncode


def read_address(process):
    line = process.stdout.readline().decode()
    if "http://" not in line:
        raise RuntimeError(f"{process.args[0]} did not start: {line}")
    return line.split("http://")[1].strip()


class Peer:
    """A server that is asked over http."""

    def __init__(self, address):
        self.address = address

    def call(self, method, target, value=None, headers=None):
        connection = http.client.HTTPConnection(self.address, timeout=60)
        try:
            body = None if value is None else json.dumps(value)
            connection.request(method, target, body,
                               {"Content-Type": "application/json", **(headers or {})})
            answer = connection.getresponse()
            return answer.status, answer.read()
        finally:
            connection.close()

    def get(self, target, headers=None):
        status, body = self.call("GET", target, headers=headers)
        if status != 200:
            raise RuntimeError(f"{target}: {status} {body[:200]!r}")
        return body


class Source(Peer):
    """The stand-in for ActivityWatch."""

    def __init__(self, bench, flavour, pace):
        self.flavour = flavour
        self.process = bench.start(
            bench.paths.aw, "--listen", "127.0.0.1:0", "--hostname", "laptop", "--flavour", flavour,
            "--pace", pace, "--generate", "1000", "--events-in", f"{WINDOW}={bench.events}")
        super().__init__(read_address(self.process))

    def get_stats(self):
        return json.loads(self.get("/_test/stats"))

    def reset_stats(self):
        self.call("POST", "/_test/stats/reset", {})

    def count(self, bucket):
        return int(self.get(f"/api/0/buckets/{bucket}/events/count"))

    def beat(self, bucket, data, pulsetime):
        """A heartbeat of now; the status it was answered with."""
        at = datetime.now(timezone.utc).isoformat(timespec="milliseconds")
        return self.call("POST", f"/api/0/buckets/{bucket}/heartbeat?pulsetime={pulsetime}",
                         {"timestamp": at, "duration": 0, "data": data})[0]

    def list_newest(self, bucket, limit):
        """{start in ms: (duration in ms, data)}"""
        events = {}
        target = f"/api/0/buckets/{bucket}/events?limit={limit}"
        for event in json.loads(self.get(target)):
            at = datetime.fromisoformat(event["timestamp"].replace("Z", "+00:00"))
            start = round(at.timestamp() * 1000)
            events[start] = (int(round(event["duration"] * 1e6) // 1000), event["data"])
        return events


class Watcher(threading.Thread):
    """Sends a heartbeat each second, as watchers do, and notes what became of it."""

    def __init__(self, source):
        super().__init__(daemon=True)
        self.source = source
        self.ended = threading.Event()
        self.sent = self.lost = 0
        self.longest = 0.0

    def run(self):
        due = time.monotonic()
        while not self.ended.wait(max(0, due - time.monotonic())):
            due += 1
            begun = time.monotonic()
            try:
                is_taken = self.source.beat(AFK, {"status": "not-afk"}, 185) == 200
            except OSError:
                is_taken = False
            self.longest = max(self.longest, time.monotonic() - begun)
            self.sent += 1
            self.lost += not is_taken

    def end(self):
        self.ended.set()
        self.join()


class Receiver(Peer):
    def __init__(self, bench):
        self.bench = bench
        self.data = bench.make_folder("receiver")
        self.start("127.0.0.1:0")
        self.token = subprocess.run(
            [bench.paths.server, "--data", self.data, "token", "add", "laptop"],
            stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
        subprocess.run([bench.paths.server, "--data", self.data, "device", "set", "laptop",
                        "--public", "activity"], stdout=subprocess.DEVNULL, check=True)

    def start(self, listen):
        self.process = self.bench.start(self.bench.paths.server, "--data", self.data, "--listen",
                                        listen)
        super().__init__(read_address(self.process))

    def stop(self):
        self.bench.stop(self.process)

    def ask(self, target):
        return json.loads(self.get(BASE + target, {"Authorization": f"Bearer {self.token}"}))

    def count(self, bucket):
        counts = {one["id"]: one["count"] for one in self.ask("/buckets")}
        return counts.get(bucket, 0)

    def list_since(self, bucket, since):
        """As Source.list_newest."""
        answer = self.ask(f"/events?bucket={urllib.parse.quote(bucket)}&from={since}&limit=1000")
        return {one["start"]: (one["duration"], one["data"]) for one in answer["events"]}

    def count_requests(self):
        for line in self.get("/metrics", {"Authorization": f"Bearer {self.token}"}).decode().splitlines():
            if line.startswith("heliograph_requests_total "):
                return int(line.split()[1])
        raise RuntimeError("the receiver counts no requests")


class Agent:
    """An agent's own folder and environment; once() and start() run it there."""

    def __init__(self, bench, source, receiver, buckets):
        self.bench = bench
        self.folder = bench.make_folder("agent")
        self.log = os.path.join(self.folder, "log")
        self.process = None
        env = {name: value for name, value in os.environ.items()
               if not name.startswith(("HELIOGRAPH_", "XDG_", "DBUS_"))}
        env.update(HOME=self.folder, GSETTINGS_BACKEND="memory", no_proxy="127.0.0.1",
                   GSETTINGS_SCHEMA_DIR=bench.paths.schemas)
        for name in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"):
            env["XDG_" + name] = os.path.join(self.folder, name)
            os.mkdir(env["XDG_" + name], 0o700)
        token = os.path.join(self.folder, "token")
        with open(token, "w", encoding="ascii",
                  opener=lambda path, flags: os.open(path, flags, 0o600)) as file:
            file.write(receiver.token)
        self.bare = dict(env, HELIOGRAPH_AW_URL="http://" + source.address)
        self.env = dict(self.bare, HELIOGRAPH_URL="http://" + receiver.address,
                        HELIOGRAPH_TOKEN_FILE=token, HELIOGRAPH_BUCKETS=",".join(buckets),
                        HELIOGRAPH_LEVEL="app")

    def args(self, *more):
        return [self.bench.paths.agent, "--settings", os.path.join(self.folder, "agent.ini"), *more]

    def set_rules(self, text):
        """Privacy rules, as an editor would put them into the file of settings."""
        value = text.replace("\\", "\\\\").replace("'", "\\'")
        with open(os.path.join(self.folder, "agent.ini"), "w", encoding="utf-8") as file:
            file.write(f"[heliograph]\nrules='{value}'\n")

    def once(self):
        """Runs it to its end: (wall s, CPU s, peak RSS in MiB, what it said)."""
        begun = time.monotonic()
        process = self.bench.start(*self.args("--once"), env=self.env)
        descriptor = os.pidfd_open(process.pid)
        peak = 0.0
        try:
            # Looked at each 20 ms, it needed 1.5 s CPU instead of 1.3 s where it mostly waits.
            while not figures.pause(0.2, descriptor):
                peak = max(peak, figures.memory(process.pid, "VmHWM"))
            wall = time.monotonic() - begun
        finally:
            os.close(descriptor)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        text = process.stdout.read().decode()
        self.bench.stop(process)
        if process.returncode != 0:
            raise RuntimeError(f"the agent ended with {process.returncode}: {text}")
        return wall, usage.ru_utime + usage.ru_stime, peak, text

    def list_ledger(self):
        return [os.path.join(where, name)
                for where, _, names in os.walk(self.folder) for name in names
                if name.startswith("ledger.db")]

    def start_bus(self):
        config = os.path.join(self.folder, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS.format(self.folder))
        bus = self.bench.start("dbus-daemon", "--nofork", "--print-address=1",
                               f"--config-file={config}", is_quiet=True)
        address = bus.stdout.readline().decode().strip()
        self.bare["DBUS_SESSION_BUS_ADDRESS"] = self.env["DBUS_SESSION_BUS_ADDRESS"] = address

    def start(self, env=None):
        self.process = self.bench.start(*self.args(), env=env or self.env, log=self.log)
        return self.process.pid

    def stop(self):
        return self.bench.stop(self.process)

    def read_log(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return "".join(file.readlines()[-20:])

    def ctl(self, *args):
        return subprocess.run([self.bench.paths.ctl, *args], env=self.env, capture_output=True,
                              text=True, timeout=300, check=False)

    def get_status(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the agent ended: {self.read_log()}")
        answer = self.ctl("status", "--json")
        return json.loads(answer.stdout) if answer.stdout else {}
