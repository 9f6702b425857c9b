# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A world for the real agent: a private bus, a receiver, a stand-in ActivityWatch, a home."""

import atexit
import functools
import glob
import json
import os
import pathlib
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import urllib.request

import dbus
import dbus.bus
import dbus.lowlevel

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "aw"))
from standin import Standin, run_tests  # noqa: E402,F401

BUILD = os.environ["HELIOGRAPH_BUILD"]
AGENT = os.path.join(BUILD, "src", "agent", "heliograph-agent")
SERVER = os.path.join(BUILD, "src", "server", "heliograph-server")
AW = os.path.join(BUILD, "tests", "aw", "heliograph-test-aw")
NAME = "io.github.heliograph.Heliograph.Agent"
PATH = "/io/github/heliograph/Heliograph/Agent"
INTERFACE = "io.github.heliograph.Heliograph.Agent1"
ERROR = "io.github.heliograph.Heliograph.Error."
WINDOW = "aw-watcher-window_laptop"
AFK = "aw-watcher-afk_laptop"
FOREVER = 9007199254740991


def until(condition, what, seconds=30):
    """Looks again and again until the condition holds; returns what it returned."""
    deadline = time.monotonic() + seconds
    pause = 0.02
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "never happened: " + what
        select.select([], [], [], pause)
        # A look may be dear.
        pause = min(pause * 1.2, 0.1)


def plain(value):
    """D-Bus values as Python's own."""
    if isinstance(value, dbus.Boolean):
        return bool(value)
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(v) for v in value]
    if isinstance(value, (dbus.Int64, dbus.Int32, dbus.UInt32, dbus.UInt64)):
        return int(value)
    return str(value) if isinstance(value, str) else value


class Bus:
    """A private message bus; `services` is a folder of activation files."""

    def __init__(self, folder, services=None, environment=None):
        config = os.path.join(folder, "bus.conf")
        with open(config, "w", encoding="utf-8") as file:
            file.write("<busconfig><type>session</type><listen>unix:dir=%s</listen>" % folder)
            if services:
                file.write("<servicedir>%s</servicedir>" % services)
            file.write('<policy context="default"><allow send_destination="*" eavesdrop="true"/>'
                       '<allow eavesdrop="true"/><allow own="*"/></policy></busconfig>')
        self.process = subprocess.Popen(
            ["dbus-daemon", "--config-file=" + config, "--print-address=1", "--nofork"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment)
        self.address = self.process.stdout.readline().strip()
        assert self.address, "the bus did not start"

    def connect(self):
        return dbus.bus.BusConnection(self.address)

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.process.stdout.close()


@functools.cache
def make_locale(language):
    """A locale like de_DE of our own: what the machine has installed does not matter. It takes long:
    once in a run."""
    folder = tempfile.mkdtemp(prefix="heliograph-locale-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    subprocess.run(["localedef", "--no-archive", "-i", language, "-f", "UTF-8",
                    os.path.join(folder, language + ".UTF-8")], check=True,
                   stdout=subprocess.DEVNULL)
    return folder


def tell_waits(pid):
    """Where in the kernel each thread of a process is, and of its children: one may not answer."""
    for folder in sorted(glob.glob("/proc/%d/task/*" % pid)):
        try:
            name, place, children = (pathlib.Path(folder, part).read_text(encoding="utf-8")
                                     for part in ("comm", "stack", "children"))
        except OSError:
            continue
        frames = [line.split()[1].split("+")[0] for line in place.splitlines()]
        print("# %d %s: %s" % (pid, name.strip(), " < ".join(frames[:5])))
        for child in children.split():
            tell_waits(int(child))


