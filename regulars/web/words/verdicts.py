"""What a play's result says in a few words: a gain, a loss, nothing, or how many more are needed."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.measure.models import PlayResult
from regulars.web import written


def points(share: float | None) -> str:
    """A difference of shares in points, with its sign: +3.9 points."""
    return _("%(points)s points") % {"points": written.signed(100 * (share or 0.0))}


def between(row: PlayResult) -> str:
    """The interval of a difference in points, lowest first: −1.8 to +7.9; a dash where nothing can be told."""
    if row.low is None or row.high is None or row.decision == PlayResult.Decision.BLOCKED:
        return written.NOTHING
    said = {"low": written.signed(100 * row.low), "high": written.signed(100 * row.high)}
    return _("%(low)s to %(high)s") % said


def verdict(row: PlayResult) -> str:
    """The decision as a page says it; never an effect that the data cannot tell."""
    decision = PlayResult.Decision
    if row.decision == decision.BLOCKED:
        if row.blocked == "mixed":
            return _("blocked: too many people are in both arms")
        return _("blocked: the arms are not split as planned")
    if row.decision in (decision.GAIN, decision.LOSS):
        return points(row.diff)
    if row.decision == decision.NOTHING:
        return _("no gain of %(points)s points or more") % {"points": f"{100 * row.gain:g}"}
    if row.decision == decision.UNCLEAR:
        return _("neither shown nor ruled out")
    return ngettext("%(n)s more needed", "%(n)s more needed", row.needed) % {"n": written.count(row.needed)}
