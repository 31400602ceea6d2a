"""Who may do what, in one table, and how long someone waits who keeps trying passwords."""

from __future__ import annotations

from datetime import timedelta
from itertools import pairwise

VERBS = {
    "see_plays": "plays with their effects, and the outbox without addresses",
    "run_plays": "make, start and stop plays; approve what another made; set up channels",
    "serve_guests": "the staff page and the shift page: who is coming, cards, notes, comps",
    "see_voices": "what customers said, findings and changes",
    "hear": "write down complaints, interviews and notes, and close complaints",
    "improve": "merge voices into findings, accept, refuse, change, tell",
    "see_figures": "Today, Cohorts and Stores: counts and money, nobody's name",
    "see_customers": "the list of customers, and a customer's orders and stage",
    "see_personal": "names, phones, addresses, birthdays; search by them",
    "see_imports": "what was imported, with counts and reasons",
    "export_figures": "take figures away as a file",
    "export_customers": "take lists of customers away as a file, personal data only with see_personal",
    "import": "bring, replace and stop files",
    "see_rejected": "rejected rows as they came, personal data among them",
    "change_brand": "the brand's name, zone and hours, and identifiers that never identify",
    "see_trail": "who looked at or changed what",
    "change_accounts": "add accounts, set passwords, give roles and stores",
}

_ALL = frozenset(VERBS)
PERMISSIONS: dict[str, frozenset[str]] = {
    "owner": _ALL,
    "operator": _ALL - {"change_accounts"},
    "analyst": frozenset(
        {
            *("see_figures", "see_customers", "see_imports", "export_figures", "export_customers"),
            *("see_plays", "see_voices"),
        }
    ),
    "store": frozenset(
        {"see_figures", "see_customers", "see_personal", "serve_guests", "see_voices", "hear"}
    ),
}

FREE_TRIES = {
    "account": 5,
    "address": 30,
    "pin": 5,
}  # failures before the first wait; a shop shares one address
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=24)


def may(role: str, verb: str) -> bool:
    """Whether an account of this role may do this; a role that is not known may nothing.

    A verb that is not in ``VERBS`` is a slip of the program: KeyError.
    """
    if verb not in VERBS:
        raise KeyError(verb)
    return verb in PERMISSIONS.get(role, frozenset())


def sees_every_store(role: str) -> bool:
    """Whether the role sees all stores; the others see those their account names, which may be none."""
    return role in ("owner", "operator", "analyst")


def masked(value: str) -> str:
    """Personal data for eyes that may not see them: that something is there, and nothing of it."""
    return "•••" if value else ""


def wait(kind: str, failures: int) -> timedelta:
    """How long after its last failure an ``account``, an ``address`` or a colleague's ``pin`` is not heard.

    Nothing for the first tries, then 15 seconds, doubled with each failure up to 15 minutes.
    """
    over = failures - FREE_TRIES[kind]
    return min(FIRST_WAIT * 2 ** min(over, 10), LONGEST_WAIT) if over >= 0 else timedelta(0)


def guessable(pin: str) -> bool:
    """Whether a PIN is among the first that anyone tries: one digit repeated, or digits in a row up or down."""
    steps = {int(after) - int(before) for before, after in pairwise(pin)}
    return steps in ({0}, {1}, {-1})
