"""The brand's forecast as figures: what everybody known is expected to bring in the next 90 days."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from regulars.know.rules.calibration import Interval
from regulars.measure.metric import Definition, FigureRow

VALUE = Definition(
    name="value_90",
    question="What will the customers known today bring in the next 90 days?",
    formula="sum over customers of expected visits (BG/NBD) × expected spend of a visit (Gamma-Gamma), its centre and "
    "width calibrated by what the same models forecast 90 and 180 days ago and what then came",
    source="Fader, Hardie and Lee 2005; Fader and Hardie 2013",
    beside=("lifecycle",),
    unit="money",
    units={"orders": "count", "model:orders": "count"},
)


def forecast_figures(brand: Mapping[str, Interval], n: int, as_of: date) -> list[FigureRow]:
    """Parts ``orders`` (visits) and ``value`` (minor units) with 95 % intervals, and ``model:…``, what the models say
    before calibration; nothing where the forecast was refused. ``n``: customers known."""
    figures = []
    for part, told in sorted(brand.items()):
        figures.append(FigureRow(VALUE.name, "", "", "", part, told.estimate, n, as_of, told.low, told.high))
        figures.append(FigureRow(VALUE.name, "", "", "", f"model:{part}", told.expected, n, as_of))
    return figures
