"""What was given away: read from the till, explained by the phone, agreed to above."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import ibis
import pyarrow as pa
import pytest

from regulars.brand.models import Store
from regulars.core.refused import Refused
from regulars.lake.facts import ORDERS
from regulars.serve import tables
from regulars.serve.actions import agree, explain, limits, read_comps, set_limit
from regulars.serve.models import Comp
from tests.serve.cast import NOW, TODAY


def line(number: str = "T1", amount: int = 1200, **more: Any) -> dict[str, Any]:
    said = {"source": "till", "order_id": number, "store_id": "S01", "staff_id": "S01-W", "table": "A12"}
    return said | {"amount": amount, "reason": "soup too sweet", "at": NOW} | more


def only() -> Comp:
    return Comp.objects.get()


def test_the_comp_line_carries_staff_and_reason_and_needs_no_approval_within_the_own_limit(
    store: Store,
) -> None:
    """A2."""
    read_comps(rows=[line()])
    row = only()
    assert (row.staff_id, row.reason, row.table, row.level, row.climbs) == (
        "S01-W", "soup too sweet", "A12", "staff", False,
    )  # fmt: skip


def test_above_the_limit_it_climbs_to_the_shift_lead(store: Store) -> None:
    """A2."""
    read_comps(rows=[line(amount=3001)])
    row = only()
    assert (row.level, row.climbs) == ("shift_lead", True)
    with pytest.raises(Refused, match="climbs to someone above"):
        agree(comp=row, by="S01-W2", level="staff", now=NOW)
    assert agree(comp=row, by="S01-L", level="shift_lead", now=NOW).agreed_by == "S01-L"
    assert agree(comp=row, by="S01-M", level="manager", now=NOW).agreed_by == "S01-L"


def test_nobody_agrees_to_their_own_nor_to_what_has_no_reason(store: Store) -> None:
    read_comps(rows=[line(amount=50_000, staff_id="S01-M", reason="")])
    with pytest.raises(Refused, match="no reason yet"):
        agree(comp=only(), by="owner", level="owner", now=NOW)
    explain(comp=only(), reason="a party of twelve waited an hour", staff_id="S01-L")
    with pytest.raises(Refused, match="their own"):
        agree(comp=only(), by="S01-M", level="owner", now=NOW)
    assert agree(comp=only(), by="owner", level="owner", now=NOW).agreed_at == NOW


def test_the_phone_asks_only_why_and_the_till_is_believed_when_it_says(store: Store) -> None:
    read_comps(rows=[line(reason="")])
    assert explain(comp=only(), reason=" waited  long ", staff_id="S01-W").reason == "waited long"
    assert explain(comp=only(), reason="another", staff_id="S01-L").reason_by == "S01-W"
    read_comps(rows=[line(reason="")])
    assert only().reason == "waited long"
    read_comps(rows=[line(reason="cold dish")])
    assert only().reason == "cold dish"


def test_reading_again_changes_nothing_and_another_amount_is_agreed_to_again(store: Store) -> None:
    assert read_comps(rows=[line(amount=5000)]) == 1
    agree(comp=only(), by="S01-L", level="shift_lead", now=NOW)
    assert read_comps(rows=[line(amount=5000)]) == 0
    assert only().agreed_by == "S01-L"
    read_comps(rows=[line(amount=9000)])
    assert only().agreed_by == ""


def test_a_colleague_nobody_knows_decides_like_staff_and_a_limit_can_be_set(store: Store) -> None:
    assert limits() == {"staff": 3000, "shift_lead": 10000, "manager": 30000}
    set_limit(level="staff", amount=500)
    read_comps(rows=[line(staff_id="someone")])
    assert only().climbs
    with pytest.raises(Refused):
        set_limit(level="intern", amount=1)


def order(number: str, day: date, comp: int | None, **more: Any) -> dict[str, Any]:
    said = {
        "source": "till",
        "order_id": number,
        "version": 1,
        "store_id": "S01",
        "business_date": day,
        "comp": comp,
    }
    return dict.fromkeys(ORDERS.schema.names) | said | {"ordered_at": NOW, "status": "paid"} | more


def test_comps_are_read_from_the_tills_orders_at_their_highest_version() -> None:
    rows = [
        order("1", TODAY, 500, staff_id="W"),
        order("1", TODAY, 800, staff_id="W", version=2, comp_reason="late"),
        order("2", TODAY, 0),
        order("3", TODAY - timedelta(days=20), 900),
        order("4", TODAY, 900, status="cancelled"),
        order("5", TODAY, None),
    ]
    found = tables.comps(
        ibis.memtable(pa.Table.from_pylist(rows, schema=ORDERS.schema)), TODAY - timedelta(days=14)
    ).execute()
    assert [(row.order_id, row.amount, row.reason) for row in found.itertuples()] == [("1", 800, "late")]
