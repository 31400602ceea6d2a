"""What a turn asks of the numbers: keep the cells, compute every figure, publish what changed, read it back."""

from regulars.measure.actions.cells import correction, count, counted_as, cubes, metrics
from regulars.measure.actions.figures import compute, definitions, publish
from regulars.measure.actions.report import report
from regulars.measure.rules.wording import report_text

__all__ = [
    "compute",
    "correction",
    "count",
    "counted_as",
    "cubes",
    "definitions",
    "metrics",
    "publish",
    "report",
    "report_text",
]
