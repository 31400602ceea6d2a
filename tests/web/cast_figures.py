"""Figures as a turn publishes them, for the made-up brand; invented, but shaped as the metrics shape them."""

from __future__ import annotations

import random
from datetime import date
from typing import Any

from regulars.engage.models import Play
from regulars.measure.models import Figure, PlayResult
from tests.web.cast import NOW, STORES, TODAY

MONTHS = [f"{2025 + (8 + at) // 12}-{(8 + at) % 12 + 1:02d}" for at in range(15)]  # 2025-09 … 2026-11
OVER = MONTHS[:-1]
LEVEL = {"S01": 0.46, "S02": 0.44, "S03": 0.21, "S04": 0.35, "S05": 0.40, "S06": 0.38}
SPLIT = {
    "S01": (58, 24, 18),
    "S02": (51, 19, 30),
    "S03": (17, 71, 12),
    "S04": (29, 22, 49),
    "S05": (44, 40, 16),
    "S06": (39, 31, 30),
}


class _Book:
    def __init__(self) -> None:
        self.rows: list[Figure] = []

    def put(
        self,
        metric: str,
        value: float | None,
        part: str = "",
        kind: str = "",
        slice: str = "",
        period: str = "",
        n: int = 400,
        low: float | None = None,
        high: float | None = None,
        note: str = "",
    ) -> None:
        self.rows.append(
            Figure(
                batch=1,
                metric=metric,
                part=part,
                slice_kind=kind,
                slice=slice,
                period=period,
                value=value,
                low=low,
                high=high,
                n=n,
                note=note,
                as_of=TODAY,
            )
        )

    def share(self, metric: str, value: float, half: float = 0.02, **more: Any) -> None:
        self.put(metric, value, low=round(value - half, 4), high=round(value + half, 4), **more)


def _cohorts(book: _Book, rng: random.Random) -> None:
    for window, value in (("30", 0.29), ("90", 0.42), ("180", 0.51), ("365", 0.58)):
        book.share("cohort_second_visit", value, 0.008, part=window, n=21_400)
        for at, month in enumerate(MONTHS):
            mature = at < 15 - {"30": 2, "90": 4, "180": 7, "365": 13}[window]
            if mature:
                book.share(
                    "cohort_second_visit", value - 0.03 + at * 0.006, 0.018, part=window, period=month, n=1400
                )
            else:
                book.put("cohort_second_visit", None, window, period=month, n=1400, note="immature")
        for code, level in LEVEL.items():
            book.share(
                "cohort_second_visit",
                level * value / 0.42,
                0.02,
                part=window,
                kind="store",
                slice=code,
                n=3500,
            )
        for kind, name, change in (
            ("traffic", "own", 1.2),
            ("traffic", "location", 0.8),
            ("traffic", "platform", 0.6),
            ("offer", "opening_coupon", 0.5),
            ("offer", "not_recorded", 1.1),
            ("sales_channel", "dine_in", 1.1),
            ("sales_channel", "delivery", 0.7),
        ):
            book.share(
                "cohort_second_visit", value * change, 0.03, part=window, kind=kind, slice=name, n=2000
            )
    for code, level in LEVEL.items():
        for month in OVER[:-3]:
            book.share(
                "cohort_second_visit", level, 0.05, part="90", kind="store", slice=code, period=month, n=240
            )
    for at, month in enumerate(OVER):
        book.put("cohort_triangle", 1.0, "0", period=month, n=1400)
        for after in range(1, len(OVER) - at):
            book.put(
                "cohort_triangle",
                0.36 * 0.9**after + rng.uniform(-0.02, 0.02),
                str(after),
                period=month,
                n=1400,
            )
    book.share("bubble_rate", 0.49, 0.01, n=18_000)
    for kind, name, value in (
        ("offer", "opening_coupon", 0.78),
        ("offer", "group_buy", 0.31),
        ("acquired_by", "friend", 0.28),
        ("acquired_by", "passing", 0.47),
        ("acquired_by", "paid", 0.66),
    ):
        book.share("bubble_rate", value, 0.04, kind=kind, slice=name, n=900)


