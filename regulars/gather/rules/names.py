"""How a name is found by typing: as written, and a Chinese one also by its pinyin and its initials."""

from __future__ import annotations

from functools import lru_cache

from pypinyin import Style, lazy_pinyin


@lru_cache(maxsize=200_000)
def sort_name(name: str | None) -> str:
    """What search reads for a name: ``王小明`` gives ``王小明 wangxiaoming wxm``; a Latin name its lower case."""
    if not name:
        return ""
    plain = " ".join(name.lower().split())
    if plain.isascii():
        return plain
    whole = "".join(lazy_pinyin(plain))
    initials = "".join(lazy_pinyin(plain, style=Style.FIRST_LETTER))
    return plain if whole == plain else f"{plain} {whole} {initials}"
