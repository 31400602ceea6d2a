"""What lifetimes and pymc-marketing do with a file of histories: run by an environment that has them, never by ours."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Work = tuple[Callable[[], Any], Callable[[Any], dict[str, Any]]]
NAMES = ("r", "alpha", "a", "b")


def lifetimes(*, file: str, counted: bool) -> Work:
    """BG/NBD of lifetimes: a row a customer, or the different histories with their counts as weights."""
    import pandas as pd
    from lifetimes import BetaGeoFitter

    rows = pd.read_parquet(file)

    def fit() -> Any:
        return BetaGeoFitter().fit(
            rows["x"], rows["t_x"], rows["T"], weights=rows["customers"] if counted else None
        )

    return fit, lambda model: {name: float(model.params_[name]) for name in NAMES}


def pymc(*, file: str) -> Work:
    """BG/NBD of pymc-marketing by maximum a posteriori: its own priors, a row a customer."""
    import pandas as pd
    from pymc_marketing.clv import BetaGeoModel

    rows = pd.read_parquet(file).rename(columns={"x": "frequency", "t_x": "recency"})
    rows["customer_id"] = range(len(rows))
    data = rows[["customer_id", "frequency", "recency", "T"]]

    def fit() -> Any:
        model = BetaGeoModel(data=data)
        model.fit(method="map", progressbar=False)
        return model

    def tell(model: Any) -> dict[str, Any]:
        found = model.fit_summary() if not hasattr(model, "idata") else model.idata.posterior
        return {name: float(found[name].mean()) for name in NAMES}

    return fit, tell
