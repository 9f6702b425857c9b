# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Starts the stand-in and talks to it; a TAP runner for the tests in Python."""

import json
import socket
import subprocess
import sys
import traceback


class Answer:
    def __init__(self, status, reason, headers, body):
        self.status = status
        self.reason = reason
        self.headers = headers
        self.body = body

    def json(self):
        return json.loads(self.body)


def read_answer(stream, method):
    line = stream.readline().decode()
    if not line:
        raise ConnectionError("no answer")
    _, status, reason = line.rstrip("\r\n").split(" ", 2)
    headers = []
    while True:
        line = stream.readline().decode()
        if line in ("\r\n", ""):
            break
        name, value = line.rstrip("\r\n").split(": ", 1)
        headers.append((name, value))
    length = int(dict((n.lower(), v) for n, v in headers).get("content-length", 0))
    body = b""
    if method != "HEAD" and int(status) != 304:
        body = stream.read(length)
        if len(body) < length:
            raise ConnectionError("cut after %d of %d bytes" % (len(body), length))
    return Answer(int(status), reason, headers, body)


class Standin:
    """One running stand-in; use it with `with`."""

    def __init__(self, program, *options):
        self.process = subprocess.Popen([program, "--listen", "127.0.0.1:0", *options],
                                        stdout=subprocess.PIPE, text=True)
        line = self.process.stdout.readline()
        if not line.startswith("listening on http://"):
            raise RuntimeError("the stand-in did not start: " + line)
        self.address = line.split("//")[1].strip()
        self.port = int(self.address.split(":")[1])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        code = self.process.wait()
        self.process.stdout.close()
        if code != 0:
            raise RuntimeError("the stand-in ended with %d" % code)

    def connect(self):
        connection = socket.create_connection(("127.0.0.1", self.port))
        connection.settimeout(60)
        return connection

    def request(self, method, target, body=None, headers=None):
        headers = {} if headers is None else dict(headers)
        if "Host" not in headers:
            headers["Host"] = self.address
        data = b"" if body is None else body.encode("utf-8", "surrogatepass")
        text = "%s %s HTTP/1.1\r\n" % (method, target)
        for name, value in headers.items():
            if value is not None:
                text += "%s: %s\r\n" % (name, value)
        text += "Connection: close\r\nContent-Length: %d\r\n\r\n" % len(data)
        with self.connect() as connection, connection.makefile("rb") as stream:
            connection.sendall(text.encode() + data)
            return read_answer(stream, method)

    def get(self, target):
        return self.request("GET", target)

    def api(self, target):
        answer = self.get("/api/0/" + target)
        assert answer.status == 200, (target, answer.status, answer.body[:200])
        return answer.json()

    def post(self, target, value):
        return self.request("POST", target, json.dumps(value))

    def control(self, name, value=None):
        answer = self.request("POST" if value is not None else "GET", "/_test/" + name,
                              None if value is None else json.dumps(value))
        assert answer.status == 200, (name, answer.status, answer.body)
        return answer.json()


def run_tests(tests):
    """Runs functions named by sentences; prints TAP."""
    print("1..%d" % len(tests))
    failed = 0
    for number, (name, test) in enumerate(tests, 1):
        try:
            test()
            print("ok %d %s" % (number, name), flush=True)
        except Exception:
            failed += 1
            for line in traceback.format_exc().splitlines():
                print("# " + line)
            print("not ok %d %s" % (number, name), flush=True)
    sys.exit(1 if failed else 0)
