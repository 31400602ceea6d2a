"""Brings a home up to date and does nothing else: every command has done that before it runs."""

from __future__ import annotations

import argparse

HELP: str | None = None


def arguments(parser: argparse.ArgumentParser) -> None:
    """None."""


def run(options: argparse.Namespace) -> None:
    """Say where the home is."""
    from regulars import settings

    print(f"{settings.HOME} is up to date")
