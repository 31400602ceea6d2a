"""What someone's words speak of, by a list anyone can read and lengthen; a guess where nobody said it, no more."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

FIELDS = ("taste", "waiting", "manner", "hygiene", "price", "place")
SHORTEST_NAME = {"latin": 4, "chinese": 2}  # letters of a product's name that may be looked for in a sentence

# theme, field, English, Chinese. English words also match with -s, -ed, -ing, -ly. Safety comes first: one such voice
# is enough to raise a finding.
THEMES: tuple[tuple[str, str, str, str], ...] = (
    (
        "ill",
        "hygiene",
        "food poisoning|poisoned|diarrhea|diarrhoea|threw up|vomit|got sick",
        "拉肚子|腹泻|食物中毒|吃坏|呕吐",
    ),
    (
        "foreign_object",
        "hygiene",
        "hair|cockroach|roach|insect|maggot|worm|plastic|glass shard|piece of glass",
        "头发|蟑螂|苍蝇|虫子|小虫|有虫|异物|塑料|钢丝|玻璃渣",
    ),
    ("allergic", "hygiene", "allergic reaction", "过敏反应|吃过敏|过敏了"),
    ("dirty", "hygiene", "dirty|filthy|unclean|sticky", "脏|不干净|不卫生|油乎乎"),
    ("spoiled", "hygiene", "stale|spoiled|rotten|rancid|not fresh", "馊|变质|不新鲜|异味|臭|发霉"),
    ("too_sweet", "taste", "too sweet|sugary|sweet", "太甜|甜得|偏甜|好甜|甜腻|甜"),
    ("too_salty", "taste", "too salty|salty", "太咸|好咸|偏咸|咸"),
    ("too_spicy", "taste", "too spicy|too hot", "太辣|好辣|偏辣|辣得"),
    ("too_sour", "taste", "too sour|sour", "太酸|偏酸|酸得"),
    ("bland", "taste", "bland|tasteless|flavorless|flavourless|watery", "太淡|没味|没有味道|无味|寡淡|清汤"),
    ("greasy", "taste", "greasy|oily", "油腻|太油|好油|很油|腻"),
    ("overcooked", "taste", "overcooked|tough|rubbery|burnt|dry", "太老|太硬|好硬|很硬|糊了|焦|柴|咬不动"),
    ("raw", "taste", "raw|undercooked", "没熟|夹生|生的|半生"),
    ("got_cold", "taste", "cold|lukewarm", "凉了|冷了|冰凉|都凉|凉的|冷的|坨"),
    ("too_little", "price", "small portion|tiny|portion", "量少|太少|分量|份量|量小|量太|少得|一点点"),
    (
        "slow",
        "waiting",
        "slow|wait|waited|waiting|late|forever|queue|minutes|hour|hours",
        "慢|等了|等太|久|小时|迟|排队|催",
    ),
    (
        "left_out",
        "manner",
        "forgot|forgotten|missing|wrong order|wrong dish",
        "漏|送错|上错|少送|没送|没给|忘了|少了|不给",
    ),
    (
        "rude",
        "manner",
        "rude|arrogant|unfriendly|ignored|attitude|horrible to|impolite",
        "态度|恶劣|不耐烦|不理|甩脸|骂|凶",
    ),
    ("expensive", "price", "expensive|overpriced|pricey|rip off|rip-off", "贵|宰客|不值"),
    ("noisy", "place", "noisy|noise|loud", "吵|噪音|嘈杂"),
    ("crowded", "place", "crowded|cramped|packed", "拥挤|太挤|好挤|位子小"),
    ("spilled", "manner", "spilled|spilt|leaked", "洒|漏了|撒了|撒一"),
)
SAFETY = ("ill", "foreign_object", "allergic")

GENERAL: tuple[tuple[str, str, str], ...] = (
    (
        "taste",
        "taste|tasted|flavor|flavour|food|dish|delicious|tasty|yummy|sauce|soup|noodle|meat|fish|chicken|cooked|sushi|pizza"
        "|meal|menu|dessert|bread|rice",
        "味|好吃|难吃|好喝|难喝|口感|吃|菜|肉|汤|饭|面",
    ),
    ("waiting", "prompt|quick|fast|wait time", "速度|很快|准时|及时|超时|配送|分钟"),
    (
        "manner",
        "service|staff|waiter|waitress|server|bartender|owner|manager|hostess|friendly|attentive|helpful|polite|courteous",
        "服务|店员|服务员|小哥|师傅|老板|热情|送餐员|礼貌|投诉",
    ),
    ("hygiene", "clean|hygiene|restroom|bathroom", "卫生|干净"),
    (
        "price",
        "price|priced|value|cheap|affordable|money|deal|reasonable|bill|cost|dollar",
        "价|便宜|实惠|优惠|钱",
    ),
    (
        "place",
        "atmosphere|ambience|ambiance|decor|music|seating|room|romantic|cozy|view|space|interior|table|lighting|vibe|patio",
        "环境|装修|座位|音乐|氛围|包间|停车",
    ),
)


@dataclass(frozen=True)
class Heard:
    """What words seem to speak of; empty where the list knows none of them."""

    field: str = ""
    theme: str = ""
    safety: bool = False


@cache
def _english(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!not )(?<!n't )\b(?:{words})(?:s|ed|ing|ly)?\b", re.IGNORECASE)


@cache
def _chinese(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![不没])(?:{words})")


def _times(text: str, english: str, chinese: str) -> int:
    return len(_english(english).findall(text)) + len(_chinese(chinese).findall(text))


def heard(text: str, field: str = "") -> Heard:
    """What a text speaks of: the field with the most words in it, and the first complaint of that field.

    A named complaint ("too sweet") weighs three general words ("soup"); between equals the order of ``FIELDS``
    decides; a word behind "not", "不" or "没" does not count. What concerns safety always wins. With ``field`` given
    only the theme is looked for.
    """
    said = text.replace("’", "'")
    themes = [(theme, of) for theme, of, english, chinese in THEMES if _times(said, english, chinese)]
    for theme, of in themes:
        if theme in SAFETY and field in ("", of):
            return Heard(of, theme, True)
    counts = dict.fromkeys(FIELDS, 0)
    for _theme, of in themes:
        counts[of] += 3
    for of, english, chinese in GENERAL:
        counts[of] += _times(said, english, chinese)
    most = field or max(FIELDS, key=lambda each: counts[each])
    if not field and not counts[most]:
        return Heard()
    return Heard(most, next((theme for theme, of in themes if of == most), ""))


def product_in(text: str, names: Mapping[str, str]) -> str:
    """The code of the product whose name stands in a text, the longest name first; empty where none does.

    ``names``: name by code. A name of fewer than two Chinese or four Latin letters is in too many sentences to mean it.
    """
    said = text.casefold()
    found = [(len(name), code) for code, name in names.items() if _stands(name.casefold().strip(), said)]
    longest = max((length for length, _code in found), default=0)
    return min((code for length, code in found if length == longest), default="")


def _stands(name: str, text: str) -> bool:
    if name not in text:
        return False
    if name.isascii():
        return len(name) >= SHORTEST_NAME["latin"] and re.search(rf"\b{re.escape(name)}\b", text) is not None
    return len(name) >= SHORTEST_NAME["chinese"]
