"""A shop's own phone or device is in a thousand orders and is nobody; here it is said so."""

from __future__ import annotations

import argparse

HELP = "say that a phone or device is the shop's own and never identifies a customer"


def arguments(parser: argparse.ArgumentParser) -> None:
    """What, and why."""
    parser.add_argument("type", help="phone, email, payment_token, device …")
    parser.add_argument("value", help="as a file would give it")
    parser.add_argument("--why", required=True, help="such as: the shop's own number")


def run(options: argparse.Namespace) -> None:
    """Exclude it from the next turn on."""
    exclude(options.type, options.value, options.why)
    print("It identifies nobody from the next turn on.")


def exclude(type: str, value: str, why: str) -> None:
    """Translate a value as a person writes it into its hash, and exclude that; refuses what is no identifier."""
    from regulars import clock, settings
    from regulars.brand.actions import the_brand
    from regulars.core.refused import Refused
    from regulars.gather.rules.identifiers import IDENTIFIERS, hashed, normalise
    from regulars.identify import actions

    if type not in IDENTIFIERS:
        raise Refused(
            "%(type)s is no identifier; write one of %(all)s", type=type, all=", ".join(IDENTIFIERS)
        )
    normal = normalise(type, value, the_brand().region)
    if normal.value is None:
        raise Refused("%(value)s identifies nobody as it is: %(why)s", value=value, why=normal.blocked)
    identifier_hash = hashed(settings.IDENTIFIER_KEY, type, normal.value)
    actions.exclude(identifier_type=type, identifier_hash=identifier_hash, why=why, now=clock.now())
