"""Workers and deciders at once: on PostgreSQL in the test's database, on SQLite in a process and file of its own.

A test's SQLite lies in memory, where a second connection is refused instead of waiting as it does on a file.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

from tests.engage.at_once import together


def told(home: Path) -> dict[str, Any]:
    """What became of all that ran at once, on the database that this run is about."""
    from django.db import connection

    if connection.vendor == "postgresql":
        return tried()
    environment = {**os.environ, "REGULARS_HOME": str(home), "DJANGO_SETTINGS_MODULE": "regulars.settings"}
    environment.pop("REGULARS_DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-m", "tests.improve.at_once"], env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def tried() -> dict[str, Any]:
    """All of it, in this process."""
    from tests.web import cast

    cast.brand()
    return {"told": workers(), "decided": deciders(), "merged": mergers()}


def workers() -> dict[str, int]:
    """Two workers tell fifteen people."""
    from regulars.engage.models import Message
    from regulars.improve.actions import run_due, tell
    from regulars.improve.models import Telling
    from tests.improve import cast

    finding = cast.changed(cast.raised(15), "S01")
    at = cast.NOW + timedelta(days=14)
    tell(finding=finding, starts_at=at, by="owner", now=at)
    done = together(2, lambda: run_due(now=at, still=lambda: True))
    return {
        "done": sum(done),
        "messages": Message.objects.count(),
        "posted": Telling.objects.exclude(message="").count(),
    }


def deciders() -> int:
    """How many of eight people who decide one finding at once are heard."""
    from regulars.core.refused import Refused
    from regulars.improve.actions import refuse
    from regulars.improve.models import Finding
    from tests.improve import cast

    key = cast.raised(3, first=100).pk

    def decide() -> int:
        try:
            refuse(finding=Finding.objects.get(pk=key), reason="no", by="owner", now=cast.NOW)
        except Refused:
            return 0
        return 1

    return sum(together(8, decide))


def mergers() -> dict[str, int]:
    """How many of four people who merge the same voices into new findings at once have made one."""
    from regulars.core.refused import Refused
    from regulars.improve.actions import merge
    from regulars.improve.models import Finding, FindingVoice
    from tests.improve import cast

    voices = [cast.said(number, cast.guest(number)).voice_id for number in (200, 201, 202)]
    before = Finding.objects.count()

    def put() -> int:
        try:
            merge(finding=None, voices=voices, by="owner", now=cast.NOW)
        except Refused:
            return 0
        return 1

    return {
        "made": sum(together(4, put)),
        "findings": Finding.objects.count() - before,
        "voices": FindingVoice.objects.filter(voice__in=voices).count(),
    }


def main() -> None:
    import django

    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    print(json.dumps(tried()))


if __name__ == "__main__":
    main()
