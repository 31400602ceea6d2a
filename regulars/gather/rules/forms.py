"""The forms in which tills write a date or an hour; those in which day and month could be confused wait for the map."""

from __future__ import annotations

from datetime import datetime, timedelta

EARLIEST = datetime(1980, 1, 1)  # noqa: DTZ001 - compared with clocks on a wall
LONG_AGO = datetime(1850, 1, 1)  # noqa: DTZ001 - of a birthday or a store's opening
AHEAD = timedelta(
    days=1
)  # of now, that a file of today may name: clocks run ahead, and there are other time zones
MOST_MONEY = 10**12  # in major units: no sale, and its sums stay inside 64 bits

_CLOCKS = ("", " %H:%M:%S", " %H:%M", " %H:%M:%S.%g", " %I:%M:%S %p", " %I:%M %p")
_PLAIN_DAYS = (
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y年%m月%d日",
    "%d.%m.%Y",
    "%d-%b-%y",
    "%d-%b-%Y",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
)
_COMPACT = (
    "%Y%m%d",
    "%Y%m%d%H%M%S",
    "%Y%m%d %H:%M:%S",
    "%Y%m%d %H:%M",
    "%Y%m%d%H%M",
    "%Y年%m月%d日 %H时%M分",
    "%Y年%m月%d日%H:%M:%S",
)
_DAY_FIRST = ("%d/%m/%y", "%d/%m/%Y", "%d.%m.%y", "%d.%m.%Y", "%d-%m-%y", "%d-%m-%Y")
_MONTH_FIRST = ("%m/%d/%y", "%m/%d/%Y", "%m-%d-%y", "%m-%d-%Y")
TIMES = (
    "%H:%M:%S",
    "%H:%M",
    "%H:%M:%S.%g",
    "%I:%M:%S %p",
    "%I:%M %p",
    "%I:%M%p",
    "%H%M%S",
    "%H时%M分",
    "%H点%M分",
)


def date_forms(given: tuple[str, ...], day_first: bool | None) -> list[str]:
    """The strptime forms to try in order. The map's own come alone; else the unmistakable ones.

    31/12/2024 and its like are read only where ``day_first`` says which number is the day.
    """
    if given:
        return list(given)
    days = {True: _DAY_FIRST, False: _MONTH_FIRST, None: ()}[day_first] + _PLAIN_DAYS
    return [*_COMPACT, *(day + clock for day in days for clock in _CLOCKS)]
