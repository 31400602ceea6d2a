"""A turn seen from outside: what landed becomes customers, stages and figures, and a second turn changes nothing."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from regulars import settings
from regulars.desk.spans import visible
from regulars.gather.actions import bring
from regulars.gather.models import Order, Sighting
from regulars.identify.models import Customer, Link
from regulars.know.models import CustomerState
from regulars.lake import head as heads
from regulars.lake.engine import open_lake
from regulars.measure.models import Figure, Turn
from regulars.turn import turn
from tests.shared_data import shared

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
MEMBERS = """
rows = "records"
source = "members"
[columns]
record_id = "id"
name = "name"
[identifiers]
member_card = "card"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path / "scratch")
    (tmp_path / "scratch").mkdir()
    return tmp_path


def sales(home: Path, *rows: str, name: str = "sales", append: bool = False) -> None:
    file = home / "sales.csv"
    file.write_text("\n".join(["no,store,at,net,status,phone,card", *rows]) + "\n")
    bring(files=[file], map_text=SALES, name=name, append=append, now=NOW)


def states() -> dict[int, CustomerState]:
    head = heads.read(settings.HOME / "lake").number
    return {state.customer: state for state in CustomerState.objects.filter(visible(head))}


def test_an_empty_lake_makes_an_empty_turn() -> None:
    row = turn(now=NOW)
    assert (row.as_of, states(), Figure.objects.count()) == (None, {}, 0)


def test_two_days_under_one_card_are_a_second_timer_found_by_pinyin(home: Path) -> None:
    (home / "members.csv").write_text("id,name,card\n1,王小明,C1\n")
    bring(files=[home / "members.csv"], map_text=MEMBERS, now=NOW)
    sales(home, "1,A,2026-10-01 12:00:00,50.00,paid,,C1", "2,B,2026-10-09 12:00:00,30.00,paid,,C1")
    row = turn(now=NOW)
    state = states()[1]
    assert row.as_of == date(2026, 10, 9)
    assert (state.name, state.stage, state.visit_days, state.net) == ("王小明", "second_timer", 2, 8000)
    assert "wangxiaoming" in state.search
    lake = open_lake(settings.HOME / "lake", settings.HOME / "scratch")
    (kept,) = lake.con.to_pyarrow(lake.table("customer_state")).to_pylist()
    assert (kept["customer_id"], kept["second_day"], kept["stage"]) == (1, date(2026, 10, 9), "second_timer")
    assert state.stores == "|A|B|"
    assert [(each["stage"], each["since"]) for each in state.history] == [
        ("new", "2026-10-01"),
        ("second_timer", "2026-10-09"),
    ]


def test_a_turn_with_nothing_new_writes_nothing(home: Path) -> None:
    sales(home, "1,A,2026-10-01 12:00:00,50.00,paid,,C1", "2,B,2026-10-09 12:00:00,30.00,paid,13911112222,")
    turn(now=NOW)
    before = (
        set(CustomerState.objects.values_list("pk", flat=True)),
        set(Link.objects.values_list("pk", flat=True)),
    )
    figures = set(Figure.objects.values_list("pk", flat=True))
    row = turn(now=NOW)
    assert (row.counts["written"], row.counts["ended"], row.counts["links opened"]) == (0, 0, 0)
    after = (
        set(CustomerState.objects.values_list("pk", flat=True)),
        set(Link.objects.values_list("pk", flat=True)),
    )
    assert after == before
    assert set(Figure.objects.values_list("pk", flat=True)) == figures


def test_what_turns_out_to_be_one_person_takes_the_lower_number(home: Path) -> None:
    sales(home, "1,A,2026-10-01 12:00:00,50.00,paid,13911112222,", "2,A,2026-10-02 12:00:00,50.00,paid,,C1")
    turn(now=NOW)
    assert set(states()) == {1, 2}
    sales(home, "3,A,2026-10-03 12:00:00,50.00,paid,13911112222,C1", append=True)
    row = turn(now=NOW)
    assert row.counts["merged"] == 1
    assert {number: state.visit_days for number, state in states().items()} == {1: 3}
    assert Customer.objects.get(number=2).merged_into == 1


def test_people_told_apart_keep_the_number_with_who_was_known_longest(home: Path) -> None:
    first = [
        "1,A,2026-10-01 12:00:00,50.00,paid,13911112222,C1",
        "2,A,2026-10-05 12:00:00,50.00,paid,13911112222,",
    ]
    sales(home, *first)
    turn(now=NOW)
    assert {number: state.visit_days for number, state in states().items()} == {1: 2}
    sales(home, "3,A,2026-10-06 12:00:00,50.00,paid,13911112222,C2", append=True)
    turn(now=NOW)
    # The phone now stands between two accounts, so order 2, known by it alone, is nobody's.
    assert {number: state.visit_days for number, state in states().items()} == {1: 1, 2: 1}


def test_a_refund_takes_the_visit_back(home: Path) -> None:
    sales(home, "1,A,2026-10-01 12:00:00,50.00,paid,,C1", "2,A,2026-10-09 12:00:00,30.00,paid,,C1")
    turn(now=NOW)
    sales(home, "2,A,2026-10-09 12:00:00,30.00,refunded,,C1", append=True)
    turn(now=NOW)
    assert (states()[1].visit_days, states()[1].net, states()[1].stage) == (1, 5000, "new")


