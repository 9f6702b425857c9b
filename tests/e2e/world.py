# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""One world for one case: a stand-in ActivityWatch, the real receiver, the real agent, a bus."""

import http.client
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.parse

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "aw"))
sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "conformance"))
import backends  # noqa: E402
from standin import Standin  # noqa: E402
import truth  # noqa: E402

BASE = "/api/heliograph/v1"
WINDOW = "aw-watcher-window_laptop"
AFK = "aw-watcher-afk_laptop"
ID = "home"
# With sanitizers all takes longer, and says nothing about how long it should take.
IS_SLOW = "HELIOGRAPH_TEST_SLOW" in os.environ
PATIENCE = 6 if IS_SLOW else 2
BUS = """<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig><type>session</type><listen>unix:dir={}</listen><policy context="default">
<allow send_destination="*"/><allow receive_sender="*"/><allow own="*"/></policy></busconfig>"""


def now_ms():
    return time.time_ns() // 1000000


def until(condition, seconds, what):
    """Asks until the answer is true; returns it. A loaded machine is given more time."""
    seconds *= PATIENCE
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what() if callable(what) else what}")
        select.select([], [], [], 0.1)


def check_time(took, most, what):
    """A promise about time, as far as this run can judge it."""
    assert IS_SLOW or took <= most, f"{what} took {took:.1f} s, not {most}"


def remain(process, seconds):
    """Whether the process still runs after that time."""
    try:
        process.wait(seconds)
        return False
    except subprocess.TimeoutExpired:
        return True


class Aw(Standin):
    """The stand-in, at one address over all its lives."""

    def __init__(self, world, program, options):
        self.world = world
        self.program = program
        self.options = list(options)
        self.port = backends.free_port()
        self.address = f"127.0.0.1:{self.port}"
        self.process = None

    def start(self, *more):
        self.process = subprocess.Popen(
            [self.program, "--listen", self.address, *self.options, *more],
            stdout=subprocess.PIPE, text=True, env=self.world.env)
        line = self.process.stdout.readline()
        assert line.startswith("listening on"), "the stand-in did not start: " + line

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(20)

    def buckets(self):
        return sorted(self.api("buckets/"))

    def add_bucket(self, bucket, kind, hostname="laptop"):
        answer = self.post("/api/0/buckets/" + urllib.parse.quote(bucket),
                           {"client": "test", "type": kind, "hostname": hostname})
        assert answer.status in (200, 304), answer.body

    def insert(self, bucket, events):
        """@events: (start ms, duration s, data)."""
        listed = [{"timestamp": iso(start), "duration": duration, "data": data}
                  for start, duration, data in events]
        answer = self.post(f"/api/0/buckets/{urllib.parse.quote(bucket)}/events", listed)
        assert answer.status == 200, answer.body

    def heartbeat(self, bucket, data, at=None, pulsetime=5):
        answer = self.post(
            f"/api/0/buckets/{urllib.parse.quote(bucket)}/heartbeat?pulsetime={pulsetime}",
            {"timestamp": iso(now_ms() if at is None else at), "duration": 0, "data": data})
        assert answer.status == 200, answer.body

    def truth(self, bucket):
        return self.control("truth?bucket=" + urllib.parse.quote(bucket))


