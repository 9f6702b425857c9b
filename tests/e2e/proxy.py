# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""A proxy that counts what passes, and fails as ordered."""

import socket
import threading
import time


def read_head(stream):
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        line = stream.readline()
        if not line:
            return None
        head += line
    return head


def body_length(head):
    for line in head.split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            return int(value)
    return 0


class Proxy:
    """Takes its orders from any thread. @prefix: the path below which the backend is."""

    def __init__(self, backend, prefix=""):
        self.backend = backend
        self.prefix = prefix.encode()
        self.lock = threading.Lock()
        self.faults = []
        self.requests = []
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.address = "http://127.0.0.1:%d%s" % (self.listener.getsockname()[1], prefix)
        threading.Thread(target=self.accept, daemon=True).start()

    def fail(self, kind, count=1, method="", path=""):
        """@kind: "cut-request", "cut-answer", "lose-answer", or a whole answer as bytes."""
        with self.lock:
            self.faults.append([kind, count, method.encode(), path.encode()])

    def pending(self):
        with self.lock:
            return sum(fault[1] for fault in self.faults)

    def count(self, method="", path=""):
        with self.lock:
            return sum(method in one and path in target for _, one, target in self.requests)

    def take(self, method, target):
        with self.lock:
            self.requests.append((time.monotonic(), method.decode(), target.decode()))
            for fault in self.faults:
                if fault[1] > 0 and fault[2] in method and fault[3] in target:
                    fault[1] -= 1
                    return fault[0]
        return None

    def accept(self):
        while True:
            connection, _ = self.listener.accept()
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        with connection, connection.makefile("rb") as stream:
            try:
                while self.serve_one(connection, stream):
                    pass
            except OSError:
                pass

    def serve_one(self, connection, stream):
        head = read_head(stream)
        if head is None:
            return False
        method, target, _ = head.split(b"\r\n", 1)[0].split(b" ")
        fault = self.take(method, target)
        body = stream.read(body_length(head)) if fault != "cut-request" else b""
        if fault == "cut-request":
            return False
        if isinstance(fault, bytes):
            connection.sendall(fault)
            return False
        if self.prefix and not target.startswith(self.prefix):
            connection.sendall(b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n")
            return True
        head = head.replace(b" " + target, b" " + target[len(self.prefix):], 1)
        with socket.create_connection(self.backend, 60) as other, other.makefile("rb") as back:
            other.sendall(head + body)
            answer = read_head(back)
            if answer is None or fault == "lose-answer":
                return False
            has_none = method == b"HEAD" or answer.split(b" ")[1] in (b"204", b"304")
            text = b"" if has_none else back.read(body_length(answer))
        if fault == "cut-answer":
            connection.sendall((answer + text)[:len(answer) + len(text) // 2 - 1])
            return False
        connection.sendall(answer + text)
        return True


def answer(status, retry_after=None):
    """An answer for Proxy.fail."""
    more = "" if retry_after is None else f"Retry-After: {retry_after}\r\n"
    return (f"HTTP/1.1 {status} No\r\nContent-Length: 2\r\nConnection: close\r\n"
            f"Content-Type: application/json\r\n{more}\r\n{{}}").encode()
