"""The command line: each command is a file with its words, its arguments and one call."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib import import_module, metadata
from typing import Protocol, cast

from regulars.core import processes
from regulars.core.refused import Refused

# To add a command, write one file and one line here; a command whose help is None is for the program itself.
COMMANDS = {
    "demo": "demo",
    "import": "bring",
    "reviews": "reviews",
    "turn": "turn",
    "report": "report",
    "serve": "serve",
    "work": "work",
    "user": "user",
    "key": "key",
    "brand": "brand",
    "points": "points",
    "rejected": "rejected",
    "exclude": "exclude",
    "migrate": "migrate",
    "web": "web",
}


class Command(Protocol):
    """What a command's file says."""

    HELP: str | None

    def arguments(self, parser: argparse.ArgumentParser) -> None: ...

    def run(self, options: argparse.Namespace) -> None: ...


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="regulars",
        description="Customer digital operations for brands with stores.",
        epilog="Everything a run writes lies under REGULARS_HOME; see docs/running.md.",
    )
    parser.add_argument("--version", action="version", version=f"regulars {metadata.version('regulars')}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, file in COMMANDS.items():
        command = cast(Command, import_module(f"regulars.web.commands.{file}"))
        if command.HELP is None:
            each = commands.add_parser(name)
        else:
            each = commands.add_parser(name, help=command.HELP, description=command.HELP)
        command.arguments(each)
        each.set_defaults(run=command.run)
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and give its exit code: 0, 1 with one line on stderr, 2 for words not known."""
    options = _parser().parse_args(arguments)
    processes.obey_parent()
    try:
        from regulars.web.home import open_home

        open_home()
        options.run(options)
        sys.stdout.flush()
    except Refused as refused:
        print(f"regulars: {refused}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("regulars: stopped", file=sys.stderr)
        return 130
    except BrokenPipeError:  # `regulars report | head`: nobody reads on
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return 0
