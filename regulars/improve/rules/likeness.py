"""Which voices speak of the same thing: the dish, the words, the theme, the store, the field, by weight.

It only suggests; a person merges. Words are weighed by how rare they are among all voices of the last 60 days
(TF-IDF, Salton and Buckley 1988) and compared by the angle between them; Chinese is cut into pairs of characters.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from regulars.improve.rules.raising import Said, people, raised, stores

LATIN = re.compile(r"[a-z][a-z'’]{2,}")
CHINESE = re.compile(r"[\u3400-\u9fff]+")
COMMON_WORDS = """the and was were are but for with too very not you our that this had has have from they their its
just all when there which what your did could would been out again more than one two"""
COMMON = frozenset(COMMON_WORDS.split())
WEIGHTS = {"dish": 0.4, "words": 0.3, "theme": 0.15, "field": 0.05, "store": 0.1}
ENOUGH, NEAR = (
    0.18,
    0.3,
)  # likeness from which a voice is suggested; cosine from which words alone put it in a group
SHOWN = 3  # words named as the reason


@dataclass(frozen=True)
class Reason:
    """Why a voice is suggested: ``why`` names what it shares, ``words`` those that weigh most."""

    score: float
    why: tuple[str, ...]
    words: tuple[str, ...] = ()


def tokens(text: str) -> list[str]:
    """Words of a text: English ones of three letters or more in lower case, Chinese ones as pairs of characters."""
    low = text.lower()
    words = [word for word in LATIN.findall(low) if word not in COMMON]
    for run in CHINESE.findall(low):
        words += [run] if len(run) == 1 else [run[at : at + 2] for at in range(len(run) - 1)]
    return words


class Words:
    """The words of many voices, weighed: each voice is a direction of length one in the space of its words."""

    def __init__(self, voices: Iterable[Said]) -> None:
        counted = {voice.voice_id: Counter(tokens(voice.text)) for voice in voices}
        seen = Counter(word for words in counted.values() for word in words)
        rare = {word: float(np.log((1 + len(counted)) / (1 + many)) + 1.0) for word, many in seen.items()}
        self.of = {
            voice: _unit({word: (1.0 + float(np.log(n))) * rare[word] for word, n in words.items()})
            for voice, words in counted.items()
        }

    def middle(self, voices: Iterable[Said]) -> dict[str, float]:
        """The direction that voices have together."""
        total: dict[str, float] = defaultdict(float)
        for voice in voices:
            for word, weight in self.of.get(voice.voice_id, {}).items():
                total[word] += weight
        return _unit(total)


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = float(np.sqrt(sum(weight * weight for weight in weights.values())))
    return {word: weight / length for word, weight in weights.items()} if length else {}


def cosine(one: Mapping[str, float], other: Mapping[str, float]) -> float:
    """The cosine of the angle between two directions of length one: 0 with no word in common, 1 for the same."""
    small, large = (one, other) if len(one) < len(other) else (other, one)
    return min(1.0, sum(weight * large.get(word, 0.0) for word, weight in small.items()))


@dataclass(frozen=True)
class _Together:
    """What voices that are merged already have in common."""

    middle: dict[str, float]
    dishes: frozenset[str]
    themes: frozenset[str]
    fields: frozenset[str]
    places: frozenset[str]


def suggested(together: Sequence[Said], others: Iterable[Said], words: Words) -> list[tuple[Said, Reason]]:
    """Other voices that belong to those merged already, the likeliest first, each with its reason."""
    common = _Together(
        words.middle(together),
        frozenset(voice.product_id for voice in together if voice.product_id),
        frozenset(voice.theme for voice in together if voice.theme),
        frozenset(voice.field for voice in together if voice.field),
        frozenset(stores(together)),
    )
    found = []
    for voice in others:
        reason = _reason(voice, words.of.get(voice.voice_id, {}), common)
        if reason.score >= ENOUGH:
            found.append((voice, reason))
    return sorted(found, key=lambda pair: (-pair[1].score, -pair[0].voice_id))


def _reason(voice: Said, own: Mapping[str, float], common: _Together) -> Reason:
    if voice.product_id and common.dishes and voice.product_id not in common.dishes:
        return Reason(0.0, ())  # it names another dish
    shares = {
        "dish": float(voice.product_id in common.dishes),
        "words": cosine(own, common.middle),
        "theme": float(voice.theme in common.themes),
        "field": float(voice.field in common.fields),
        "store": float(voice.store_id in common.places),
    }
    why = tuple(name for name, value in shares.items() if value > (0.15 if name == "words" else 0.0))
    if not {"dish", "words", "theme"} & set(why):
        return Reason(0.0, ())  # the same store and field alone are no likeness
    score = sum(WEIGHTS[name] * value for name, value in shares.items())
    shared = (word for word in own if word in common.middle)
    ranked = sorted(shared, key=lambda word: (-own[word] * common.middle[word], word))
    return Reason(score, why, tuple(ranked[:SHOWN]))


def groups(voices: Sequence[Said], words: Words) -> list[list[Said]]:
    """Loose voices put together for a person to look at: one dish and field, and others whose words are near.

    Groups of one person are left out unless the voice is about safety; the one most people spoke of comes first.
    """
    named: dict[tuple[str, str], list[Said]] = defaultdict(list)
    loose = []
    for voice in sorted(voices, key=lambda each: (not each.field, each.voice_id)):
        if voice.product_id:
            named[_place(voice, named)].append(voice)
        else:
            loose.append(voice)
    found = list(named.values())
    middles = [words.middle(group) for group in found]
    for voice in loose:
        own = words.of.get(voice.voice_id, {})
        near = [cosine(own, middle) for middle in middles]
        best = int(np.argmax(near)) if near else -1
        if near and near[best] >= NEAR:
            found[best].append(voice)
        elif own or voice.safety:
            found.append([voice])
            middles.append(dict(own))
    kept = [group for group in found if raised(group) or people(group) > 1]
    return sorted(
        kept, key=lambda group: (not any(each.safety for each in group), -people(group), group[0].voice_id)
    )


def _place(voice: Said, named: Mapping[tuple[str, str], list[Said]]) -> tuple[str, str]:
    """Dish and field; a voice that says no field goes where most of its dish are."""
    if voice.field:
        return voice.product_id, voice.field
    same = [key for key in named if key[0] == voice.product_id]
    return max(same, key=lambda key: (len(named[key]), key), default=(voice.product_id, ""))
