"""What identify does: look-ups that any page can afford are here, the joining of all customers is in ``join``."""

from regulars.identify.actions.came import Came, business_days, came
from regulars.identify.actions.candidates import Maybe, candidates, tell_apart
from regulars.identify.actions.exclude import exclude
from regulars.identify.actions.find import everyone_many, find, find_many, living, numbers_of, numbers_of_many
from regulars.identify.actions.hands import join_by_hand, joined_by_hand
from regulars.identify.actions.search import next_due, run_due
from regulars.identify.actions.together import together

__all__ = [
    "Came",
    "Maybe",
    "business_days",
    "came",
    "candidates",
    "everyone_many",
    "exclude",
    "find",
    "find_many",
    "join_by_hand",
    "joined_by_hand",
    "living",
    "next_due",
    "numbers_of",
    "numbers_of_many",
    "run_due",
    "tell_apart",
    "together",
]
