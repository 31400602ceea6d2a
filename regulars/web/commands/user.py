"""Accounts from the command line: the first owner of an installation can be made nowhere else."""

from __future__ import annotations

import argparse
import getpass
import sys

HELP = "add an account, or set its password"


def arguments(parser: argparse.ArgumentParser) -> None:
    """``add`` and ``password``."""
    acts = parser.add_subparsers(dest="act", metavar="ACT", required=True)
    add = acts.add_parser("add", help="add an account")
    add.add_argument("name")
    add.add_argument("--role", required=True, choices=("owner", "operator", "analyst", "store"))
    add.add_argument("--store", nargs="+", default=[], metavar="CODE", help="the stores it sees")
    password = acts.add_parser("password", help="set an account's password")
    password.add_argument("name")


def run(options: argparse.Namespace) -> None:
    """Ask for a password on a terminal; elsewhere make one up and print it."""
    from regulars import clock
    from regulars.access import actions
    from regulars.core.refused import Refused

    given = sys.stdin.isatty()
    if given:
        password = getpass.getpass("Password (at least 10 characters): ")
        if getpass.getpass("Once more: ") != password:
            raise Refused("the two passwords differ; nothing was changed")
    else:
        password = actions.new_password()
    if options.act == "add":
        account = {"name": options.name, "role": options.role, "stores": options.store}
        actions.add_user(**account, password=password, by=None, now=clock.now())
    else:
        actions.set_password(name=options.name, password=password, by=None, now=clock.now())
    print(f"{options.name}: {'done' if given else f'the password is {password}'}")
