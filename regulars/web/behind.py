"""Which customers stand behind a published number, as far as the desk can list them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

from django.db.models import Min, Q, QuerySet

from regulars.brand.models import Store
from regulars.know.models import CustomerState
from regulars.measure.models import Figure
from regulars.measure.rules.periods import ENOUGH, NOT_YET_NEW, last_day, month_number
from regulars.web.figures import month_place

# What of the first visit a slice names; the desk does not keep the others (who acquired somebody, who gave a discount).
FIRST = {
    "store": "first_store",
    "traffic": "first_traffic",
    "offer": "first_offer",
    "sales_channel": "first_channel",
}
NAMES = ("metric", "part", "kind", "slice", "period")  # of a figure, in an address
MATURE = 180  # days, as ``bubble_rate`` counts


def _everybody(figure: Figure) -> Q:
    return Q()


def _newcomers(figure: Figure) -> Q:
    return _month(figure.period)


def _matured(figure: Figure) -> Q:
    return Q(first_day__lte=figure.as_of - timedelta(days=MATURE))


def _known_then(figure: Figure) -> Q:
    """Everybody known at the end of the figure's month."""
    return Q(first_day__lte=last_day(month_place(figure.period))) if figure.period else Q()


def _known_as_of(figure: Figure) -> Q:
    return _known_then(figure) if figure.part == "before" else Q(first_day__lte=figure.as_of)


def _stage(figure: Figure) -> Q:
    return Q(stage=figure.part)


def _new_guests(figure: Figure) -> Q | None:
    return _month(figure.period) if figure.part == "new" else None


def _graded(figure: Figure) -> Q | None:
    """A cell of recency and frequency, by the digits the desk keeps; those of fixed bounds are the lake's."""
    cell = figure.part.removeprefix("net:")
    if figure.slice != "rfm" or len(cell) != 4:
        return None
    return Q(grade__startswith=cell[1] + cell[3])


def _segment(figure: Figure) -> Q | None:
    if figure.slice_kind == "stage":
        return Q(stage=figure.slice)
    return Q(grade=figure.slice) if figure.slice_kind == "rfm" else None


BEHIND: dict[str, Callable[[Figure], Q | None]] = {
    "cohort_second_visit": _newcomers,
    "cohort_triangle": _newcomers,
    "bubble_rate": _matured,
    "second_purchase_stock": _known_then,
    "stock_corrected": _known_as_of,
    "lifecycle": _stage,
    "guests": _new_guests,
    "value_90": _everybody,
    "rfm_grid": _graded,
    "segments": _segment,
}
SETTLED = ("cohort_second_visit", "bubble_rate")  # that leave out whom a store had only begun to identify
OWN = ("rfm_grid", "segments")  # whose slices are what they count by, not where customers began


def behind(figure: Figure) -> Q | None:
    """The condition under which a customer's published state is counted in a figure; None where the desk cannot say."""
    people = BEHIND[figure.metric](figure) if figure.metric in BEHIND else None
    if people is None or not figure.slice_kind or figure.metric in OWN:
        return people
    if figure.slice_kind == "week":
        monday = date.fromisoformat(figure.slice)
        return Q(first_day__gte=monday, first_day__lt=monday + timedelta(days=7))
    if figure.slice_kind == "region" and figure.slice != "not_recorded":
        return people & Q(first_store__in=Store.objects.filter(region=figure.slice).values("code"))
    if figure.slice_kind not in FIRST:
        return None
    field = FIRST[figure.slice_kind]
    unsaid = Q(**{field: None}) | Q(**{field: ""})
    return people & (unsaid if figure.slice == "not_recorded" else Q(**{field: figure.slice}))


def listed(figure: Figure, rows: QuerySet[CustomerState]) -> QuerySet[CustomerState] | None:
    """The customers of ``rows`` who are counted in a figure; None where the desk cannot say.

    Newcomers are counted without those first seen in a store's first 90 days of identification, except where hardly
    anybody else is there: ``measure.rules.shares.which_are_told``.
    """
    condition = behind(figure)
    if condition is None:
        return None
    found = rows.filter(condition)
    if figure.metric not in SETTLED:
        return found
    early = Q(pk__in=[])
    for store, began in rows.values_list("first_store").annotate(began=Min("first_day")).order_by():
        early |= Q(first_store=store, first_day__lt=began + timedelta(days=NOT_YET_NEW))
    others = found.exclude(early)
    return others if others[:ENOUGH].count() == ENOUGH else found


def address(figure: Figure) -> dict[str, str]:
    """How the address of a list names a figure; it names nobody."""
    said = (figure.metric, figure.part, figure.slice_kind, figure.slice, figure.period)
    return {name: value for name, value in zip(NAMES, said, strict=True) if value}


def addressed(form: Mapping[str, str], figures: QuerySet[Figure]) -> Figure | None:
    """The figure that an address names among those a person may see; None where it names none that lists customers."""
    if not (metric := form.get("metric")):
        return None
    part, kind, slice, period = (form.get(name, "") for name in NAMES[1:])
    rows = figures.filter(metric=metric, part=part, slice_kind=kind, slice=slice, period=period)
    figure = rows.order_by("pk").first()
    return figure if figure is not None and behind(figure) is not None else None


def _month(period: str) -> Q:
    """Customers first seen in the month of a period; everybody where there is none."""
    if len(period) < 7 or not period[:4].isdecimal():
        return Q()
    first = date(int(period[:4]), int(period[5:7]), 1)
    return Q(first_day__gte=first, first_day__lte=last_day(month_number(first)))
