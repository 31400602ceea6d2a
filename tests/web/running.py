"""The program as a person starts it: a process of its own, in a home of its own, on a free port of loopback."""

from __future__ import annotations

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = (sys.executable, "-m", "regulars")


def environment(home: Path, **more: str) -> dict[str, str]:
    """The settings of a home, and none that this test run has."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("REGULARS_", "DJANGO_"))
    }
    return {**kept, "REGULARS_HOME": str(home), **more}


def run(home: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """One command to its end."""
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=environment(home, **more),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=180,
    )


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def until(holds: Callable[[], bool], seconds: float = 20.0) -> bool:
    """Whether something comes true within some seconds."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.05)
    return holds()


def answers(port: int) -> bool:
    """Whether a page is served there."""
    page = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        page.request("GET", "/")
        return page.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        page.close()


def family(pid: int) -> dict[int, str]:
    """The processes below one, by process id, with their command lines."""
    lines = subprocess.run(
        ["ps", "-A", "-o", "pid=,ppid=,args="], capture_output=True, text=True
    ).stdout.splitlines()
    rows = [(int(a), int(b), rest) for a, b, rest in (line.split(None, 2) for line in lines)]
    found: dict[int, str] = {}
    parents = {pid}
    while parents:
        below = {child: words for child, parent, words in rows if parent in parents}
        found |= below
        parents = set(below)
    return found


def lives(pid: int) -> bool:
    """Whether a process still runs; one that ended and was not collected does not."""
    state = subprocess.run(
        ["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True
    ).stdout.strip()
    return bool(state) and not state.startswith("Z")


@contextmanager
def serving(home: Path, port: int, *arguments: str) -> Iterator[subprocess.Popen[str]]:
    """A server that answers; whatever it left behind at the end is ended by process id."""
    parent = subprocess.Popen(
        [*PROGRAM, "serve", "--port", str(port), *arguments],
        env=environment(home),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    below: dict[int, str] = {}
    try:
        assert until(lambda: answers(port)), "it never answered"
        below = family(parent.pid)
        yield parent
    finally:
        if parent.poll() is None:
            below |= family(parent.pid)
            parent.terminate()
            parent.wait(15)
        for pid in filter(lives, below):
            os.kill(pid, 9)
        if parent.stdout:
            parent.stdout.close()
