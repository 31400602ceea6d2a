"""Plays as the turn publishes them: as assigned, by first entry, after refunds, mixed and skewed arms blocked."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import ibis
import numpy as np
import pyarrow as pa
import pytest

from regulars.core.months import month_number
from regulars.engage.actions.outlook import outlook
from regulars.engage.models import Entry, Message, Play
from regulars.identify.models import Customer
from regulars.know.models import CustomerState
from regulars.lake.computed import CUSTOMER_DAYS, LINKS
from regulars.lake.engine import Lake, connect
from regulars.lake.facts import INSTANT, SIGHTINGS
from regulars.lake.head import Head
from regulars.measure.experiments import effects, prove
from regulars.measure.models import PlayResult
from regulars.measure.trials import first_entries
from regulars.serve.models import Card

pytestmark = pytest.mark.django_db
AS_OF = date(2026, 8, 31)
ENTERED = date(2026, 7, 1)
AT = datetime(2026, 7, 1, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path: Path) -> Iterator[Lake]:
    con = connect(tmp_path)
    yield Lake(tmp_path, Head(), con)
    con.disconnect()


def play(**more: object) -> Play:
    given = {
        "name": "second",
        "title": "The second visit",
        "audience": "visits == 1",
        "salt": "s",
        "gain": 0.1,
    }
    return Play.objects.create(**(given | {"made_at": AT, "started_at": AT} | more))


def enter(of: Play, arms: dict[int, str], on: date = ENTERED) -> None:
    Entry.objects.bulk_create(
        Entry(play=of, customer=customer, arm=arm, entered_at=AT, entered_on=on)
        for customer, arm in arms.items()
    )


def day(customer: int, on: date, net: int = 1000, orders: int = 1) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(CUSTOMER_DAYS.schema.names)
    month = month_number(on)
    return row | {"customer_id": customer, "business_date": on, "orders": orders, "net": net, "month": month}


def proved(
    lake: Lake, days: list[dict[str, object]], batch: int = 1, as_of: date = AS_OF, **more: pa.Table
) -> PlayResult:
    prove(
        lake=lake,
        days=lake.keep("days", pa.Table.from_pylist(days, schema=CUSTOMER_DAYS.schema)),
        sightings=lake.keep("standing", more.get("sightings", SIGHTINGS.schema.empty_table())),
        links=lake.keep("links_now", more.get("links", LINKS.schema.empty_table())),
        as_of=as_of,
        batch=batch,
    )
    return PlayResult.objects.filter(until=None).order_by("-pk")[0]


def half_and_half(people: int) -> dict[int, str]:
    return {number: "treated" if number % 2 else "control" for number in range(1, people + 1)}


def test_people_count_by_arm_whatever_reached_them_and_only_the_watched_count(lake: Lake) -> None:
    of = play()
    enter(of, half_and_half(200))
    enter(
        of,
        {number: "treated" if number % 2 else "control" for number in range(201, 301)},
        AS_OF - timedelta(days=5),
    )
    Message.objects.create(key="m", play=of, customer=1, channel="sms", purpose="marketing", address_hash="h",
                           state="spared", reason="no_consent", due_at=AT)  # fmt: skip
    back = [
        day(number, ENTERED + timedelta(days=number % 30 + 1)) for number in range(1, 201) if number % 4 == 1
    ]
    late = [
        day(2, ENTERED + timedelta(days=31)),
        day(4, ENTERED),
        day(6, ENTERED + timedelta(days=3), -500, 0),
    ]
    told = proved(lake, [*back, *late])
    assert (told.entered_treated, told.entered_control) == (150, 150)
    assert (told.matured_treated, told.matured_control) == (100, 100)
    assert (told.back_treated, told.back_control) == (50, 0)
    assert told.share_treated == 0.5
    assert told.diff == 0.5
    assert told.method == "newcombe"
    assert told.revenue_treated == 500
    assert told.revenue_control == -5


def test_a_later_full_refund_takes_the_effect_back(lake: Lake) -> None:
    enter(play(), half_and_half(400))
    back = [day(number, ENTERED + timedelta(days=9)) for number in range(1, 401, 4)]
    first = proved(lake, back)
    assert (first.back_treated, first.decision, first.look) == (100, "gain", 1)
    refunded = proved(lake, [row | {"orders": 0, "net": 0} for row in back], batch=2)
    assert (refunded.back_treated, refunded.revenue_diff, refunded.decision) == (0, 0, "nothing")
    assert PlayResult.objects.get(batch=1).until == 2


def test_a_merge_across_arms_is_mixed_counted_left_out_and_blocks_above_one_percent(lake: Lake) -> None:
    enter(play(), half_and_half(400))
    for number in (2, 4, 6, 8):
        Customer.objects.create(number=number, merged_into=number - 1, batch=1, until=1)
    told = proved(lake, [])
    assert (told.mixed, told.entered_treated, told.entered_control) == (4, 196, 196)
    assert (told.decision, told.blocked) == ("blocked", "mixed")


def test_a_split_other_than_planned_blocks_the_result(lake: Lake) -> None:
    enter(play(), {number: "treated" if number <= 260 else "control" for number in range(1, 401)})
    told = proved(lake, [])
    assert (told.blocked, told.decision, told.look) == ("sample_ratio", "blocked", 0)
    assert told.srm_p < 0.001
    assert told.diff is None


def test_people_merged_within_an_arm_count_once_by_their_first_entry() -> None:
    found = first_entries(np.array([5, 9, 9, 7]), np.array([1, 0, 0, 1]), np.array([10, 11, 12, 13]), {7: 5})
    assert found.customer.tolist() == [5, 9]
    assert found.entered.tolist() == [10, 11]
    assert found.mixed == 0


def test_more_needed_stands_instead_of_a_number_that_means_nothing(lake: Lake) -> None:
    enter(play(gain=0.03), half_and_half(100))
    told = proved(lake, [day(number, ENTERED + timedelta(days=2)) for number in range(1, 15)])
    assert (told.decision, told.diff, told.look) == ("too_early", None, 0)
    assert told.needed == told.planned - 100 > 3000
    assert told.weeks is None, "nobody has entered for a month"


def test_a_friend_pays_yet_the_visit_counts_by_its_booking(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    enter(play(), half_and_half(100))
    seated = datetime(2026, 7, 10, 19, tzinfo=UTC)  # 03:00 in Shanghai: still the store's 10 July
    visits = pa.table({"source": ["q"], "visit_id": ["v1"], "seated_at": pa.array([seated], INSTANT)})
    seen = pa.Table.from_pylist(
        [dict(zip(SIGHTINGS.schema.names, ("phone", "h1", seated, "visit", "q", "v1", 1), strict=True))],
        schema=SIGHTINGS.schema,
    )
    links = pa.Table.from_pylist(
        [{"identifier_type": "phone", "identifier_hash": "h1", "customer_id": 3}], LINKS.schema
    )
    monkeypatch.setattr(Lake, "table", lambda self, name: ibis.memtable(visits))
    told = proved(lake, [], sightings=seen, links=links)
    assert (told.back_treated, told.back_control, told.revenue_treated) == (1, 0, 0)


def test_cards_left_out_by_chance_are_the_comparison_of_near_service(lake: Lake) -> None:
    made = datetime.combine(date(2026, 6, 1), time(12), UTC)
    for number in range(1, 81):
        Card.objects.create(key=f"c{number}", kind="near", customer=number, store_id="A", about="window_seat",
                            shown=number % 2 == 0, made_at=made)  # fmt: skip
    Card.objects.create(key="again", kind="near", customer=1, store_id="A", about="window_seat", shown=True,
                        made_at=made + timedelta(days=9))  # fmt: skip
    Card.objects.create(key="care", kind="care", customer=99, store_id="A", about="allergy", made_at=made)
    told = proved(lake, [day(number, date(2026, 6, 20)) for number in range(2, 41, 2)])
    assert (told.play, told.entered_treated, told.entered_control) == ("near_service", 40, 40)
    assert told.mixed == 0, "a later card drawn otherwise is no second entry"
    assert (told.back_treated, told.back_control) == (20, 0)


def test_who_enters_after_the_plan_is_complete_changes_nothing(lake: Lake) -> None:
    of = play(gain=0.3)
    enter(of, half_and_half(400))
    first = proved(lake, [day(number, ENTERED + timedelta(days=2)) for number in range(1, 201)])
    assert first.closed_on == AS_OF - timedelta(days=30)
    enter(of, dict.fromkeys(range(1001, 1006), "treated"), AS_OF - timedelta(days=10))
    later = proved(
        lake, [day(number, ENTERED + timedelta(days=2)) for number in range(1, 201)], 2, AS_OF + timedelta(60)
    )
    assert (later.entered_treated, later.matured_treated, later.look) == (205, 200, first.look)


@pytest.mark.slow
def test_fifty_thousand_entries_are_all_watched(lake: Lake) -> None:
    drawn = np.random.default_rng(1)
    enter(play(gain=0.02), half_and_half(50_000))
    when = drawn.integers(0, 300, 300_000).tolist()
    who = drawn.integers(1, 100_000, 300_000).tolist()
    on = [date(2025, 11, 1) + timedelta(days=each) for each in when]
    days = {
        "customer_id": who,
        "business_date": on,
        "month": [each.year * 12 + each.month - 1 for each in on],
        "orders": [1] * len(who),
        "net": drawn.integers(1000, 30_000, 300_000).tolist(),
    }
    empty = {name: [None] * len(who) for name in CUSTOMER_DAYS.schema.names if name not in days}
    table = pa.table(
        {name: (days | empty)[name] for name in CUSTOMER_DAYS.schema.names}, schema=CUSTOMER_DAYS.schema
    )
    kept = lake.keep("days", table)
    none = lake.keep("standing", SIGHTINGS.schema.empty_table()), lake.keep("l", LINKS.schema.empty_table())
    (found,) = prove(lake=lake, days=kept, sightings=none[0], links=none[1], as_of=AS_OF, batch=1)
    assert found.entered_treated + found.entered_control == 50_000
    assert 0 < found.back_treated < found.matured_treated


def test_what_can_be_told_goes_to_the_lake_as_effects(lake: Lake) -> None:
    enter(play(), half_and_half(400))
    told = proved(lake, [day(number, ENTERED + timedelta(days=9)) for number in range(1, 401, 4)])
    early = PlayResult(play="early", as_of=AS_OF)
    blocked = PlayResult(play="bad", as_of=AS_OF, diff=0.1, blocked="mixed")
    rows = effects([told, early, blocked]).to_pylist()
    assert [(row["subject"], row["metric"], row["n"]) for row in rows] == [
        ("second", "back", 400),
        ("second", "revenue", 400),
    ]
    assert (rows[0]["estimate"], rows[0]["low"]) == (told.diff, told.low)


def test_the_plan_is_the_one_that_was_told_before_the_start(
    lake: Lake, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps = [{"step": "wait", "until": "visit", "days": 9}]
    for number in range(1, 101):
        first = AS_OF - timedelta(days=120)
        second = first + timedelta(days=20) if number <= 13 else None
        last = AS_OF if number == 1 else first
        CustomerState.objects.create(customer=number, batch=1, stage="new", stage_since=first, first_day=first,
                                     second_day=second, last_day=last, visit_days=1, orders=1, net=1,
                                     fingerprint=number)  # fmt: skip
    of = play(gain=0.03, steps=steps)
    enter(of, half_and_half(200))
    lake.head = Head(1)
    told = outlook(of, head=1, now=AT)
    assert told.before is not None
    assert told.before.share == pytest.approx(0.13)
    first_result = proved(lake, [day(number, ENTERED + timedelta(days=2)) for number in range(1, 101)])
    assert first_result.planned == told.people == 4324
    assert first_result.base == pytest.approx(0.13)
    assert proved(lake, [], batch=2).planned == 4324


def test_a_play_that_treats_everybody_has_no_result_and_stops_no_turn(lake: Lake) -> None:
    enter(play(treated_share=1.0), dict.fromkeys(range(1, 50), "treated"))
    nothing = lake.keep("none", SIGHTINGS.schema.empty_table())
    links = lake.keep("links_now", LINKS.schema.empty_table())
    days = lake.keep("days", CUSTOMER_DAYS.schema.empty_table())
    assert prove(lake=lake, days=days, sightings=nothing, links=links, as_of=AS_OF, batch=1) == []
