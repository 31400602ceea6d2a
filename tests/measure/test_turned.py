"""A whole turn tells a play's result, seen with the landing and not before; a booking read from a file counts, too."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from regulars import settings
from regulars.desk.spans import visible
from regulars.engage.models import Entry, Play
from regulars.gather.actions import bring
from regulars.know.models import CustomerState, ReturnCurve
from regulars.lake import head as heads
from regulars.lake.engine import open_lake
from regulars.measure.models import PlayResult
from regulars.turn import turn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
ENTERED = date(2026, 9, 1)
SALES = """
rows = "orders"
source = "till"
[columns]
order_id = "no"
store_id = "store"
ordered_at = "at"
net = "net"
status = "status"
[identifiers]
member_card = "card"
"""
VISITS = """
rows = "visits"
source = "queue"
[columns]
visit_id = "no"
store_id = "store"
seated_at = "seated"
[identifiers]
member_card = "card"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path / "scratch")
    (tmp_path / "scratch").mkdir()
    return tmp_path


def brought(home: Path, name: str, map_text: str, head: str, rows: list[str]) -> None:
    file = home / f"{name}.csv"
    file.write_text("\n".join([head, *rows]) + "\n")
    bring(files=[file], map_text=map_text, name=name, now=NOW)


def test_an_order_a_booking_and_a_refund_reach_the_result_of_a_play(home: Path) -> None:
    first = [f"{n},A,2026-08-20 12:{n:02d}:00,50.00,paid,C{n}" for n in range(1, 41)]
    back = [f"{100 + n},A,2026-09-10 12:{n:02d}:00,80.00,paid,C{n}" for n in range(1, 11)]
    last = ["999,A,2026-10-31 12:00:00,5.00,paid,"]
    header = "no,store,at,net,status,card"
    brought(home, "sales", SALES, header, [*first, *back, *last])
    brought(home, "queue", VISITS, "no,store,seated,card", ["q1,A,2026-09-12 19:00:00,C11"])
    turn(now=NOW)
    cards = {row.customer: row.visit_days for row in CustomerState.objects.filter(until=None)}
    twice = sorted(number for number, days in cards.items() if days == 2)
    once = sorted(number for number, days in cards.items() if days == 1)
    play = Play.objects.create(
        name="second", title="t", audience="orders == 1", salt="s", made_at=NOW, started_at=NOW
    )
    for number in cards:
        arm = "treated" if number in twice or number in once[:10] else "control"
        Entry.objects.create(play=play, customer=number, arm=arm, entered_at=NOW, entered_on=ENTERED)
    row = turn(now=NOW + timedelta(hours=1))
    assert row.counts["plays"] == 1
    told = PlayResult.objects.get(visible(heads.read(home / "lake").number))
    assert (told.batch, told.as_of) == (row.batch, date(2026, 10, 31))
    assert (told.matured_treated, told.matured_control) == (20, 20)
    assert (told.back_treated + told.back_control, told.revenue_treated) == (11, 4000.0), (
        "ten paid, one was booked"
    )
    curve = ReturnCurve.objects.get(until=None)
    assert curve.newcomers == 40
    refunded = [line.replace("paid", "refunded") for line in back]
    brought(home, "sales", SALES, header, [*first, *refunded, *last])
    turn(now=NOW + timedelta(hours=2))
    later = PlayResult.objects.get(visible(heads.read(home / "lake").number))
    assert (later.back_treated + later.back_control, later.revenue_treated) == (1, 0.0)
    assert PlayResult.objects.count() == 1, "what nobody sees any more is swept"
    lake = open_lake(home / "lake", home / "scratch")
    effects = lake.con.to_pyarrow(lake.table("effects")).to_pylist()
    lake.con.disconnect()
    assert {row["metric"] for row in effects} <= {"back", "revenue"}
