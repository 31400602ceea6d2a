"""The share of each stage that acts, counted on the desk: delivered, used, done, answered, mended in time, decided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Case, Count, F, IntegerField, Min, Q, QuerySet, When

from regulars.brand.models import Brand
from regulars.engage.models import Message
from regulars.improve.models import Finding
from regulars.listen.models import Ask
from regulars.measure.models import PlayResult
from regulars.measure.rules.leak import StageShare
from regulars.measure.rules.periods import ENOUGH
from regulars.reward.models import Coupon
from regulars.serve.models import Card

WEEKS = 13  # that the best quartile is taken of
RECENT = 4  # of them, which "now" means
COUPON_WEEKS = 26  # a coupon given lately has not ended yet, so its weeks reach further back
MONTH = 30
# Not sent because nobody wanted it sent: comparisons, and people who came before it was due.
NOT_MEANT = ("control", "brand_hold_out", "mixed", "already_back", "stopped")
DECIDED = ("gain", "loss", "nothing")


def end_of(as_of: date) -> datetime:
    """The instant (UTC) at which a business date is over by the brand's clock."""
    brand = Brand.objects.first() or Brand()
    return datetime.combine(as_of + timedelta(days=1), brand.day_ends, ZoneInfo(brand.time_zone)).astimezone(
        UTC
    )


def desk_shares(as_of: date) -> list[StageShare]:
    """The stages from engage on that have anything to count as of a business date."""
    end = end_of(as_of)
    stages = (_engage(end), _reward(end), _serve(end), _listen(end), _improve(as_of), _measure())
    return [stage for stage in stages if stage is not None]


def _engage(end: datetime) -> StageShare | None:
    """Messages sent, of those that were meant for somebody and fell due."""
    state = Message.State
    rows = Message.objects.filter(due_at__gte=end - timedelta(weeks=WEEKS), due_at__lt=end)
    rows = rows.filter(state__in=(state.SENT, state.HANDED, state.SPARED, state.FAILED)).exclude(
        reason__in=NOT_MEANT
    )
    return _by_week("engage", rows, "due_at", end, WEEKS, RECENT, Q(state=state.SENT), "reason")


def _reward(end: datetime) -> StageShare | None:
    """Coupons used, of those that were used or have ended."""
    rows = Coupon.objects.filter(given_at__gte=end - timedelta(weeks=COUPON_WEEKS), given_at__lt=end)
    rows = rows.filter(Q(used_at__lt=end) | Q(ends_at__lt=end))
    return _by_week("reward", rows, "given_at", end, COUPON_WEEKS, WEEKS, Q(used_at__lt=end), "kind__name")


def _serve(end: datetime) -> StageShare | None:
    """Cards done, of those that were shown and are over."""
    state = Card.State
    rows = Card.objects.filter(shown=True, made_at__gte=end - timedelta(weeks=RECENT), made_at__lt=end)
    rows = rows.filter(state__in=(state.DONE, state.NOT_TODAY, state.EXPIRED))
    return _by_store("serve", rows, RECENT, Q(state=state.DONE))


def _listen(end: datetime) -> StageShare | None:
    """Questions answered, of those that were answered or whose link has ended."""
    rows = Ask.objects.filter(asked_at__gte=end - timedelta(weeks=WEEKS), asked_at__lt=end)
    rows = rows.filter(Q(answered_at__lt=end) | Q(expires_at__lt=end))
    return _by_store("listen", rows, WEEKS, Q(answered_at__lt=end))


def _improve(as_of: date) -> StageShare | None:
    """Findings that a change met by their day, of those whose day has come; no stores, so no leak of its own."""
    state = Finding.State
    due = Finding.objects.filter(due_on__lte=as_of, state__in=(state.ACCEPTED, state.CHANGED, state.TOLD))
    told = due.annotate(first=Min("changes__begins_on")).values_list("due_on", "first")
    done = sum(1 for day, first in told if first is not None and day is not None and first <= day)
    return _share("improve", done, len(told))


def _measure() -> StageShare | None:
    """Plays that are decided, of those that have a result."""
    told = Counter(PlayResult.objects.filter(until=None).values_list("decision", flat=True))
    return _share("measure", sum(told[each] for each in DECIDED), told.total())


def _share(stage: str, done: int, of: int) -> StageShare | None:
    return StageShare(stage, done / of, (), 0.0, "", done, of) if of else None


def _by_week(
    stage: str, rows: QuerySet[Any], at: str, end: datetime, weeks: int, recent: int, done: Q, cause: str
) -> StageShare | None:
    """A stage by weeks before ``end``: now is the last ``recent``, its cause what most of the others were lost to."""
    week = Case(
        *(When(**{f"{at}__gte": end - timedelta(weeks=back)}, then=back - 1) for back in range(1, weeks + 1)),
        default=weeks,
        output_field=IntegerField(),
    )
    told = rows.order_by().annotate(week=week, cause=F(cause)).values_list("week", "cause")
    counts = list(told.annotate(of=Count("pk"), done=Count("pk", filter=done)).order_by("week", "cause"))
    units: dict[int, list[int]] = {}
    lost: Counter[str] = Counter()
    for number, why, of, reached in counts:
        unit = units.setdefault(number, [0, 0])
        unit[0], unit[1] = unit[0] + reached, unit[1] + of
        if number < recent:
            lost[why] += of - reached
    now = [unit for number, unit in units.items() if number < recent]
    concerned = rows.filter(**{f"{at}__gte": end - timedelta(weeks=recent)}).aggregate(
        n=Count("customer", distinct=True)
    )
    return _made(stage, now, units.values(), concerned["n"] * MONTH / (7 * recent), _first(lost))


def _by_store(stage: str, rows: QuerySet[Any], weeks: int, done: Q) -> StageShare | None:
    """A stage by stores, over so many weeks; its cause is the store where most is left undone."""
    counts = rows.order_by().values_list("store_id").annotate(of=Count("pk"), done=Count("pk", filter=done))
    units = {store: [reached, of] for store, of, reached in counts.order_by("store_id")}
    lost = Counter({f"store:{store}": of - reached for store, (reached, of) in units.items()})
    concerned = rows.aggregate(n=Count("customer", distinct=True))["n"] * MONTH / (7 * weeks)
    return _made(stage, units.values(), units.values(), concerned, _first(lost))


def _first(lost: Counter[str]) -> str:
    return max(sorted(lost), key=lambda why: lost[why], default="") if lost.total() else ""


def _made(
    stage: str, now: Iterable[list[int]], units: Iterable[list[int]], concerned: float, cause: str
) -> StageShare | None:
    now = list(now)
    done, of = sum(each[0] for each in now), sum(each[1] for each in now)
    if not of:
        return None
    told = tuple(reached / whole for reached, whole in units if whole >= ENOUGH) if of >= ENOUGH else ()
    return StageShare(stage, done / of, told, concerned, cause, done, of)
