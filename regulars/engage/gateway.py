"""One POST of JSON for each message to a gateway that takes the same id once; docs/channels.md has the contract."""

from __future__ import annotations

import http.client
import json
from collections.abc import Generator, Iterable, Mapping
from typing import Any
from urllib.parse import urlsplit

from regulars.engage.channel import SECONDS, Failed, Outcome

PASSES = (408, 425, 429)  # refused for now
NOT_LET_IN = (401, 403)


def deliver(
    address: str, token: str, bodies: Iterable[Mapping[str, Any]], word: str
) -> Generator[Outcome, None, None]:
    """POST each body over one connection, one outcome each: ``word`` for 2xx, else why not.

    4xx is for good but for 408, 425 and 429; raises Failed for all that is left where the gateway does not answer
    or does not let us in (401, 403).
    """
    gateway, path = _connection(address)
    headers = {"Content-Type": "application/json"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    try:
        for body in bodies:
            yield _post(gateway, path, json.dumps(body, ensure_ascii=False), headers, word)
    finally:
        gateway.close()


def _connection(address: str) -> tuple[http.client.HTTPConnection, str]:
    """A connection that opens with the first message, and the path to post to."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise Failed("the gateway's address cannot be read") from error
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise Failed("the gateway's address is not set")
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return kind(parts.hostname, port, timeout=SECONDS), path


def _post(
    gateway: http.client.HTTPConnection, path: str, body: str, headers: Mapping[str, str], word: str
) -> Outcome:
    try:
        gateway.request("POST", path, body.encode(), headers)
        answer = gateway.getresponse()
        said = answer.read(500).decode(errors="replace").strip()
        answer.read()
    except (OSError, http.client.HTTPException) as error:
        raise Failed(f"the gateway does not answer: {error}") from error
    if 200 <= answer.status < 300:
        return word
    if answer.status in NOT_LET_IN:
        raise Failed(f"the gateway does not let us in: {answer.status} {said}")
    return Failed(
        f"{answer.status} {said}", permanent=400 <= answer.status < 500 and answer.status not in PASSES
    )
