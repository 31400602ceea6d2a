"""The report as plain text: what a person reads in a terminal, with formula, date and count beside each number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from textwrap import fill
from typing import Any

from regulars.core.money import digits, minor_units

WIDTH = 118
TRIANGLES = ("cohort_triangle",)  # a line a cohort, its months after one another
COHORTS = 6
LONG = 12  # months after a cohort's first that fit one line
SLICES = 5  # of a kind, those with most behind them
TOLD = {"bubble_rate": ("acquired_by", "offer"), "stores_alike": ("store",)}  # slices that the text shows
TELL = {
    "immature": "cannot be told yet: nobody has been watched that long",
    "too_few": "too few to tell",
    "new_not_meaningful": "first seen is not first visit yet: identification had only begun",
    "incomplete": "period not over",
    "not_recorded": "nothing recorded that it could be told from",
    "fewer_than_half": "fewer than half within a year",
}

Row = Mapping[str, Any]


def amount(value: float, currency: str) -> str:
    """Minor units as money: ``CNY 1,234.50``."""
    return f"{currency} {value / minor_units(currency):,.{digits(currency)}f}"


def number(value: float | None, unit: str, currency: str) -> str:
    """A value by its unit: share, money, count or number; a dash where there is none."""
    if value is None:
        return "—"
    if unit == "money":
        return amount(value, currency)
    return {"share": f"{value:.1%}", "count": f"{value:,.0f}"}.get(unit, f"{value:,.2f}")


def report_text(report: Mapping[str, Any]) -> str:
    """What ``measure.actions.report`` gives, as text: each metric's question, latest numbers, formula and source."""
    title = " · ".join(each for each in (report["brand"], f"figures as of {report['as_of']}") if each)
    if not report["metrics"]:
        return "No figures yet: import sales and run a turn first.\n"
    blocks = [f"{title}\n{'=' * len(title)}"]
    for name, metric in report["metrics"].items():
        lines = [fill(f"{name.replace('_', ' ')}: {metric['question']}", WIDTH)]
        lines += _lines(name, _chosen(name, metric["rows"]), metric, report["currency"])
        lines.append(
            fill(
                f"= {metric['formula']} [{metric['source']}]",
                WIDTH,
                initial_indent="  ",
                subsequent_indent="    ",
            )
        )
        if metric["beside"]:
            others = ", ".join(each.replace("_", " ") for each in metric["beside"])
            lines.append(
                fill(f"read it beside: {others}", WIDTH, initial_indent="  ", subsequent_indent="    ")
            )
        blocks.append("\n".join(lines))
    figures = sum(len(metric["rows"]) for metric in report["metrics"].values())
    blocks.append(f"{figures:,} figures in all, by store, till, channel and month: regulars report --json")
    return "\n\n".join(blocks) + "\n"


def _chosen(name: str, rows: Iterable[Row]) -> list[Row]:
    """What fits a terminal: the brand over all time and in the latest period that can be told, and few slices."""
    rows = sorted(rows, key=_place)
    brand = [row for row in rows if row["slice_kind"] == ""]
    if name in TRIANGLES:
        cohorts = sorted({row["period"] for row in brand})[-COHORTS:]
        return [row for row in brand if row["period"] in cohorts]
    chosen = [row for row in brand if row["period"] in ("", _latest(brand))]
    for kind in TOLD.get(name, ()):
        sliced = [row for row in rows if row["slice_kind"] == kind]
        weight = {row["slice"]: row["n"] for row in sliced if row["value"] is not None}
        heaviest = sorted(weight, key=lambda slice: (-weight[slice], slice))[:SLICES]
        chosen += [row for row in sliced if row["slice"] in heaviest]
    return chosen


def _latest(rows: Iterable[Row]) -> str:
    told = [row["period"] for row in rows if row["value"] is not None and row["note"] != "incomplete"]
    return max(told, default="")


def _place(row: Row) -> tuple[str, str, str, int, str]:
    part = row["part"]
    return row["slice_kind"], row["slice"], row["period"], int(part) if part.isdigit() else -1, part


def _lines(name: str, rows: Sequence[Row], metric: Mapping[str, Any], currency: str) -> list[str]:
    """A line a row; of a triangle, a line a cohort."""
    lines = []
    for where, group in groupby(rows, key=lambda row: (row["slice_kind"], row["slice"], row["period"])):
        parts = list(group)
        if name in TRIANGLES:
            told = " ".join(f"{number(row['value'], 'share', currency):>6}" for row in parts[1 : LONG + 1])
            lines.append(f"  {where[2]}  {told}  n={parts[0]['n']:,}".replace("    n=", "  n="))
        else:
            lines += [_line(row, metric, currency) for row in parts]
    return lines


def _line(row: Row, metric: Mapping[str, Any], currency: str) -> str:
    unit = metric["units"].get(row["part"], metric["unit"])
    where = (
        " ".join(each for each in (row["slice_kind"], row["slice"], row["period"], row["part"]) if each)
        or "all"
    )
    text = f"  {where:<44} {number(row['value'], unit, currency):>16}"
    if row["low"] is not None and row["high"] is not None:
        text += f" [{number(row['low'], unit, currency)} to {number(row['high'], unit, currency)}]"
    note = TELL.get(row["note"], row["note"])
    return f"{text}  n={row['n']:,}" + (f"  ({note})" if note else "")
