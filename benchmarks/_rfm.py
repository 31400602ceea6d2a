"""What lifetimes and pymc-marketing do to a log of sales, and the checksums that all sides must agree on.

Imported in the other packages' environment too, so nothing of Regulars is imported here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np


def checksums(who: Any, x: Any, t_x: Any, T: Any, repeat_net: Any) -> dict[str, int]:
    """Customers, and sums of their numbers, plain and weighted by who they belong to; all integers."""
    columns = [np.asarray(each).astype(np.int64) for each in (x, t_x, T, repeat_net)]
    weight = np.asarray(who).astype(np.int64) % 1009
    names = ("x", "t_x", "T", "repeat_net")
    told = {name: int(column.sum()) for name, column in zip(names, columns, strict=True)}
    theirs = {
        f"{name} by customer": int((column * weight).sum())
        for name, column in zip(names, columns, strict=True)
    }
    return {"customers": int(weight.size)} | told | theirs


def lifetimes(*, file: str, last: str) -> tuple[Callable[[], Any], Callable[[Any], dict[str, int]]]:
    """`summary_data_from_transaction_data` of rows already in memory."""
    import pandas as pd
    from lifetimes.utils import summary_data_from_transaction_data

    rows = pd.read_parquet(file)
    return (
        lambda: summary_data_from_transaction_data(
            rows, "customer_id", "day", monetary_value_col="revenue", observation_period_end=last
        ).reset_index(),
        told,
    )


def pymc_marketing(*, file: str, last: str) -> tuple[Callable[[], Any], Callable[[Any], dict[str, int]]]:
    """`rfm_summary` of rows already in memory."""
    import pandas as pd
    from pymc_marketing.clv import rfm_summary

    rows = pd.read_parquet(file)
    return (
        lambda: rfm_summary(
            rows, "customer_id", "day", monetary_value_col="revenue", observation_period_end=last
        ),
        told,
    )


def told(summary: Any) -> dict[str, int]:
    """Their table as checksums: the mean spend times the visits behind it is whole again."""
    spent = (summary["monetary_value"] * summary["frequency"]).round()
    return checksums(summary["customer_id"], summary["frequency"], summary["recency"], summary["T"], spent)
