"""What a number waits for before it can be told at all, in one sentence each."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.web.words.word import Text

KNOWN = _(
    "It takes orders whose customer is recognised: by a card, a phone or a payment that the order carries."
)
AMOUNTS = _("It takes orders with what was paid for them.")
WORTH = _("It takes enough guests who came back, and two earlier quarters to hold the forecast against.")
MONTH_AFTER = _("It takes recognised newcomers, and a month that is over after theirs.")
LINES = _("It takes orders with their lines: one row a product, with what it cost.")

NEEDS: dict[str, Text] = {
    "stock_corrected": _("It takes two months that are over, with recognised customers in both."),
    "bubble_rate": _("It takes recognised customers who first came half a year ago or earlier."),
    "cohort_triangle": MONTH_AFTER,
    "first_triangle": MONTH_AFTER,
    "breadth": _("It takes thirty recognised customers who came before the last month was over."),
    "price_fairness": _(
        "It takes orders with list price and discount, of newcomers and of guests who came again to the same store."
    ),
    "discount_share": _(
        "It takes recognised customers whose orders carry the list price and what was taken off."
    ),
    "interpurchase_interval": _(
        "It takes recognised customers who came again before the last month was over."
    ),
    "days_to_nth_visit": _("It takes recognised customers who came before the last month was over."),
    "regularity": _(
        "It takes thirty recognised customers with three visits or more before the last month was over."
    ),
    "equity": WORTH,
    "value_90": WORTH,
    "baskets": LINES,
    "affinity": _("It takes pairs of products that lay in thirty baskets together, in months that are over."),
    "first_basket": _(
        "It takes first orders with their lines, and thirty newcomers of a product to set beside others."
    ),
    "identified_share": AMOUNTS,
    "revenue_factors": AMOUNTS,
    "new_returning_revenue": AMOUNTS,
    "revenue_by_traffic": AMOUNTS,
}


def need(metric: str) -> Text:
    """What a number takes; those of customers that say nothing else take customers."""
    return NEEDS.get(metric, KNOWN)
