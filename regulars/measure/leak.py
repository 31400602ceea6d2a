"""The leak as figures: what Today opens with, made of numbers that are shown elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from regulars.measure.metric import Definition, FigureRow
from regulars.measure.rules.leak import NAME, Imported, leaks, stage_shares

LONGEST_NOTE = 60

LEAK = Definition(
    name=NAME,
    question="Where does the loop lose most people now, and what is the first cause?",
    formula="(best quartile of the brand's own stores, or weeks where it has fewer than four − share now) × "
    "customers concerned a month; the largest is the leak",
    source="definition",
    beside=("identified_share", "cohort_second_visit"),
    unit="count",
    units={
        f"{stage}:{which}": "share" for stage in ("gather", "identify", "know") for which in ("now", "best")
    },
)


def leak_figures(rows: Sequence[FigureRow], imports: Sequence[Imported], as_of: date) -> list[FigureRow]:
    """For each stage its leak in customers a month (``note`` the first cause), ``<stage>:now`` and ``<stage>:best``.

    ``the_leak`` repeats the largest, with the stage as its note; it is missing where nothing is lost.
    """
    found = leaks(stage_shares(rows, imports))
    figures = []
    for leak in found:
        n = round(leak.stage.concerned)
        parts = {
            leak.stage.stage: (leak.size, leak.stage.cause[:LONGEST_NOTE]),
            f"{leak.stage.stage}:now": (leak.stage.now, ""),
            f"{leak.stage.stage}:best": (leak.best, ""),
        }
        figures += [
            FigureRow(NAME, "", "", "", part, value, n, as_of, note=note)
            for part, (value, note) in parts.items()
        ]
    if found and found[0].size > 0:
        worst = found[0]
        n = round(worst.stage.concerned)
        figures.append(FigureRow(NAME, "", "", "", "the_leak", worst.size, n, as_of, note=worst.stage.stage))
    return figures
