"""Refusals that were kept as finished English sentences, told again in the language of the page.

An import or a turn keeps the sentence it ended with; here the sentence finds its pattern, and its facts their place.
"""

from __future__ import annotations

import re
from functools import cache

from django.utils.translation import gettext

SLOT = re.compile(r"%\((\w+)\)[.\d]*[sdf]")


def _(message: str) -> str:
    """Mark a pattern for the catalogue; it is translated when a sentence is told."""
    return message


# Each is the sentence of a Refused somewhere in gather, the lake or know (a test compares them).
PATTERNS = (
    _("these %(history)d days of history are too short to tell who is lost: %(more)d more are needed"),
    _("only %(gaps)d returns have been seen; a rhythm needs %(needed)d, %(more)d more"),
    _(
        "only %(repeaters)d of %(customers)d customers have come back; %(needed)d are needed before their rhythm"
        " can be told, %(more)d more"
    ),
    _(
        "only %(repeaters)d customers have spent on a second day; %(needed)d are needed before what a visit is worth"
        " can be told, %(more)d more"
    ),
    _(
        "a forecast of the whole base needs %(needed)d earlier ones to be held against, and there are %(found)d;"
        " wait until the history is longer"
    ),
    _("in a past period nothing came or nothing was expected, so no forecast can be held against it"),
    _("nothing is expected of this base, so there is nothing to forecast"),
    _("a few customers' spend is so uneven that its mean does not exist (q = %(q).3f)"),
    _("%(file)s is empty"),
    _("%(file)s is not text: it is a binary file of a kind that is not known"),
    _("%(file)s has more than %(most)s columns: it is not a table of sales"),
    _("%(file)s has no line end in its first mebibyte: it is not a table of rows"),
    _("%(file)s is a gzip file cut short"),
    _("%(file)s is a broken gzip file: %(why)s"),
    _("%(file)s is a Parquet file that cannot be read: %(why)s"),
    _("%(file)s cannot be read: %(why)s"),
    _("the map reads %(missing)s, which the file does not have; it has %(there)s"),
    _("the map joins %(file)s, which does not lie beside %(data)s"),
    _("the map is not TOML: %(why)s"),
    _("no column is like anything in a file of sales or customers: %(headers)s; write a map for it"),
)


@cache
def _shape(pattern: str) -> re.Pattern[str]:
    parts = SLOT.split(pattern)  # text, name, text, name … text
    made = [f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
    return re.compile("".join(made), re.DOTALL)


def retold(sentence: str) -> str:
    """The sentence in the language of the page; one that fits no pattern comes back as it was."""
    for pattern in PATTERNS:
        if found := _shape(pattern).fullmatch(sentence):
            return _filled(gettext(pattern), found.groupdict())
    return sentence


def _filled(pattern: str, facts: dict[str, str]) -> str:
    return SLOT.sub(lambda slot: facts[slot[1]], pattern)
