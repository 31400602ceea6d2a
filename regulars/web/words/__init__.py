"""Words of the pages, split by noun; pages ask here for what a code or a number is called."""

from regulars.web.words.codes import CAUSES, CHANNELS, OFFERS, REVENUE, SOURCES, STAGES, TRAFFIC
from regulars.web.words.figures import NOTES, TITLES, WORDS, note, title, word
from regulars.web.words.imports import REASONS, ROWS, STEPS
from regulars.web.words.people import IDENTIFIERS, RULES
from regulars.web.words.slices import slice_name
from regulars.web.words.word import CUSTOMERS, Word

__all__ = [
    "CAUSES",
    "CHANNELS",
    "CUSTOMERS",
    "IDENTIFIERS",
    "NOTES",
    "OFFERS",
    "REASONS",
    "REVENUE",
    "ROWS",
    "RULES",
    "SOURCES",
    "STAGES",
    "STEPS",
    "TITLES",
    "TRAFFIC",
    "WORDS",
    "Word",
    "note",
    "slice_name",
    "title",
    "word",
]
