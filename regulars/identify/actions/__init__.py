"""What identify does: look-ups that any page can afford are here, the joining of all customers is in ``join``."""

from regulars.identify.actions.exclude import exclude
from regulars.identify.actions.find import find, find_many, living, numbers_of, numbers_of_many

__all__ = ["exclude", "find", "find_many", "living", "numbers_of", "numbers_of_many"]
