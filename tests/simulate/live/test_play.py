"""Weeks that are played: the same twice, nothing drawn before ever moved, each thing heard once."""

from __future__ import annotations

import hashlib
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

from regulars.core.refused import Refused
from regulars.simulate.formats import preset, small
from regulars.simulate.history import lived
from regulars.simulate.live.play import Live
from regulars.simulate.live.reach import card_of, holder, phone_of

pytestmark = pytest.mark.slow

ZONE = ZoneInfo("Asia/Shanghai")
BRAND = small(3, weeks=30, warm_up_weeks=30, orders_per_store_day=25.0)
TEXT = pa.csv.ConvertOptions(
    column_types=dict.fromkeys(("phone", "member_card", "product_version", "net", "order_no"), pa.string())
)


def sums(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def written_to(live: Live, many: int, kind: str = "told") -> list[dict[str, Any]]:
    """A text to the first so many guests who never came back, on the first morning of the week."""
    at = datetime.combine(live.begins, datetime.min.time(), ZONE) + timedelta(hours=11)
    people = 2 * np.arange(2000, 2000 + many)
    return [
        {
            "key": f"{kind} {who}",
            "channel": "sms",
            "address": phone_of(live.life, int(who)),
            "kind": kind,
            "at": at,
        }
        for who in people
    ]


def played(folder: Path, weeks: int, again: bool = False) -> Live:
    live = Live(BRAND, folder, since=20)
    for number in range(weeks):
        if again:
            live = Live(BRAND, folder, since=20)  # a process of its own each week
        if number == 0:
            messages = written_to(live, 300)
            live.hear(messages=messages)
            live.hear(messages=messages)  # heard before
        if number == 1:
            live.change(product_id="P017", version="2", stores=["S01", "S02"], begins_on=live.begins)
        live.close()
    return live


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("live")
    played(folder, 4)
    return folder


def test_the_same_brand_and_the_same_doing_give_the_same_bytes_in_one_process_or_many(
    folder: Path, tmp_path: Path
) -> None:
    played(tmp_path, 4, again=True)
    assert sums(tmp_path) == sums(folder)


def test_the_past_and_the_weeks_left_alone_are_the_history_drawn_at_once(tmp_path: Path) -> None:
    live = Live(BRAND, tmp_path, since=28)
    live.history(tmp_path / "past")
    live.close()
    live.close()
    whole = lived(BRAND).history.orders
    files = [*sorted((tmp_path / "past").glob("orders-*")), *sorted(tmp_path.glob("week-*/orders.csv"))]
    numbers = {
        number
        for path in files
        for number in pa.csv.read_csv(path, convert_options=TEXT)["order_no"].to_pylist()
    }
    assert numbers == set(whole["order_no"].to_pylist())
    assert not live.added


def test_what_is_added_moves_no_order_that_was_drawn_before(folder: Path, tmp_path: Path) -> None:
    alone = Live(BRAND, tmp_path, since=20)
    more = 0
    for number in range(4):
        week = alone.close()
        there = (folder / week.name / "orders.csv").read_text().splitlines()
        here = (week / "orders.csv").read_text().splitlines()
        assert there[: len(here)] == here
        more += len(there) - len(here)
        assert number < 1 or len(there) > len(here)
    assert more > 20


def test_lines_of_a_mended_dish_carry_its_version_where_and_since_it_is_served(folder: Path) -> None:
    seen = set()
    for week in sorted(folder.glob("week-*")):
        lines = pa.csv.read_csv(week / "lines.csv", convert_options=TEXT)
        rows = zip(*(lines[n].to_pylist() for n in ("order_no", "product", "product_version")), strict=True)
        seen |= {
            (week.name, number[:3], bool(version)) for number, product, version in rows if product == "P017"
        }
    stores = {"S01", "S02", "S03", "S04"}  # the fifth opens later
    assert {row for row in seen if row[0] == "week-021"} == {("week-021", store, False) for store in stores}
    assert {row for row in seen if row[0] == "week-023"} == {
        ("week-023", store, store in ("S01", "S02")) for store in stores
    }


def test_lines_come_to_their_orders_also_for_those_who_came_on_top(folder: Path) -> None:
    for week in sorted(folder.glob("week-*")):
        orders = pa.csv.read_csv(week / "orders.csv")
        lines = pa.csv.read_csv(week / "lines.csv", convert_options=TEXT)
        of = lines.group_by("order_no").aggregate([("list_price", "sum")]).sort_by("order_no")
        orders = orders.sort_by("order_no")
        assert of["order_no"].to_pylist() == orders["order_no"].to_pylist()
        assert of["list_price_sum"].to_pylist() == pytest.approx(orders["gross"].to_pylist())


def test_each_address_leads_to_who_holds_it(tmp_path: Path) -> None:
    life = Live(BRAND, tmp_path, since=20).life
    for identity in (0, 7, 1234, 2 * len(life.households.home) - 1):
        phone = phone_of(life, identity)
        for way in (phone, f"+86 {phone}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}", card_of(identity)):
            assert holder(life, way) == identity
        assert holder(life, f"guest{identity:08d}@example.com") == identity
    assert [holder(life, nobody) for nobody in ("", "0", "13800000000", "anonymous", "a@b.c")] == [None] * 5


def test_parties_say_whose_they_are_and_lead_to_an_order_of_that_day(tmp_path: Path) -> None:
    live = Live(BRAND, tmp_path, since=20)
    days = [live.begins + timedelta(days=day) for day in range(7)]
    parties = [(day, row) for day in days for row in live.parties(day)]
    assert parties
    assert max(sum(row["store_id"] == code for _, row in parties) for code in ("S01", "S02")) <= 10
    orders = live.life.history.orders
    by = dict(zip(orders["visit_no"].to_pylist(), orders["order_no"].to_pylist(), strict=True))
    for day, row in parties:
        assert by[row["visit_id"]][4:12] == day.strftime("%Y%m%d")
        assert holder(live.life, row.get("phone") or row["member_card"]) is not None
        assert (row["booked_at"] is None) != (row["queued_at"] is None)
    week = live.close()
    text = (week / "visits.csv").read_text()
    assert not any(row["visit_id"] in text for _, row in parties)


def test_the_disliked_dish_draws_clearly_more_voices_than_any_other_and_over_stores(tmp_path: Path) -> None:
    live = Live(preset(seed=3, weeks=70, warm_up_weeks=20), tmp_path, since=66)
    voices, stores, texts, reviews, unnamed = [], set(), [], 0, 0
    for _ in range(2):
        told = live.told_to_staff()
        voices += [row["identity"] for row in told if row["product_id"] == "P017"]
        stores |= {row["store_id"] for row in told if row["product_id"] == "P017"}
        texts += [row["product_id"] for row in told if row["product_id"] not in ("P017", "")]
        assert all(row["visit_no"] and row.get("phone") for row in told if row["product_id"] == "P017")
        name = live.life.premises.products["product_name"][16].as_py()
        rows = pa.csv.read_csv(live.close() / "reviews.csv").to_pylist()
        reviews += sum(name in row["text"] and row["stars"] is not None and row["stars"] <= 2 for row in rows)
        unnamed += sum(row["kind"] == "note" and name in row["text"] for row in rows)
    assert len(voices) == len(set(voices)) == 6
    assert len(stores) >= 2
    assert reviews >= 2
    assert unnamed == 1  # the note on a delivery, of which nobody can say who wrote it
    assert all(texts.count(other) <= 3 for other in texts)


def test_where_the_dish_is_mended_nobody_complains_of_it(tmp_path: Path) -> None:
    live = Live(BRAND, tmp_path, since=20)
    live.change(product_id="P017", version="2", stores=[], begins_on=live.begins)
    assert not [row for row in live.told_to_staff() if row["product_id"] == "P017"]


def test_a_brand_is_played_to_its_last_week_and_no_further(tmp_path: Path) -> None:
    live = Live(BRAND, tmp_path, since=29)
    assert live.begins == BRAND.last_day - timedelta(days=6)
    live.close()
    with pytest.raises(Refused, match="drawn for 30 weeks"):
        live.close()
    with pytest.raises(Refused, match="cannot be played from week 30"):
        Live(BRAND, tmp_path / "none", since=30)


def test_staff_confirm_tick_and_leave_things_as_often_as_was_planted(tmp_path: Path) -> None:
    live = Live(BRAND, tmp_path, since=20)
    at = datetime.combine(date(2026, 9, 1), datetime.min.time(), ZONE)
    wecom = [{**row, "channel": "wecom", "handed": True} for row in written_to(live, 2000, "nothing")]
    cards = [{"card": n, "kind": "near", "address": card_of(2 * n), "at": at} for n in range(4000)]
    found = live.hear(messages=wecom, cards=cards)
    own = BRAND.responses
    assert len(found.confirmed) / len(wecom) == pytest.approx(own.task_confirmed, abs=0.04)
    done = [tap for tap in found.taps if tap["state"] == "done"]
    assert len(done) / len(cards) == pytest.approx(own.task_done, abs=0.03)
    assert sum(not tap["truly"] for tap in done) / len(done) == pytest.approx(own.false_tick, abs=0.03)
    assert 0 < len(found.left) / len(wecom) < 0.04


def test_guests_answer_by_channel_and_invited_ones_vote(tmp_path: Path) -> None:
    live = Live(BRAND, tmp_path, since=20)
    asked = [{**row, "kind": "ask", "channel": "wecom"} for row in written_to(live, 1500, "ask")]
    texted = [{**row, "kind": "ask", "key": f"again {row['key']}"} for row in asked]
    by_staff = live.hear(messages=asked).answers
    by_text = (
        Live(BRAND, tmp_path / "text", since=20)
        .hear(messages=[{**row, "channel": "sms"} for row in texted])
        .answers
    )
    assert len(by_text) < len(by_staff) / 4
    assert {row["score"] for row in by_staff} <= {1, 2, 3, 4, 5}
    votes = live.hear(messages=written_to(live, 400, "tasting")).votes
    assert 0.4 < len(votes) / 400 < 0.6
    assert 0.65 < sum(row["prefers"] == "a" for row in votes) / len(votes) < 0.85
    promises = live.hear(messages=written_to(live, 400, "promise")).promises
    assert len(promises) / 400 == pytest.approx(BRAND.responses.promise_answered, abs=0.08)
