"""What cards say: for each thing to do the task, its one reason, and words a colleague can say as they stand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise


@dataclass(frozen=True)
class Sentences:
    """%-templates over a card's facts; ``say`` is empty where nothing has to be said."""

    do: Text
    why: Text
    say: Text = ""


# By what a card is about (serve.rules.cards); the second of two stands where the first lacks a fact it speaks of.
CARDS: dict[str, tuple[Sentences, ...]] = {
    "allergy": (
        Sentences(
            _("Tell the kitchen: no %(words)s."),
            _("The guest said so on %(on)s."),
            _("You told us about %(words)s. The kitchen knows."),
        ),
    ),
    "complaint_open": (
        Sentences(
            _("Go to the table: something is not mended yet."),
            _("A complaint about %(dish)s of %(on)s is still open."),
            _("I am sorry about %(dish)s. How can we put it right?"),
        ),
        Sentences(
            _("Go to the table: something is not mended yet."),
            _("A complaint of %(on)s is still open."),
            _("I am sorry about what happened. How can we put it right?"),
        ),
    ),
    "complaint_mended": (
        Sentences(
            _("Ask how it is today."),
            _("Last time, on %(on)s, %(dish)s was not right."),
            _("Last time we did not get it right. How is it today?"),
        ),
        Sentences(
            _("Ask how it is today."),
            _("Last time, on %(on)s, something was not right."),
            _("Last time we did not get it right. How is it today?"),
        ),
    ),
    "mended": (
        Sentences(
            _("Raised %(dish)s; it is mended: offer it, note the words."),
            _("This guest told us, and we promised to say when it is better."),
            _("You told us about %(dish)s. We changed it and would like you to taste it."),
        ),
        Sentences(
            _("What they raised is mended: tell them, note the words."),
            _("This guest told us, and we promised to say when it is better."),
            _("You told us what was wrong. We changed it. How do you find it today?"),
        ),
    ),
    "wish": (
        Sentences(
            _("As they wished: %(words)s."),
            _("They asked for it before, so they need not ask again."),
            _("We thought of what you like: %(words)s."),
        ),
    ),
    "second_time": (
        Sentences(
            _("Ask how %(dish)s was last time."),
            _("Here for the second time, %(days)s days after the first."),
            _("Good to see you again. How did you like %(dish)s last time?"),
        ),
        Sentences(
            _("Say that you are glad to see them again."),
            _("Here for the second time, %(days)s days after the first."),
            _("Good to see you again."),
        ),
    ),
    "welcome_back": (
        Sentences(
            _("Say that you are glad to see them again."),
            _("%(days)s days since the last visit, longer than usual for this guest."),
            _("It has been a while. Good that you are here."),
        ),
    ),
    "round": (
        Sentences(
            _("Thank them for coming so often."),
            _("This is visit number %(times)s."),
            _("Thank you for coming so often. It is good to have you here."),
        ),
    ),
    "occasion_birthday": (
        Sentences(
            _("Wish a happy birthday."), _("The booking says so."), _("Happy birthday from all of us!")
        ),
    ),
    "occasion_anniversary": (
        Sentences(
            _("Congratulate them."), _("The booking says it is an anniversary."), _("Congratulations!")
        ),
    ),
    "occasion_family": (
        Sentences(_("Set a large table and a child's chair."), _("The booking says: family.")),
    ),
    "occasion_date": (Sentences(_("Give them a quiet table for two."), _("The booking says: a date.")),),
    "occasion_business": (
        Sentences(
            _("Give them a quiet table, and the bill before they ask."), _("The booking says: business.")
        ),
    ),
    "usual_dish": (
        Sentences(
            _("Ask: %(dish)s, as always?"),
            _("It was in %(orders)s of their last orders."),
            _("%(dish)s, as always?"),
        ),
    ),
    "likes": (
        Sentences(
            _("Mention what they like: %(likes)s."),
            _("They told us so."),
            _("We remember that you like %(likes)s."),
        ),
    ),
}

KINDS: dict[str, Text] = {
    "care": _("allergy or stated wish"),
    "recovery": _("recovery"),
    "promise": _("promise"),
    "near": _("near service"),
}
# Why something was given away, where the till sends a code; a colleague's own words stay as they are.
GIVEN: dict[str, Text] = {
    "fault": _("something was wrong"),
    "regular": _("for a regular"),
    "birthday": _("for a birthday"),
    "manager": _("the manager's gift"),
}
LEVELS: dict[str, Text] = {
    "staff": _("staff"),
    "shift_lead": _("shift lead"),
    "manager": _("manager"),
    "owner": _("headquarters"),
}
OCCASIONS: dict[str, Text] = {
    "family": _("family"),
    "date": _("a date"),
    "business": _("business"),
    "birthday": _("birthday"),
    "anniversary": _("anniversary"),
    "alone": _("alone"),
}


def said(about: str, facts: dict[str, Any]) -> Sentences:
    """The sentences of a card with its facts filled in; the first for which no fact is missing or empty."""
    for each in CARDS.get(about, ()):
        texts = (each.do, each.why, each.say)
        try:
            if all(
                value for name, value in facts.items() if any(f"%({name})" in str(text) for text in texts)
            ):
                do, why, say = (str(text) % facts if text else "" for text in texts)
                return Sentences(do, why, say)
        except KeyError:
            continue
    return Sentences(about.replace("_", " "), "")


# What taps and PINs are refused with (access, engage, serve), so that the catalogue of translations knows it.
REFUSALS: tuple[Text, ...] = (
    _("this PIN is not right"),
    _("this is not here any more"),
    _("this card has ended already"),
    _("this message is no longer with staff; it was not confirmed in time"),
    _("so much climbs to someone above"),
    _("it has no reason yet; ask why first"),
    _("nobody agrees to their own; ask a colleague"),
    _("a limit is not below zero"),
    _("a PIN is four to six digits"),
    _("%(pin)s is the first that anyone tries; choose other digits"),
)