def test_a_return_of_its_own_takes_money_back_and_neither_adds_nor_moves_a_visit(home: Path) -> None:
    bought = ["1,A,2026-10-01 12:00:00,50.00,paid,,C1", "2,A,2026-10-09 12:00:00,30.00,paid,,C1"]
    back = ["C3,B,2026-10-20 12:00:00,-12.50,paid,,C1", "C4,B,2026-10-21 12:00:00,-1.00,paid,,"]
    file = home / "sales.csv"
    file.write_text("\n".join(["no,store,at,net,status,phone,card", *bought, *back]) + "\n")
    bring(files=[file], map_text=SALES.replace("[columns]", 'returns = "negative"\n[columns]'), now=NOW)
    assert turn(now=NOW).as_of == date(2026, 10, 21)
    state = states()[1]
    assert (state.visit_days, state.orders, state.net) == (2, 2, 8000 - 1250)
    assert (state.last_day, state.stores) == (date(2026, 10, 9), "|A|")
    told = {row.part: row.value for row in Figure.objects.filter(metric="revenue_factors", slice="")}
    assert (told["whole:revenue"], told["revenue"], told["whole:orders"]) == (8000 - 1350, 8000 - 1250, 2)


def test_the_months_of_an_extract_with_returns_sum_to_all_that_it_kept(home: Path) -> None:
    maps = settings.CHECKOUT / "examples" / "messy.toml"
    bring(files=[shared("messy/400_transactions.parquet")], map_text=maps.read_text(), now=NOW)
    turn(now=NOW)
    orders = open_lake(home / "lake", home / "scratch").table("orders").execute()
    kept = orders[orders.status != "cancelled"]
    months = Figure.objects.filter(slice="")
    revenue = {
        "factors": sum(
            row.value or 0 for row in months.filter(metric="revenue_factors", part="whole:revenue")
        ),
        "who": sum(row.value or 0 for row in months.filter(metric="new_returning_revenue")),
        "traffic": sum(row.value or 0 for row in months.filter(metric="revenue_by_traffic")),
    }
    assert set(revenue.values()) == {(kept.net - kept.refunded).sum()} == {3_744_050}
    known = sum(row.value or 0 for row in months.filter(metric="revenue_factors", part="revenue"))
    assert sum(state.net for state in states().values()) == known
    counted = sum(row.value or 0 for row in months.filter(metric="revenue_factors", part="whole:orders"))
    assert counted == (kept.status == "paid").sum() < len(kept)


def test_orders_older_than_the_desk_keeps_leave_it_and_stay_in_the_lake(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sales(home, "1,A,2025-10-01 12:00:00,50.00,paid,,C1")
    later = date(2025, 10, 1) + timedelta(days=settings.DESK_DAYS - 1)
    sales(home, f"2,A,{later - timedelta(days=9)} 12:00:00,30.00,paid,,C1", append=True)
    turn(now=NOW)
    assert Order.objects.count() == 2
    sales(home, "3,A,2026-10-31 12:00:00,30.00,paid,,C1", append=True)
    monkeypatch.setattr(settings, "DESK_DAYS", 200)
    turn(now=NOW)
    assert set(Order.objects.values_list("order_id", flat=True)) == {"2", "3"}
    assert set(Sighting.objects.values_list("order_id", flat=True)) == {"2", "3"}
    assert states()[1].visit_days == 3


def test_what_cannot_be_told_yet_is_said_and_not_guessed(home: Path) -> None:
    sales(home, "1,A,2026-10-01 12:00:00,50.00,paid,,C1")
    turn(now=NOW)
    said = Turn.objects.latest("batch").refused
    assert len(said) == 2
    assert all("needed" in sentence or "needs" in sentence for sentence in said)
    state = states()[1]
    told = (state.value_90, state.p_alive, state.usual_gap, state.late_after, state.lost_after)
    assert told == (None, None, None, None, None)
    assert state.stage == "new"


def test_a_card_that_was_mended_on_the_order_is_no_longer_anybodys(home: Path) -> None:
    sales(home, "1,A,2026-10-01 12:00:00,50.00,paid,13911112222,C1")
    turn(now=NOW)
    sales(home, "1,A,2026-10-01 12:00:00,51.00,paid,13911112222,C2", append=True)
    turn(now=NOW)
    cards = Link.objects.filter(identifier_type="member_card", until=None).exclude(customer=None)
    assert cards.count() == 1
    assert [state.net for state in states().values()] == [5100]
    assert Sighting.objects.count() == 2


def test_a_customer_whose_file_was_replaced_by_mistake_comes_back_under_the_same_number(home: Path) -> None:
    right = ["1,A,2026-10-01 12:00:00,50.00,paid,,C1", "2,A,2026-10-02 12:00:00,20.00,paid,,C2"]
    sales(home, *right)
    turn(now=NOW)
    before = {number: state.net for number, state in states().items()}
    sales(home, "9,A,2026-10-03 12:00:00,1.00,paid,,C9")
    turn(now=NOW)
    assert set(states()) == {3}
    sales(home, *right)
    turn(now=NOW)
    assert {number: state.net for number, state in states().items()} == before
