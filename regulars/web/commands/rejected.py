"""The rejected rows of an import as CSV, to be mended and sent again with --append."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

HELP = "print the rejected rows of an import, or write them to a file, to mend and send again"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which import, and where to."""
    parser.add_argument(
        "number", type=int, metavar="IMPORT", help="the import's number, as `import` prints it"
    )
    parser.add_argument("--out", type=Path, metavar="FILE.csv", help="write there (default: print)")


def run(options: argparse.Namespace) -> None:
    """Write the rows; the trail says so, since they hold what a person's row said."""
    from regulars import clock
    from regulars.access.actions import log
    from regulars.core.refused import Refused
    from regulars.desk.export import csv_text
    from regulars.gather.actions.rejected import rejected_rows
    from regulars.gather.models import Import

    row = Import.objects.filter(pk=options.number).first()
    if row is None:
        raise Refused("there is no import %(number)d", number=options.number)
    header, rows = rejected_rows(row=row)
    log(user=None, verb="export", subject=f"import {row.pk}", at=clock.now(), detail="rejected rows")
    if options.out is None:
        sys.stdout.writelines(csv_text(header, rows))
        return
    try:
        with options.out.open("w", encoding="utf-8", newline="") as out:
            out.writelines(csv_text(header, rows))
    except OSError as error:
        raise Refused("cannot write %(path)s: %(why)s", path=options.out, why=error.strerror) from error
    print(
        f"{row.rows_rejected:,} rows in {options.out}; mend them, then: regulars import {options.out} --append …"
    )
