"""The terms of the points programme from the command line: begun once, changed for what is booked from now on."""

from __future__ import annotations

import argparse
from datetime import date

HELP = "begin the points programme, or change its terms; without --from, say what they are"


def arguments(parser: argparse.ArgumentParser) -> None:
    """When it starts, what is earned, and when it runs out."""
    parser.add_argument(
        "--from",
        dest="starts",
        type=date.fromisoformat,
        metavar="DATE",
        help="orders of this business date and later earn, such as 2026-12-01",
    )
    parser.add_argument("--per-unit", type=int, metavar="N", help="points for a whole unit of the currency")
    parser.add_argument("--expires", type=int, metavar="DAYS", help="days after the order; 0: never")
    parser.add_argument("--visible", type=int, metavar="N", help="a guest sees their points from so many on")


def run(options: argparse.Namespace) -> None:
    """Begin it or change it, and say the terms."""
    from regulars.core.refused import Refused
    from regulars.reward import actions
    from regulars.reward.models import Programme

    now = Programme.objects.filter(pk=1).first() or Programme()
    starts = options.starts or now.starts_on
    if starts is None:
        raise Refused("there is no programme yet; say from when orders earn: --from DATE")
    per_unit: int = now.per_unit if options.per_unit is None else options.per_unit
    visible: int = now.visible_from if options.visible is None else options.visible
    expires: int | None = now.expires_after if options.expires is None else options.expires or None
    for name, value, least in (
        ("per unit", per_unit, 1), ("expires after", expires or 1, 1), ("visible from", visible, 0),
    ):  # fmt: skip
        if value < least:
            raise Refused("%(name)s is at least %(least)d", name=name, least=least)
    if any(each is not None for each in (options.starts, options.per_unit, options.expires, options.visible)):
        now = actions.programme(
            starts_on=starts, per_unit=per_unit, expires_after=expires, visible_from=visible
        )
    lasts = f"for {now.expires_after} days" if now.expires_after else "for ever"
    print(
        f"orders from {now.starts_on} on earn {now.per_unit} a whole unit, {lasts}; "
        f"guests see them from {now.visible_from} on"
    )
