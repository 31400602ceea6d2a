"""Visits between desk and lake: a file's are shown on the desk, a live one goes to the lake once, when it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from regulars import settings
from regulars.brand.models import Store
from regulars.desk import hand_over
from regulars.gather.actions import bring, take_visits
from regulars.gather.models import Visit, VisitSighting
from regulars.identify.actions import find
from regulars.lake import head as heads
from regulars.lake.engine import open_lake
from regulars.turn import turn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
SALES = """
rows = "orders"
source = "till"
[columns]
order_id = "no"
store_id = "store"
ordered_at = "at"
net = "net"
table = "table"
comp = "comp"
comp_reason = "why"
visit_id = "visit"
[identifiers]
phone = "phone"
"""
VISITS = """
rows = "visits"
source = "bookings"
[columns]
visit_id = "id"
store_id = "store"
booked_at = "at"
seated_at = "seated"
party = "party"
[identifiers]
phone = "phone"
"""


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path / "scratch")
    (tmp_path / "scratch").mkdir()
    return tmp_path


def file(home: Path, text: str, map_text: str, name: str) -> None:
    path = home / f"{name}.csv"
    path.write_text(text)
    bring(files=[path], map_text=map_text, name=name, now=NOW)


def sales(home: Path, *rows: str) -> None:
    file(home, "\n".join(["no,store,at,net,table,comp,why,visit,phone", *rows]) + "\n", SALES, "sales")


def live(now: datetime = NOW, **more: Any) -> Visit:
    said: dict[str, Any] = {
        "visit_id": "Q1",
        "store_id": "A",
        "seated_at": (NOW - timedelta(hours=1)).isoformat(),
        "table": "T1",
    }
    said |= {"identifiers": {"wechat_unionid": "union-1", "phone": "13911112222"}, "phone_for": "queue_call"}
    (visit,) = take_visits(source="queue", items=[said | more], now=now).visits
    return visit


def lake_rows(name: str) -> list[dict[str, Any]]:
    lake = open_lake(settings.HOME / "lake", settings.HOME / "scratch")
    rows: list[dict[str, Any]] = lake.con.to_pyarrow(lake.table(name)).to_pylist()
    return rows


def test_a_live_visit_goes_to_the_lake_once_when_it_is_over_and_names_its_guest_in_the_same_turn(
    home: Path,
) -> None:
    sales(home, "1,A,2026-11-20 12:00:00,50.00,T1,,,,13911112222")
    live()
    turn(now=NOW)
    assert lake_rows("visits") == []
    live(left_at=NOW.isoformat())
    turn(now=NOW)
    turn(now=NOW)
    (row,) = lake_rows("visits")
    assert (row["source"], row["visit_id"], row["table"], row["left_at"]) == ("queue", "Q1", "T1", NOW)
    seen = [each for each in lake_rows("sightings") if each["kind"] == "visit"]
    assert sorted(each["identifier_type"] for each in seen) == ["phone", "wechat_unionid"]
    visit = Visit.objects.get()
    head = heads.read(settings.HOME / "lake").number
    union = [pair for pair in visit.identifiers if pair[0] == "wechat_unionid"]
    assert find([(kind, digest) for kind, digest in union], head=head) == 1


def test_a_visit_that_nobody_ended_is_over_a_day_later(home: Path) -> None:
    Store.objects.create(code="A", name="A")
    live()
    turn(now=NOW + timedelta(hours=20))
    assert lake_rows("visits") == []
    turn(now=NOW + timedelta(hours=26))
    assert len(lake_rows("visits")) == 1


def test_what_a_crashed_turn_had_stamped_goes_with_the_next_once(home: Path) -> None:
    Store.objects.create(code="A", name="A")
    live(left_at=NOW.isoformat())
    Visit.objects.update(batch=99)  # stamped by a landing that never came to be
    hand_over.recover(0)
    turn(now=NOW)
    turn(now=NOW)
    assert len(lake_rows("visits")) == 1


def test_visits_of_a_file_are_shown_on_the_desk_and_brought_again_change_nothing(home: Path) -> None:
    rows = "id,store,at,seated,party,phone\n"
    rows += "B1,A,2026-11-21 19:00:00,,4,13911112222\nB2,A,2026-09-01 19:00:00,2026-09-01 19:05:00,2,13911112223\n"
    for text in (rows, rows, rows.replace(",4,", ",5,")):
        file(home, text, VISITS, "bookings")
    (visit,) = Visit.objects.all()
    assert (visit.visit_id, visit.party, visit.live, len(visit.identifiers)) == ("B1", 5, False, 1)
    assert visit.expected_at == datetime(2026, 11, 21, 11, tzinfo=UTC)
    assert VisitSighting.objects.count() == 1
    turn(now=NOW + timedelta(days=3))
    assert sorted(row["visit_id"] for row in lake_rows("visits")) == ["B1", "B2"]


def test_orders_at_hand_carry_table_comp_and_visit_and_the_turn_reads_the_comps(home: Path) -> None:
    from regulars.gather.models import Order
    from regulars.serve.models import Comp

    sales(home, "1,A,2026-11-20 12:00:00,50.00,T1,12.00,soup too sweet,Q1,13911112222")
    order = Order.objects.get()
    assert (order.table, order.visit_id, order.comp, order.comp_reason) == (
        "T1",
        "Q1",
        1200,
        "soup too sweet",
    )
    turn(now=NOW)
    comp = Comp.objects.get()
    assert (comp.amount, comp.reason, comp.climbs) == (1200, "soup too sweet", False)


def test_a_file_of_staff_says_who_leads_and_what_is_no_level_is_plain_staff(home: Path) -> None:
    from regulars.brand.models import Staff

    map_text = (
        'rows = "staff"\nsource = "people"\n[columns]\nstaff_id = "id"\nname = "name"\nlevel = "level"\n'
    )
    file(home, "id,name,level\n1,Mei,\n2,Lan,Shift lead\n3,Hong,boss\n", map_text, "staff")
    assert dict(Staff.objects.values_list("code", "level")) == {"1": "staff", "2": "shift_lead", "3": "staff"}
    Staff.objects.filter(code="3").update(level="manager")
    file(home, "id,name\n3,Hong Li\n", map_text.replace('level = "level"\n', ""), "names")
    assert Staff.objects.get(code="3").level == "manager"
