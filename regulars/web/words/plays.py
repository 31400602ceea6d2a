"""How plays speak: reasons to leave somebody alone, steps in plain words, labels of their fields, what is refused."""

from __future__ import annotations

from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from regulars.core.refused import Refused
from regulars.engage.models import Play
from regulars.engage.rules.ready import READY
from regulars.web import written
from regulars.web.words import outbox

Text = str | Promise
_OWN = frozenset(each.title for each in READY.values())

# Why somebody is not reached; engage.rules.spare and the stages after it name these codes.
REASONS: dict[str, Text] = {
    "no_address": _("no address"),
    "no_consent": _("no consent"),
    "unsubscribed": _("unsubscribed"),
    "no_permission": _("no tap left for a message"),
    "brand_hold_out": _("the brand's hold-out"),
    "control": _("hold-out group"),
    "open_complaint": _("open complaint"),
    "capped": _("frequency cap"),
    "maybe_old": _("maybe an old guest"),
    "already_back": _("already back"),
    "quiet": _("quiet hours"),
    "stopped": _("stopped"),
    "ended": _("the play ended"),
    "mixed": _("in both arms"),
    "no_benefit": _("the benefit was no longer there"),
}
WHAT: dict[str, Text] = {"enter": _("enters"), "held_back": _("held back"), "spared": _("spared")}
ARMS: dict[str, Text] = {"treated": _("treated"), "control": _("hold-out group"), "": "–"}
WAYS: dict[str, Text] = {
    "sms": _("SMS"),
    "email": _("e-mail"),
    "wecom": _("WeChat Work, by staff"),
    "mini_program": _("mini-program message"),
}
KINDS: dict[str, Text] = {
    "wait": _("wait"),
    "message": _("message"),
    "task": _("task for staff"),
    "split": _("split"),
    "leave": _("leave"),
    "benefit": _("benefit"),
}
# Labels of steps' fields, by the label that the step itself has.
LABELS: dict[str, Text] = {
    "until": _("until"),
    "days": _("days"),
    "time of day": _("time of day"),
    "channels, the first preferred": _("channels, the first preferred"),
    "subject, Chinese": _("subject, Chinese"),
    "words, Chinese": _("words, Chinese"),
    "subject, English": _("subject, English"),
    "words, English": _("words, English"),
    "SMS at 17:00 if nobody confirmed": _("SMS at 17:00 if nobody confirmed"),
    "words to say, Chinese": _("words to say, Chinese"),
    "words to say, English": _("words to say, English"),
    "share that goes on": _("share that goes on"),
    "steps the others pass over": _("steps the others pass over"),
    "when": _("leave on the condition"),
    "reason": _("reason"),
    "benefit": _("benefit"),
    "gain": _("gain"),
    "most it may cost": _("most it may cost"),
    "the brand's hold-out": _("the brand's hold-out"),
    "frequency cap": _("frequency cap"),
    "which, or how many": _("which, or how many"),
}
CHOICES: dict[str, Text] = {
    "curve": _("the brand's day for newcomers"),
    "rhythm": _("they are late by their own rhythm"),
    "visit": _("so many days after the last visit"),
    "time": _("a time of day where they live"),
}
# What a segment may ask, as know.fields names it.
FIELDS: dict[str, Text] = {
    "visits": _("visits"),
    "orders": _("orders"),
    "days_since_first": _("days since the first visit"),
    "days_since_last": _("days since the last visit"),
    "days_late": _("days late by their own rhythm"),
    "usual_gap": _("usual days between visits"),
    "net": _("spent"),
    "value_90": _("expected in the next 90 days"),
    "p_alive": _("probability of coming again"),
    "stage": _("stage"),
    "stage_since": _("in this stage since"),
    "first_day": _("first visit"),
    "last_day": _("last visit"),
    "first_store": _("store of the first visit"),
    "usual_store": _("usual store"),
    "first_channel": _("channel of the first visit"),
    "first_traffic": _("traffic of the first visit"),
    "first_offer": _("offer of the first visit"),
    "grade": _("grade"),
    "tags": _("tags"),
    "candidate_join": _("maybe one person with another customer"),
    "points": _("points to spend"),
    "open_complaint": _("open complaint"),
}


# Titles of the plays that come with Regulars, as engage.rules.ready names them.
TITLES: tuple[Text, ...] = (_("The second visit"), _("A hello that asks for nothing"))


def title(play: Play) -> str:
    """A play's title; one that came with Regulars in the language of the page."""
    return gettext(play.title) if play.title in _OWN else play.title


def reason(code: str) -> str:
    """Why somebody was not reached, in words; a code of a stage that came later stays as it is."""
    return str(REASONS.get(code) or outbox.REASONS.get(code, code))


