#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong is named, with the way out; nothing is lost, and what can mend itself does.

usage: test-bad-input.py CTL AGENT SERVER SAMPLE SCHEMAS
"""

import http.server
import json
import os
import socket
import sqlite3
import threading
import urllib.request

from programs import (AGENT, CTL, SAMPLE, SERVER, await_status, ctl, data, env, folder,
                      is_published, listening, ok, play, run, server, settings, start, start_bus)

KEY = "sesame"

ledger = os.path.join(env["XDG_DATA_HOME"], "heliograph", "ledger.db")
token_file = os.path.join(folder, "token")


def once(**also):
    return run(AGENT, "--settings", settings, "--once", also=also)


def says(answer, code, *parts):
    """The exit code is @code and the answer has all @parts, and nothing that only a programmer
    reads."""
    text = answer.stdout + answer.stderr
    return (answer.returncode == code and all(part in text for part in parts)
            and "GDBus" not in text and "uint32" not in text)


def refuses(code, name, words, *parts, given=""):
    answer = ctl(*words, given=given)
    ok(says(answer, code, *parts), name, answer)


def write(path, text, mode=0o600):
    with open(path, "wb") as file:
        file.write(text if isinstance(text, bytes) else text.encode())
    os.chmod(path, mode)
    return path


def read(path):
    with open(path, "rb") as file:
        return file.read()


def has_trouble(part):
    return lambda status: part in status.get("trouble", "")


def begin():
    agent = start(AGENT, "--settings", settings)
    ok(await_status(lambda status: status.get("state", "starting") != "starting") is not None,
       "the agent begins")
    return agent


def end(agent):
    ctl("quit")
    agent.wait(20)


def fault(aw, **what):
    body = json.dumps(what).encode()
    urllib.request.urlopen(urllib.request.Request(aw + "/_test/fault", data=body)).read()


class Elsewhere(http.server.BaseHTTPRequestHandler):
    """A web server that is no backend."""

    def do_GET(self):
        redirects = self.path.startswith("/moved")
        self.send_response(301 if redirects else 200)
        if redirects:
            self.send_header("Location", "https://status.example.org/secret?path")
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *args):
        pass


def wrong_source(aw, closed, elsewhere):
    for url in ("foo", "http://", "127.0.0.1:5600", "ftp://127.0.0.1"):
        refuses(1, f"“{url}” is no address of ActivityWatch", ["source", "url", url],
                "http://127.0.0.1:5600")
    for url, part in ((closed, "is it running?"), (elsewhere, "is not ActivityWatch"),
                      ("http://nowhere.invalid", "is not found"),
                      (elsewhere + "/moved", "points to another address")):
        ctl("source", "url", url)
        refuses(1, f"the source test says “{part}”", ["source", "test"], part,
                url.split("/")[2])

    ctl("source", "url", aw)
    refuses(1, "a key is asked for", ["source", "test"], "asks for an API key")
    key_file = write(os.path.join(folder, "key"), "wrong", 0o644)
    refuses(1, "a key in a file for all is refused",
            ["source", "key", "--key-file", key_file, "--keep-key-file"], "chmod 600")
    write(key_file, "wrong")
    refuses(1, "without a secret store a key can stay in its file",
            ["source", "key", "--key-file", key_file], "--keep-key-file")
    ctl("source", "key", "--key-file", key_file, "--keep-key-file")
    refuses(1, "a wrong key is named", ["source", "test"], "key")
    write(key_file, KEY)
    ctl("sync")
    answer = ctl("source", "test")
    ok(says(answer, 0, "answers"), "a key that was corrected is used", answer)


def wrong_destination(page, closed, elsewhere, token):
    def add(name, url, *parts, file=token_file, given="", more=("--keep-token-file",)):
        refuses(1, name, ["destination", "add", url, "--token-file", file, *more], *parts,
                given=given)

    add("without a secret store a token can stay in its file", page, "--keep-token-file", more=())
    add("a receiver that is away is named", closed, "can't be reached")
    add("a web server is no backend", elsewhere, "No Heliograph backend")
    add("a redirect is not followed", elsewhere + "/moved", "https://status.example.org", "correct")
    add("plain http leaves the machine only when allowed", "http://status.example.org",
        "unencrypted", "--allow-plain-http")
    add("https where http is spoken", "https" + page[4:], "No secure connection")
    add("a host that does not exist", "https://nowhere.invalid", "nowhere.invalid")
    add("an address without a scheme", "status.example.org", "https://example.org")
    wrong = write(os.path.join(folder, "wrong"), "hg_" + "x" * 43)
    add("an unknown token is refused", page, "refused the token", file=wrong)
    write(wrong, token, 0o644)
    add("a token file for all is refused", page, "chmod 600", file=wrong)
    write(wrong, "")
    add("an empty one too", page, "is empty", file=wrong)
    add("and a missing one", page, "No such file", file=wrong + "-not")
    add("empty standard input is no token", page, "standard input is empty", file="-", more=())
    add("two words are no token", page, "one token", file="-", given="two words", more=())
    answer = ctl("destination", "list")
    ok(says(answer, 0, "no destination yet"), "and none of these was stored", answer)

    answer = ctl("destination", "add", page, "--token-file", token_file, "--keep-token-file",
                 "--name", "home")
    ok(answer.returncode == 0, "the right one is added", answer)
    for words, parts in (
            (["set", "home", "url", "http://status.example.org"], ["unencrypted"]),
            (["set", "home", "url", "nonsense"], ["https://example.org"]),
            (["set", "home", "token-file", wrong], ["is empty"]),
            (["level", "elsewhere", "app"], ["no destination “elsewhere”"])):
        refuses(1, "refused: destination " + " ".join(words[:3]), ["destination", *words], *parts)
    refuses(2, "a level that is none", ["destination", "level", "home", "loud"], "title")
    for words in (["level", "home", "app"], ["set", "home", "name", "house"],
                  ["set", "house", "name", "home"]):
        answer = ctl("destination", *words)
        ok(answer.returncode == 0, "changed: destination " + " ".join(words), answer)


def wrong_words():
    for key, value, code, part in (
            ("poll-interval", "0", 1, "from 1 to 60"), ("away-threshold", "9", 1, "from 10 to 3600"),
            ("poll-interval", "soon", 2, "whole number"), ("history-from", "yesterday", 2, "2026-"),
            ("media-keeps-active", "perhaps", 2, "on or off"), ("aw-url", "foo", 1, "http://"),
            ("buckets", "nowhere", 1, "no bucket “nowhere”"), ("loudness", "1", 2, "no option"),
            ("aw-key", KEY, 2, "--key-file")):
        refuses(code, f"{key} can't be {value}", ["option", "set", key, value], part)
    for span in ("5x", "25:00", "0m", "99999999999d"):
        refuses(2, f"a pause of {span}", ["pause", span], "30m, 1h")
    refuses(1, "a bucket that is not there", ["bucket", "enable", "nowhere"], "“nowhere”")
    refuses(1, "nor to verify", ["verify", "nowhere"], "“nowhere”")
    refuses(1, "a question that nobody asked", ["answer", "nothing", "keep"], "questions")


def source_fails(aw):
    ids = [one["id"] for one in json.loads(ctl("buckets", "--json").stdout)
           if one["type"] in ("currentwindow", "afkstatus")]
    answer = ctl("bucket", "enable", *ids)
    ok(len(ids) == 2 and answer.returncode == 0 and await_status(is_published) is not None,
       "all is published", answer)
    for what, part in (({"html": True}, "is not ActivityWatch"), ({"garbage": True}, "is not Ac"),
                       ({"status": 500, "body": "no"}, "HTTP 500"), ({"drop": True}, "running?")):
        fault(aw, count=-1, **what)
        ok(await_status(has_trouble(part)) is not None, f"{what} at ActivityWatch is trouble")
        fault(aw, clear=True)
        ok(await_status(is_published) is not None, "and ends by itself")


def receiver_fails(receiver, page):
    server("token", "revoke", "laptop")
    refuses(1, "a revoked token", ["sync"], "revoked")
    ok(await_status(has_trouble("refused the token")) is not None, "it is trouble")
    answer = ctl("destination", "test")
    ok(says(answer, 1, "refused the token"), "a test says so", answer)
    write(token_file, server("token", "rotate", "laptop").stdout.strip())
    answer = ctl("sync")
    ok(answer.returncode == 0 and await_status(is_published) is not None,
       "a new token in the file is taken", answer)

    receiver.terminate()
    receiver.wait()
    refuses(1, "a receiver that went away", ["sync"], "can't be reached")
    database = os.path.join(data, "receiver.sqlite")
    good = read(database)
    for name, text, part in (("garbage", os.urandom(20000), "damaged"),
                             ("cut", good[:6000], "damaged"),
                             ("foreign", foreign_database(), "not a database of heliograph-server"),
                             ("newer", newer_database(good), "newer version")):
        write(database, text)
        answer = server("--listen", "127.0.0.1:0")
        ok(says(answer, 65, part, database) and read(database) == text,
           f"a {name} database of the receiver is refused and kept", answer)
    write(database, good)
    again = start(SERVER, "--listen", page.rpartition("/")[2], "--data", data)
    listening(again)
    ok(await_status(is_published) is not None, "its return is noticed")
    answer = server("--listen", "127.0.0.1:0")
    ok(says(answer, 75, "Another heliograph-server"), "a second server is refused", answer)


def foreign_database():
    path = os.path.join(folder, "foreign.db")
    with sqlite3.connect(path) as db:
        db.execute("CREATE TABLE IF NOT EXISTS recipes (name)")
    db.close()
    return read(path)


def newer_database(text):
    path = write(os.path.join(folder, "newer.db"), text)
    with sqlite3.connect(path) as db:
        db.execute("PRAGMA user_version = 99")
    db.close()
    return read(path)


def two_agents():
    answer = run(AGENT, "--settings", settings)
    ok(says(answer, 0, "already running"), "a second agent on the bus goes", answer)
    answer = once()
    ok(says(answer, 75, "heliographctl quit"), "--once beside it leaves with 75", answer)
    answer = run(AGENT, "--settings", settings, also={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/none"})
    ok(says(answer, 75, "heliographctl quit"), "and so does one without a bus", answer)
    answer = run(CTL, "status", also={"DBUS_SESSION_BUS_ADDRESS": "unix:path=/none"})
    ok(says(answer, 3, "no session bus", "--once"), "without a bus status names --once", answer)


def wrong_ledger(agent):
    end(agent)
    answer = ctl("status")
    ok(says(answer, 3, "heliograph-agent"), "status says how to start the agent", answer)
    good = read(ledger)
    for name, text, part in (("garbage", os.urandom(20000), "is damaged"),
                             ("cut", good[:5000], "is damaged"),
                             ("foreign", foreign_database(), "another program"),
                             ("newer", newer_database(good), "newer version")):
        write(ledger, text)
        answer = once()
        ok(says(answer, 1, part, ledger) and read(ledger) == text,
           f"a {name} ledger is refused and kept", answer)
    agent = begin()
    ok(await_status(has_trouble("newer version")) is not None, "the agent stays, and says so")
    for words in (["verify"], ["rejected"], ["retry"], ["sync"]):
        refuses(1, f"without a ledger {words[0]} says why it can't", words, "newer version")
    write(ledger, good)
    answer = ctl("sync")
    ok(answer.returncode == 0 and await_status(is_published) is not None,
       "with the ledger back it goes on", answer)
    answer = ctl("verify")
    ok(says(answer, 0, "Equal"), "and nothing was lost", answer)
    return agent


def wrong_settings(agent):
    end(agent)
    good = read(settings)
    for name, text, parts in (
            ("garbage", b"\xff\x00\x01nothing\n" * 100, ["can't be read"]),
            ("a line that is none", good + b"poll interval\n", ["can't be read"]),
            ("a number out of range", good.replace(b"uint32 1\n", b"uint32 999\n"),
             ["poll-interval", "1 to 60"]),
            ("a level that is none", good.replace(b"level='app'", b"level='loud'"),
             ["level", "nothing, state, app, title"])):
        write(settings, text)
        answers = once(), run(AGENT, "--settings", settings)
        ok(all(says(answer, 78, settings, *parts) for answer in answers) and read(settings) == text,
           f"settings with {name} are refused and kept", answers)
    write(settings, b"# mine\n" + good + b"\n[elsewhere]\nkept=1\n")
    agent = begin()
    answer = ctl("option", "set", "poll-interval", "2")
    text = read(settings)
    ok(answer.returncode == 0 and b"# mine" in text and b"kept=1" in text and b"uint32 2" in text
       and b"destinations/" in text, "what we don't know in them stays", answer)
    os.rename(settings, settings + ".old")
    os.mkdir(settings)
    refuses(1, "settings that can't be written", ["option", "set", "poll-interval", "3"], settings)
    answer = ctl("option", "list")
    ok("poll-interval" in answer.stdout and " 2\n" in answer.stdout, "stay as they were", answer)
    os.rmdir(settings)
    os.rename(settings + ".old", settings)
    end(agent)


def wrong_environment(aw, page):
    base = {"HELIOGRAPH_URL": page, "HELIOGRAPH_TOKEN_FILE": token_file,
            "HELIOGRAPH_AW_KEY_FILE": os.path.join(folder, "key"),
            "HELIOGRAPH_AW_URL": aw, "HELIOGRAPH_BUCKETS": "default"}
    os.unlink(settings)
    for changed, code, part in (
            ({"HELIOGRAPH_TOKEN_FILE": ""}, 78, "HELIOGRAPH_TOKEN_FILE"),
            ({"HELIOGRAPH_TOKEN_FILE": "/nowhere"}, 78, "/nowhere"),
            ({"HELIOGRAPH_AW_KEY_FILE": "/nowhere"}, 78, "API key: The file /nowhere"),
            ({"HELIOGRAPH_URL": "nonsense"}, 78, "https://example.org"),
            ({"HELIOGRAPH_URL": "http://status.example.org"}, 78, "unencrypted"),
            ({"HELIOGRAPH_LEVEL": "loud"}, 78, "HELIOGRAPH_LEVEL"),
            ({"HELIOGRAPH_HISTORY_FROM": "once"}, 78, "HELIOGRAPH_HISTORY_FROM"),
            ({"HELIOGRAPH_AW_URL": "nonsense"}, 78, "http://127.0.0.1:5600"),
            ({"HELIOGRAPH_BUCKETS": "nowhere"}, 78, "no bucket “nowhere”")):
        answer = once(**dict(base, **changed))
        ok(says(answer, code, part), f"--once with {changed}", answer)


def main():
    aw = listening(start(SAMPLE, "--listen", "127.0.0.1:0", "--generate", "300", "--api-key", KEY))
    receiver = start(SERVER, "--listen", "127.0.0.1:0", "--data", data)
    page = listening(receiver)
    token = server("token", "add", "laptop").stdout.strip()
    write(token_file, token)
    start_bus()
    web = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere)
    threading.Thread(target=web.serve_forever, daemon=True).start()
    elsewhere = f"http://127.0.0.1:{web.server_port}"
    # Bound, but not listening: nobody else gets the port, and nobody answers.
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        closed = f"http://127.0.0.1:{nobody.getsockname()[1]}"
        write(settings, "[heliograph]\npoll-interval=uint32 1\n")
        agent = begin()
        wrong_source(aw, closed, elsewhere)
        wrong_destination(page, closed, elsewhere, token)
        wrong_words()
        source_fails(aw)
        receiver_fails(receiver, page)
        two_agents()
        agent = wrong_ledger(agent)
        wrong_settings(agent)
        wrong_environment(aw, page)
    web.shutdown()


play(main)