class World:
    """Use it with `with`. Nothing runs but what a test starts."""

    def __init__(self, events=0, flavour="rust", has_bus=True, services=None, language=None,
                 texts=os.path.join(BUILD, "po")):
        self.folder = tempfile.mkdtemp(prefix="heliograph-agent-")
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": self.folder,
            "LC_ALL": "C.UTF-8",
            "TZ": "UTC",
            "XDG_DATA_HOME": self.path("data"),
            "XDG_STATE_HOME": self.path("state"),
            "XDG_CONFIG_HOME": self.path("config"),
            "XDG_CACHE_HOME": self.path("cache"),
            "XDG_RUNTIME_DIR": self.path("run"),
            "GSETTINGS_SCHEMA_DIR": os.path.join(BUILD, "data", "settings"),
            "GSETTINGS_BACKEND": "keyfile",
            "G_DEBUG": "fatal-criticals",
            # No system bus unless a test makes one.
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=" + self.path("no-system-bus"),
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=" + self.path("no-session-bus"),
        }
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS"):
            if name in os.environ:
                self.environment[name] = os.environ[name]
        os.mkdir(self.path("run"), 0o700)
        if language:
            self.speak(language, texts)
        self.events = events
        self.flavour = flavour
        self.services = services
        self.bus = None
        if has_bus:
            self.start_bus()
        self.aw = None
        self.server = None
        self.agents = []
        self.others = []
        self.url = None
        self.token_file = None

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def speak(self, language, texts):
        self.environment.update(LC_ALL=language + ".UTF-8", LANGUAGE=language,
                                LOCPATH=make_locale(language), HELIOGRAPH_LOCALES=texts)

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        for agent in self.agents:
            if agent.poll() is None:
                if kind is not None:
                    tell_waits(agent.pid)
                agent.kill()
                agent.wait()
        for other in self.others:
            other.terminate()
            other.wait()
        if self.aw:
            self.stop_aw()
        if self.server:
            self.stop_server()
        if self.bus:
            self.bus.close()
        if kind is not None:
            for name in sorted(os.listdir(self.folder)):
                if name.startswith("agent-"):
                    for line in open(self.path(name), encoding="utf-8", errors="replace"):
                        print("# " + name + ": " + line.rstrip())
        shutil.rmtree(self.folder, ignore_errors=True)

    # -- what it consists of

    def start_bus(self):
        self.bus = Bus(self.path("run"), self.services, self.environment)
        self.environment["DBUS_SESSION_BUS_ADDRESS"] = self.bus.address

    def start_aw(self, *options):
        port = "0" if not self.aw_port() else str(self.aw_port())
        arguments = ["--flavour", self.flavour, "--hostname", "laptop", *options]
        if self.events:
            arguments += ["--generate", str(self.events), "--years", "1"]
        # A later --listen wins: the same port again after a restart.
        self.aw = Standin(AW, *arguments, "--listen", "127.0.0.1:" + port)
        self.last_aw_port = self.aw.port
        return self.aw

    def aw_port(self):
        return getattr(self, "last_aw_port", 0)

    def stop_aw(self):
        self.aw.process.terminate()
        self.aw.process.wait()
        self.aw.process.stdout.close()
        self.aw = None

    def start_server(self):
        listen = "127.0.0.1:%s" % (self.url.rsplit(":", 1)[1] if self.url else "0")
        self.server = subprocess.Popen(
            [SERVER, "--listen", listen, "--data", self.path("server")],
            stdout=subprocess.PIPE, text=True, env=self.environment)
        line = self.server.stdout.readline()
        assert "http://" in line, line
        self.url = "http://" + line.split("http://")[1].split()[0].rstrip("/")

    def stop_server(self):
        self.server.terminate()
        self.server.wait()
        self.server.stdout.close()
        self.server = None

    def server_command(self, *arguments):
        return subprocess.run([SERVER, "--data", self.path("server"), *arguments], check=True,
                              stdout=subprocess.PIPE, text=True, env=self.environment).stdout

    def make_token(self, device="laptop"):
        words = self.server_command("token", "add", device).split()
        self.token = [word for word in words if word.startswith("hg_")][0]
        self.token_file = self.path("token")
        with open(self.token_file, "w", encoding="utf-8") as file:
            os.chmod(self.token_file, 0o600)
            file.write(self.token + "\n")
        self.server_command("device", "set", device, "--public", "activity")

    def start_all(self):
        """ActivityWatch, receiver, and an agent told by its environment to publish."""
        self.start_aw()
        self.start_server()
        self.make_token()
        self.use_environment()

    def use_environment(self, buckets="default"):
        self.environment.update({
            "HELIOGRAPH_AW_URL": "http://127.0.0.1:%d" % self.aw_port(),
            "HELIOGRAPH_URL": self.url,
            "HELIOGRAPH_TOKEN_FILE": self.token_file,
            "HELIOGRAPH_BUCKETS": buckets,
            "HELIOGRAPH_LEVEL": "title",
        })

    # -- the agent

    def start_agent(self, *arguments):
        log = open(self.path("agent-%d.txt" % len(self.agents)), "w", encoding="utf-8")
        agent = subprocess.Popen([AGENT, *arguments], stdout=log, stderr=subprocess.STDOUT,
                                 env=self.environment)
        log.close()
        self.agents.append(agent)
        if self.bus:
            until(lambda: self.is_on_bus() or agent.poll() is not None, "the agent on the bus")
        return agent

    def is_on_bus(self):
        connection = self.bus.connect()
        try:
            return connection.name_has_owner(NAME)
        finally:
            connection.close()

    def stop_agent(self, agent):
        agent.send_signal(signal.SIGTERM)
        code = agent.wait(timeout=20)
        assert code == 0, code

    def run_agent(self, *arguments):
        return subprocess.run([AGENT, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, env=self.environment, timeout=120)

    def call(self, method, *arguments):
        connection = self.bus.connect()
        try:
            proxy = connection.get_object(NAME, PATH, introspect=False)
            types = {"SetOption": "sv", "SetBucket": "sbs", "AddDestination": "ssa{sv}",
                     "SetDestination": "sa{sv}", "Pause": "x", "ListLog": "u",
                     "AddThisComputer": "a{sv}", "TestNewDestination": "ssa{sv}",
                     "Preview": "ssus", "Verify": "s"}.get(method)
            return plain(proxy.get_dbus_method(method, INTERFACE)(
                *arguments, **({"signature": types} if types else {}), timeout=60))
        finally:
            connection.close()

    def send(self, method, *calls):
        """Calls it again and again, without waiting for answers; a call begins with its types."""
        connection = self.bus.connect()
        for types, *arguments in calls:
            message = dbus.lowlevel.MethodCallMessage(NAME, PATH, INTERFACE, method)
            message.append(*arguments, signature=types)
            message.set_no_reply(True)
            connection.send_message(message)
        connection.flush()
        connection.close()

    def get(self, name):
        connection = self.bus.connect()
        try:
            proxy = connection.get_object(NAME, PATH, introspect=False)
            return plain(proxy.Get(INTERFACE, name, dbus_interface=dbus.PROPERTIES_IFACE))
        finally:
            connection.close()

    def fails(self, code, method, *arguments):
        """The message of the error that the call must fail with."""
        try:
            self.call(method, *arguments)
        except dbus.DBusException as error:
            assert error.get_dbus_name() == ERROR + code, (error.get_dbus_name(), str(error))
            return error.get_dbus_message()
        raise AssertionError(method + " did not fail")

    def state_is(self, *states):
        return until(lambda: self.get("State") in states and self.get("State"),
                     "state " + "/".join(states))

    def is_done(self):
        progress = self.get("Progress")
        return bool(progress) and all(track["done"] for track in progress)

    def publish_all(self):
        return until(self.is_done, "everything is published")

    # -- what the others see

    def device(self):
        with urllib.request.urlopen(self.url + "/api/heliograph/v1/devices", timeout=10) as answer:
            devices = json.load(answer)
        return devices[0] if devices else None

    def has_state(self, *states):
        device = self.device()
        return device is not None and device["state"] in states

    def held(self, bucket):
        request = urllib.request.Request(self.url + "/api/heliograph/v1/buckets",
                                         headers={"Authorization": "Bearer " + self.token})
        with urllib.request.urlopen(request, timeout=10) as answer:
            counts = {entry["id"]: entry["count"] for entry in json.load(answer)}
        return counts.get(bucket, 0)

    def in_aw(self, bucket):
        return self.aw.api("buckets/%s/events/count" % bucket)

    def requests(self):
        request = urllib.request.Request(self.url + "/metrics",
                                         headers={"Authorization": "Bearer " + self.token})
        with urllib.request.urlopen(request, timeout=10) as answer:
            for line in answer.read().decode().splitlines():
                if line.startswith("heliograph_requests_total "):
                    # This one is counted, too.
                    return int(float(line.split()[1]))
        raise AssertionError("no count of requests")

    def heartbeat(self, bucket, data, seconds_ago=0, duration=0, pulsetime=60):
        now = time.time() - seconds_ago
        text = "%s.%03dZ" % (time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(now)),
                             int(now * 1000) % 1000)
        answer = self.aw.post("/api/0/buckets/%s/heartbeat?pulsetime=%d" % (bucket, pulsetime),
                              {"timestamp": text, "duration": duration, "data": data})
        assert answer.status == 200, (answer.status, answer.body)

    def make_bucket(self, bucket, kind, client):
        answer = self.aw.post("/api/0/buckets/" + bucket,
                              {"type": kind, "client": client, "hostname": "laptop"})
        assert answer.status in (200, 304), answer.status

    def use_computer(self, app="Editor", title="letter.txt"):
        """As the watchers would: somebody is there. Nothing generated begins later."""
        self.make_bucket(WINDOW, "currentwindow", "aw-watcher-window")
        self.make_bucket(AFK, "afkstatus", "aw-watcher-afk")
        self.heartbeat(AFK, {"status": "not-afk"})
        self.heartbeat(WINDOW, {"app": app, "title": title})

    def log_text(self):
        text = ""
        for name in os.listdir(self.folder):
            if name.startswith("agent-"):
                text += open(self.path(name), encoding="utf-8").read()
        folder = self.path("state", "heliograph")
        for name in os.listdir(folder) if os.path.isdir(folder) else []:
            text += open(os.path.join(folder, name), encoding="utf-8").read()
        return text
