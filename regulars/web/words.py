"""What each published number is called and how it is reckoned, in words that both languages have.

The metrics themselves say the same, but loading them loads the analytical engine, which a web worker never does.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Word:
    """A number's name, its formula, what it counts, and how its value is written."""

    title: Text
    formula: Text
    counted: Text
    kind: str = "share"
    source: str = ""


GUESTS, ORDERS, CUSTOMERS = _("guests"), _("orders"), _("customers")
KAPLAN_MEIER = "Kaplan & Meier 1958; Greenwood 1926; log(−log), Kalbfleisch & Prentice 1980"
LEAK = Word(
    _("The leak"),
    _("(the best quartile of your own stores or weeks − now) × customers concerned"),
    CUSTOMERS, "count",
)  # fmt: skip

WORDS: dict[str, Word] = {
    "cohort_second_visit": Word(
        _("Second-visit share of newcomers"),
        _("Of those who came for the first time, the share back within the window. Who has not been watched "
          "that long yet counts as long as they were watched."),
        GUESTS, source=KAPLAN_MEIER,
    ),
    "second_purchase_stock": Word(
        _("Second-purchase share of all known customers"),
        _("known customers with two or more visit days ÷ all known customers"),
        CUSTOMERS,
    ),
    "repeat_order_share": Word(
        _("Share of orders that are repeat"),
        _("identified orders after their customer's first day ÷ identified orders"),
        ORDERS,
    ),
    "identified_share": Word(
        _("Identified order share"), _("orders with a known customer ÷ all orders"), ORDERS, "share.1"
    ),
    "identified_share.revenue": Word(
        _("Identified share of revenue"), _("revenue of orders with a known customer ÷ all revenue"), ORDERS, "share.1"
    ),
    "identified_share.cause": Word(
        _("Orders without a customer, by cause"), _("orders that this cause left without a customer ÷ all "
          "orders"), ORDERS, "share.1"
    ),
    "repurchase_rate": Word(
        _("Repurchase rate"),
        _("customers with two or more visit days in the period ÷ customers with one or more"),
        CUSTOMERS,
    ),
    "cohort_triangle": Word(
        _("Came in that month"),
        _("customers of the cohort who came in the k-th month after their first ÷ all customers of the cohort"),
        CUSTOMERS,
    ),
    "new_returning_revenue": Word(
        _("Revenue of new and returning customers"),
        _("the sum of what was paid, after refunds; new: the customer's first day, returning: any later day"),
        ORDERS, "money",
    ),
    "revenue_factors": Word(
        _("Revenue as guests × frequency × ticket"),
        _("customers × orders per customer × revenue per order = revenue; a change is shared among the three so "
          "that the parts add up to it"),
        ORDERS, "money", "Shapley 1953",
    ),
    "revenue_factors.customers": Word(_("Customers"), _("customers who bought in the month"), ORDERS, "count"),
    "revenue_factors.frequency": Word(_("Frequency"), _("orders ÷ customers, in the month"), ORDERS, "decimal.2"),
    "revenue_factors.ticket": Word(_("Ticket"), _("revenue ÷ orders, in the month"), ORDERS, "money"),
    "revenue_factors.whole": Word(
        _("Revenue"), _("the sum of what was paid for all orders, identified or not, after refunds"), ORDERS, "money"
    ),
    "revenue_factors.whole:orders": Word(
        _("Orders"), _("all orders that were kept, identified or not"),
        ORDERS, "count",
    ),
    "revenue_factors.whole:ticket": Word(_("Revenue per order"), _("revenue ÷ orders"), ORDERS, "money"),
    "revenue_factors.change": Word(
        _("Part of the change since the month before"),
        _("how much of the change of revenue this factor made; each factor's effect is averaged over all orders "
          "in which the factors can move"),
        ORDERS, "money", "Shapley 1953; Sun 1998",
    ),
    "revenue_factors.year_change": Word(
        _("Part of the change since a year before"),
        _("how much of the change of revenue this factor made; each factor's effect is averaged over all orders "
          "in which the factors can move"),
        ORDERS, "money", "Shapley 1953; Sun 1998",
    ),
    "revenue_by_traffic": Word(
        _("Revenue by traffic"),
        _("the sum of what was paid, after refunds, by where the guest came from: own, the location, platforms"),
        ORDERS, "money",
    ),
    "bubble_rate": Word(
        _("Bubble rate"),
        _("newcomers of at least 180 days ago who did not come back within 180 days ÷ all newcomers of then"),
        GUESTS, source="Wilson 1927",
    ),
    "lifecycle": Word(_("Customers by stage"), _("known customers who are in this stage today"), CUSTOMERS, "count"),
    "guests": Word(
        _("Guests of the month"),
        _("new: customers whose first day lies in the month; returning: all others who bought in it"),
        CUSTOMERS, "count",
    ),
    "leak": LEAK,
    "leak.gather": Word(_("Rows taken"), _("rows taken ÷ rows read, in the imports that stand"), CUSTOMERS, "share.1"),
    "value_90": Word(
        _("Expected in the next 90 days"),
        _("the expected orders of each known customer × their expected spend, added up"),
        CUSTOMERS, "money", "BG/NBD: Fader, Hardie & Lee 2005; Gamma-Gamma: Fader & Hardie 2013",
    ),
    "value_90.orders": Word(
        _("Orders expected in the next 90 days"),
        _("the expected orders of each known customer, added up"),
        CUSTOMERS, "count", "BG/NBD: Fader, Hardie & Lee 2005",
    ),
}  # fmt: skip

