"""Write keys from the command line: a key is printed once, and only its hash is kept."""

from __future__ import annotations

import argparse

HELP = "make or end a write key for the live doors"


def arguments(parser: argparse.ArgumentParser) -> None:
    """``add`` and ``end``."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="make a key and print it once")
    add.add_argument("name", help="such as: booking system")
    add.add_argument(
        "--kind", default="secret", choices=("secret", "public"), help="public: for apps that anyone can open"
    )
    end = acts.add_parser("end", help="end a key; it opens nothing any more")
    end.add_argument("name")


def run(options: argparse.Namespace) -> None:
    """Make or end it."""
    from regulars import clock
    from regulars.access import actions

    if options.act == "add":
        print(actions.add_key(name=options.name, kind=options.kind, by=None, now=clock.now()))
    else:
        actions.end_key(name=options.name, by=None, now=clock.now())
        print(f"{options.name}: ended")
