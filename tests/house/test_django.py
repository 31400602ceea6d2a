"""What Django itself can check: migrations say what the models say, and the settings hold together."""

from __future__ import annotations

import pytest
from django.core.checks import WARNING, run_checks
from django.core.management import call_command


@pytest.mark.django_db
def test_the_migrations_say_what_the_models_say() -> None:
    call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def test_django_finds_nothing_wrong() -> None:
    found = [str(message) for message in run_checks() if message.level >= WARNING]
    assert not found