NOTES: dict[str, Text] = {
    "immature": _("too early to tell"),
    "too_few": _("too few to tell"),
    "incomplete": _("month not over"),
    "new_not_meaningful": _("first seen says little of first visit yet"),
    "too_few_stores": _("too few stores to compare"),
}

# Why an order has no customer (identify.tables.sales), and what one can do about it.
CAUSES: dict[str, tuple[Text, Text]] = {
    "not_asked": (
        _("nobody asked for the member code"),
        _("Ask for the member code before payment; it takes one sentence."),
    ),
    "declined": (
        _("asked, and the guest had none or did not want to"),
        _("Give a reason to join that is worth a guest's minute, and let scan-to-order carry the code."),
    ),
    "blocked": (
        _("a placeholder was typed instead of a number"),
        _("Let the till refuse numbers such as 0 or all nines."),
    ),
    "shared_identifier": (
        _("the number belongs to too many people"),
        _("See whether staff use their own card or the shop's phone."),
    ),
    "platform": (
        _("a delivery platform hides who ordered"),
        _("Put a card with your own ordering code into each delivery."),
    ),
    "not_recorded": (
        _("the till does not say whether anybody asked"),
        _("Let the till record whether the member code was asked for."),
    ),
}

TRAFFIC: dict[str, Text] = {
    "own": _("own traffic"),
    "location": _("location traffic"),
    "platform": _("platform traffic"),
    "not_recorded": _("not recorded"),
}

REVENUE: dict[str, Text] = {
    "returning": _("returning customers"),
    "new": _("new customers"),
    "unidentified": _("nobody known"),
}

# Titles of single parts, where a row of a table needs one.
TITLES: dict[str, Text] = {
    "guests.new": _("New guests"),
    "guests.returning": _("Returning guests"),
    "cohort_second_visit.90": _("Newcomers back in 90 days"),
}

# Where customers and offers come from, in the words that sources commonly use; others are shown as they came.
SOURCES: dict[str, Text] = {
    "friend": _("a friend"),
    "own": _("own channels"),
    "passing": _("passing by"),
    "platform": _("a platform"),
    "paid": _("advertising"),
    "opening": _("the opening"),
    "not_recorded": _("not recorded"),
}
OFFERS: dict[str, Text] = {
    "opening_coupon": _("opening coupon"),
    "newcomer_coupon": _("newcomer coupon"),
    "group_buy": _("group-buy voucher"),
    "platform_promotion": _("platform promotion"),
    "not_recorded": _("not recorded"),
}

