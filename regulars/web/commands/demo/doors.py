"""Calls to the console's own doors without a socket: each goes through the whole WSGI application."""

from __future__ import annotations

import base64
import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from typing import Any
from urllib.parse import urlencode, urlsplit

from regulars.core.refused import Refused

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Answer:
    """What came back: a status and the body as text."""

    status: int
    text: str
    where: str = ""  # of a redirect


@dataclass
class Caller:
    """A device that calls: it keeps its cookies, and sends Django's token with every form."""

    key: str = ""  # a write key, sent as the user of HTTP Basic
    cookies: dict[str, str] = field(default_factory=dict)

    def get(self, path: str) -> Answer:
        """Open a page."""
        return self._call("GET", path, b"", "")

    def post(self, path: str, form: Mapping[str, Any]) -> Answer:
        """Send a form, as the page that shows it would."""
        token = self.cookies.get("csrftoken", "")
        body = urlencode({"csrfmiddlewaretoken": token, **form}, doseq=True).encode()
        return self._call("POST", path, body, "application/x-www-form-urlencoded")

    def send(self, path: str, body: Any) -> Answer:
        """Send JSON, as a machine or a page's script would."""
        return self._call("POST", path, json.dumps(body, default=str).encode(), "application/json")

    def _call(self, method: str, path: str, body: bytes, kind: str) -> Answer:
        from regulars.web.wsgi import application

        split = urlsplit(path)
        environ: dict[str, Any] = {
            "REQUEST_METHOD": method,
            "SCRIPT_NAME": "",
            "PATH_INFO": split.path,
            "QUERY_STRING": split.query,
            "SERVER_NAME": HOST,
            "SERVER_PORT": "80",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": HOST,
            "CONTENT_TYPE": kind,
            "CONTENT_LENGTH": str(len(body)),
            "HTTP_HOST": HOST,
            "HTTP_COOKIE": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "HTTP_X_CSRFTOKEN": self.cookies.get("csrftoken", ""),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
            "wsgi.input": io.BytesIO(body),
            "wsgi.errors": io.StringIO(),
            "wsgi.multithread": False,
            "wsgi.multiprocess": True,
            "wsgi.run_once": False,
        }
        if self.key:
            environ["HTTP_AUTHORIZATION"] = "Basic " + base64.b64encode(f"{self.key}:".encode()).decode()
        told: list[tuple[str, list[tuple[str, str]]]] = []

        def start(
            status: str, headers: list[tuple[str, str]], _info: Any = None, /
        ) -> Callable[[bytes], object]:
            told.append((status, headers))
            return lambda _part: None

        parts = application(environ, start)
        try:
            text = b"".join(parts).decode(errors="replace")
        finally:
            if hasattr(parts, "close"):
                parts.close()
        status, headers = told[-1]
        where = ""
        for name, value in headers:
            if name.lower() == "set-cookie":
                self.cookies |= {each: morsel.value for each, morsel in SimpleCookie(value).items()}
            if name.lower() == "location":
                where = value
        return Answer(int(status.split()[0]), text, where)


def expect(answer: Answer, what: str) -> Answer:
    """The answer of a door that opened; refuses one that did not, because the demo would show what is not so."""
    if answer.status >= 400:
        said = answer.text[:300].replace("\n", " ")
        raise Refused(
            "%(what)s was answered with %(status)s: %(said)s", what=what, status=answer.status, said=said
        )
    return answer
