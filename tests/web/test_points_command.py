"""`regulars points` begins the programme, changes its terms, and says what they are."""

from __future__ import annotations

from datetime import date

import pytest

from regulars.core.refused import Refused
from regulars.reward.models import Programme
from regulars.web.commands import _parser

pytestmark = pytest.mark.django_db


def points(*words: str) -> None:
    options = _parser().parse_args(["points", *words])
    options.run(options)


def test_a_programme_is_begun_once_and_its_terms_change_one_by_one(
    capsys: pytest.CaptureFixture[str],
) -> None:
    points("--from", "2026-12-01", "--visible", "50")
    points("--per-unit", "2", "--expires", "0")
    row = Programme.objects.get()
    assert (row.starts_on, row.per_unit, row.expires_after, row.visible_from) == (
        date(2026, 12, 1), 2, None, 50,
    )  # fmt: skip
    points()
    said = capsys.readouterr().out.splitlines()
    assert said[-1] == "orders from 2026-12-01 on earn 2 a whole unit, for ever; guests see them from 50 on"
    assert said[-1] == said[-2]


def test_the_same_terms_again_make_no_turn_look_at_all_orders_anew() -> None:
    points("--from", "2026-12-01")
    Programme.objects.update(booked_to=9)
    points("--from", "2026-12-01", "--per-unit", "2")
    assert Programme.objects.get().booked_to == 9
    points("--from", "2026-11-01")
    assert Programme.objects.get().booked_to == 0


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ([], "no programme yet"),
        (["--per-unit", "2"], "no programme yet"),
        (["--from", "2026-12-01", "--per-unit", "0"], "per unit is at least 1"),
        (["--from", "2026-12-01", "--expires", "-3"], "expires after is at least 1"),
        (["--from", "2026-12-01", "--visible", "-1"], "visible from is at least 0"),
    ],
)
def test_terms_that_make_no_sense_are_refused(words: list[str], why: str) -> None:
    with pytest.raises(Refused, match=why):
        points(*words)
    assert not Programme.objects.exists()
