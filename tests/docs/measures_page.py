"""`docs/measures.md` from the definitions themselves: `python -m tests.docs.measures_page` writes it."""

from __future__ import annotations

import os
from pathlib import Path

import django

from regulars.measure.metric import Definition, Metric

PAGE = Path(__file__).parents[2] / "docs" / "measures.md"
HEAD = """\
# Every measure, its formula and its source

Written by `python -m tests.docs.measures_page` from what the program says of itself; a test fails when they differ.
Parts, slices and periods stand in [measure.md](measure.md), words in both languages in [words.md](words.md).

*Each turn*: counted anew from kept cells and customers' states. *Each month*: read at a month's first turn over the
months closed by then, and kept for the month.
"""


def freshness(each: Definition) -> str:
    """When a number is told anew."""
    if not isinstance(each, Metric):
        return "each turn"
    told = [when for half, when in ((each.counts, "each turn"), (each.reading, "each month")) if half]
    return ", ".join(told)


def page() -> str:
    """The page as it must stand."""
    from regulars.measure.actions import definitions  # it knows the desk, which must be set up first

    sections = [HEAD]
    for each in definitions():
        units = ", ".join(f"`{part}` {unit}" for part, unit in list(each.units.items())[:4])
        unit = f"{each.unit}; {units}{' …' if len(each.units) > 4 else ''}" if units else each.unit
        lines = [
            f"## {each.name}",
            "",
            f"*{each.question}*",
            "",
            f"- formula: {each.formula}",
            f"- source: {each.source}",
            f"- unit: {unit}",
            f"- told: {freshness(each)}",
        ]
        if each.beside:
            lines.append(f"- beside: {', '.join(f'[{other}](#{other})' for other in each.beside)}")
        sections.append("\n".join(lines) + "\n")
    return "\n".join(sections)


if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "regulars.settings")
    django.setup()
    PAGE.write_text(page(), encoding="utf-8")
