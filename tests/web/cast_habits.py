"""Made-up numbers of habits, as the metrics publish them: grids, visits, gaps, parts and triangles by a first store."""

from __future__ import annotations

from typing import Any

from regulars.measure.models import Figure
from tests.web.cast import TODAY


def put(metric: str, part: str, value: float | None, n: int = 1000, **more: Any) -> Figure:
    return Figure(batch=1, metric=metric, part=part, value=value, n=n, as_of=TODAY, **more)


def habits() -> int:
    """Publish them; returns how many there are."""
    rows = [*_grid(), *_visits(), *_gaps(), *_parts(), *_triangles(), *_slices()]
    return len(Figure.objects.bulk_create(rows))


def _grid() -> list[Figure]:
    told = []
    for lately in range(1, 6):
        for often in range(1, 6):
            more: dict[str, Any] = {"slice_kind": "grade", "slice": "rfm"}
            told.append(put("rfm_grid", f"r{lately}f{often}", 10.0 * lately * often, 2250, **more))
            told.append(put("rfm_grid", f"net:r{lately}f{often}", lately * often / 225, 2250, **more))
    return told


def _visits() -> list[Figure]:
    told = []
    for visit, year in (("2", 0.24), ("3", 0.40), ("4", 0.62)):
        more: dict[str, Any] = {"slice_kind": "visit", "slice": visit}
        for part, share in (("30", 0.2), ("90", 0.5), ("180", 0.8), ("365", 1.0)):
            value = year * share
            told.append(put("days_to_nth_visit", part, value, low=value - 0.01, high=value + 0.01, **more))
        half = 150.0 if year > 0.5 else None
        for store, more_often in (("S01", 1.1), ("S03", 0.9)):
            began: dict[str, Any] = {"slice_kind": "first_store", "slice": store}
            told.append(put("days_to_nth_visit", f"365:{visit}", year * more_often, 300, **began))
        told.append(put("days_to_nth_visit", "median", half, note="" if half else "fewer_than_half", **more))
    return told


def _gaps() -> list[Figure]:
    told = []
    for kind, slice, days in (("", "", 60.0), ("visit", "2", 80.0), ("visit", "6+", 30.0)):
        more: dict[str, Any] = {"slice_kind": kind, "slice": slice}
        told += [
            put("interpurchase_interval", f"p{part}", days * part / 50, **more)
            for part in (10, 25, 50, 75, 90)
        ]
        told += [
            put("interpurchase_interval", f"within:{window}", window / 100, **more)
            for window in (7, 14, 30, 60, 90)
        ]
    return told


def _parts() -> list[Figure]:
    shares = {"never": 0.1, "sometimes": 0.2, "mostly": 0.1, "always": 0.6}
    return [
        *(
            put("discount_share", f"days:{part}", value, low=value, high=value)
            for part, value in shares.items()
        ),
        put("discount_share", "on_discount", 0.7, low=0.68, high=0.72),
        put("discount_share", "depth", 0.06, low=0.05, high=0.07),
        put("regularity", "shape", 1.9, low=1.6, high=2.2),
        put("breadth", "products", 5.1, low=5.0, high=5.2),
        put("breadth", "several:stores", 0.03, low=0.02, high=0.04),
        put("breadth", "products", 9.0, low=8.0, high=10.0, slice_kind="visits", slice="3-4"),
        put("breadth", "products", 29.0, low=20.0, high=38.0, slice_kind="visits", slice="10+"),
        put("segments", "customers", 100.0, slice_kind="stage", slice="regular"),
        put("segments", "customers", 900.0, slice_kind="stage", slice="lost"),
        put("segments", "share", 0.4, slice_kind="stage", slice="regular"),
        put("segments", "share", 0.6, slice_kind="stage", slice="lost"),
    ]


def _triangles() -> list[Figure]:
    return [
        put(
            "first_triangle", str(after), 1.0 if not after else value / after, 300,
            slice_kind="first_store", slice=store, period=month, low=0.0, high=1.0,
        )
        for store, value in (("S01", 0.2), ("S02", 0.1))
        for month, months in (("2026-08", 3), ("2026-09", 2), ("2026-10", 1))
        for after in range(months)
    ]  # fmt: skip


def _slices() -> list[Figure]:
    """Of a small store the share as counted is high, and evened out hardly above the brand's."""
    told = []
    for store, counted, evened, n in (("S01", 0.80, 0.80, 9000), ("S02", 0.95, 0.82, 20)):
        more: dict[str, Any] = {"slice_kind": "store", "slice": store}
        told.append(
            put("second_purchase_stock", "", counted, n, low=counted - 0.01, high=counted + 0.01, **more)
        )
        told.append(
            put("second_purchase_stock", "shrunk", evened, n, low=evened - 0.02, high=evened + 0.02, **more)
        )
    return told
