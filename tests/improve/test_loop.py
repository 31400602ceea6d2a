"""The whole way by real turns: a voice, a change, being told, coming back, and what a refund takes back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from regulars import settings
from regulars.brand.models import Product, Store
from regulars.desk.spans import visible
from regulars.engage.models import Message
from regulars.gather.actions import bring
from regulars.gather.models import Consent, Visit, VisitSighting
from regulars.identify.models import Link
from regulars.improve.actions import accept, change, links, merge, run_due, tell
from regulars.improve.models import Effect, Evidence, Finding, Telling
from regulars.know.models import CustomerState
from regulars.lake import head as heads
from regulars.listen.models import Complaint, Voice
from regulars.turn import turn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

MAP = """
rows = "lines"
source = "till"
time_zone = "Asia/Shanghai"
[columns]
order_id = "no"
store_id = "store"
ordered_at = "at"
product_id = "dish"
paid_price = "paid"
status = "status"
visit_id = "visit"
[identifiers]
phone = "phone"
"""
HEARD = datetime(2026, 11, 2, 11, 25, tzinfo=UTC)
TOLD = datetime(2026, 11, 16, 2, 30, tzinfo=UTC)
Row = tuple[str, str, str, str, str, str]  # number, store, at, phone, visit, status


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for each in (settings, django_settings):
        monkeypatch.setattr(each, "HOME", tmp_path)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path / "scratch")
    (tmp_path / "scratch").mkdir()
    Store.objects.bulk_create(Store(code=code, name=code) for code in ("S01", "S02"))
    Product.objects.create(code="P12", name="Tomato soup")
    return tmp_path


def phone(number: int) -> str:
    return f"1391527{number + 31:04d}"


def sold(home: Path, rows: Sequence[Row], now: datetime, name: str = "till") -> None:
    """Bring these orders, one line of soup each for 50.00, and take a turn."""
    lines = [
        f"{no},{store},{at},P12,50.00,{status},{visit},{who}" for no, store, at, who, visit, status in rows
    ]
    file = home / f"{name}.csv"
    file.write_text("\n".join(["no,store,at,dish,paid,status,visit,phone", *lines]) + "\n")
    bring(files=[file], map_text=MAP, name=name, now=now)
    turn(now=now)


def customer(number: int) -> tuple[int, str]:
    """The number and the phone's hash of a guest, found by their published state."""
    state = CustomerState.objects.filter(visible(head()), search__contains=phone(number)).get()
    digest = Link.objects.filter(visible(head()), customer=state.customer).get().identifier_hash
    return state.customer, digest


def head() -> int:
    return heads.read(settings.HOME / "lake").number


FIRST: list[Row] = [(f"A{n}", "S01", f"2026-11-02 19:0{n}:00", phone(n), "", "paid") for n in range(5)]


def raised(home: Path) -> Finding:
    """Five guests of one store said it, and it is mended there from the thirteenth."""
    sold(home, FIRST, HEARD + timedelta(hours=9))
    voices = []
    for number in range(5):
        who, digest = customer(number)
        for purpose in ("service", "research"):
            Consent.objects.create(
                address_hash=digest, channel="sms", purpose=purpose, state="given", source="till", at=HEARD
            )
        voice = Voice.objects.create(
            key=f"v{number}",
            customer_id=who,
            source="complaint",
            store_id="S01",
            product_id="P12",
            text="the tomato soup is too sweet",
            at=HEARD,
        )
        voices.append(voice.voice_id)
    Complaint.objects.create(
        voice_id=voices[0],
        state="mended",
        due_at=HEARD + timedelta(hours=1),
        answered_at=HEARD + timedelta(minutes=1),
        closed_at=HEARD + timedelta(days=1),
    )
    finding = merge(finding=None, voices=voices, by="owner", now=HEARD + timedelta(days=2))
    accept(
        finding=finding, owner="chef", due_on=date(2026, 11, 14), by="owner", now=HEARD + timedelta(days=3)
    )
    change(
        finding=finding,
        kind="standard",
        to_version="2",
        stores=["S01"],
        begins_on=date(2026, 11, 13),
        by="owner",
        now=HEARD + timedelta(days=10),
    )
    tell(finding=finding, starts_at=TOLD, by="owner", now=HEARD + timedelta(days=12))
    run_due(now=TOLD, still=lambda: True)
    Message.objects.filter(state="waiting").update(state="sent", sent_at=TOLD)
    run_due(now=TOLD, still=lambda: True)
    return finding


