"""Every voice is kept here, whoever heard it: as said, once by its key, with a guess of what it speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from regulars.brand.models import Product
from regulars.core.refused import Refused
from regulars.listen.models import Voice
from regulars.listen.rules import words

SOURCES = ("answer", "complaint", "interview", "review", "note")
LONGEST = 4000  # characters


@transaction.atomic
def hear(
    *,
    key: str,
    source: str,
    at: datetime,
    now: datetime,
    text: str = "",
    customer: int | None = None,
    visit_id: str = "",
    order_id: str = "",
    product_id: str = "",
    store_id: str = "",
    staff_id: str = "",
    field: str = "",
    score: int | None = None,
    theme: str = "",
    safety: bool = False,
    public: bool = False,
    names: Mapping[str, str] | None = None,
) -> Voice:
    """Keep what a customer said, as said; the same ``key`` gives the voice that is there and changes nothing.

    ``at`` is when it was said, not after ``now``; ``score`` runs from 0 to 10. Where nobody gave field, theme or
    product, the words are asked: ``names`` (name by code) are the products looked for, all of the brand by default.
    Refuses an unknown source or field, a score outside 0 to 10, and more than 4,000 characters.
    """
    _refuse(source, field, score, text)
    there = Voice.objects.filter(key=key).first()
    if there is not None:
        return there
    text = text.replace("\x00", "")  # no database keeps it
    guess = words.heard(text, field) if text else words.Heard()
    if not product_id and text:
        product_id = words.product_in(text, product_names() if names is None else names)
    voice, _made = Voice.objects.get_or_create(
        key=key,
        defaults={
            "source": source,
            "at": min(at, now),
            "text": text,
            "customer_id": customer,
            "visit_id": visit_id,
            "order_id": order_id,
            "product_id": product_id,
            "store_id": store_id,
            "staff_id": staff_id,
            "field": field or guess.field,
            "score": score,
            "theme": theme or guess.theme,
            "safety": safety or guess.safety,
            "public": public,
        },
    )
    return voice


def _refuse(source: str, field: str, score: int | None, text: str) -> None:
    if source not in SOURCES:
        raise Refused(
            "%(source)s is no source of voices; they are %(all)s", source=source, all=", ".join(SOURCES)
        )
    if field and field not in words.FIELDS:
        raise Refused("%(field)s is no field; they are %(all)s", field=field, all=", ".join(words.FIELDS))
    if score is not None and not 0 <= score <= 10:
        raise Refused("a score runs from 0 to 10, and %(score)s does not", score=score)
    if len(text) > LONGEST:
        raise Refused("a voice has at most %(most)s characters", most=LONGEST)


def product_names() -> dict[str, str]:
    """Name by code of everything the brand sells."""
    return dict(Product.objects.values_list("code", "name"))
