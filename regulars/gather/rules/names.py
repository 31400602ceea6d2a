"""How a name is found by typing: as written, and a Chinese one also by its pinyin and its initials."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import lazy_pinyin


@lru_cache(maxsize=200_000)
def sort_name(name: str | None) -> str:
    """What search reads for a name: ``王小明`` gives ``王小明 wangxiaoming wxm``; a Latin name its lower case."""
    if not name:
        return ""
    plain = " ".join(name.lower().split())
    if plain.isascii():
        return plain
    syllables = lazy_pinyin(plain)
    whole, initials = "".join(syllables), "".join(syllable[:1] for syllable in syllables)
    return plain if whole == plain else f"{plain} {whole} {initials}"
