"""The brand's forecast and its customer equity as figures: what everybody known is expected to bring, and who changed
it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from regulars.know.rules.calibration import Interval
from regulars.know.rules.equity import Change
from regulars.measure.metric import Definition, FigureRow

VALUE = Definition(
    name="value_90",
    question="What will the customers known today bring in the next 90 days?",
    formula="sum over customers of expected visits (by the model chosen of BG/NBD, Pareto/NBD and MBG/NBD) × expected "
    "spend of a visit (Gamma-Gamma), its centre and width calibrated by what the same models forecast 90 and 180 days "
    "ago and what then came",
    source="Fader, Hardie and Lee 2005; Fader and Hardie 2013",
    beside=("lifecycle",),
    unit="money",
    units={"orders": "count", "model:orders": "count"},
)
EQUITY = Definition(
    name="equity",
    question="What are the customers known today worth, and what changed it since the last quarter?",
    formula="sum over customers of expected value within the days named, calibrated as value_90 is; the change of the "
    "models' sum since the quarter's first day, by customer: new (not known then), lost (lost since by their stage, or "
    "likelier gone than not), gone (merged or erased), more and less (all others); both days by today's models",
    source="Blattberg, Getz and Thomas 2001; Rust, Lemon and Zeithaml 2004; values as in value_90",
    beside=("value_90", "lifecycle"),
    unit="money",
)


def forecast_figures(brand: Mapping[str, Interval], n: int, as_of: date) -> list[FigureRow]:
    """Parts ``orders`` (visits) and ``value`` (minor units) with 95 % intervals, and ``model:…``, what the models say
    before calibration; nothing where the forecast was refused. ``n``: customers known."""
    figures = []
    for part, told in sorted(brand.items()):
        figures.append(FigureRow(VALUE.name, "", "", "", part, told.estimate, n, as_of, told.low, told.high))
        figures.append(FigureRow(VALUE.name, "", "", "", f"model:{part}", told.expected, n, as_of))
    return figures


def equity_figures(
    totals: Mapping[int, Interval], changes: Mapping[int, Change], n: int, as_of: date
) -> list[FigureRow]:
    """Parts ``90`` and ``365`` (minor units) with 95 % intervals; of each, ``now:`` and ``then:``, the models' sums
    today and at the last quarter's end, and ``new:``, ``lost:``, ``gone:``, ``more:``, ``less:``, which add up to the
    difference, each with its number of customers."""
    figures = [
        FigureRow(EQUITY.name, "", "", "", str(days), told.estimate, n, as_of, told.low, told.high)
        for days, told in sorted(totals.items())
    ]
    for days, change in sorted(changes.items()):
        sums = {"now": (change.now, n), "then": (change.then, change.known_then)}
        parts = {kind: (change.moved[kind], change.customers[kind]) for kind in change.moved}
        for kind, (money, customers) in {**sums, **parts}.items():
            figures.append(FigureRow(EQUITY.name, "", "", "", f"{kind}:{days}", money, customers, as_of))
    return figures
