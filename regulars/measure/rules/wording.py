"""The report as plain text: what a person reads in a terminal, with formula, date and count beside each number."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from textwrap import fill
from typing import Any

from regulars.core.money import digits, minor_units

WIDTH = 118
PERIODS = 3  # the latest of a series that the text shows; JSON has all
LONG = 12  # months after a cohort's first that fit one line
SLICES = 5  # of a kind, those with most behind them
TELL = {
    "immature": "cannot be told yet: nobody has been watched that long",
    "too_few": "too few to tell",
    "new_not_meaningful": "first seen is not first visit yet: identification had only begun",
    "incomplete": "period not over",
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
        lines += _lines(_chosen(metric["rows"]), metric, report["currency"])
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
    return "\n\n".join(blocks) + "\n"


def _chosen(rows: Iterable[Row]) -> list[Row]:
    """The brand's all-time and latest periods; of each kind of slice those with most behind them, over all time."""
    rows = sorted(rows, key=_place)
    brand = [row for row in rows if row["slice_kind"] == ""]
    latest = sorted({row["period"] for row in brand if row["period"]})[-PERIODS:]
    chosen = [row for row in brand if row["period"] in ("", *latest)]
    for kind in sorted({row["slice_kind"] for row in rows} - {"", "week"}):
        sliced = [row for row in rows if row["slice_kind"] == kind]
        periods = {row["period"] for row in sliced if row["note"] != "incomplete"} or {
            row["period"] for row in sliced
        }
        period = "" if "" in periods else max(periods)
        weight = {
            row["slice"]: row["n"] for row in sliced if row["period"] == period and row["value"] is not None
        }
        heaviest = sorted(weight, key=lambda slice: (-weight[slice], slice))[:SLICES]
        if heaviest != ["not_recorded"]:
            chosen += [row for row in sliced if row["period"] == period and row["slice"] in heaviest]
    return chosen


def _place(row: Row) -> tuple[str, str, str, int, str]:
    part = row["part"]
    return row["slice_kind"], row["slice"], row["period"], int(part) if part.isdigit() else -1, part


def _lines(rows: Sequence[Row], metric: Mapping[str, Any], currency: str) -> list[str]:
    """A line a row; of a cohort with many months after it, one line."""
    lines = []
    for where, group in groupby(rows, key=lambda row: (row["slice_kind"], row["slice"], row["period"])):
        parts = list(group)
        if len(parts) > LONG and all(row["part"].isdigit() for row in parts):
            told = " ".join(number(row["value"], "share", currency) for row in parts[:LONG])
            lines.append(f"  {' '.join(each for each in where if each)}: {told} … n={parts[0]['n']:,}")
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