CHANNELS: dict[str, Text] = {
    "dine_in": _("dine-in"),
    "pick_up": _("pick-up"),
    "delivery": _("delivery"),
    "web": _("web"),
    "mini_program": _("mini program"),
    "not_recorded": _("not recorded"),
}

STAGES: dict[str, Text] = {
    "gather": _("Gather"),
    "identify": _("Identify"),
    "know": _("Know"),
    "measure": _("Measure"),
}


def word(metric: str, part: str = "") -> Word:
    """The word for a metric, or for one part of it where that is another kind of number."""
    return WORDS.get(f"{metric}.{part}") or WORDS.get(f"{metric}.{part.split(':')[0]}") or WORDS[metric]


def title(metric: str, part: str = "") -> Text:
    """What a row of a table calls a number."""
    return TITLES.get(f"{metric}.{part}") or word(metric, part).title


def note(code: str) -> str:
    """A figure's note in words; a code that no page knows is shown as it is."""
    return str(NOTES.get(code, code))


def slice_name(kind: str, slice: str, stores: dict[str, str]) -> str:
    """What a slice is called on a page."""
    if kind == "store":
        return stores.get(slice, slice)
    tables = {"traffic": TRAFFIC, "sales_channel": CHANNELS, "acquired_by": SOURCES, "offer": OFFERS}
    return str(tables.get(kind, {}).get(slice, slice.replace("_", " ")))


IDENTIFIERS: dict[str, Text] = {
    "phone": _("phone"),
    "email": _("e-mail"),
    "member_card": _("member card"),
    "external": _("number in the source"),
    "wechat_unionid": _("WeChat"),
    "wechat_openid": _("WeChat"),
    "payment_token": _("wallet"),
    "device": _("device"),
}

# Why an identifier is this customer's; the keys are identify.rules.RULES.
RULES: dict[str, Text] = {
    "account": _("their own account"),
    "registered": _("registered with their account"),
    "only account": _("only ever seen with their account"),
    "seen together": _("seen together with their other identifiers"),
    "alone": _("seen alone"),
}

# What the rows of a file are, and what an import brought.
ROWS: dict[str, Text] = {
    "orders": _("orders"),
    "lines": _("order lines"),
    "order_lines": _("order lines"),
    "visits": _("visits and bookings"),
    "totals": _("daily totals"),
    "records": _("member records"),
    "products": _("products"),
    "stores": _("stores"),
    "staff": _("staff"),
    "spend": _("advertising spend"),
    "consents": _("consents"),
    "sightings": _("identifiers seen"),
}

# Why a row was rejected, as gather says it; a reason that is not here is shown as it came.
REASONS: tuple[Text, ...] = (
    _("is blank"),
    _("is not an amount of money below a million million"),
    _("is not a number"),
    _("is not a whole number"),
    _("is not a date in any form the map knows"),
    _("is not a date and time in any form the map knows"),
    _("is not a time of day"),
    _("is not an hour of the day"),
    _("is not a word the map or Regulars knows for it"),
    _("lies in the future"),
    _("is not text in the file's encoding"),
    _("is not a JSON object"),
    _("cannot be read"),
    _("there is an earlier row of the same order that says otherwise"),
    _(
        "differs from the first row of the same order; if order numbers start again, name the day or the store in key"
    ),
    _('is negative, and the map does not say what that means (returns = "negative" or "quantity")'),
)

# How far an import is, as gather says it.
STEPS: tuple[Text, ...] = (_("reading"), _("waiting for the lake"), _("landing"), _("orders at hand"))

# What the door to the pages refuses, as access says it.
REFUSED: tuple[Text, ...] = (
    _("this name and password do not go together"),
    _("too many wrong passwords; try again in %(seconds)d seconds"),
)
