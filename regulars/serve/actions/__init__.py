"""What serve does: finds who is expected, makes and ends cards, reads comps, and answers taps of phones."""

from regulars.serve.actions.came import came_back
from regulars.serve.actions.cards import next_due, run_due, see, touch
from regulars.serve.actions.comps import agree, explain, limits, read_comps, set_limit
from regulars.serve.actions.notes import note

__all__ = [
    "agree",
    "came_back",
    "explain",
    "limits",
    "next_due",
    "note",
    "read_comps",
    "run_due",
    "see",
    "set_limit",
    "touch",
]
