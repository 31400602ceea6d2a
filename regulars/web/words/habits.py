"""What the numbers of habits, products, stages and worth are called and how they are reckoned."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from regulars.web.words.word import CUSTOMERS, GUESTS, KAPLAN_MEIER, ORDERS, Word

MOVED = _("the difference of the expected value of these customers since the last quarter's end, both days by "
          "today's models")  # fmt: skip
WORTH = "Blattberg, Getz & Thomas 2001; Fader, Hardie & Lee 2005; Fader & Hardie 2013"

HABITS: dict[str, Word] = {
    "stage_flows": Word(
        _("Ways between stages"),
        _("customers whose stage changed in the month, by the stage they left and the one they came to; who went the "
          "same way twice counts twice; of a store: of those whose first visit was there"),
        _("customers in the stage they left"), "count",
    ),
    "stage_flows.at": Word(
        _("Customers in a stage at the month's end"),
        _("known customers who were in the stage on the month's last day"),
        CUSTOMERS, "count",
    ),
    "segments": Word(
        _("What each segment is to us"),
        _("of the customers who are in the stage or grade today: their net ÷ everybody's; who came this month ÷ all of "
          "them"),
        CUSTOMERS, "share",
    ),
    "segments.customers": Word(
        _("Customers of a segment"), _("customers who are in the stage or grade today"), CUSTOMERS, "count"
    ),
    "segments.spend": Word(
        _("Spend a customer of a segment"), _("what they have paid since the first visit ÷ customers"),
        CUSTOMERS, "money",
    ),
    "segments.visits": Word(
        _("Visits a customer of a segment"), _("their visit days ÷ customers"), CUSTOMERS, "decimal.2"
    ),
    "days_to_nth_visit": Word(
        _("Who comes once more, and when"),
        _("Of those who made a visit, the share who made the next within the window. Who has not been watched that "
          "long yet counts as long as they were watched."),
        GUESTS, source=KAPLAN_MEIER,
    ),
    "days_to_nth_visit.median": Word(
        _("Days until half came once more"), _("the first day by which half had made the next visit"),
        GUESTS, "count", "Brookmeyer & Crowley 1982",
    ),
    "interpurchase_interval": Word(
        _("Days between two visits"),
        _("days from a visit to the next, of gaps that ended within the last 365 days; half are no longer than the "
          "median"),
        _("gaps"), "count", "Conover 1999",
    ),
    "interpurchase_interval.within": Word(
        _("Gaps no longer than"), _("gaps of so many days or fewer ÷ all gaps that ended within the last 365 days"),
        _("gaps"), "share", "Wilson 1927",
    ),
    "regularity": Word(
        _("Guests who come in clumps, or evenly"),
        _("customers whose visits are clumpier, or more even, than chance alone does to one in twenty ÷ customers with "
          "enough visits"),
        CUSTOMERS, "share", "Zhang, Bradlow & Small 2015",
    ),
    "regularity.shape": Word(
        _("Regularity of visits"),
        _("1: visits fall as by chance; 2 and more: a habit; reckoned from the first gap's part of the first two"),
        CUSTOMERS, "decimal.2", "Wheat & Morrison 1990",
    ),
    "breadth": Word(
        _("How much of the brand a guest knows"),
        _("different stores, channels, times of day, categories and products a customer has bought from, on average"),
        CUSTOMERS, "decimal.2",
    ),
    "breadth.several": Word(
        _("Guests who know more than one"), _("customers who bought from two or more ÷ customers"), CUSTOMERS,
        "share", "Wilson 1927",
    ),
    "discount_share": Word(
        _("What is bought on discount"),
        _("depth: what was taken off ÷ list price; on discount: list price of days with a discount ÷ all"),
        CUSTOMERS, "share.1", "Cochran 1977",
    ),
    "discount_share.days": Word(
        _("Guests by how often they buy on discount"),
        _("customers with three visits or more whose days with a discount are none, fewer than half, half or more, or "
          "all of their days ÷ all customers with three visits or more"),
        CUSTOMERS, source="Wilson 1927",
    ),
    "first_triangle": Word(
        _("Came in that month, by what they began with"),
        _("customers of the cohort who came in the k-th month after their first ÷ all customers of the cohort; a "
          "customer is in every product of the first day"),
        CUSTOMERS, source="Wilson 1927",
    ),
    "rfm_grid": Word(
        _("Customers by how lately and how often"),
        _("customers by recency and frequency, 1 (lowest) to 5: fifths of the brand's own customers, or bounds the "
          "brand has set"),
        CUSTOMERS, "count", "Hughes 1994",
    ),
    "rfm_grid.net": Word(
        _("Their part of all spend"), _("what customers of this cell have spent ÷ what all have spent"), CUSTOMERS,
    ),
    "baskets": Word(
        _("Different products in a basket"), _("different products ÷ orders with lines, returns left out"), ORDERS,
        "decimal.2",
    ),
    "baskets.pieces": Word(
        _("Pieces in a basket"), _("pieces ÷ orders with lines, returns left out"), ORDERS, "decimal.2"
    ),
    "baskets.value": Word(
        _("Revenue of a basket"), _("revenue ÷ orders with lines, returns left out"), ORDERS, "money"
    ),
    "baskets.size": Word(
        _("Baskets of so many products"), _("orders with so many different products ÷ orders with lines"), ORDERS
    ),
    "affinity": Word(
        _("Pairs that lie together, or apart"),
        _("pairs of the 200 most sold products that share a basket more, or less, often than chance; at most one in "
          "twenty of those named is chance"),
        _("pairs"), "count", "Goodman 1968; Benjamini & Hochberg 1995",
    ),
    "affinity.lift": Word(
        _("Times as often as by chance"),
        _("baskets with both ÷ those expected by chance among baskets of the same store and as many products"),
        _("baskets with both"), "decimal.2", "Brin et al. 1997; Goodman 1968; Benjamini & Yekutieli 2005",
    ),
    "first_basket": Word(
        _("First dishes against newcomers alike"),
        _("how often newcomers with the dish return ÷ how often newcomers of the same store, channel, party and "
          "quarter do without regard to it"),
        GUESTS, "decimal.2", "Mantel 1966; Peto & Peto 1972; Benjamini & Hochberg 1995",
    ),
    "equity": Word(
        _("What our guests are worth"),
        _("the expected value of each known customer within the days named, added up and held against what the same "
          "models forecast before"),
        CUSTOMERS, "money", WORTH,
    ),
    "equity.now": Word(
        _("As the models have it now"), _("the expected value of each known customer, added up"), CUSTOMERS, "money",
        WORTH,
    ),
    "equity.then": Word(
        _("At the last quarter's end"), _("the expected value of each customer known then, by today's models"),
        CUSTOMERS, "money", WORTH,
    ),
    "equity.new": Word(_("New since"), MOVED, CUSTOMERS, "money", WORTH),
    "equity.lost": Word(_("Lost since"), MOVED, CUSTOMERS, "money", WORTH),
    "equity.gone": Word(_("Merged or erased"), MOVED, CUSTOMERS, "money", WORTH),
    "equity.more": Word(_("Worth more than then"), MOVED, CUSTOMERS, "money", WORTH),
    "equity.less": Word(_("Worth less than then"), MOVED, CUSTOMERS, "money", WORTH),
}  # fmt: skip
for _wait in ("second", "third"):
    for _part, _title, _formula in (
        ("back", _("Came back"), _("newcomers with the dish who came back in time")),
        ("compared", _("First dishes compared"), _("dishes with enough newcomers to compare")),
        (
            "makes",
            _("Dishes that make regulars"),
            _("dishes whose newcomers return more often, at most one in twenty by chance"),
        ),
        (
            "loses",
            _("Dishes that lose newcomers"),
            _("dishes whose newcomers return less often, at most one in twenty by chance"),
        ),
    ):
        HABITS[f"first_basket.{_wait}:{_part}"] = Word(_title, _formula, GUESTS, "count")
    HABITS[f"first_basket.{_wait}:expected"] = Word(
        _("Expected back"),
        _("how many newcomers alike would have come back without regard to the dish"),
        GUESTS,
        "count",
    )
    HABITS[f"first_basket.{_wait}:q"] = Word(
        _("Chance among findings"),
        _("the part of findings as sure as this that is chance"),
        GUESTS,
        "share.1",
    )
