"""What listen writes to a guest, in both languages; Jinja over ``name``, ``store``, ``staff``, ``day`` and ``link``."""

from __future__ import annotations

from calendar import month_name

CHINESE_REGIONS = ("CN", "HK", "MO", "TW")

LETTERS: dict[str, dict[str, tuple[str, str]]] = {
    "ask": {
        "en": (
            "One question about your visit to {{ store }}",
            "Thank you for coming to {{ store }} on {{ day }}. One question, ten seconds, no log-in: {{ link }}",
        ),
        "zh": (
            "想请教您一个问题（{{ store }}）",
            "谢谢您{{ day }}来{{ store }}。想请教您一个问题，十秒就好，不用登录：{{ link }}",
        ),
    },
    "promise": {
        "en": (
            "About what you told us at {{ store }}",
            "This is {{ staff or store }}. Thank you for telling us yesterday; it is with those who can change it."
            " May we tell you when it is mended? Yes or no, one tap: {{ link }}",
        ),
        "zh": (
            "您昨天在{{ store }}说的事",
            "我是{{ store }}{% if staff %}的{{ staff }}{% endif %}。谢谢您昨天直接告诉我们，已经转给负责的人了。"
            "等改好了，可以告诉您一声吗？点一下就行：{{ link }}",
        ),
    },
}


def letter(kind: str, region: str) -> tuple[str, str]:
    """Subject and body of a letter (``ask``, ``promise``) in the language of the brand's region (ISO 3166)."""
    return LETTERS[kind]["zh" if region in CHINESE_REGIONS else "en"]


def day_of(month: int, day: int, region: str) -> str:
    """A day as one says it in a letter: 21 November, 11月21日."""
    return f"{month}月{day}日" if region in CHINESE_REGIONS else f"{day} {month_name[month]}"
