"""A made-up brand's commits wait for no disk; everybody else's do, also right after."""

from __future__ import annotations

import pytest
from django.db import connection

from regulars.desk.durability import relaxed
from regulars.desk.models import Writer

WAITS, WAITS_NOT = {"sqlite": ("2", "0"), "postgresql": ("on", "off")}[connection.vendor]
ASKED = {"sqlite": "PRAGMA synchronous", "postgresql": "SHOW synchronous_commit"}[connection.vendor]
pytestmark = pytest.mark.django_db(transaction=True)


def level() -> str:
    with connection.cursor() as cursor:
        cursor.execute(ASKED)
        return str(cursor.fetchone()[0])


def test_commits_wait_for_the_disk_but_in_a_relaxed_stretch() -> None:
    assert level() == WAITS
    with relaxed():
        assert level() == WAITS_NOT
        Writer.objects.create(name="kept")
    assert level() == WAITS
    assert Writer.objects.filter(name="kept").exists()


def test_a_connection_opened_again_in_between_is_relaxed_too_and_those_after_it_are_not() -> None:
    with relaxed():
        connection.close()
        assert level() == WAITS_NOT
    connection.close()
    assert level() == WAITS


def test_what_breaks_inside_leaves_commits_as_careful_as_before() -> None:
    with pytest.raises(ZeroDivisionError), relaxed():
        raise ZeroDivisionError
    assert level() == WAITS
