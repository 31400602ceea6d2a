"""The far ends, for tests and benchmarks: an SMTP sink and an SMS gateway on loopback that keep what they get."""

from __future__ import annotations

import json
import socketserver
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

Server = TypeVar("Server", bound=socketserver.BaseServer)


class _Quiet(socketserver.BaseServer):
    """A client that was killed is no news."""

    def handle_error(self, request: Any, client_address: Any) -> None:
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


class Sink(_Quiet, socketserver.ThreadingTCPServer):
    """SMTP as far as a client needs it (RFC 5321); ``answers`` may refuse by verb, ``hang_up`` breaks after a text."""

    daemon_threads = True
    allow_reuse_address = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Talk)
        self.mails: list[tuple[str, bytes]] = []
        self.connections = 0
        self.answers: Callable[[str, str], str | None] = lambda _verb, _line: None
        self.hang_up = False


class _Talk(socketserver.StreamRequestHandler):
    server: Sink

    def handle(self) -> None:
        self.server.connections += 1
        self._say("220 sink")
        to = ""
        while line := self.rfile.readline().decode().strip():
            verb = line[:4].upper()
            if refused := self.server.answers(verb, line):
                self._say(refused)
            elif verb == "QUIT":
                self._say("221 bye")
                return
            elif verb == "RCPT":
                to = line.partition("<")[2].rstrip(">")
                self._say("250 ok")
            elif verb == "DATA":
                self._say("354 go on")
                text = self._text()
                if text is None:
                    return
                self.server.mails.append((to, text))
                if self.server.hang_up:
                    return
                self._say("250 taken")
            else:
                self._say("250 ok")

    def _say(self, words: str) -> None:
        self.wfile.write(f"{words}\r\n".encode())

    def _text(self) -> bytes | None:
        """A mail's text; None where the line broke before its end, which is no mail."""
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            if not line:
                return None
            lines.append(line)
        return b"".join(lines)


class Gateway(_Quiet, ThreadingHTTPServer):
    """The reference receiver of docs/channels.md: it takes each id once, and answers a second time as the first."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Take)
        self.taken: dict[str, dict[str, Any]] = {}
        self.asked = 0
        self.token = "sesame"
        self.status: Callable[[dict[str, Any]], int] = lambda _body: 202
        self.before: Callable[[], None] = lambda: None
        self.lock = threading.Lock()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/send"


class _Take(BaseHTTPRequestHandler):
    server: Gateway
    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.before()
        with self.server.lock:
            self.server.asked += 1
            status = self.server.status(body)
            if self.headers.get("Authorization") != f"Bearer {self.server.token}":
                status = 401
            if status < 300:
                self.server.taken.setdefault(body["id"], body)
        self.send_response(status)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextmanager
def listening(server: Server) -> Iterator[Server]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