def way(name: str) -> str:
    return str(WAYS.get(name, name)) if name else written.NOTHING


def step(values: dict[str, Any], due_day: int | None) -> str:
    """A step as a list of steps says it."""
    kind = str(values.get("step", ""))
    if kind == "wait":
        return _wait(values, due_day)
    if kind == "message":
        names = str(values.get("channels", "")).replace(",", " ").split()
        return gettext("Write by %(channels)s") % {"channels": written.listed(way(each) for each in names)}
    if kind == "task":
        if values.get("fallback"):
            return gettext("A task for staff in WeChat Work; unconfirmed by 17:00, an SMS where consented")
        return gettext("A task for staff in WeChat Work")
    if kind == "split":
        said = {"share": written.share(float(values.get("share", 0))), "n": values.get("skip", 1)}
        return gettext("%(share)s go on; the others pass over %(n)s steps") % said
    if kind == "leave":
        return gettext("Leave when %(when)s") % {"when": values.get("when", "")}
    more = written.listed(str(value) for key, value in values.items() if key != "step" and value != "")
    return f"{KINDS.get(kind, kind)}: {more}"


def _wait(values: dict[str, Any], due_day: int | None) -> str:
    until, days, at = values.get("until", "days"), int(values.get("days") or 0), str(values.get("at") or "")
    if until == "curve" and due_day is not None:
        said = gettext("Until day %(day)s after the first visit, the brand's own") % {"day": due_day}
    elif until == "curve":
        said = gettext("Until the brand's day for newcomers, which it has not lived long enough to tell")
    elif until == "rhythm":
        said = gettext("Until they are late by their own rhythm")
    elif until == "visit":
        said = ngettext(
            "Until %(n)s day after the last visit", "Until %(n)s days after the last visit", days
        ) % {"n": days}
    elif until == "time":
        return gettext("Until %(at)s where they live") % {"at": at}
    else:
        said = ngettext("Wait %(n)s day", "Wait %(n)s days", days) % {"n": days}
    return f"{said}, {at}" if at else said


# What engage and know refuse, as they say it: named here so that the catalogue has it in both languages.
REFUSED: tuple[Text, ...] = (
    _("%(label)s is one of %(choices)s"),
    _("%(label)s is a number"),
    _("a task needs words to say in at least one language"),
    _("a message needs words in at least one language"),
    _("a share lies between 0 and 1, not at %(share)s"),
    _("a split passes over at least one step"),
    _("a wait takes 0 to 730 days, not %(days)d"),
    _("a wait until a time of day needs the time, such as 10:30"),
    _("%(at)s is no time of day; write it as 10:30"),
    _("no play that comes with Regulars is called %(name)s"),
    _("a play that has started is not changed: end it, and make another"),
    _("a play needs a title"),
    _("a play is for marketing, research or service, not for %(purpose)s"),
    _("a play needs at least one step"),
    _("each arm needs at least one person in twenty"),
    _("the outcome is counted for 1 to 365 days, not for %(days)d"),
    _("the smallest gain worth knowing lies between 0 and 100 points"),
    _("a cost is not below nothing"),
    _("%(name)s asked for this play; somebody else has to agree"),
    _("the play %(title)s is %(state)s already"),
    _("no step is called %(kind)s"),
    _("the brand's hold-out is between 1 and 5 percent of customers, not %(share)s"),
    _("a cap and an amount are not below nothing"),
    _("step %(n)d is of no known kind: %(kind)s"),
    _("an audience needs a condition, such as visits == 1"),
    _("the condition has %(length)d characters; at most %(most)d are read"),
    _("the condition cannot be read at character %(at)d"),
    _("the condition is nested too deeply; at most %(most)d levels are read"),
    _("%(name)s at character %(at)d is no yes or no: compare it with a value"),
    _("what stands at character %(at)d is no condition"),
    _("nothing is called %(name)s (character %(at)d)"),
    _('at character %(at)d only has_tag("…") can be asked'),
    _("the comparison at character %(at)d cannot be asked"),
    _("texts are equal or not; at character %(at)d they are put in order"),
    _("the comparison at character %(at)d asks nothing of a customer"),
    _("what is compared at character %(at)d does not go together"),
    _("at character %(at)d, in needs a field before it and a list behind it"),
    _("at character %(at)d stands no %(kind)s"),
)
ASKED: tuple[Text, ...] = (_("number"), _("text in quotes"), _('day in quotes, such as "2026-03-01"'))


def refusal(refused: Refused) -> str:
    """A refusal in the language of the page, its label and kind too."""
    facts = {
        name: gettext(value) if name in ("label", "kind") else value for name, value in refused.facts.items()
    }
    return gettext(refused.sentence) % facts if facts else gettext(refused.sentence)
