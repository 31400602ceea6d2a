"""Does what falls due, minute by minute; `serve` starts it, in production it may run on its own."""

from __future__ import annotations

import argparse

HELP = "do what falls due: waiting imports, and a turn when something landed or the day ended"


def arguments(parser: argparse.ArgumentParser) -> None:
    """None: what is due stands in the database."""


def run(options: argparse.Namespace) -> None:
    """Work until SIGTERM or SIGINT."""
    from regulars import clock, work
    from regulars.web.stopping import stopped_by_signal

    def say(line: str) -> None:
        print(f"regulars: {line}", flush=True)

    work.work(stop=stopped_by_signal(), clock=clock.now, say=say)
