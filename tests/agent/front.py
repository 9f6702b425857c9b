# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later

"""Stands before the receiver, as a proxy or a hotel's portal does: it hands everything on, or
answers for itself."""

import socket
import threading
import time

HEAD = "HTTP/1.1 %s\r\nContent-Type: %s\r\n%sContent-Length: %d\r\nConnection: close\r\n\r\n%s"


def make_answer(status, kind="text/html", body="<html>Welcome, guest</html>", header=""):
    return (HEAD % (status, kind, header, len(body), body)).encode()


class Front:
    """Use it with `with`. `answer` is what it says itself; None hands on to `port`. With `method`
    it says so to those requests only, and hands on the others."""

    def __init__(self, port, answer=None, method=""):
        self.port = port
        self.answer = answer
        self.method = method
        self.heard = []  # (when, s; the head) of what it answered itself
        self.open = set()
        self.socket = socket.create_server(("127.0.0.1", 0))
        self.url = "http://127.0.0.1:%d" % self.socket.getsockname()[1]
        self.thread = threading.Thread(target=self.listen, daemon=True)
        self.thread.start()

    @property
    def heads(self):
        return [head for _, head in self.heard]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        # Closed alone, what waits in accept() might take its number for that of a later socket.
        self.socket.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.socket.close()
        self.set_answer(None)

    def set_answer(self, answer):
        self.answer = answer
        # What is connected was let in under the old way.
        for connection in list(self.open):
            try:
                connection.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass

    def listen(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        self.open.add(connection)
        try:
            with connection:
                if self.answer is None:
                    self.hand_on(connection)
                    return
                head = b""
                while b"\r\n\r\n" not in head:
                    part = connection.recv(65536)
                    if not part:
                        return
                    head += part
                if not head.startswith(self.method.encode()):
                    # The next request comes on another connection.
                    self.hand_on(connection, head.replace(b"\r\n", b"\r\nConnection: close\r\n", 1))
                    return
                self.heard.append((time.monotonic(), head.split(b"\r\n\r\n")[0].decode()))
                connection.sendall(self.answer)
                # Closed with a body unread, it would be reset before its answer is read.
                connection.shutdown(socket.SHUT_WR)
                while connection.recv(65536):
                    pass
        except OSError:
            pass
        finally:
            self.open.discard(connection)

    def hand_on(self, connection, begun=b""):
        with socket.create_connection(("127.0.0.1", self.port)) as behind:
            behind.sendall(begun)
            back = threading.Thread(target=self.pump, args=(behind, connection), daemon=True)
            back.start()
            self.pump(connection, behind)
            back.join()

    def pump(self, source, sink):
        try:
            while part := source.recv(65536):
                sink.sendall(part)
            sink.shutdown(socket.SHUT_WR)
        except OSError:
            pass
