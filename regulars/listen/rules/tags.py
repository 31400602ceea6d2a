"""Which words may become a tag: what a guest likes, wishes or must not eat, never who their children are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

LONGEST = 40  # characters
MOST_OFFERED = 12  # one-tap tags of a store
LASTS = timedelta(days=180)
STARTERS = {
    "en": (
        "window seat",
        "quiet table",
        "spicy",
        "not spicy",
        "vegetarian",
        "with children",
        "eats alone",
        "in a hurry",
    ),
    "zh": ("靠窗", "安静的位子", "爱吃辣", "不吃辣", "吃素", "带孩子", "一个人吃", "赶时间"),
}
ALLERGY = re.compile(r"allerg|intoleran|过敏|不能吃|忌口", re.IGNORECASE)
WISH = re.compile(r"seat|table|quiet|window|位|座|包间|靠窗|安静|wish|希望", re.IGNORECASE)
# A date, a long number, and what is said of a child by name: these would be a minor's or a person's data.
PRIVATE = re.compile(
    r"birthday|born|生日|出生|周岁|\d{1,2}\s*[月/.-]\s*\d{1,2}|\d{5,}"
    r"|(?:son|daughter|child|kid|boy|girl|baby)(?:'s name)?\s+(?:is\s+)?(?:called|named|[A-Z])"
    r"|(?:儿子|女儿|孩子|宝宝|小孩|小朋友)(?:的名字|名|叫)|@"
)


def cleaned(text: str) -> str:
    """A tag as it is kept: without spaces around it, single spaces within."""
    return " ".join(text.split())


def may_be_tag(text: str) -> bool:
    """Whether words may be kept as a tag: short, no date, no number, no birthday, no child's name."""
    return 0 < len(text) <= LONGEST and not PRIVATE.search(text)


def kind_of(text: str) -> str:
    """allergy, wish or likes, by the words of a tag."""
    if ALLERGY.search(text):
        return "allergy"
    return "wish" if WISH.search(text) else "likes"


def offered(used: Iterable[str], language: str) -> list[str]:
    """The at most twelve tags that a store is offered: those it used most often, filled up with common ones."""
    most = sorted(Counter(used).items(), key=lambda each: (-each[1], each[0]))
    starters = STARTERS["zh" if language.startswith("zh") else "en"]
    return list(dict.fromkeys([*(tag for tag, _count in most), *starters]))[:MOST_OFFERED]
