"""Who may be one person: found in what landed, shown with the reason, and told apart by people; never joined."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars import settings
from regulars.brand.models import Brand, Store
from regulars.core.refused import Refused
from regulars.engage.actions.dry_run import dry_run
from regulars.gather.actions import bring, take_visits
from regulars.gather.models import Record
from regulars.identify.actions import candidates, find, next_due, run_due, tell_apart, together
from regulars.identify.models import Candidate, Customer, Link
from regulars.identify.rules.candidates import alike, booked_and_paid
from regulars.lake import head as heads
from regulars.turn import turn
from tests.engage import newcomers
from tests.web.cast import HEAD, land

PEOPLE = st.frozensets(st.integers(1, 6), max_size=4)
FIRST = datetime(2026, 9, 1, 11, tzinfo=UTC)
DAY_33 = FIRST + timedelta(days=32)
SALES = """
rows = "orders"
source = "till"
[columns]
order_id = "no"
store_id = "store"
ordered_at = "at"
net = "net"
table = "table"
visit_id = "visit"
[identifiers]
phone = "phone"
member_card = "card"
"""


@given(PEOPLE, PEOPLE, PEOPLE)
def test_nobody_is_a_candidate_of_themselves_nor_two_who_each_own_a_card(
    came: frozenset[int], paid: frozenset[int], owners: frozenset[int]
) -> None:
    for a, b in booked_and_paid(came, paid, owners):
        assert a < b
        assert {a, b} - owners
        assert len({a, b} & came) == len({a, b} & paid) == 1


def test_a_name_and_birthday_of_four_is_what_somebody_typed_in_for_everybody() -> None:
    assert alike([3, 1, 1]) == {(1, 3)}
    assert alike([1, 2, 3, 4]) == set()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(settings, "HOME", tmp_path)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path / "scratch")
    (tmp_path / "scratch").mkdir()
    return tmp_path


def sales(home: Path, *rows: str) -> None:
    file = home / "sales.csv"
    file.write_text("\n".join(["no,store,at,net,table,visit,phone,card", *rows]) + "\n")
    bring(files=[file], map_text=SALES, name="sales", append=True, now=DAY_33)


def scan(number: str, at: datetime, store: str, identifiers: dict[str, Any], **more: Any) -> None:
    said = {"visit_id": number, "store_id": store, "seated_at": at.isoformat(), "identifiers": identifiers}
    taken = take_visits(source="scan", items=[said | more], now=at + timedelta(hours=2))
    assert not taken.wrong, taken.wrong


def looked(now: datetime) -> int:
    return run_due(now=now, still=lambda: True)


def who(home: Path, kind: str, value: str) -> int | None:
    from regulars.gather.rules.identifiers import hashed

    head = heads.read(home / "lake").number
    return find([(kind, hashed(settings.IDENTIFIER_KEY, kind, value))], head=head)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_b7_another_store_and_another_phone_pays_a_candidate_join_is_shown_not_forced(home: Path) -> None:
    Brand.objects.create(pk=1)
    Store.objects.bulk_create([Store(code=code, name=code) for code in "AB"])
    over = {"left_at": (FIRST + timedelta(hours=1)).isoformat()}
    scan("V1", FIRST, "A", {"wechat_unionid": "u1"}, **over)
    sales(home, "1,A,2026-09-01 19:10:00,50.00,T1,V1,,")
    turn(now=FIRST + timedelta(days=1))
    assert looked(FIRST + timedelta(days=1)) == 0
    guest = who(home, "wechat_unionid", "u1")
    over = {"left_at": (DAY_33 + timedelta(hours=1)).isoformat(), "table": "T7"}
    scan("V2", DAY_33, "B", {"wechat_unionid": "u1"}, **over)
    sales(home, "2,B,2026-10-03 19:10:00,60.00,T7,,13911112222,")
    turn(now=DAY_33 + timedelta(days=1))
    assert next_due(now=DAY_33) == DAY_33
    assert (looked(DAY_33), looked(DAY_33), next_due(now=DAY_33)) == (1, 0, None)
    payer = who(home, "phone", "+8613911112222")
    assert guest is not None
    assert payer is not None
    assert guest != payer, "nobody is joined by force"
    head = heads.read(home / "lake").number
    found = candidates(None, head=head)
    assert {number: [(each.other, each.why) for each in those] for number, those in found.items()} == {
        guest: [(payer, "paid")],
        payer: [(guest, "paid")],
    }
    turn(now=DAY_33 + timedelta(days=2))
    assert who(home, "phone", "+8613911112222") == payer, "and none is in the next turn"


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_b7_two_people_who_each_own_a_card_stay_two_and_the_visit_shows_as_one_household(home: Path) -> None:
    Brand.objects.create(pk=1)
    Store.objects.create(code="A", name="A")
    over = {"left_at": (DAY_33 + timedelta(hours=1)).isoformat(), "table": "T7"}
    scan("V1", DAY_33, "A", {"member_card": ["C1", "C2"]}, **over)
    scan("V2", DAY_33, "A", {"member_card": "C1"}, table="T8")
    sales(home, "1,A,2026-10-03 19:10:00,60.00,T7,,,C1", "2,A,2026-10-03 19:10:00,60.00,T8,,,C2")
    turn(now=DAY_33 + timedelta(days=1))
    looked(DAY_33)
    one, other = who(home, "member_card", "C1"), who(home, "member_card", "C2")
    assert one is not None
    assert other is not None
    assert one != other
    head = heads.read(home / "lake").number
    assert together(number=one, head=head) == [(other, 1)]
    assert candidates(None, head=head) == {}


def record(number: int, name: str, born: date | None) -> None:
    digest = f"e{number:0>31}"
    Customer.objects.create(number=number, batch=1)
    Link.objects.create(
        batch=2, identifier_type="external", identifier_hash=digest, customer=number, rule="account"
    )
    Record.objects.create(batch=1, source="members", record_id=str(number), name=name, sort_name=name.lower(),
                          birthday=born, identifiers=[digest])  # fmt: skip


@pytest.mark.django_db
def test_two_records_of_one_name_and_birthday_are_candidates_until_people_tell_them_apart() -> None:
    land()
    born = date(1990, 5, 4)
    record(1, "Anna Li", born)
    record(2, "Anna Li", born)
    record(3, "Anna Li", date(1991, 5, 4))
    record(4, "Anna Li", None)
    for number in (5, 6, 7, 8):
        record(number, "Guest", born)
    assert looked(DAY_33) == 1
    assert candidates([1, 3], head=HEAD).keys() == {1}
    assert [(each.other, each.why) for each in candidates([2], head=HEAD)[2]] == [(1, "alike")]
    with pytest.raises(Refused, match="nothing says"):
        tell_apart(number=1, other=3, by="owner", now=DAY_33)
    tell_apart(number=2, other=1, by="owner", now=DAY_33)
    tell_apart(number=1, other=2, by="operator", now=DAY_33 + timedelta(days=1))
    assert (Candidate.objects.get().apart_by, candidates(None, head=HEAD)) == ("owner", {})
    Candidate.objects.create(a=1, b=2, why="paid", at=DAY_33)
    assert candidates(None, head=HEAD) == {}, "who was told apart once stays two for whatever reason"


@pytest.mark.django_db
def test_who_merged_meanwhile_is_nobodys_candidate_and_others_follow_the_number() -> None:
    land()
    for number in (1, 2, 3):
        record(number, f"n{number}", None)
    Candidate.objects.create(a=1, b=2, why="paid", at=DAY_33)
    Candidate.objects.create(a=2, b=3, why="paid", at=DAY_33)
    Customer.objects.filter(number=2).update(merged_into=1, until=HEAD)
    found = candidates([2], head=HEAD)
    assert {number: [each.other for each in those] for number, those in found.items()} == {1: [3]}


@pytest.mark.django_db
@pytest.mark.usefixtures("land_newcomers")
def test_b5_who_may_be_another_customer_is_spared_as_maybe_an_old_guest() -> None:
    newcomers.newcomer(1)
    newcomers.newcomer(2)
    newcomers.newcomer(3)
    Candidate.objects.create(a=2, b=99_999, why="paid", at=newcomers.NOW)
    lines = dry_run(newcomers.play(), head=newcomers.HEAD, now=newcomers.NOW)
    assert {line.customer for line in lines if line.reason == "maybe_old"} == {2}


@pytest.fixture
def land_newcomers(db: None) -> Any:
    newcomers.land()
    yield
    (settings.HOME / "lake" / "HEAD.json").unlink(missing_ok=True)
