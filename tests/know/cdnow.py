"""CDNOW as the papers' readers have it: from the log (days / 7) and from the rounded summary; weeks and
dollars.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import duckdb
import numpy as np
import numpy.typing as npt

from regulars.know.rules.choice import HeldOut
from tests.shared_data import shared

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True)
class History:
    x: Floats
    t_x: Floats
    T: Floats
    spend: Floats  # mean of repeat purchases
    after: Floats  # purchases in the 39 weeks held out


def log() -> History:
    return _read(
        "cdnow/cdnow_sample_cal_holdout.parquet",
        "frequency_cal, recency_cal_weeks, T_cal_weeks, monetary_cal_repeat_mean, frequency_holdout",
    )


def summary() -> History:
    return _read("cdnow/cdnow_customers_summary_with_transactions.parquet", "x, t_x, T, zbar, 0")


def withheld() -> tuple[HeldOut, float]:
    """The last quarter of the 39 weeks (68 of 272 days to 1997-09-30) withheld, with its length in weeks."""
    cut = date(1997, 9, 30) - timedelta(days=68)
    rows = (
        duckdb.connect()
        .query(f"""
        with days as (select sampleid, "date"::date as day
                      from '{shared("cdnow/cdnow_sample.parquet")}' where "date" <= '1997-09-30' group by all)
        select count(*) filter (day <= '{cut}') - 1, (max(day) filter (day <= '{cut}') - min(day)) / 7,
               (date '{cut}' - min(day)) / 7, count(*) filter (day > '{cut}')
        from days group by sampleid having min(day) <= '{cut}' order by sampleid
    """)
        .fetchall()
    )
    return HeldOut.of(*(np.asarray(column, dtype=float) for column in zip(*rows, strict=True))), 68 / 7


def _read(path: str, columns: str) -> History:
    rows = duckdb.connect().query(f"select {columns} from '{shared(path)}'").fetchall()
    return History(*(np.asarray(column, dtype=float) for column in zip(*rows, strict=True)))