def _revenue(book: _Book, rng: random.Random) -> None:
    for at, month in enumerate(MONTHS):
        note = "" if month in OVER else "incomplete"
        whole = 0.0
        for code, (own, place, platform) in SPLIT.items():
            revenue = (6_000_000 + 150_000 * at) * (0.7 + LEVEL[code]) * rng.uniform(0.95, 1.05)
            whole += revenue
            store: dict[str, Any] = {"kind": "store", "slice": code, "period": month, "note": note}
            for part, share in (("own", own), ("location", place), ("platform", platform)):
                book.put("revenue_by_traffic", revenue * share / 100, part, **store)
            for part, share in (("returning", 45), ("new", 15), ("unidentified", 40)):
                book.put("new_returning_revenue", revenue * share / 100, part, **store)
            book.put("revenue_factors", revenue, "whole:revenue", n=3000, **store)
            book.put("revenue_factors", revenue / 5200, "whole:orders", n=3000, **store)
            book.put("revenue_factors", 5200.0, "whole:ticket", n=3000, **store)
            book.put("guests", 240.0, "new", **store)
            book.put("guests", 900.0, "returning", **store)
            book.put("identified_share", 0.4 + LEVEL[code] / 2, n=3000, **store)
            book.put("repeat_order_share", 0.5 + LEVEL[code] / 2, n=1800, **store)
            book.put("identified_share", 0.28, "cause:not_asked", n=3000, **store)
            book.put("identified_share", 0.11, "cause:platform", n=3000, **store)
        book.put("revenue_factors", whole, "whole:revenue", period=month, n=18_000, note=note)
        book.put("revenue_factors", whole / 5200, "whole:orders", period=month, n=18_000, note=note)
        book.put("revenue_factors", 5200.0, "whole:ticket", period=month, n=18_000, note=note)
        for part, value in (
            ("revenue", whole * 0.6),
            ("customers", 6930.0),
            ("frequency", 1.62),
            ("ticket", 5240.0),
        ):
            book.put("revenue_factors", value, part, period=month, n=11_000, note=note)
        if not note and at:
            for part, value in (
                ("guests", 1_200_000.0),
                ("frequency", -350_000.0),
                ("ticket", 90_000.0),
                ("revenue", 940_000.0),
            ):
                book.put("revenue_factors", value, f"change:{part}", period=month, n=11_000)
        for part, value in (("new", 1400.0 + 20 * at), ("returning", 5400.0)):
            book.put("guests", value, part, period=month, n=6800, note=note)


