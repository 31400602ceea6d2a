"""CDNOW as the papers' readers have it: from the log (days / 7) and from the rounded summary; weeks and
dollars.
"""

from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt

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


def _read(path: str, columns: str) -> History:
    rows = duckdb.sql(f"select {columns} from '{shared(path)}'").fetchall()
    return History(*(np.asarray(column, dtype=float) for column in zip(*rows, strict=True)))
