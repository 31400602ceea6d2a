"""Plays that a brand can start from: the second visit, and one that asks for nothing and so should do nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Ready:
    """A play's settings, ready to be made a draft."""

    name: str
    title: str
    audience: str
    steps: tuple[dict[str, Any], ...]
    outcome_days: int = 30
    gain: float = 0.03
    newcomers_only: bool = True


SECOND_VISIT = Ready(
    name="second-visit",
    title="The second visit",
    audience="visits == 1",
    steps=(
        {"step": "wait", "until": "curve"},
        {"step": "wait", "until": "time", "at": "10:30"},
        {"step": "leave", "when": "visits >= 2", "why": "already_back"},
        {
            "step": "task",
            "fallback": True,
            "body_zh": "{% if name %}{{ name }}，{% endif %}您好！我是{{ store or brand }}的店员。谢谢您上次来店里，"
            "这几天有刚到的新鲜食材，给您留个好位子，想来时回我一句就行。",
            "body_en": "Hello{% if name %} {{ name }}{% endif %}, this is {{ store or brand }}."
            " Thank you for your visit. We would love to see you again: write back and we keep a good table for you.",
        },
    ),
)
NOTHING = Ready(
    name="hello",
    title="A hello that asks for nothing",
    audience="visits == 1",
    steps=(
        {"step": "wait", "until": "visit", "days": 60},
        {"step": "wait", "until": "time", "at": "16:00"},
        {
            "step": "message",
            "channels": "sms email",
            "subject_zh": "{{ brand }}问候您",
            "body_zh": "{{ brand }}祝您一切顺利。",
            "subject_en": "Greetings from {{ brand }}",
            "body_en": "{{ brand }} wishes you well.",
        },
    ),
)
READY = {each.name: each for each in (SECOND_VISIT, NOTHING)}