def iso(ms):
    whole = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(ms // 1000))
    return f"{whole}.{ms % 1000:03d}000+00:00"


class Receiver:
    """heliograph-server with its data, at one address over all its lives."""

    def __init__(self, world, program):
        self.world = world
        self.program = program
        self.data = os.path.join(world.folder, "receiver")
        self.port = backends.free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = None
        self.token = None

    def command(self, *words):
        return subprocess.run([self.program, "--data", self.data, *words], env=self.world.env,
                              capture_output=True, text=True, check=True,
                              timeout=60).stdout.strip()

    def add_token(self, name="laptop"):
        self.token = self.command("token", "add", name)
        return self.token

    def start(self):
        self.process = subprocess.Popen(
            [self.program, "--data", self.data, "--listen", f"127.0.0.1:{self.port}"],
            stdout=subprocess.PIPE, stderr=self.world.errors, text=True, env=self.world.env)
        line = self.process.stdout.readline()
        assert line.startswith("listening on"), "the receiver did not start: " + line

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait(20)

    def view(self):
        return Viewer(self.port)

    def get(self, path="", **query):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        target = BASE + path + ("?" + urllib.parse.urlencode(query) if query else "")
        connection.request("GET", target, headers={"Authorization": "Bearer " + self.token})
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        assert answer.status == 200, (target, answer.status, text)
        return json.loads(text)

    def seq(self):
        return self.get()["seq"]

    def counts(self):
        return {one["id"]: one["count"] for one in self.get("/buckets")}

    def events(self, bucket):
        held = []
        query = {"bucket": bucket, "limit": 10000}
        while True:
            answer = self.get("/events", **query)
            held += answer["events"]
            if answer["next"] is None:
                return truth.received(held)
            query["cursor"] = answer["next"]


class Viewer:
    """A visitor's page: listens to the live stream."""

    def __init__(self, port):
        self.seen = []
        self.changed = threading.Condition()
        self.socket = socket.create_connection(("127.0.0.1", port), 120)
        self.socket.sendall(f"GET {BASE}/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n".encode())
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        with self.socket.makefile("rb") as stream:
            for line in stream:
                at = line.find(b"data:")
                if at < 0:
                    continue
                device = json.loads(line[at + 5:])
                with self.changed:
                    self.seen.append((time.monotonic(), device))
                    self.changed.notify_all()

    def wait(self, is_wanted, seconds, what):
        """When the newest it was told was what is wanted."""
        with self.changed:
            if not self.changed.wait_for(lambda: self.seen and is_wanted(self.seen[-1][1]),
                                         seconds * PATIENCE):
                raise AssertionError(f"a viewer did not see within {seconds} s: {what}; "
                                     f"but {self.seen[-1:]}")
            return self.seen[-1][0]


class Watcher:
    """Sends heartbeats as a window and an afk watcher do, until told to stop."""

    def __init__(self, aw, data):
        self.aw = aw
        self.data = data
        self.lock = threading.Lock()
        self.end, self.begin = socket.socketpair()
        aw.add_bucket(WINDOW, "currentwindow")
        aw.add_bucket(AFK, "afkstatus")
        self.beat()
        self.thread = threading.Thread(target=self.run, daemon=True)
        self.thread.start()

    def beat(self, data=None):
        with self.lock:
            if data is not None:
                self.data = data
            self.aw.heartbeat(WINDOW, self.data)
            self.aw.heartbeat(AFK, {"status": "not-afk"}, pulsetime=185)

    def run(self):
        while not select.select([self.end], [], [], 1)[0]:
            self.beat()

    def stop(self):
        self.begin.send(b"x")
        self.thread.join()


class PocketBase(Receiver):
    """A real PocketBase with the add-on, in place of heliograph-server."""

    def list_words(self):
        return backends.list_words(self.program, self.data)

    def command(self, *words):
        return subprocess.run([*self.list_words(), "heliograph-" + words[0], *words[1:]],
                              env=self.world.env, capture_output=True, text=True, check=True,
                              timeout=60).stdout.strip()

    def start(self):
        self.process = subprocess.Popen(
            [*self.list_words(), "serve", "--http", f"127.0.0.1:{self.port}"],
            stdout=self.world.errors, stderr=self.world.errors, env=self.world.env)
        until(lambda: backends.is_open(self.port), 20, "PocketBase")

    def view(self):
        return RealtimeViewer(self.port)


class RealtimeViewer(backends.RealtimeWatcher):
    """The same visitor at PocketBase."""

    def wait(self, is_wanted, seconds, what):
        self.until(lambda shown: "laptop" in shown and is_wanted(shown["laptop"]),
                   seconds * PATIENCE)
        return time.monotonic()


def make_receiver(world, program):
    return (PocketBase if os.path.basename(program) == "base" else Receiver)(world, program)


class World:
    def __init__(self, programs, folder):
        self.ctl_program, self.agent_program, server, standin, schemas = programs
        self.folder = folder
        self.processes = []
        self.agent = None
        self.url = None
        self.last_difference = None
        self.settings = {"poll-interval": "uint32 1"}
        self.level = "title"
        self.env = {name: value for name, value in os.environ.items()
                    if not name.startswith(("XDG_", "DBUS_", "HELIOGRAPH_"))
                    and name not in ("DISPLAY", "WAYLAND_DISPLAY")}
        self.env.update(HOME=folder, GSETTINGS_BACKEND="memory", GSETTINGS_SCHEMA_DIR=schemas,
                        DBUS_SYSTEM_BUS_ADDRESS="unix:path=" + folder + "/no-system-bus")
        self.env.update(self.make_folders("first"))
        self.errors = open(os.path.join(folder, "errors"), "a+", encoding="utf-8")
        self.aw = None
        self.standin = standin
        self.receiver = make_receiver(self, server)
        self.token_file = os.path.join(folder, "token")

    def make_folders(self, name):
        made = {}
        for kind in ("CONFIG_HOME", "DATA_HOME", "STATE_HOME", "CACHE_HOME", "RUNTIME_DIR"):
            path = os.path.join(self.folder, name, kind)
            os.makedirs(path, 0o700)
            made["XDG_" + kind] = path
        return made

    def say(self, *words):
        print("#", *words, flush=True)

    # -- the parts ---------------------------------------------------------------------------

    def start_aw(self, *options):
        self.aw = Aw(self, self.standin, options)
        self.aw.start()

    def start_receiver(self):
        self.write_secret(self.token_file, self.receiver.add_token())
        self.receiver.start()
        self.url = self.receiver.url

    def write_secret(self, path, text):
        with open(path, "w", encoding="utf-8",
                  opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            file.write(text + "\n")

    def start_bus(self, env=None):
        env = self.env if env is None else env
        config = os.path.join(env["XDG_RUNTIME_DIR"], "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write(BUS.format(env["XDG_RUNTIME_DIR"]))
        bus = subprocess.Popen(["dbus-daemon", "--nofork", "--print-address=1",
                                f"--config-file={config}"], stdout=subprocess.PIPE, stderr=self.errors,
                               text=True, env=env)
        env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()

    def settings_file(self, env=None):
        env = self.env if env is None else env
        return os.path.join(env["XDG_CONFIG_HOME"], "agent.ini")

    def write_settings(self, buckets, env=None, has_destination=True):
        keys = dict(self.settings)
        keys["aw-url"] = f"'http://{self.aw.address}'"
        keys["buckets"] = str(list(buckets))
        if has_destination:
            keys["destinations"] = f"['{ID}']"
        lines = ["[heliograph]"] + [f"{key}={value}" for key, value in keys.items()]
        if has_destination:
            lines += [f"[destinations/{ID}]", f"url='{self.url}'", "name='home'",
                      f"token-file='{self.token_file}'", f"level='{self.level}'"]
        with open(self.settings_file(env), "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")

    def spawn_agent(self, *options, env=None):
        env = self.env if env is None else env
        return subprocess.Popen([self.agent_program, "--settings", self.settings_file(env),
                                 *options], env=env, stdout=self.errors, stderr=self.errors)

    def start_agent(self):
        self.agent = self.spawn_agent()
        return self.agent

    def stop_agent(self, how=signal.SIGTERM):
        self.agent.send_signal(how)
        return self.agent.wait(20)

    def begin(self, *options, buckets=None):
        """All of it: ActivityWatch with these options, and all its buckets on."""
        self.start_bus()
        self.start_aw(*options)
        self.start_receiver()
        self.write_settings(self.aw.buckets() if buckets is None else buckets)
        self.start_agent()

    # -- what it says ------------------------------------------------------------------------

    def ctl(self, *words, env=None, given="", code=0):
        """`code`: the exit code, or some of them, or None for any."""
        answer = subprocess.run([self.ctl_program, *words], env=self.env if env is None else env,
                                input=given, capture_output=True, text=True, timeout=120)
        codes = (code,) if isinstance(code, int) else code
        assert codes is None or answer.returncode in codes, (words, answer)
        return answer

    def status(self, env=None):
        text = self.ctl("status", "--json", env=env, code=None).stdout
        return json.loads(text) if text else {}

    def destination(self, env=None):
        listed = self.status(env).get("destinations", [])
        return listed[0] if listed else {}

    def questions(self, env=None):
        text = self.ctl("questions", "--json", env=env, code=None).stdout
        return json.loads(text) if text else []

    def await_question(self, kind, seconds, env=None):
        def find():
            return next((one for one in self.questions(env) if one["kind"] == kind), None)
        return until(find, seconds, lambda: f"question {kind}; {self.status(env)}")

    def answer(self, question, choice, env=None):
        self.ctl("answer", question["id"], choice, env=env)

    def await_status(self, is_wanted, seconds, what, env=None):
        def look():
            status = self.status(env)
            return status if status.get("running") and is_wanted(status) else None
        return until(look, seconds, lambda: f"{what}; {self.status(env)}")

    def await_done(self, seconds=60):
        """The agent itself says that nothing is left."""
        self.await_status(lambda status: status.get("progress")
                          and all(one["done"] for one in status["progress"]), seconds, "all done")

    # -- the comparison ----------------------------------------------------------------------

    def differ(self, buckets=None, pauses=()):
        """None, or where the receiver does not hold what it should."""
        for bucket in self.aw.buckets() if buckets is None else buckets:
            rows = self.aw.truth(bucket)
            counts = self.receiver.counts()
            now = now_ms()
            wanted = truth.expect(rows, now, pauses)
            if counts.get(bucket, 0) != len(wanted):
                return f"{bucket}: {len(wanted)} wanted, {counts.get(bucket, 0)} held"
            different = truth.difference(wanted, self.receiver.events(bucket))
            if different is not None:
                return f"{bucket}: {different}"
        return None

    def converge(self, seconds, buckets=None, pauses=()):
        """Waits until the receiver holds exactly what it should; how long that took, in s."""
        begin = time.monotonic()
        last = [None]
        self.last_difference = None

        def is_equal():
            try:
                last[0] = self.differ(buckets, pauses)
            except (OSError, http.client.HTTPException) as error:
                last[0] = f"the receiver: {error!r}"
            self.last_difference = last[0] or self.last_difference
            return last[0] is None
        until(is_equal, seconds, lambda: f"{last[0]}; the agent says {self.status()}")
        return time.monotonic() - begin

    def show_logs(self):
        """For a case that failed."""
        self.errors.flush()
        with open(self.errors.name, encoding="utf-8", errors="replace") as file:
            for line in file.read().splitlines()[-60:]:
                print("#   " + line)
