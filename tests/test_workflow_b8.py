"""B8 by real turns: a guest with a coupon orders without it, and a later refund takes everything back that it gave."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings

from regulars import settings
from regulars.desk.spans import visible
from regulars.engage.actions import plays, run_due
from regulars.engage.models import Entry, Limits
from regulars.gather.actions import bring
from regulars.know.models import CustomerState
from regulars.lake import head as heads
from regulars.measure.models import PlayResult
from regulars.reward import actions as reward
from regulars.reward.models import Coupon, CouponKind, PointsEntry
from regulars.turn import turn

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]
ENTERED = datetime(2026, 9, 1, 4, tzinfo=UTC)
MATURE = datetime(2026, 11, 1, 4, tzinfo=UTC)
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
FIRST = [f"{n},A,2026-08-20 12:{n % 60:02d}:00,50.00,paid,C{n}" for n in range(1, 81)]
LAST = "999,A,2026-10-31 12:00:00,5.00,paid,"  # so that everybody is watched for thirty days


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for each in (settings, django_settings):
        monkeypatch.setattr(each, "HOME", tmp_path)
    monkeypatch.setattr(settings, "FILE_UPLOAD_TEMP_DIR", tmp_path / "scratch")
    (tmp_path / "scratch").mkdir()
    return tmp_path


def sold(home: Path, rows: list[str], now: datetime) -> None:
    file = home / "sales.csv"
    file.write_text("\n".join(["no,store,at,net,status,card", *rows]) + "\n")
    bring(files=[file], map_text=SALES, name="sales", now=now)
    turn(now=now)


def card(number: int) -> int:
    """The card of a customer, by what they spent first."""
    orders = PointsEntry.objects.filter(customer_id=number, kind="earn").order_by("pk")
    return int(orders[0].order.partition("|")[2])


def back(guest: int, number: int, status: str = "paid") -> str:
    return f"{guest},A,2026-09-10 12:{number % 60:02d}:00,80.00,{status},C{number}"


def result() -> PlayResult:
    return PlayResult.objects.get(visible(heads.read(settings.HOME / "lake").number))


def state(customer: int) -> CustomerState:
    return CustomerState.objects.get(visible(heads.read(settings.HOME / "lake").number), customer=customer)


def test_b8_ordered_without_the_coupon_still_counts_by_arm_and_a_full_refund_takes_all_back(
    home: Path,
) -> None:
    reward.programme(starts_on=date(2026, 8, 1))
    sold(home, FIRST, ENTERED)
    CouponKind.objects.create(name="tea", title="A tea", amount=800)
    play = plays.make(
        title="A tea", audience="visits == 1", steps=[{"step": "benefit", "benefit": "coupon", "what": "tea"}],
        newcomers_only=False, by="operator", now=ENTERED,
    )  # fmt: skip
    Limits.objects.update(hold_out=0.01)
    plays.start(play=play, by="operator", now=ENTERED)
    run_due(now=ENTERED, still=lambda: True)
    treated = sorted(Entry.objects.filter(arm="treated").values_list("customer", flat=True))
    control = sorted(Entry.objects.filter(arm="control").values_list("customer", flat=True))
    assert min(len(treated), len(control)) > 20
    assert sorted(Coupon.objects.values_list("customer", flat=True)) == treated

    came, other = [*treated[:10]], control[:4]
    rows = [back(200 + place, card(number)) for place, number in enumerate([*came, *other])]
    sold(home, [*FIRST, *rows, LAST], MATURE)
    assert not Coupon.objects.filter(used_at__isnull=False).exists(), "nobody ordered with it"
    told = result()
    assert (told.back_treated, told.back_control) == (10, 4)
    assert (told.matured_treated, told.matured_control) == (len(treated), len(control))
    before = told.revenue_treated
    guest = came[0]
    assert (state(guest).stage, state(guest).visit_days, reward.balance(guest).points) == (
        "second_timer", 2, 130,
    )  # fmt: skip
    reward.redeem(customer=guest, points=70, benefit="tea", key="spent", now=MATURE)

    refunded = [back(200, card(guest), "refunded"), *rows[1:]]
    sold(home, [*FIRST, *refunded, LAST], MATURE)
    told = result()
    assert (told.back_treated, told.back_control) == (9, 4), "the effect goes back"
    assert before is not None
    assert told.revenue_treated == pytest.approx(before - 8000 / len(treated))
    assert (state(guest).stage, state(guest).visit_days, state(guest).net) == ("new", 1, 5000)
    left = reward.balance(guest)
    assert (left.points, left.owed) == (0, 20), "130 earned, 70 spent, 80 taken back"
    assert reward.differences() == {}, "the books balance"
