"""From the columns of a file to facts: Ibis tables in, Ibis tables out, nothing executed here."""

from regulars.gather.tables.at_hand import at_hand, seen_on_orders
from regulars.gather.tables.totals import compared
from regulars.gather.tables.versions import current, fallen, judged, latest, several, stand, standing

__all__ = [
    "at_hand",
    "compared",
    "current",
    "fallen",
    "judged",
    "latest",
    "seen_on_orders",
    "several",
    "stand",
    "standing",
]
