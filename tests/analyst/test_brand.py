"""What the door gives is what the turn left, and what a hand counts from the lake's own rows."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import ibis
import pyarrow as pa
import pytest

import regulars
from regulars.analyst import Brand
from regulars.core.refused import Refused
from regulars.measure.cube import Cube
from regulars.measure.metric import FigureRow, Inputs, Metric
from regulars.measure.metrics.lifecycle import METRIC as LIFECYCLE

pytestmark = pytest.mark.slow


def test_the_package_itself_is_light() -> None:
    asked = "import sys, regulars; print({'ibis', 'django', 'pyarrow', 'numpy'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_notebook_needs_no_django(brand: Brand) -> None:
    asked = f"import sys, regulars\nb = regulars.open({str(brand.lake.folder.parent)!r})\n"
    asked += "b.metric('lifecycle'), b.measure('revenue')\nprint('django' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_opening_leaves_the_home_as_it_was(brand: Brand) -> None:
    home = brand.lake.folder.parent
    before = {path: path.stat().st_mtime_ns for path in home.rglob("*")}
    again = regulars.open(home)
    again.metric("identified_share")
    again.close()
    assert {path: path.stat().st_mtime_ns for path in home.rglob("*")} == before


def test_what_is_not_there_is_refused_with_what_is(brand: Brand, tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no lake yet"):
        regulars.open(tmp_path)
    with pytest.raises(Refused, match="did you mean customer_state"):
        brand.table("customer_states")
    with pytest.raises(Refused, match="did you mean lifecycle"):
        brand.metric("livecycle")
    with pytest.raises(Refused, match="did you mean revenue"):
        brand.measure("revenu")
    with pytest.raises(Refused, match="stor is no slice"):
        brand.measure("revenue", by="stor")
    with pytest.raises(Refused, match="shift is no slice"):
        brand.measure("second_visit_90", by="shift")


def test_kept_sums_and_rows_tell_the_same(brand: Brand) -> None:
    fresh = Brand(brand.lake)
    fresh.__dict__["_counted_as"] = []  # as if no turn had kept any
    for name in ("identified_share", "revenue_factors", "cohort_triangle", "guests"):
        assert brand.metric(name).to_pyarrow().equals(fresh.metric(name).to_pyarrow()), name


def test_a_metric_of_ones_own_is_one_file_and_two_lines(brand: Brand) -> None:
    def count(inputs: Inputs) -> ibis.Table:
        sales = inputs.sales
        rows = sales.select("month", "orders", late=(sales.ordered_at.hour() >= 12).cast("int64"))
        return rows.group_by("month").agg(orders=rows.orders.sum(), late=(rows.orders * rows.late).sum())

    own = Cube(name="late", keys={}, sums=("orders", "late"), count=count)
    metric = Metric(
        name="late_orders",
        question="How many orders are late?",
        formula="late ÷ orders",
        source="definition",
        cubes=(own,),
        counts=lambda inputs: inputs.cube(own).order_by("month"),
        figures=lambda counts, as_of: [
            FigureRow(
                "late_orders",
                "",
                "",
                str(row["month"]),
                "",
                row["late"] / row["orders"],
                row["orders"],
                as_of,
            )
            for row in counts.to_pylist()
        ],
    )
    told = brand.metric(metric).to_pandas()
    sales = brand.table("sales").to_pandas()
    assert told.n.sum() == sales.orders.sum()
    assert (told.value * told.n).sum() == pytest.approx(
        (sales.orders * (sales.ordered_at.dt.hour >= 12)).sum()
    )


def test_a_revenue_by_any_slice_adds_up_to_all(brand: Brand) -> None:
    total = brand.table("sales").revenue.sum().to_pyarrow().as_py()
    (everything,) = brand.measure("revenue").to_pyarrow().to_pylist()
    assert everything["value"] == total
    slices = ["day", "week", "month", "quarter", "year", "weekday", "store", "till", "shift", "sales_channel"]
    slices += ["traffic", "offer", "region", "cohort", "stage", "first_store", "usual_store"]
    for each in slices:
        assert brand.measure("revenue", by=each).to_pandas().value.sum() == total, each
    both = brand.measure("revenue", by=["store", "month"]).to_pandas()
    assert both.value.sum() == total
    assert not both.duplicated(["store", "month"]).any()


def test_measures_are_what_pandas_counts(brand: Brand) -> None:
    sales = brand.table("sales").to_pandas()
    known = sales[sales.customer_id.notna()]
    told = brand.measure("identified_share", by="store").to_pandas().set_index("store")
    by_hand = known.groupby("store_id").orders.sum() / sales.groupby("store_id").orders.sum()
    assert told.value.to_dict() == pytest.approx(by_hand.to_dict())
    assert ((told.low < told.value) & (told.value < told.high)).all()
    heads = brand.measure("customers", by="month").to_pandas().set_index("month").value
    assert (
        heads.to_dict()
        == known[known.orders > 0]
        .assign(month=known.business_date.astype(str).str[:7])
        .groupby("month")
        .customer_id.nunique()
        .astype(float)
        .to_dict()
    )
    spend = brand.measure("spend_an_order", by="sales_channel").to_pandas().set_index("sales_channel")
    groups = sales.groupby("sales_channel")
    assert spend.value.to_dict() == pytest.approx((groups.revenue.sum() / groups.orders.sum()).to_dict())
    first = brand.table("customer_state").select("customer_id", "first_day").to_pandas()
    joined = known.merge(first, on="customer_id")
    again = joined.orders[joined.business_date > joined.first_day].sum() / joined.orders.sum()
    (repeat,) = brand.measure("repeat_order_share").to_pyarrow().to_pylist()
    assert repeat["value"] == pytest.approx(again)


def test_what_newcomers_wait_is_the_metric_of_that_name(brand: Brand) -> None:
    figures = brand.metric("cohort_second_visit").to_pandas()
    whole = figures[(figures.slice_kind == "") & (figures.period == "")].set_index("part")
    for days in (30, 90, 180):
        (told,) = brand.measure(f"second_visit_{days}").to_pyarrow().to_pylist()
        if whole.n[str(days)] == told["n"]:  # nobody is left out there as early
            assert told["value"] == pytest.approx(whole.value[str(days)])
        assert told["low"] < told["value"] < told["high"]


def test_a_span_is_of_sales_or_of_first_visits(brand: Brand) -> None:
    since, until = brand.as_of - timedelta(days=200), brand.as_of - timedelta(days=150)
    told = brand.measure("revenue", since=since, until=until).to_pyarrow().to_pylist()[0]
    sales = brand.table("sales").to_pandas()
    days = sales.business_date.dt.date
    assert told["value"] == sales.revenue[(days >= since) & (days <= until)].sum()
    waits = brand.measure("second_visit_30", since=since, until=until).to_pyarrow().to_pylist()[0]
    first = brand.states().to_pandas().first_day.dt.date
    assert waits["n"] == ((first >= since) & (first <= until)).sum()


def test_segments_of_ones_own_are_slices(brand: Brand) -> None:
    states = brand.states()
    often = states.select("customer_id", often=states.visit_days > 2)
    told = brand.measure("orders_a_customer", by="often", segments=often).to_pandas()
    assert set(told.often.dropna()) == {False, True}
    assert told.value[told.often == True].item() > told.value[told.often == False].item()  # noqa: E712
    with pytest.raises(Refused, match="twice"):
        brand.measure("revenue", by="often", segments=often.union(often))


def test_the_stage_on_a_day_is_the_state_of_that_day(brand: Brand) -> None:
    then = brand.as_of - timedelta(days=100)
    by_history = brand.stages_on(then).to_pyarrow().sort_by("customer_id")
    by_days = brand.states(then).select("customer_id", "stage").to_pyarrow().sort_by("customer_id")
    assert by_history["customer_id"].equals(by_days["customer_id"])
    assert by_history["stage"].equals(by_days["stage"])


def test_the_summary_is_that_of_the_states(brand: Brand) -> None:
    names = ["customer_id", "x", "t_x", "T", "recency", "net", "repeat_net", "monetary"]
    for day in (None, brand.as_of - timedelta(days=77)):
        summary = brand.summary(day).select(names).to_pyarrow().sort_by("customer_id")
        assert summary.equals(brand.states(day).select(names).to_pyarrow().sort_by("customer_id"))


def test_gaps_sum_to_the_days_between_first_and_last_visit(brand: Brand) -> None:
    gaps = brand.gaps().to_pandas().groupby("customer_id").gap.sum()
    states = brand.states().to_pandas().set_index("customer_id")
    assert gaps.to_dict() == states.t_x[states.t_x > 0].to_dict()
    assert len(brand.visits().to_pandas()) == states.visit_days.sum()


def test_a_curve_never_falls(brand: Brand) -> None:
    curve = brand.curve(since=brand.as_of - timedelta(days=300)).to_pandas()
    assert curve.back.is_monotonic_increasing
    assert (curve.low <= curve.back).all()
    assert (curve.back <= curve.high).all()


def test_told_says_what_it_is(brand: Brand) -> None:
    told = brand.metric(LIFECYCLE)
    assert LIFECYCLE.question in repr(told)
    assert "<table" in told._repr_html_()
    assert told.to_ibis().count().to_pyarrow().as_py() == len(told)
    assert isinstance(told.to_pyarrow(), pa.Table)


def test_the_tables_are_listed_with_their_rows(brand: Brand) -> None:
    listed = brand.tables().set_index("table")
    assert listed.rows["sales"] == brand.table("sales").count().to_pyarrow().as_py()
    assert "customer_id" in listed["columns"]["customer_state"]
    assert set(brand.metrics().columns) == {"metric", "question", "formula", "source", "unit"}
    assert "revenue" in set(brand.measures().measure)
