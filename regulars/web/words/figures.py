"""What each published number is called and how it is reckoned, in words that both languages have.

The metrics themselves say the same, but loading them loads the analytical engine, which a web worker never does.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.web.words.habits import HABITS
from regulars.web.words.word import CUSTOMERS, GUESTS, KAPLAN_MEIER, ORDERS, Text, Word

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
    "stock_corrected": Word(
        _("How far the stock has moved, and how far without recognising more"),
        _("the stock after keeping each later visit with the chance: identified share then ÷ identified share of the "
          "visit's month; the range runs to the stock as counted"),
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
        _("customers with two or more visit days in the period ÷ customers with one or more; of a store: days on which "
          "they bought there"),
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
    "revenue_factors.whole:change": Word(
        _("Part of the change since the month before"),
        _("how much of the change of all revenue the number of orders, or the revenue per order, made; each one's "
          "effect is averaged over both orders in which the two can move"),
        ORDERS, "money", "Shapley 1953; Sun 1998",
    ),
    "revenue_factors.whole:year_change": Word(
        _("Part of the change since a year before"),
        _("how much of the change of all revenue the number of orders, or the revenue per order, made; each one's "
          "effect is averaged over both orders in which the two can move"),
        ORDERS, "money", "Shapley 1953; Sun 1998",
    ),
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
    "price_fairness": Word(
        _("Price fairness"),
        _("what the brand took off the list price for newcomers − for those who came again, within each store; "
          "what a platform gave is apart"),
        ORDERS, "share.1",
    ),
    "price_fairness.new": Word(
        _("Taken off the list price for newcomers"),
        _("what was taken off ÷ the list price, of orders on their customer's first day"), ORDERS, "share.1",
    ),
    "price_fairness.returning": Word(
        _("Taken off the list price for those who came again"),
        _("what was taken off ÷ the list price, of orders on any later day"), ORDERS, "share.1",
    ),
    "lifecycle": Word(_("Customers by stage"), _("known customers who are in this stage today"), CUSTOMERS, "count"),
    "guests": Word(
        _("Guests of the month"),
        _("new: customers whose first day lies in the month; returning: all others who bought in it"),
        CUSTOMERS, "count",
    ),
    "leak": LEAK,
    "leak.engage": Word(
        _("Messages delivered"),
        _("messages sent ÷ messages that fell due in four weeks; those of the control arm are not meant to be sent"),
        CUSTOMERS,
    ),
    "leak.reward": Word(_("Coupons used"), _("coupons used ÷ coupons used or ended, of 13 weeks"), CUSTOMERS),
    "leak.serve": Word(_("Cards done"), _("cards done ÷ cards that were shown and are over, of four weeks"), CUSTOMERS),
    "leak.listen": Word(
        _("Asked who answered"), _("questions answered ÷ questions answered or ended, of 13 weeks"), CUSTOMERS
    ),
    "leak.improve": Word(
        _("Findings mended by their day"), _("accepted findings changed by their day ÷ those whose day has come"),
        _("findings"), "count",
    ),
    "leak.measure": Word(
        _("Plays decided"), _("plays found to gain, to lose or to do nothing ÷ plays with a result"), _("plays"),
        "count",
    ),
    "links": Word(
        _("Voices that got this far"),
        _("voices of the last half year that reached this link or a later one"),
        _("voices"), "count",
    ),
    "links.days": Word(
        _("Days from heard"), _("the median of the days from being heard to this link"), _("voices"), "decimal"
    ),
    "links.revenue": Word(
        _("What those who were told brought"), _("the sum of what was paid in visits since told, after refunds"),
        _("voices"), "money",
    ),
    "leak.gather": Word(_("Rows taken"), _("rows taken ÷ rows read, in the imports that stand"), CUSTOMERS, "share.1"),
    "value_90": Word(
        _("Expected in the next 90 days"),
        _("the expected orders of each known customer × their expected spend, added up"),
        CUSTOMERS, "money", "BG/NBD: Fader, Hardie & Lee 2005; Gamma-Gamma: Fader & Hardie 2013",
    ),
    "value_90.model:value": Word(
        _("As the model has it, before it is held against the past"),
        _("the expected orders of each known customer × their expected spend, added up"),
        CUSTOMERS, "money", "BG/NBD: Fader, Hardie & Lee 2005; Gamma-Gamma: Fader & Hardie 2013",
    ),
    "value_90.model:orders": Word(
        _("Orders expected in the next 90 days"),
        _("the expected orders of each known customer, added up"),
        CUSTOMERS, "count", "BG/NBD: Fader, Hardie & Lee 2005",
    ),
    "value_90.orders": Word(
        _("Orders expected in the next 90 days"),
        _("the expected orders of each known customer, added up"),
        CUSTOMERS, "count", "BG/NBD: Fader, Hardie & Lee 2005",
    ),
} | HABITS  # fmt: skip

NOTES: dict[str, Text] = {
    "immature": _("too early to tell"),
    "too_few": _("too few to tell"),
    "not_recorded": _("not recorded"),
    "incomplete": _("month not over"),
    "new_not_meaningful": _("first seen says little of first visit yet"),
    "too_few_stores": _("too few stores to compare"),
    "fewer_than_half": _("fewer than half come once more"),
    "makes": _("makes regulars"),
    "loses": _("loses newcomers"),
    "together": _("together"),
    "apart": _("apart"),
}

# Titles of single parts, where a row of a table needs one.
TITLES: dict[str, Text] = {
    "guests.new": _("New guests"),
    "guests.returning": _("Returning guests"),
    "cohort_second_visit.30": _("Newcomers back in 30 days"),
    "cohort_second_visit.90": _("Newcomers back in 90 days"),
    "cohort_second_visit.180": _("Newcomers back in 180 days"),
    "cohort_second_visit.365": _("Newcomers back in 365 days"),
    "revenue_factors.whole:revenue": _("Revenue of all orders"),
    "revenue_factors.revenue": _("Revenue of known customers"),
    "revenue_factors.change:revenue": _("Revenue of known customers: change since the month before"),
    "revenue_factors.year_change:revenue": _("Revenue of known customers: change since a year before"),
    "revenue_factors.whole:change:revenue": _("Revenue of all orders: change since the month before"),
    "revenue_factors.whole:year_change:revenue": _("Revenue of all orders: change since a year before"),
    "new_returning_revenue.new": _("Revenue of new customers"),
    "new_returning_revenue.returning": _("Revenue of returning customers"),
    "new_returning_revenue.unidentified": _("Revenue of nobody known"),
    "discount_share.on_discount": _("Share bought on discount"),
    "discount_share.depth": _("Taken off the list price"),
    "regularity.clumpy": _("Guests who come in clumps"),
    "regularity.even": _("Guests who come evenly"),
    "stock_corrected.": _("The stock without what recognising more may have made"),
    "stock_corrected.now": _("The stock now, as counted"),
    "stock_corrected.before": _("The stock in the month compared with"),
    "stock_corrected.change": _("Change within the year"),
    "stock_corrected.change:identification": _("Of it at most by recognising more"),
    "stock_corrected.change:rest": _("Of it at least by coming again"),
    "value_90.value": _("Expected in the next 90 days"),
    "price_fairness.gap": _("How much more was taken off for newcomers"),
}


def word(metric: str, part: str = "") -> Word:
    """The word for a metric, or for one part of it where that is another kind of number: the nearest there is."""
    while part:
        if found := WORDS.get(f"{metric}.{part}"):
            return found
        part = part.rpartition(":")[0]
    return WORDS[metric]


def title(metric: str, part: str = "") -> Text:
    """What a row of a table calls a number."""
    return TITLES.get(f"{metric}.{part}") or word(metric, part).title


def note(code: str) -> str:
    """A figure's note in words; a code that no page knows is shown as it is."""
    return str(NOTES.get(code, code))
