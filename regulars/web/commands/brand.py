"""The brand's settings; what every figure depends on is fixed before the first import and then stays."""

from __future__ import annotations

import argparse

HELP = "show or set the brand's name, currency, time zone, region and the hour its day ends"
FIXED = ("currency", "time_zone", "region", "day_ends")


def arguments(parser: argparse.ArgumentParser) -> None:
    """All optional: without any the settings are shown."""
    parser.add_argument("--name")
    parser.add_argument("--currency", help="ISO 4217, such as CNY")
    parser.add_argument("--time-zone", help="IANA, such as Asia/Shanghai")
    parser.add_argument("--region", help="ISO 3166, such as CN: for phones without a country code")
    parser.add_argument("--day-ends", metavar="HH:MM", help="an earlier order belongs to the day before")


def run(options: argparse.Namespace) -> None:
    """Set what is given, then show all."""
    from regulars.brand import actions
    from regulars.core.refused import Refused
    from regulars.gather.models import Import

    given = {name: getattr(options, name) for name in ("name", *FIXED) if getattr(options, name) is not None}
    fixed = [name for name in given if name in FIXED]
    if fixed and Import.objects.filter(batch__isnull=False).exists():
        raise Refused(
            "%(what)s cannot change after the first import, since every figure would mean something else;"
            " name another REGULARS_HOME and import there",
            what=" and ".join(name.replace("_", " ") for name in fixed),
        )
    brand = actions.change(**given) if given else actions.the_brand()
    print(f"name       {brand.name or '(none yet)'}")
    print(f"currency   {brand.currency}")
    print(f"time zone  {brand.time_zone}")
    print(f"region     {brand.region}")
    print(f"day ends   {brand.day_ends:%H:%M}")
