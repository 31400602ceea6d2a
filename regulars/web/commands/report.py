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
    from regulars.measure import actions

    if options.json:
        print(json.dumps(actions.report(), ensure_ascii=False, indent=2, default=str))
    else:
        print(actions.report_text())
