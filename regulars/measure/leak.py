"""The leak as figures: what Today opens with, made of numbers that are shown elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from regulars.measure.metric import Definition, FigureRow
from regulars.measure.rules.leak import NAME, Imported, StageShare, leaks, stage_shares

LONGEST_NOTE = 60
STAGES = ("gather", "identify", "know", "engage", "reward", "serve", "listen", "improve", "measure")

LEAK = Definition(
    name=NAME,
    question="Where does the loop lose most people now, and what is the first cause?",
    formula="(best quartile of the brand's own stores, or weeks where it has fewer than four − share now) × "
    "customers concerned a month; the largest is the leak",
    source="definition",
    beside=("identified_share", "cohort_second_visit"),
    unit="count",
    units={f"{stage}:{which}": "share" for stage in STAGES for which in ("now", "best")},
)


def leak_figures(
    rows: Sequence[FigureRow], imports: Sequence[Imported], as_of: date, desk: Sequence[StageShare] = ()
) -> list[FigureRow]:
    """Of each stage ``<stage>:now`` (``note`` the first cause); where there is a best to compare with, its leak in
    customers a month (the same note) and ``<stage>:best``; of those counted on the ``desk`` also ``:done`` and ``:of``.

    ``the_leak`` repeats the largest, with the stage as its note; it is missing where nothing is lost.
    """
    stages = [*stage_shares(rows, imports), *desk]
    figures = [_figure(f"{stage.stage}:now", stage.now, stage, as_of, stage.cause) for stage in stages]
    for stage in desk:
        figures.append(_figure(f"{stage.stage}:done", stage.done, stage, as_of))
        figures.append(_figure(f"{stage.stage}:of", stage.of, stage, as_of))
    found = leaks(stages)
    for leak in found:
        figures.append(_figure(leak.stage.stage, leak.size, leak.stage, as_of, leak.stage.cause))
        figures.append(_figure(f"{leak.stage.stage}:best", leak.best, leak.stage, as_of))
    if found and found[0].size > 0:
        figures.append(_figure("the_leak", found[0].size, found[0].stage, as_of, found[0].stage.stage))
    return figures


def _figure(part: str, value: float, stage: StageShare, as_of: date, note: str = "") -> FigureRow:
    return FigureRow(
        NAME, "", "", "", part, value, round(stage.concerned) or stage.of, as_of, note=note[:LONGEST_NOTE]
    )