def followed() -> dict[int, tuple[date | None, int]]:
    """By guest: when they were back, and the revenue."""
    home = {customer(number)[0]: number for number in range(5)}
    return {home[row.customer]: (row.back_on, row.revenue) for row in Telling.objects.order_by("pk")}


def test_a12_one_number_traces_the_voice_to_the_revenue_and_a_refund_takes_it_back(home: Path) -> None:
    raised(home)
    back = ("B1", "S01", "2026-11-21 19:00:00", phone(0), "", "paid")
    now = HEARD + timedelta(days=20)
    sold(home, [*FIRST, back], now)
    (first, *rest) = links(since=HEARD - timedelta(days=1), now=now).to_pylist()
    days = [
        (first[name] - first["heard"]).days if first[name] else None
        for name in ("answered", "mended", "finding", "changed", "told", "back")
    ]
    assert days == [0, 1, 2, 10, 13, 18]
    assert first["revenue"] == 5000
    assert [(row["told"] is not None, row["back"], row["revenue"]) for row in rest] == [(True, None, 0)] * 4
    sold(home, [*FIRST, (*back[:5], "refunded")], now + timedelta(hours=1))
    (first, *_rest) = links(since=HEARD - timedelta(days=1), now=now).to_pylist()
    assert (first["back"], first["revenue"]) == (None, 0)


def test_a12_links_of_a_store_are_its_own(home: Path) -> None:
    raised(home)
    assert len(links(since=HEARD, now=TOLD, stores=["S01"])) == 5
    assert len(links(since=HEARD, now=TOLD, stores=["S02"])) == 0
    assert len(links(since=HEARD + timedelta(minutes=1), now=TOLD)) == 0


def test_a11_a_friend_pays_yet_the_visit_counts_by_its_booking(home: Path) -> None:
    raised(home)
    seated = datetime(2026, 11, 21, 11, tzinfo=UTC)
    digest = customer(2)[1]
    Visit.objects.create(
        source="queue",
        visit_id="Q9",
        store_id="S01",
        seated_at=seated,
        expected_at=seated,
        identifiers=[["phone", digest]],
        live=False,
        changed_at=seated,
    )
    VisitSighting.objects.create(identifier_hash=digest, source="queue", visit_id="Q9")
    paid_by_a_friend = ("B1", "S01", "2026-11-21 19:30:00", phone(77), "Q9", "paid")
    sold(home, [*FIRST, paid_by_a_friend], HEARD + timedelta(days=20))
    assert followed()[2] == (date(2026, 11, 21), 5000)
    assert [followed()[number] for number in (0, 1, 3, 4)] == [(None, 0)] * 4


def test_a_visit_before_being_told_is_not_back(home: Path) -> None:
    raised(home)
    before = ("B1", "S01", "2026-11-15 19:00:00", phone(1), "", "paid")
    sold(home, [*FIRST, before], HEARD + timedelta(days=20))
    assert followed()[1] == (None, 0)
    assert [row.came for row in Telling.objects.exclude(came=[])] == [[["2026-11-15", 5000]]]


def test_a9_order_lines_after_that_date_carry_the_version_and_evidence_is_published(home: Path) -> None:
    raised(home)
    later: list[Row] = [
        ("C1", "S01", "2026-11-13 12:00:00", phone(1), "", "paid"),
        ("C2", "S01", "2026-11-12 12:00:00", phone(2), "", "paid"),
        ("C3", "S02", "2026-11-14 12:00:00", phone(3), "", "paid"),  # the other stores are the comparison
    ]
    sold(home, [*FIRST, *later], HEARD + timedelta(days=20))
    effect = Effect.objects.filter(visible(head())).get()
    evidence = Evidence.objects.filter(visible(head())).get()
    assert (effect.lines, effect.difference) == (1, None)  # one line of version 2; nothing to tell yet
    assert (evidence.product_id, evidence.orders, evidence.buyers, evidence.difference) == ("P12", 8, 5, None)


def test_a_turn_taken_twice_says_the_same(home: Path) -> None:
    raised(home)
    back = ("B1", "S01", "2026-11-21 19:00:00", phone(0), "", "paid")
    sold(home, [*FIRST, back], HEARD + timedelta(days=20))
    once = followed()
    turn(now=HEARD + timedelta(days=20))
    assert followed() == once
    assert Effect.objects.filter(visible(head())).count() == 1
