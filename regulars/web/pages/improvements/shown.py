"""How a finding is written: its way as seven links, and what stands in its sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regulars.improve.actions.board import Way
from regulars.improve.models import Finding
from regulars.improve.rules.returning import Difference
from regulars.web import written
from regulars.web.pages.door import Look
from regulars.web.words.improvements import LINKS


@dataclass(frozen=True)
class Link:
    """One of the seven links as the board draws it."""

    label: str
    reached: int
    day: str
    lost: str
    back: bool


def drawn(way: Way) -> list[Link]:
    """The seven links of a finding, each with how many got there, on which day, and how many were lost before it."""
    return [
        Link(
            str(LINKS[step.name]),
            step.reached,
            "" if step.day is None else _("day %(day)s") % {"day": step.day},
            f"−{step.lost}" if step.lost and step.reached else "",
            step.name == "back" and step.reached > 0,
        )
        for step in way.steps
    ]


def waited(finding: Finding, now: datetime) -> int:
    """Whole days a raised finding has waited for a decision."""
    return max((now - (finding.raised_at or finding.made_at)).days, 0)


def sentence(finding: Finding, way: Way, seen: Look) -> str:
    """What one would say of this finding now; its name comes before it."""
    state = finding.State
    if finding.state == state.GATHERING:
        return ngettext(
            "%(people)s has said it; %(more)s more, and it is raised.",
            "%(people)s people have said it; %(more)s more, and it is raised.",
            way.people,
        ) % {"people": way.people, "more": way.missing}
    if finding.state == state.RAISED:
        days = waited(finding, seen.now)
        return ngettext(
            "has waited %(days)s day for a decision.", "has waited %(days)s days for a decision.", days
        ) % {"days": days}
    if finding.state == state.REFUSED:
        return _("will stay as it is: %(reason)s") % {"reason": finding.reason}
    if finding.state == state.ACCEPTED:
        due = written.day(finding.due_on, seen.now.year)
        return _("is being mended by %(owner)s, due %(day)s.") % {"owner": finding.owner, "day": due}
    if way.told and not way.back:
        return ngettext(
            "is mended; %(told)s was told, and is not back yet.",
            "is mended; %(told)s were told, and none is back yet.",
            way.told,
        ) % {"told": way.told}
    if way.told:
        return ngettext(
            "is mended; %(back)s of %(told)s who was told is back.",
            "is mended; %(back)s of %(told)s who were told are back.",
            way.told,
        ) % {"back": way.back, "told": way.told}
    return _("is changed; nobody who raised it has been told yet.")


def compared(way: Way) -> str:
    """How those told compare with such guests, and whether that says anything; empty before anybody was told."""
    if not way.told or way.usual is None:
        return ""
    parts = [
        _("Of such guests usually %(n)s in 100 come within 30 days.") % {"n": written.of_hundred(way.usual)}
    ]
    if way.alone:
        parts.append(_("These are too few alone to say more."))
    return _space().join(parts)


def over_all(difference: Difference, findings: int) -> str:
    """What all findings together say of being told; how many more people it needs where that cannot be said yet."""
    if difference.estimate is None or difference.low is None or difference.high is None:
        if not findings:
            return ""
        return ngettext(
            "Over all findings it cannot be told yet what being told does: %(n)s more person told would do.",
            "Over all findings it cannot be told yet what being told does: %(n)s more people told would do.",
            difference.more or 0,
        ) % {"n": difference.more or 0}
    return ngettext(
        "Over %(findings)s finding, those told came back %(points)s points more often than such guests do "
        "(%(low)s to %(high)s).",
        "Over %(findings)s findings, those told came back %(points)s points more often than such guests do "
        "(%(low)s to %(high)s).",
        findings,
    ) % {
        "findings": findings,
        "points": written.signed(100 * difference.estimate, 0),
        "low": written.signed(100 * difference.low, 0),
        "high": written.signed(100 * difference.high, 0),
    }


def _space() -> str:
    return "" if written.locale().language == "zh" else " "