def _shares(book: _Book) -> None:
    book.put("identified_share", 0.58, n=260_000)
    book.put("identified_share", 0.63, "revenue", n=260_000)
    for month in MONTHS:
        note = "" if month in OVER else "incomplete"
        book.put("identified_share", 0.61, period=month, n=18_000, note=note)
        book.put("identified_share", 0.27, "cause:not_asked", period=month, n=18_000, note=note)
        book.put("identified_share", 0.12, "cause:platform", period=month, n=18_000, note=note)
    book.put("second_purchase_stock", 0.54, n=21_400)
    book.put("stock_corrected", 0.50, period=MONTHS[0], n=21_400, low=0.50, high=0.54)
    book.put("stock_corrected", 0.45, "before", period=MONTHS[0], n=9_000)
    book.put("stock_corrected", 0.54, "now", period=MONTHS[0], n=21_400)
    book.put("stock_corrected", 0.09, "change", period=MONTHS[0], n=21_400)
    book.put("stock_corrected", 0.04, "change:identification", period=MONTHS[0], n=21_400)
    book.put("repurchase_rate", 0.21, period="2026-Q3", n=9_000)
    book.put("repurchase_rate", 0.08, period="2026-Q4", n=6_000, note="incomplete")
    book.put("repeat_order_share", 0.71, n=150_000)
    book.put("repurchase_rate", 0.47, period="trailing_year", n=19_000)
    for stage, value in (
        ("new", 7200.0),
        ("second_timer", 3400.0),
        ("regular", 4900.0),
        ("cooling", 2500.0),
        ("lost", 2600.0),
        ("won_back", 800.0),
    ):
        book.put("lifecycle", value, stage, n=21_400)
    for part, value in (("orders", 11_900.0), ("value", 62_400_000.0)):
        book.share("value_90", value, value * 0.06, part=part, n=21_400)
    for stage, size, now, best, cause in (
        ("gather", 12.0, 0.998, 0.9995, "the date cannot be read"),
        ("identify", 1240.0, 0.61, 0.74, "cause:not_asked"),
        ("know", 96.0, 0.42, 0.45, "store:S03"),
    ):
        book.put("leak", size, stage, note=cause)
        book.put("leak", now, f"{stage}:now")
        book.put("leak", best, f"{stage}:best")
    for stage, done, of, size, best, cause in (
        ("engage", 2105, 2716, 310.0, 0.86, "no_consent"),
        ("reward", 120, 480, 20.0, 0.31, "second-visit"),
        ("serve", 412, 590, 60.0, 0.78, "store:S03"),
        ("listen", 356, 3240, 55.0, 0.13, "store:S04"),
    ):
        book.put("leak", size, stage, note=cause)
        book.put("leak", best, f"{stage}:best")
        _counted(book, stage, done, of, cause)
    _counted(book, "improve", 4, 5)
    _counted(book, "measure", 2, 4)
    book.put("leak", 1240.0, "the_leak", note="identify")
    _links(book)
    for code in STORES:
        for rank, other in enumerate([each for each in STORES if each != code][:3], 1):
            book.put("stores_alike", 0.5 * rank, str(rank), kind="store", slice=code, note=other)
        for till, value in (("1", 0.71), ("2", 0.44)):
            book.put("identified_share", value, kind="till", slice=f"{code}/{till}", period=OVER[-1], n=1500)


def _counted(book: _Book, stage: str, done: int, of: int, cause: str = "") -> None:
    book.put("leak", done / of, f"{stage}:now", note=cause)
    book.put("leak", float(done), f"{stage}:done")
    book.put("leak", float(of), f"{stage}:of")


def _links(book: _Book) -> None:
    for link, far, ended, days in (
        ("heard", 356, 0, 0.0),
        ("answered", 290, 66, 0.001),
        ("mended", 240, 50, 1.1),
        ("finding", 120, 120, 2.0),
        ("changed", 64, 56, 11.2),
        ("told", 41, 23, 14.0),
        ("back", 12, 29, 19.4),
    ):
        book.put("links", float(far), link, n=356)
        book.put("links", float(ended), f"ended:{link}", n=356)
        book.put("links", days, f"days:{link}", n=far)
    book.put("links", 124_000.0, "revenue", n=356)


def results() -> int:
    """What four plays did: a gain, nothing, too early to tell, and a split that cannot be."""
    for name, title, effect, half, decision, more in (
        ("second", "The second visit", 0.039, 0.018, "gain", {}),
        ("menu", "The new menu", 0.002, 0.02, "nothing", {}),
        ("birthday", "A birthday table", None, 0.0, "too_early", {"needed": 400, "weeks": 5}),
        ("rain", "Rainy days", -0.011, 0.03, "blocked", {"blocked": "sample_ratio"}),
    ):
        Play.objects.create(
            name=name,
            title=title,
            audience="visits == 1",
            salt=name,
            made_at=NOW,
            started_at=NOW,
            state="running",
        )
        ends = {} if effect is None else {"diff": effect, "low": effect - half, "high": effect + half}
        PlayResult.objects.create(
            batch=1, play=name, as_of=TODAY, entered_treated=6410, entered_control=6395, decision=decision,
            gain=0.03, **ends, **more,
        )  # fmt: skip
    return PlayResult.objects.count()


def figures(seed: int = 3) -> int:
    """Publish them; returns how many there are."""
    book, rng = _Book(), random.Random(seed)
    _cohorts(book, rng)
    _revenue(book, rng)
    _shares(book)
    return len(Figure.objects.bulk_create(book.rows, batch_size=500))


def month(text: str) -> date:
    """The first day of a period."""
    return date(int(text[:4]), int(text[5:]), 1)
