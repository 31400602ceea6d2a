"""What voices are called on a page: fields, themes, sources, the questions asked, and what listen refuses."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text = str | Promise

FIELDS: dict[str, Text] = {
    "taste": _("taste"),
    "waiting": _("waiting time"),
    "manner": _("manner"),
    "hygiene": _("hygiene"),
    "price": _("price"),
    "place": _("place"),
}

THEMES: dict[str, Text] = {
    "ill": _("made ill"),
    "foreign_object": _("something in the food"),
    "allergic": _("allergic reaction"),
    "dirty": _("dirty"),
    "spoiled": _("not fresh"),
    "too_sweet": _("too sweet"),
    "too_salty": _("too salty"),
    "too_spicy": _("too spicy"),
    "too_sour": _("too sour"),
    "bland": _("bland"),
    "greasy": _("greasy"),
    "overcooked": _("overcooked"),
    "raw": _("underdone"),
    "got_cold": _("got cold"),
    "too_little": _("too little"),
    "slow": _("slow"),
    "left_out": _("left out or wrong"),
    "rude": _("rude"),
    "expensive": _("expensive"),
    "noisy": _("noisy"),
    "crowded": _("crowded"),
    "spilled": _("spilled"),
}

VOICE_SOURCES: dict[str, Text] = {
    "answer": _("answer"),
    "complaint": _("complaint"),
    "interview": _("interview"),
    "review": _("public review"),
    "note": _("note"),
}

# Whose an open complaint is, by how long its clock has run (listen.rules.asking.LEVELS).
LEVELS: dict[str, Text] = {
    "shift_lead": _("with the shift lead"),
    "manager": _("overdue: with the manager"),
    "operator": _("long overdue: with headquarters"),
}

# What is asked after a visit, by the question's name; a dish stands in where the question is about one.
QUESTIONS: dict[str, Text] = {
    "again": _("How likely are you to come again?"),
    "better": _("What one thing should be better next time?"),
    "dish": _("Would you order %(dish)s again?"),
}

# The five questions of an interview and why each is asked; keys are listen.actions.interviews.GUIDE.
GUIDE: dict[str, tuple[Text, Text]] = {
    "occasion": (
        _("Tell me about the last time you ate out, not with us. How did you choose the place?"),
        _("Who else one competes with, and the moment the choice is made."),
    ),
    "best": (
        _("What would you miss if we closed tomorrow?"),
        _("What they come for, which is often not what is advertised."),
    ),
    "almost": (
        _("When did you last think of coming and then did not? What happened?"),
        _("What keeps people away who like the place."),
    ),
    "lacking": (
        _("What did you have to work around the last time you were here?"),
        _("A need shows in what people put up with."),
    ),
    "others": (
        _("Whom have you brought along, or told, and what did you say to them?"),
        _("In whose words the place is praised, or why it is not."),
    ),
}

# What listen refuses on a page, as it says it.
REFUSED: tuple[Text, ...] = (
    _("choose an answer, or write some words"),
    _("this was answered before; call the store if you have changed your mind"),
    _("this complaint was closed before as %(how)s, by %(by)s"),
    _("write down at least one answer in the guest's words"),
    _("an interview has at most %(most)d tags; keep those that will be used"),
    _("“%(tag)s” cannot be a tag: at most 40 letters, no date or number, no birthday, no child's name"),
    _("a voice has at most %(most)s characters"),
)


def spoken_of(field: str, theme: str) -> str:
    """What a voice speaks of, the theme after its field; empty where nobody knows."""
    parts = (FIELDS.get(field, field), THEMES.get(theme, theme))
    return " · ".join(str(part) for part in parts if part)
