"""The web workers, as `serve` starts them: granian with this installation's pages."""

from __future__ import annotations

import argparse
import os

HELP: str | None = None
THREADS = 4  # a worker's; pages wait for the database more than they compute


def arguments(parser: argparse.ArgumentParser) -> None:
    """Where to listen."""
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)


def run(options: argparse.Namespace) -> None:
    """Serve until SIGTERM or SIGINT."""
    from django.db import connections
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    connections.close_all()  # the workers are forked, and a connection is not shared
    Granian(
        "regulars.web.wsgi:application",
        address=options.host,
        port=options.port,
        interface=Interfaces.WSGI,
        workers=min(2, os.cpu_count() or 1),
        blocking_threads=THREADS,
        log_level=LogLevels.warning,
        respawn_failed_workers=True,
        workers_kill_timeout=3,
    ).serve()
