"""What a shop lives through with its files: sent twice, mended, refunded, brought under two names, tied to the till."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from regulars import settings
from regulars.brand.models import Store
from regulars.core.refused import Refused
from regulars.desk.spans import visible
from regulars.gather.actions import bring
from regulars.gather.models import Import, Order, Record, Sighting
from regulars.lake import head as heads
from regulars.lake.engine import open_lake

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

NOW = datetime(2026, 11, 1, 12, tzinfo=UTC)
MAP = """
rows = "lines"
source = "till"
[columns]
order_id = "no"
store_id = "store"
ordered_at = "at"
product_id = "dish"
quantity = "n"
paid_price = "paid"
status = "status"
refunded = "back"
[identifiers]
phone = "phone"
member_card = "card"
"""
MEMBERS = 'rows = "records"\nsource = "members"\n[columns]\nrecord_id = "id"\nname = "name"\n'
HEAD = "no,store,at,dish,n,paid,status,back,phone,card"
FIRST = [
    "1,A,2026-10-30 12:00:00,soup,1,20.00,paid,,13911112222,",
    "1,A,2026-10-30 12:00:00,rice,2,6.00,paid,,13911112222,",
    "2,A,2026-10-31 01:30:00,soup,1,20.00,paid,,,C1",
    "3,B,2026-10-31 19:00:00,soup,1,20.00,paid,,13800000000,",
    "4,B,2026-10-31 20:00:00,rice,1,3.00,paid,,,",
]


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path / "scratch")
    (tmp_path / "scratch").mkdir()
    return tmp_path


def write(path: Path, lines: list[str], head: str = HEAD) -> Path:
    path.write_text("\n".join([head, *lines]) + "\n")
    return path


def sales(home: Path, lines: list[str], head: str = HEAD, map_text: str = MAP, **more: Any) -> Import:
    return bring(
        files=[write(home / "sales.csv", lines, head)],
        map_text=map_text,
        name=more.pop("name", "sales"),
        now=NOW,
        **more,
    )


def lake(sql_of: str = "orders") -> list[dict[str, Any]]:
    opened = open_lake(settings.HOME / "lake", settings.HOME / "scratch")
    return list(opened.con.to_pyarrow(opened.table(sql_of)).to_pylist())


def head() -> int:
    return heads.read(settings.HOME / "lake").number


def at_hand() -> dict[str, Order]:
    return {order.order_id: order for order in Order.objects.filter(visible(head()))}


def test_lines_become_orders_and_only_known_ones_stay_at_hand(home: Path) -> None:
    row = sales(home, FIRST)
    assert (row.state, row.rows_read, row.rows_rejected) == ("landed", 5, 0)
    assert row.taken["orders"] == 4
    assert sum(order["net"] for order in lake()) == 6900
    assert set(at_hand()) == {"1", "2"}
    assert [line["paid_price"] for line in at_hand()["1"].lines] == [2000, 600]
    assert set(Store.objects.values_list("code", flat=True)) == {"A", "B"}


def test_an_order_after_midnight_belongs_to_the_day_before(home: Path) -> None:
    sales(home, FIRST)
    days = {order["order_id"]: order["business_date"].isoformat() for order in lake()}
    assert days["2"] == "2026-10-30"


def test_a_typed_placeholder_is_kept_as_a_cause_and_identifies_nobody(home: Path) -> None:
    row = sales(home, FIRST)
    typed = [seen for seen in lake("sightings") if seen["identifier_type"] == "blocked"]
    assert [seen["ref_id"] for seen in typed] == ["3"]
    assert row.blocked == [["phone", "a number nobody has", 1]]


def test_the_same_bytes_again_do_nothing(home: Path) -> None:
    first = sales(home, FIRST)
    assert sales(home, FIRST).pk == first.pk
    assert head() == first.batch
    assert Import.objects.count() == 1


def test_other_bytes_under_the_same_name_replace_all_it_brought(home: Path) -> None:
    sales(home, FIRST)
    mended = sales(home, ["1,A,2026-10-30 12:00:00,soup,1,25.00,paid,,13911112222,"])
    assert [order["net"] for order in lake()] == [2500]
    assert [seen["ref_id"] for seen in lake("sightings")] == ["1"]
    assert set(at_hand()) == {"1"}
    assert at_hand()["1"].net == 2500
    assert list(Import.objects.order_by("pk").values_list("state", flat=True)) == ["replaced", mended.state]
    assert Sighting.objects.filter(visible(head())).count() == 1


def test_appending_adds_new_orders_and_a_refund_becomes_the_next_version(home: Path) -> None:
    sales(home, FIRST)
    refund = "1,A,2026-10-30 12:00:00,soup,1,26.00,refunded,26.00,13911112222,"
    row = sales(
        home, [FIRST[2], refund, "9,A,2026-10-31 12:00:00,rice,1,3.00,paid,,13911112222,"], append=True
    )
    assert row.taken["orders"] == 2
    versions = {(order["order_id"], order["version"]): order["status"] for order in lake()}
    assert versions[("1", 1)] == "paid"
    assert versions[("1", 2)] == "refunded"
    assert len(versions) == 6
    assert (at_hand()["1"].status, at_hand()["1"].version) == ("refunded", 2)


def test_a_version_that_the_file_gives_is_told_once_and_not_otherwise(home: Path) -> None:
    told = {"head": HEAD + ",v", "map_text": MAP.replace("[identifiers]", 'version = "v"\n[identifiers]')}
    first = "1,A,2026-10-30 12:00:00,soup,1,26.00,paid,,13911112222,,1"
    sales(home, [first], **told)
    mended = first.replace("26.00", "25.00").replace("13911112222", "13800000000")
    other = "2,A,2026-10-31 12:00:00,rice,1,3.00,paid,,,C1,1"
    row = sales(home, [mended, other], append=True, **told)
    assert (row.taken["orders"], row.rows_rejected) == (1, 1)
    assert "is there and says something else" in next(iter(row.reasons))
    assert sorted(seen["ref_id"] for seen in lake("sightings")) == ["1", "2"]
    sales(home, [mended.removesuffix("1") + "2"], append=True, **told)
    row = sales(home, [first, other], append=True, **told)
    assert row.taken.get("orders", 0) == 0, "an older version again is the same"
    found = {(each["order_id"], each["version"]): each["net"] for each in lake()}
    assert found == {("1", 1): 2600, ("1", 2): 2500, ("2", 1): 300}
    assert len(lake()) == 3


def test_an_order_that_another_import_brought_is_refused_with_its_name(home: Path) -> None:
    sales(home, FIRST, name="october")
    row = sales(home, [FIRST[0], "9,A,2026-10-31 12:00:00,rice,1,3.00,paid,,,"], name="november")
    assert row.taken["orders"] == 1
    assert row.rows_rejected == 1
    assert "october" in next(iter(row.reasons))
    kept = pq.read_table(home / "rejected" / f"{row.batch}.parquet").to_pylist()
    assert [(each["column"], each["value"], each["raw"]) for each in kept] == [("no", "1", '{"no":"1"}')]


def test_a_bad_row_is_kept_with_its_reason_and_stops_nothing(home: Path) -> None:
    row = sales(home, [*FIRST, "7,A,not a day,soup,1,20.00,paid,,,"])
    assert (row.rows_rejected, row.taken["orders"]) == (1, 4)
    kept = pq.read_table(home / "rejected" / f"{row.batch}.parquet").to_pylist()
    assert (kept[0]["file"], kept[0]["row"], kept[0]["column"], kept[0]["value"]) == (
        "sales.csv",
        7,
        "at",
        "not a day",
    )
    assert json.loads(kept[0]["raw"])["no"] == "7"


def test_a_refused_import_changes_nothing_and_says_why(home: Path) -> None:
    sales(home, FIRST)
    before = head()
    with pytest.raises(Refused):
        bring(files=[write(home / "sales.csv", ["1,2"], "a,b")], map_text=MAP, name="sales", now=NOW)
    assert head() == before
    last = Import.objects.order_by("pk").last()
    assert last is not None
    assert (last.state, bool(last.error)) == ("refused", True)
    assert set(at_hand()) == {"1", "2"}


def test_a_file_of_which_nothing_can_be_taken_replaces_nothing(home: Path) -> None:
    sales(home, FIRST)
    for lines in ([], ["7,A,not a day,soup,1,20.00,paid,,,"]):
        with pytest.raises(Refused, match="stays"):
            sales(home, lines)
    assert len(lake()) == 4


def test_daily_totals_are_tied_and_the_difference_shown(home: Path) -> None:
    sales(home, FIRST)
    totals = 'rows = "totals"\n[columns]\nstore_id = "store"\ndate = "day"\ntotal = "sum"\n'
    file = write(
        home / "totals.csv",
        ["A,2026-10-30,46.00", "B,2026-10-31,25.00", "C,2026-10-31,1.00"],
        "store,day,sum",
    )
    row = bring(files=[file], map_text=totals, now=NOW)
    assert row.taken == {"days tied": 1, "days differing": 2}
    assert [(each["store_id"], each["given"], each["came"], each["difference"]) for each in row.totals] == [
        ("B", 2500, 2300, -200),
        ("C", 100, 0, -100),
    ]


def test_members_are_found_by_pinyin_and_carry_their_own_number(home: Path) -> None:
    map_text = MEMBERS + '[identifiers]\nphone = "phone"\n'
    file = write(home / "members.csv", ["7,王小明,13911112222", "8,Ann Lee,"], "id,name,phone")
    bring(files=[file], map_text=map_text, now=NOW)
    one, other = Record.objects.filter(visible(head())).order_by("record_id")
    assert one.sort_name == "王小明 wangxiaoming wxm"
    assert (len(one.identifiers), len(other.identifiers)) == (2, 1)
    types = {(seen["ref_id"], seen["identifier_type"]) for seen in lake("sightings")}
    assert types == {("7", "external"), ("7", "phone"), ("8", "external")}


def test_a_name_that_is_a_formula_or_a_template_is_kept_as_it_was_written(home: Path) -> None:
    names = ['=HYPERLINK("x")', "{{7*7}}", "<script>alert(1)</script>"]
    file = home / "members.jsonl"
    file.write_text("\n".join(json.dumps({"id": str(n), "name": name}) for n, name in enumerate(names)))
    bring(files=[file], map_text=MEMBERS, now=NOW)
    assert list(Record.objects.order_by("record_id").values_list("name", flat=True)) == names
