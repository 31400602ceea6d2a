"""What the last turn found, in words for a person or as JSON for a program."""

from __future__ import annotations

import argparse
import json

HELP = "print what the last turn found"


def arguments(parser: argparse.ArgumentParser) -> None:
    """How to print it."""
    parser.add_argument("--json", action="store_true", help="as JSON")


def run(options: argparse.Namespace) -> None:
    """Print the published figures."""
    show(as_json=options.json)


def show(*, as_json: bool = False) -> None:
    """Print what stands at HEAD."""
    from regulars import settings
    from regulars.lake.head import read
    from regulars.measure import actions

    head = read(settings.HOME / "lake").number
    if as_json:
        print(json.dumps(actions.report(head=head), ensure_ascii=False, indent=2, default=str))
    else:
        print(actions.report_text(actions.report(head=head)))
