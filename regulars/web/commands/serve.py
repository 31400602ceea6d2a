"""One parent that starts and watches the web workers and the work, and ends them, by process id."""

from __future__ import annotations

import argparse
import http.client
import ipaddress
import socket
import sys
import threading
import time
from dataclasses import dataclass, field

from regulars.core import processes
from regulars.core.refused import Refused

HELP = "serve the console and do the work that falls due"

STEADY = 60.0  # a child that lived so many seconds is not one that "keeps dying"
DEATHS = 5  # in a row, then the parent gives up


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen and whether to work."""
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument("--port", type=int, default=8000, help="port to listen on (default: %(default)s)")
    parser.add_argument("--no-work", action="store_true", help="pages only; `regulars work` runs elsewhere")


def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM, SIGINT or SIGHUP; refuses a port that is taken, before anything starts."""
    from regulars.web.stopping import stopped_by_signal

    refuse_a_taken_port(options.host, options.port)
    stop = stopped_by_signal()
    if said := warning(options.host):
        print(f"regulars: {said}", file=sys.stderr)
    children = [Child("the web server", ("web", "--host", options.host, "--port", str(options.port)))]
    if not options.no_work:
        children.append(Child("the work", ("work",)))
    watch(children, stop, options.host, options.port)


@dataclass
class Child:
    """A process that has to run: what it is called, its arguments, and how often in a row it died."""

    name: str
    arguments: tuple[str, ...]
    process: processes.Process | None = None
    started: float = 0.0  # seconds of the monotonic clock
    deaths: int = 0
    start_at: float = field(default_factory=time.monotonic)

    def tend(self, now: float) -> None:
        """Start it when it is time, note its death; refuses when it keeps dying."""
        if self.process is None:
            if now >= self.start_at:
                self.process, self.started = processes.start(*self.arguments), now
            return
        code = self.process.poll()
        if code is None:
            return
        self.process = None
        self.deaths = 1 if now - self.started >= STEADY else self.deaths + 1
        if self.deaths >= DEATHS:
            raise Refused(
                "%(name)s ended %(deaths)d times in a row (exit code %(code)d), so everything is stopped;"
                " the lines above say why",
                name=self.name,
                deaths=self.deaths,
                code=code,
            )
        self.start_at = now + pause(self.deaths)
        print(f"regulars: {self.name} ended (exit code {code}) and is started again", file=sys.stderr)


def pause(deaths: int) -> float:
    """Seconds to wait before the next start after so many deaths in a row: 0.5, 1, 2, 4 … at most 30."""
    return float(min(0.5 * 2 ** (deaths - 1), 30.0))


def watch(children: list[Child], stop: threading.Event, host: str, port: int) -> None:
    """Keep the children running until told to stop, say the address once it answers, then end them all."""
    announced = False
    try:
        while not stop.wait(0.1):
            for child in children:
                child.tend(time.monotonic())
            if not announced and children[0].process is not None and _answers(host, port):
                announced = True
                print(f"Regulars is at {address(host, port)} (Ctrl-C ends it)", flush=True)
    finally:
        processes.end(child.process for child in children if child.process)


def address(host: str, port: int) -> str:
    """What a person types into a browser on this machine."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    return f"http://[{near}]:{port}/" if ":" in near else f"http://{near}:{port}/"


def _answers(host: str, port: int) -> bool:
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    page = http.client.HTTPConnection(near, port, timeout=5)
    try:
        page.request("GET", "/")
        return page.getresponse().status > 0
    except (OSError, http.client.HTTPException):
        return False
    finally:
        page.close()


def refuse_a_taken_port(host: str, port: int) -> None:
    """Refuse when something listens there already, or the address is not one of this machine's."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except (OSError, OverflowError) as error:
            raise Refused(
                "cannot listen on %(host)s port %(port)d (%(why)s); choose another with --port N",
                host=host,
                port=port,
                why=getattr(error, "strerror", None) or error,
            ) from error


def _is_loopback(host: str) -> bool:
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def warning(host: str) -> str:
    """What to say where others can reach accounts whose password the demo has printed; empty where they cannot."""
    from regulars.access.models import User

    if _is_loopback(host):
        return ""
    known = User.objects.filter(demo_password=True, is_active=True).order_by("username")
    names = ", ".join(known.values_list("username", flat=True))
    return names and (
        f"WARNING: {host} can be reached by others, and the demo's password, which everyone knows,"
        f" opens {names}; write: regulars user password NAME"
    )
