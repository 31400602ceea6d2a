"""What falls due, by tables of values; what the tables say; and that a failing task is left alone longer each time."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from regulars.gather.models import Import
from regulars.measure.models import Turn
from regulars.work import Seen, day_began, due, look, pause, sweep

SHANGHAI = "Asia/Shanghai"  # UTC+8, so 04:10 is 20:10 UTC of the day before
NOON = datetime(2026, 11, 21, 4, 0, tzinfo=UTC)
THIS_MORNING = datetime(2026, 11, 20, 20, 11, tzinfo=UTC)
LAST_NIGHT = datetime(2026, 11, 20, 20, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("seen", "commands"),
    [
        (Seen(SHANGHAI), []),
        (Seen(SHANGHAI, waiting=(7, 8)), ["import --waiting 7", "import --waiting 8"]),
        (Seen(SHANGHAI, waiting=(7,), landed=5), ["import --waiting 7"]),
        (Seen(SHANGHAI, landed=5), ["turn --if-due"]),
        (Seen(SHANGHAI, landed=5, turned=4, turned_at=THIS_MORNING), ["turn --if-due"]),
        (Seen(SHANGHAI, landed=5, turned=6, turned_at=THIS_MORNING), []),
        (Seen(SHANGHAI, landed=5, turned=6, turned_at=LAST_NIGHT), ["turn --if-due"]),
        (Seen("UTC", landed=5, turned=6, turned_at=LAST_NIGHT), []),
        (Seen(SHANGHAI, turned=6, turned_at=LAST_NIGHT), []),
    ],
)
def test_an_import_comes_first_then_a_turn_when_something_landed_or_a_day_began(
    seen: Seen, commands: list[str]
) -> None:
    assert [" ".join(task.arguments) for task in due(seen, now=NOON)] == commands


@pytest.mark.parametrize(
    ("now", "zone", "began"),
    [
        (datetime(2026, 11, 20, 20, 10, tzinfo=UTC), SHANGHAI, datetime(2026, 11, 20, 20, 10, tzinfo=UTC)),
        (datetime(2026, 11, 20, 20, 9, 59, tzinfo=UTC), SHANGHAI, datetime(2026, 11, 19, 20, 10, tzinfo=UTC)),
        # New York leaves summer time on 1 November 2026: the same 04:10 is one hour later in UTC.
        (
            datetime(2026, 10, 31, 12, 0, tzinfo=UTC),
            "America/New_York",
            datetime(2026, 10, 31, 8, 10, tzinfo=UTC),
        ),
        (
            datetime(2026, 11, 1, 12, 0, tzinfo=UTC),
            "America/New_York",
            datetime(2026, 11, 1, 9, 10, tzinfo=UTC),
        ),
        (
            datetime(2026, 11, 1, 9, 0, tzinfo=UTC),
            "America/New_York",
            datetime(2026, 10, 31, 8, 10, tzinfo=UTC),
        ),
    ],
)
def test_a_day_begins_at_ten_past_four_by_the_brands_clocks(
    now: datetime, zone: str, began: datetime
) -> None:
    assert day_began(now, zone) == began


def test_what_failed_is_left_alone_longer_each_time_but_never_more_than_an_hour() -> None:
    assert [pause(n) for n in (0, 1, 2, 3, 7, 40)] == [timedelta(minutes=m) for m in (0, 1, 2, 4, 60, 60)]


@pytest.mark.django_db
def test_the_tables_say_what_waits_what_landed_and_what_was_turned() -> None:
    assert look() == Seen(SHANGHAI)
    Import.objects.create(name="a", state="landed", batch=3, started_at=LAST_NIGHT)
    later = Import.objects.create(name="b", state="waiting", started_at=NOON)
    first = Import.objects.create(name="c", state="waiting", started_at=LAST_NIGHT)
    Import.objects.create(name="d", state="refused", batch=9, started_at=NOON)
    # Brought by a command that was killed: whoever ran it has the files.
    Import.objects.create(name="e", state="stopped", batch=8, started_at=NOON)
    Import.objects.create(name="f", state="loading", started_at=NOON)
    Turn.objects.create(batch=4, started_at=THIS_MORNING, ended_at=THIS_MORNING)
    Turn.objects.create(batch=5, started_at=NOON)  # was killed before its end
    seen = look()
    assert seen == Seen(SHANGHAI, waiting=(first.pk, later.pk), landed=3, turned=4, turned_at=THIS_MORNING)
    Import.objects.filter(pk__in=(later.pk, first.pk)).delete()
    assert due(look(), now=NOON) == []


@pytest.mark.django_db
def test_an_import_that_was_killed_while_it_landed_waits_again_as_long_as_its_files_are_there(
    settings: Any,
) -> None:
    row = Import.objects.create(name="sales", state="stopped", batch=3, started_at=NOON)
    assert look().waiting == ()
    folder = settings.HOME / "waiting" / str(row.pk)
    folder.mkdir(parents=True)
    try:
        assert look().waiting == (row.pk,)
    finally:
        folder.rmdir()


def test_what_killed_runs_left_behind_goes_and_what_a_running_one_needs_stays(tmp_path: Path) -> None:
    (tmp_path / "import-old").mkdir()
    (tmp_path / "import-old" / "rows.parquet").write_text("x")
    (tmp_path / "upload-old").write_text("x")
    (tmp_path / "import-new").mkdir()
    for name in ("import-old", "upload-old"):
        os.utime(tmp_path / name, (1000, 1000))
    assert sweep(tmp_path, 2000) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["import-new"]
