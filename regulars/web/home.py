"""A home is made and brought up to date by whichever command comes first; two at once take turns."""

from __future__ import annotations

import fcntl
import os
import pkgutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from regulars.core.refused import Refused


def open_home() -> None:
    """Start Django on this home and apply the migrations that it lacks.

    Refuses a database that cannot be reached and one that a newer Regulars has written.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    import django

    django.setup()
    from django.db import connection
    from django.db.utils import DatabaseError

    from regulars import settings

    try:
        if _lacking():
            with _alone(settings.HOME / "migrate.lock"):
                _migrate()
    except DatabaseError as error:
        connection.close()
        raise Refused(
            "the database named by REGULARS_DATABASE_URL (%(name)s) cannot be used: %(why)s",
            name=connection.settings_dict["NAME"],
            why=str(error).strip().splitlines()[0],
        ) from error


def _written() -> dict[str, set[str]]:
    """The names of the migrations in the program's files, by application; none of them is loaded."""
    from django.apps import apps

    found: dict[str, set[str]] = {}
    for config in apps.get_app_configs():
        folder = Path(config.path) / "migrations"
        names = {module.name for module in pkgutil.iter_modules([str(folder)]) if module.name[0] not in "_~"}
        if names:
            found[config.label] = names
    return found


def _lacking() -> bool:
    """Whether the database lacks a migration; refuses one that has more than this program knows."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    written, applied = _written(), set(MigrationRecorder(connection).applied_migrations())
    newer = [f"{app} {name}" for app, name in sorted(applied) if app in written and name not in written[app]]
    if newer:
        raise Refused(
            "this home was written by a newer Regulars (it has %(name)s);"
            " install that one, or name another REGULARS_HOME",
            name=newer[-1],
        )
    return any((app, name) not in applied for app, names in written.items() for name in names)


def _migrate() -> None:
    if not _lacking():  # another process was faster
        return
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a lock between processes of this machine; it falls with its process."""
    with path.open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
