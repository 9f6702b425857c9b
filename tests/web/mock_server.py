# SPDX-FileCopyrightText: 2026 The Heliograph authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for a backend's public side: the web files under the real security policy, the JSON
calls, and the stream that the test scripts: of heliograph-server, or PocketBase's realtime."""

import http.server
import json
import pathlib
import queue
import threading
import time
import urllib.parse

WEB = pathlib.Path(__file__).resolve().parents[2] / 'data' / 'web'
POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; "
          "img-src 'self' data:; connect-src 'self'")
BASE = '/api/heliograph/v1'
TYPES = {'.html': 'text/html; charset=utf-8', '.css': 'text/css', '.js': 'text/javascript',
         '.svg': 'image/svg+xml'}
FILES = tuple(file.name for file in WEB.iterdir())
KINDS = ('heliograph-server', 'pocketbase')
TOPIC = 'heliograph_devices/*'


class Server(http.server.ThreadingHTTPServer):
    """The backend. `prefix` puts it in a sub-path, as a reverse proxy would."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, prefix='', clock_offset=0, kind='heliograph-server'):
        super().__init__(('127.0.0.1', 0), Handler)
        self.kind = kind
        self.prefix = prefix
        self.clock_offset = clock_offset
        self.lock = threading.Lock()
        self.devices = {}
        self.days = {}
        self.viewers = []
        self.clients = {}  # PocketBase: id -> queue of a stream that may subscribe
        self.requests = []
        self.mode = 'up'  # up | down (503, streams cut) | mute (accepts, never answers)
        self.unmute = threading.Event()
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.server_port}{self.prefix}/'

    def now(self):
        return int(time.time() * 1000) + self.clock_offset

    def set(self, device):
        with self.lock:
            self.devices[device['name']] = device
            self.tell(device)

    def tell(self, device):
        for viewer in self.viewers:
            viewer.put(device)

    def set_quietly(self, device):
        """A change that the stream does not tell: what a dead connection looks like."""
        with self.lock:
            self.devices[device['name']] = device

    def gone(self, name):
        """Made private. PocketBase can't tell that, so its add-on blanks the record before."""
        with self.lock:
            self.devices.pop(name, None)
            self.tell({'name': name, 'gone': True} if self.kind == KINDS[0] else {'name': '', 'state': 'offline'})

    def reset(self):
        with self.lock:
            self.mode = 'up'
            self.devices.clear()
            self.days.clear()
            self.requests.clear()
            self.unmute.set()
            self.unmute = threading.Event()
            self.cut()

    def fail(self, mode):
        with self.lock:
            self.mode = mode
            if mode == 'down':
                self.cut()

    def recover(self):
        with self.lock:
            self.mode = 'up'
            self.unmute.set()
            self.unmute = threading.Event()

    def cut(self):
        for viewer in {*self.viewers, *self.clients.values()}:
            viewer.put(None)
        self.viewers.clear()
        self.clients.clear()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def log_message(self, *args):
        pass

    def handle(self):
        try:
            super().handle()
        except OSError:
            pass  # the browser went away

    def send(self, status, kind, body, headers=()):
        self.send_response(status)
        self.send_header('Content-Type', kind)
        self.send_header('Content-Length', str(len(body)))
        self.send_header('X-Content-Type-Options', 'nosniff')
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        if self.command != 'HEAD':
            self.wfile.write(body)

    def send_json(self, value, status=200):
        self.send(status, 'application/json', json.dumps(value).encode(),
                  [('Access-Control-Allow-Origin', '*')])

    def do_HEAD(self):
        self.do_GET()

    def do_OPTIONS(self):
        self.send(204, 'text/plain', b'', [('Access-Control-Allow-Origin', '*'), ('Access-Control-Allow-Headers', '*')])

    def do_POST(self):
        """What PocketBase does with a subscription."""
        server = self.server
        body = json.loads(self.rfile.read(int(self.headers['Content-Length'])))
        server.requests.append(self.path)
        with server.lock:
            mine = server.clients.get(body['clientId'])
            known = server.mode == 'up' and self.path.endswith('/api/realtime') and mine is not None
            if known and TOPIC in body['subscriptions'] and mine not in server.viewers:
                server.viewers.append(mine)
        if not known:
            return self.send_json({'status': 404, 'message': 'Missing or invalid client id.'}, 404)
        return self.send(204, 'text/plain', b'', [('Access-Control-Allow-Origin', '*')])

    def do_GET(self):
        server = self.server
        url = urllib.parse.urlsplit(self.path)
        if not url.path.startswith(server.prefix + '/'):
            return self.send_json({'status': 404, 'message': 'not found'}, 404)
        path = url.path[len(server.prefix):]
        server.requests.append(path)
        if server.mode == 'mute':
            server.unmute.wait(120)
        if path.startswith(BASE):
            if server.mode == 'down':
                return self.send_json({'status': 503, 'message': 'down'}, 503)
            return self.call(path[len(BASE):], urllib.parse.parse_qs(url.query))
        if path == '/api/realtime' and server.kind == 'pocketbase':
            return self.realtime()
        name = 'index.html' if path == '/' else path[1:]
        if name not in FILES:
            return self.send_json({'status': 404, 'message': 'not found'}, 404)
        file = WEB / name
        return self.send(200, TYPES[file.suffix], file.read_bytes(),
                         [('Content-Security-Policy', POLICY), ('Cache-Control', 'no-cache')])

    def call(self, path, query):
        server = self.server
        if path == '':
            return self.send_json({'server': 'mock', 'protocol': 1, 'now': server.now()})
        if path == '/devices':
            with server.lock:
                return self.send_json(list(server.devices.values()))
        if path == '/days':
            days = server.days.get(query['device'][0])
            if days is None:
                return self.send_json({'status': 404, 'message': 'not found'}, 404)
            return self.send_json(days)
        if path == '/live' and server.kind != 'pocketbase':
            return self.live() if self.command == 'GET' else self.send(200, 'text/event-stream', b'', [
                ('Access-Control-Allow-Origin', '*')])
        return self.send_json({'status': 404, 'message': 'not found'}, 404)

    def stream(self, first, mine, write):
        self.send_response(200)
        self.send_header('Content-Type', 'text/event-stream')
        self.send_header('Access-Control-Allow-Origin', '*')
        self.send_header('Connection', 'close')
        self.end_headers()
        self.close_connection = True
        self.wfile.write(first)
        while (device := mine.get()) is not None:
            self.wfile.write(write(device).encode())
            self.wfile.flush()

    def live(self):
        server = self.server
        mine = queue.Queue()
        with server.lock:
            for device in server.devices.values():
                mine.put(device)
            server.viewers.append(mine)
        self.stream(b': hello\n\n', mine, lambda device: f'event: device\ndata: {json.dumps(device)}\n\n')

    def realtime(self):
        server = self.server
        if server.mode == 'down':
            return self.send_json({'status': 503, 'message': 'down'}, 503)
        name = f'client{id(self)}'
        mine = queue.Queue()
        with server.lock:
            server.clients[name] = mine

        def write(device):
            record = {'collectionName': 'heliograph_devices', 'id': 'abc', 'public': True, **device}
            data = json.dumps({'action': 'update', 'record': record})
            return f'id:{name}\nevent:{TOPIC}\ndata:{data}\n\n'
        hello = f'id:{name}\nevent:PB_CONNECT\ndata:{json.dumps({"clientId": name})}\n\n'
        return self.stream(hello.encode(), mine, write)


class Website(http.server.ThreadingHTTPServer):
    """Somebody's website at another origin, with a strict policy of its own."""

    daemon_threads = True

    def __init__(self, body, server_origin):
        policy = f"default-src 'none'; script-src {server_origin}; connect-src {server_origin}"

        class Page(Handler):
            def do_GET(self):
                self.send(200, 'text/html; charset=utf-8', body.encode(),
                          [('Content-Security-Policy', policy)])

        super().__init__(('127.0.0.1', 0), Page)
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()

    @property
    def url(self):
        return f'http://127.0.0.1:{self.server_port}/'
