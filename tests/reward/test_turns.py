"""Points follow the turns: booked from orders that landed, by who they belong to, taken back when they come back."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from regulars import settings
from regulars.core.refused import Refused
from regulars.gather.actions import bring
from regulars.know.models import CustomerState
from regulars.lake.engine import open_lake
from regulars.reward import actions
from regulars.reward.models import PointsEntry
from regulars.turn import turn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
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
phone = "phone"
member_card = "card"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path / "scratch")
    (tmp_path / "scratch").mkdir()
    actions.programme(starts_on=date(2026, 10, 1))
    return tmp_path


def sales(home: Path, *rows: str) -> None:
    file = home / "sales.csv"
    file.write_text("\n".join(["no,store,at,net,status,phone,card", *rows]) + "\n")
    bring(files=[file], map_text=SALES, name="sales", append=True, now=NOW)
    turn(now=NOW)


def points(number: int) -> tuple[int, int]:
    told = actions.balance(number)
    return told.points, told.owed


def test_identified_orders_from_the_programmes_start_earn_and_nothing_new_books_nothing(home: Path) -> None:
    sales(
        home,
        "0,A,2026-09-30 12:00:00,70.00,paid,,C1",
        "1,A,2026-10-01 12:00:00,50.90,paid,,C1",
        "2,A,2026-10-02 12:00:00,30.00,paid,,",
        "3,A,2026-10-03 12:00:00,30.00,cancelled,,C1",
    )
    assert points(1) == (50, 0)
    turn(now=NOW)
    assert PointsEntry.objects.count() == 1
    lake = open_lake(home / "lake", home / "scratch")
    (entry,) = lake.con.to_pyarrow(lake.table("entries")).to_pylist()
    assert (entry["customer_id"], entry["kind"], entry["amount"]) == (1, "earn", 50)


def test_an_order_earns_once_its_identifier_belongs_to_somebody(home: Path) -> None:
    # Between two cards the phone is nobody's; when one card is mended away, order 3 is the other's.
    sales(
        home,
        "1,A,2026-10-01 12:00:00,50.00,paid,13911112222,C1",
        "2,A,2026-10-02 12:00:00,20.00,paid,13911112222,C2",
        "3,A,2026-10-03 12:00:00,30.00,paid,13911112222,",
    )
    assert (points(1), points(2)) == ((50, 0), (20, 0))
    sales(home, "2,A,2026-10-02 12:00:00,21.00,paid,,C2")
    assert (points(1), points(2)) == ((80, 0), (21, 0))
    assert actions.differences() == {}


def test_people_who_turn_out_to_be_one_spend_what_both_had(home: Path) -> None:
    sales(
        home,
        "1,A,2026-10-01 12:00:00,50.00,paid,13911112222,",
        "2,A,2026-10-02 12:00:00,40.00,paid,,C1",
    )
    assert (points(1), points(2)) == ((50, 0), (40, 0))
    sales(home, "3,A,2026-10-03 12:00:00,10.00,paid,13911112222,C1")
    assert points(1) == points(2) == (100, 0)
    actions.redeem(customer=2, points=95, benefit="tea", key="t", now=NOW)
    assert points(1) == (5, 0)
    assert actions.differences() == {}


def test_ordered_then_a_full_refund_stage_and_points_go_back_and_what_was_spent_is_owed(home: Path) -> None:
    sales(
        home,
        "1,A,2026-10-01 12:00:00,50.00,paid,,C1",
        "2,A,2026-10-09 12:00:00,30.00,paid,,C1",
    )
    assert CustomerState.objects.get(until=None).stage == "second_timer"
    actions.redeem(customer=1, points=70, benefit="tea", key="t", now=NOW)
    sales(home, "2,A,2026-10-09 12:00:00,30.00,refunded,,C1")
    state = CustomerState.objects.get(until=None)
    assert (state.stage, state.visit_days, state.net) == ("new", 1, 5000)
    assert points(1) == (0, 20)
    with pytest.raises(Refused):
        actions.redeem(customer=1, points=1, benefit="tea", key="u", now=NOW)
    sales(home, "3,A,2026-10-20 12:00:00,60.00,paid,,C1")
    assert points(1) == (40, 0)
    assert actions.differences() == {}
