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


# Each is the sentence of a Refused somewhere in gather, identify, the lake or know (a test compares them).
PATTERNS = (
    _("these two are one customer already"),
    _("nothing identifies customer %(number)s any more"),
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
    _("no row of %(name)s could be taken, so what that name brought before stays; mend the file or the map"),
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
    _(
        "%(file)s came without a map, and what its columns mean is not sure enough to go on (%(sure)d %%);"
        " send it again with this map, mended:\n\n%(map)s"
    ),
    _(
        "the visits of these %(customers)d customers do not tell how their rhythms differ or when they leave"
        " (the likelihood has no top); a history about twice as long is needed"
    ),
    _(
        "the spend of these %(repeaters)d customers does not tell habit from chance (the likelihood has no top);"
        " more repeat visits are needed"
    ),
    _(
        "only %(gaps)d returns have been seen, and %(twice)d customers came back twice; a rhythm needs %(needed)d"
        " returns and %(needed_twice)d customers who came back twice"
    ),
    _(
        "nobody has been watched for %(within)d days yet, the longest for %(seen)d;"
        " it can be told in %(more)d days"
    ),
    _("%(file)s has over %(most)s rows not divided as the first is: are its delimiter and quote right?"),
    _("%(file)s has no columns, or more than %(most)s"),
    _("%(file)s unpacks to over %(times)s times its size, or beyond the room there is: is it sales?"),
    _('the map does not say what its rows are: begin it with rows = "lines", "orders", "records" …'),
    _("a map of %(rows)s needs order_id under [columns], or key = [...] with the columns that make an order"),
    _("a map of %(rows)s needs %(field)s: name its column under [columns] or give it under [constants]"),
    _("[%(part)s] names %(field)s, which rows of %(rows)s do not have; they have %(known)s"),
    _("[identifiers] names %(type)s, which is not a type of identifier; they are %(known)s"),
    _('%(name)s = "%(value)s" is not known; write one of %(allowed)s'),
    _("%(where)s has a key %(key)s that means nothing; allowed are %(allowed)s"),
    _("%(key)s must be %(wanted)s, not %(value)s"),
    _('rows = "%(rows)s" is not a kind of row; write one of %(kinds)s'),
    _("time_zone = %(zone)s is not known; write one such as Asia/Shanghai"),
    _("decimal and thousands are both %(sign)s; they must differ"),
)
# Reasons of rejected rows that carry a fact, as gather fills them.
REASONS = (
    _(
        "this order was brought before by the import %(name)s; replace that one, or bring this file under its name"
    ),
    _("is before %(year)s"),
    _("stands for nobody (%(word)s)"),
)


@cache
def _shape(pattern: str) -> re.Pattern[str]:
    parts = SLOT.split(pattern.replace("%%", "%"))  # text, name, text, name … text
    made = [f"(?P<{part}>.*?)" if at % 2 else re.escape(part) for at, part in enumerate(parts)]
    return re.compile("".join(made), re.DOTALL)


def retold(sentence: str) -> str:
    """The sentence in the language of the page, its facts in their place; one unknown comes back as it was."""
    for pattern in (*PATTERNS, *REASONS):
        if found := _shape(pattern).fullmatch(sentence):
            return _filled(gettext(pattern), found.groupdict())
    return gettext(sentence) if sentence else ""


def _filled(pattern: str, facts: dict[str, str]) -> str:
    return SLOT.sub(lambda slot: facts[slot[1]], pattern).replace("%%", "%")
