"""A real-sized grocery: rhythm, stages and value on LGSR, whose four missing weeks every one of them must survive."""

from datetime import date, timedelta
from functools import cache

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pytest

from benchmarks import calibration
from benchmarks.coverage_value import backtests, traded
from regulars.know import tables
from regulars.know.rules import rhythm
from regulars.know.rules.calibration import calibrate, forecast
from regulars.know.rules.survival import kaplan_meier
from tests.shared_data import shared

LAST = date(2008, 7, 6)
FIRST = date(2006, 4, 10)


@cache
def customer_days() -> ir.Table:
    """LGSR by card holder and day; one offer, one channel."""
    sales = shared("lgsr/transactions.parquet")
    days = (
        duckdb.connect()
        .query(f"""
        select dense_rank() over (order by CUST_CODE)::bigint as customer_id,
               strptime(SHOP_DATE::varchar, '%Y%m%d')::date as business_date,
               count(distinct BASKET_ID)::int as orders, round(sum(SPEND) * 100)::bigint as net,
               0::bigint as gross, 0::bigint as discount, 0::bigint as refunded,
               0::bigint as platform_subsidy, sum(QUANTITY)::double as units,
               min(STORE_CODE) as store_id, 'dine_in' as sales_channel, null::varchar as traffic, null::varchar as offer
        from '{sales}' where CUST_CODE is not null group by CUST_CODE, SHOP_DATE order by all
    """)
        .to_arrow_table()
    )
    return ibis.memtable(days)


@cache
def brand_rhythm() -> rhythm.Rhythm:
    sums = tables.gap_sums(customer_days(), LAST).execute()
    prior = rhythm.credibility(**{name: sums[name] for name in sums.columns})
    lengths = tables.gap_lengths(customer_days(), LAST, prior).execute()
    return rhythm.rhythm(
        prior, **{name: lengths[name] for name in lengths.columns}, history=(LAST - FIRST).days
    )


@pytest.mark.slow
def test_every_card_holder_has_one_state_and_one_present_stage() -> None:
    states = tables.customer_states(customer_days(), LAST, brand_rhythm()).execute()
    periods = tables.stage_periods(ibis.memtable(states)).execute()
    present = periods[periods["until"].isna()].set_index("customer_id")
    assert len(states) == len(present) == 4965
    assert (states.set_index("customer_id")["stage"] == present["stage"].reindex(states["customer_id"])).all()
    assert states["net"].sum() == customer_days().net.sum().execute()


@pytest.mark.slow
def test_a_return_after_having_been_lost_is_as_rare_as_the_thresholds_promise() -> None:
    """After n visits one return in 20 n, n being where the guest's group begins; thresholds are rounded up."""
    periods = tables.stage_periods(tables.customer_states(customer_days(), LAST, brand_rhythm())).execute()
    lengths = tables.gap_lengths(customer_days(), LAST, brand_rhythm().credibility).execute()
    groups = [group.visits for group in brand_rhythm().patience]
    begins = np.array(groups)[np.searchsorted(groups, lengths["visits"], side="right") - 1]
    promised = (lengths["returned"] * rhythm.LOST_ERROR / begins).sum()
    won_back = (periods["stage"] == "won_back").sum()
    assert 0.7 * promised < won_back < 1.05 * promised


@pytest.mark.slow
def test_each_quarters_forecast_holds_what_came() -> None:
    """The last five quarters, each from what was known before it; two of them lack weeks."""
    days, trade, last = calibration.lgsr(shared("lgsr/transactions.parquet"))
    sold = traded(trade)
    quarters = [backtests(days, sold, last - timedelta(days=90 * back), last) for back in range(1, 6)]
    for what in ("orders", "value"):
        told = [quarter[what] for quarter in quarters]
        held = []
        for now, *past in (told[start : start + 3] for start in range(3)):
            interval = forecast(now.forecast, calibrate(past))
            held.append(interval.low < now.actual < interval.high)
            assert (interval.high - interval.low) / interval.estimate < 1.5
        assert all(held)


@pytest.mark.slow
def test_the_brands_clock_and_its_past_halve_the_error_of_the_second_years_totals() -> None:
    """Forecasts of 90 days from every 45th day; three weeks are missing from what they look back on, one ahead."""
    found = calibration.second_year(*calibration.lgsr(shared("lgsr/transactions.parquet")), every=45)
    bare, calibrated = np.abs([(miss.bare, miss.told) for miss in found]).T
    assert len(found) >= 8
    assert calibrated.mean() < 0.5 * bare.mean()
    assert calibrated.mean() < 0.025


@pytest.mark.slow
def test_the_share_of_new_card_holders_back_in_90_days_lies_between_the_naive_counts() -> None:
    counts = tables.first_returns(customer_days(), LAST).execute()
    share = kaplan_meier(counts["day"], counts["at_risk"], counts["events"]).share(within=90)
    everybody = counts["events"][counts["day"] <= 90].sum() / counts["at_risk"].max()
    assert share.low < share.estimate < share.high
    assert everybody <= share.estimate
    assert np.isclose(share.estimate, 0.798, atol=0.002)
