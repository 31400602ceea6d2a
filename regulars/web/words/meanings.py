"""What a number of habits means to who runs the brand: one sentence for the page's top, and why it matters."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from regulars.web import written
from regulars.web.figures import Figures, enough

HABIT, CHANCE = 1.5, 1.0  # shapes of gaps from which visits are a habit, and at which they fall as by chance
HALF = 0.5
POINT = 0.0005  # of a share: less is 0.0 points

Meaning = tuple[SafeString, str]  # the sentence, and what follows from it


def _told(sentence: str, **facts: object) -> SafeString:
    """A sentence of the catalogue with its facts; the sentence may have an ``<em>``, the facts may not."""
    return mark_safe(sentence % {name: escape(value) for name, value in facts.items()})


def _discounts(figures: Figures) -> Meaning | None:
    never, always = (figures.one("discount_share", f"days:{part}") for part in ("never", "always"))
    if never is None or always is None or not enough(never) or never.value is None or always.value is None:
        return None
    if always.value > never.value:
        return _told(
            _("Of 100 guests who came three times or more, <em>%(n)s never paid the list price</em>."),
            n=written.of_hundred(always.value),
        ), _("A discount that most of them get every time is simply a lower price.") if (
            always.value >= HALF
        ) else _("Who never pays the list price learns to wait for the next discount.")
    return _told(
        _("Of 100 guests who came three times or more, <em>%(n)s have never bought on discount</em>."),
        n=written.of_hundred(never.value),
    ), _("What they pay without a discount needs none.")


def _breadth(figures: Figures) -> Meaning | None:
    products, stores = (figures.one("breadth", part) for part in ("products", "several:stores"))
    if products is None or stores is None or not enough(products) or not enough(stores):
        return None
    return _told(
        _(
            "A guest knows %(products)s products on average, and <em>%(stores)s of 100</em> know more than one store."
        ),
        products=written.decimal(products.value),
        stores=written.of_hundred(stores.value or 0),
    ), _(
        "Who comes more often knows more; set those beside each other who came equally often, by visits made."
    )


def _regularity(figures: Figures) -> Meaning | None:
    shape = figures.one("regularity", "shape")
    if shape is None or not enough(shape) or shape.value is None or shape.low is None:
        return None
    number = written.decimal(shape.value, 2)
    if shape.low >= HABIT:
        return _told(_("Guests come <em>by habit</em>: their gaps have shape %(number)s."), number=number), _(
            "Of who comes by habit one can tell early that they are late."
        )
    if shape.low > CHANCE:
        return _told(
            _("Guests come <em>a little more evenly than by chance</em>: their gaps have shape %(number)s."),
            number=number,
        ), _("Not yet a habit: of most guests one cannot tell early that they are late.")
    if shape.high is not None and shape.high < CHANCE:
        return _told(
            _("Guests come <em>in clumps</em>: their gaps have shape %(number)s."), number=number
        ), _("Several visits close together, then a long gap: a gap says little until the next visit.")
    return _told(_("Guests come <em>as by chance</em>: their gaps have shape %(number)s."), number=number), _(
        "A long gap says little by itself: give it time before you call it a loss."
    )


def _grid(figures: Figures) -> Meaning | None:
    cells = {
        (net, int(row.part[-3]), int(row.part[-1])): row
        for row in figures.rows
        if (row.metric, row.slice_kind, row.slice) == ("rfm_grid", "grade", "rfm")
        for net in (row.part.startswith("net:"),)
    }
    if not cells or not enough(next(iter(cells.values()))):
        return None

    def all_of(net: bool, lately: tuple[int, ...]) -> float:
        return sum(
            cells[key].value or 0 for key in cells if key[0] == net and key[1] in lately and key[2] >= 4
        )

    people = next(iter(cells.values())).n
    return _told(
        _("The %(people)s of 100 who come lately and often bring <em>%(spend)s of all spend</em>."),
        people=written.of_hundred(all_of(False, (4, 5)) / people),
        spend=written.share(all_of(True, (4, 5))),
    ), _(
        "%(gone)s guests came often but not lately, with %(spend)s of all spend: these are worth calling back."
    ) % {
        "gone": written.count(all_of(False, (1, 2))),
        "spend": written.share(all_of(True, (1, 2))),
    }


def _visits(figures: Figures) -> Meaning | None:
    told = {
        int(visit): row
        for visit, row in figures.slices("days_to_nth_visit", "visit", "365").items()
        if enough(row)
    }
    if 2 not in told or len(told) < 2:
        return None
    last = max(told)
    hardest = min(told, key=lambda visit: told[visit].value or 0)
    facts = {
        "first": written.of_hundred(told[2].value or 0),
        "last": written.of_hundred(told[last].value or 0),
        "times": last - 1,
    }
    head = _(
        "Of 100 who came once, <em>%(first)s come again within a year</em>; of 100 who came %(times)s times, %(last)s."
    )
    why = _("The first return is the hardest: before the second visit most are lost.")
    return _told(head, **facts), why if hardest == 2 else ""


def _gaps(figures: Figures) -> Meaning | None:
    whole = figures.one("interpurchase_interval", "p50")
    if whole is None or not enough(whole):
        return None
    late = figures.one("interpurchase_interval", "p90")
    why = _("Nine of ten who came again did so within %(days)s days: ask them back before then.")
    return _told(
        _("Half of all gaps between two visits are <em>no longer than %(days)s days</em>."),
        days=written.count(whole.value),
    ), why % {"days": written.count(late.value)} if late and enough(late) else ""


def _segments(figures: Figures) -> Meaning | None:
    regulars = figures.at("stage", "regular")
    share, people = (regulars.one("segments", part) for part in ("share", "customers"))
    everybody = sum(row.value or 0 for row in figures.slices("segments", "stage", "customers").values())
    if share is None or people is None or not enough(people) or not everybody:
        return None
    return _told(
        _("Regulars are %(people)s of all customers and bring <em>%(spend)s of all spend</em>."),
        people=written.share((people.value or 0) / everybody),
        spend=written.share(share.value),
    ), ""


def _stock(figures: Figures) -> Meaning | None:
    rows = [row for row in figures.rows if row.metric == "stock_corrected" and row.value is not None]
    told = {row.part: row for row in rows}
    if not {"now", "before", "change:rest"} <= set(told) or not enough(told["now"]):
        return None
    recognised = told.get("change:identification")
    head = _(
        "Of all known customers %(now)s have come twice or more, %(before)s at the end of %(month)s: "
        "<em>%(rest)s points of it</em> by coming again."
    )
    return _told(
        head,
        now=written.share(told["now"].value),
        before=written.share(told["before"].value),
        month=written.month(told["before"].period),
        rest=written.decimal(100 * (told["change:rest"].value or 0)),
    ), _("The rest may be made by recognising more of those who come.") if (
        recognised is None or abs(recognised.value or 0) >= POINT
    ) else _("Recognising more of those who come has made none of it.")


def _pairs(figures: Figures) -> Meaning | None:
    pairs, together, apart = (figures.one("affinity", part) for part in ("pairs", "together", "apart"))
    if pairs is None or together is None or apart is None or not pairs.value:
        return None
    return _told(
        _(
            "%(pairs)s pairs of products were compared: <em>together more often than chance %(together)s</em>, "
            "less often %(apart)s."
        ),
        pairs=written.count(pairs.value),
        together=written.count(together.value),
        apart=written.count(apart.value),
    ), ""


def _first_dishes(figures: Figures) -> Meaning | None:
    told = [figures.one("first_basket", f"second:{part}") for part in ("compared", "makes", "loses")]
    compared, makes, loses = (row.value if row is not None else None for row in told)
    if not compared or makes is None or loses is None:
        return None
    return _told(
        _(
            "%(compared)s first dishes were compared: <em>found to lose newcomers %(loses)s</em>, "
            "to make regulars %(makes)s."
        ),
        compared=written.count(compared),
        loses=written.count(loses),
        makes=written.count(makes),
    ), ""


MEANINGS: dict[str, Callable[[Figures], Meaning | None]] = {
    "affinity": _pairs,
    "breadth": _breadth,
    "days_to_nth_visit": _visits,
    "discount_share": _discounts,
    "first_basket": _first_dishes,
    "interpurchase_interval": _gaps,
    "regularity": _regularity,
    "rfm_grid": _grid,
    "segments": _segments,
    "stock_corrected": _stock,
}
