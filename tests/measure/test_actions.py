"""What a landing publishes, what the next one leaves alone, and what a reader of either head is shown."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from regulars.brand.models import Brand
from regulars.gather.models import Import
from regulars.measure.actions import definitions, metrics, publish, report, report_text
from regulars.measure.metric import FigureRow
from regulars.measure.models import Figure
from tests.measure.inputs import computed, inputs_of, sale

pytestmark = [pytest.mark.django_db, pytest.mark.slow]
DAY = date(2026, 8, 31)
LINES = {"baskets"}  # of no order_lines nothing is told


def figure(**more: object) -> FigureRow:
    row = FigureRow("guests", "", "", "2026-08", "new", 3.0, 4, DAY)
    return row._replace(**more)  # type: ignore[arg-type]


def brand_of_five_stores() -> list[dict[str, object]]:
    """A year of five stores: one asks every guest, the others every second; one brings its newcomers back."""
    rows: list[dict[str, object]] = []
    who = 0
    for day in range(365):
        on = date(2025, 9, 1) + timedelta(days=day)
        for store in "ABCDE":
            for order in range(2):
                who += 1
                known = store == "A" or order == 0
                charged = {"gross": 1200, "discount": 200}
                rows.append(sale(on.isoformat(), who if known else None, 1000, store_id=store, **charged))
                if known and (who % 2 if store == "B" else who % 11 == 0) and day < 360:
                    rows.append(sale((on + timedelta(days=5)).isoformat(), who, 900, store_id=store))
    return rows


def test_a_turn_computes_every_metric_and_finds_the_leak(tmp_path: Path) -> None:
    at = datetime(2026, 9, 1, tzinfo=UTC)
    Import.objects.create(
        name="a",
        state="landed",
        rows_read=4000,
        rows_rejected=40,
        reasons={"no date": 30, "no store": 10},
        started_at=at,
    )
    Import.objects.create(name="b", state="refused", rows_read=4000, rows_rejected=4000, started_at=at)
    inputs = inputs_of(brand_of_five_stores(), "2026-08-31")
    rows = computed(inputs, tmp_path)
    told = {row.metric for row in rows}
    assert told == {each.name for each in metrics()} - LINES | {"leak"}
    keys = [(row.metric, row.slice_kind, row.slice, row.period, row.part) for row in rows]
    assert len(keys) == len(set(keys)), "a number is published once"
    leak = {row.part: row for row in rows if row.metric == "leak"}
    assert leak["identify"].note == "cause:not_asked"
    now, best = leak["identify:now"].value, leak["identify:best"].value
    assert now is not None
    assert best is not None
    assert leak["identify"].value == pytest.approx(max(0.0, best - now) * leak["identify"].n, rel=0.01)
    assert leak["the_leak"].value == max(
        row.value or 0 for part, row in leak.items() if part in ("identify", "know")
    )
    assert leak["gather:now"].value == 0.99
    assert "gather" not in leak, "one import has no best of its own to be compared with"
    assert leak["know"].note.startswith("store:")


def test_no_sales_at_all_are_no_figures_and_no_failure(tmp_path: Path) -> None:
    inputs = inputs_of([], "2026-08-31")
    assert {row.value for row in computed(inputs, tmp_path)} <= {None, 0.0}
    assert publish([], batch=1) == 0
    assert report(head=1)["metrics"] == {}
    assert "No figures yet" in report_text(report(head=1))


def test_an_unchanged_figure_is_left_alone_and_a_changed_one_ends() -> None:
    assert publish([figure(), figure(part="returning", value=1.0)], batch=5) == 2
    assert publish([figure(), figure(part="returning", value=2.0)], batch=7) == 1
    spans = Figure.objects.order_by("part", "batch").values_list("part", "value", "batch", "until")
    assert list(spans) == [("new", 3.0, 5, None), ("returning", 1.0, 5, 7), ("returning", 2.0, 7, None)]
    assert publish([figure(), figure(part="returning", value=2.0)], batch=7) == 0


def test_readers_of_the_old_head_see_the_old_figures() -> None:
    publish([figure(value=3.0)], batch=5)
    publish([figure(value=None, note="too_few", as_of=date(2026, 9, 1))], batch=6)

    def seen(head: int) -> object:
        return [row["value"] for row in report(head=head)["metrics"].get("guests", {"rows": []})["rows"]]

    assert (seen(4), seen(5), seen(6)) == ([], [3.0], [None])
    assert report(head=6)["as_of"] == "2026-09-01"


def test_a_store_manager_reads_of_own_stores_only() -> None:
    publish(
        [
            figure(),
            figure(slice_kind="store", slice="A"),
            figure(slice_kind="store", slice="B"),
            figure(metric="identified_share", slice_kind="till", slice="A/1"),
            figure(metric="identified_share", slice_kind="till", slice="AB/1"),
            figure(metric="stores_alike", slice_kind="store", slice="A", part="1", note="B"),
        ],
        batch=1,
    )
    found = report(head=1, stores=["A"])
    slices = [row["slice"] for metric in found["metrics"].values() for row in metric["rows"]]
    assert sorted(slices) == ["A", "A/1"]
    assert report(head=1, stores=[])["metrics"] == {}


def test_the_report_is_json_and_reads_as_text(tmp_path: Path) -> None:
    Brand.objects.update_or_create(pk=1, defaults={"name": "Tea & Co", "currency": "JPY"})
    inputs = inputs_of(brand_of_five_stores(), "2026-08-31")
    publish(computed(inputs, tmp_path), batch=1)
    found = json.loads(json.dumps(report(head=1)))
    assert set(found["metrics"]) == {each.name for each in metrics()} - LINES | {"leak"}
    for metric in found["metrics"].values():
        assert metric["question"].endswith("?")
        assert metric["formula"]
        assert metric["source"]
        assert set(metric["beside"]) <= {each.name for each in definitions()}
    text = report_text(found)
    assert text.startswith("Tea & Co · figures as of 2026-08-31")
    revenue = sum(
        float(str(row["revenue"])) for row in brand_of_five_stores() if str(row["business_date"]) >= "2026-08"
    )
    assert f"JPY {revenue:,.0f}" in text
    assert "cohort second visit: Of those who came for the first time" in text
    assert max(len(line) for line in text.splitlines()) < 160
