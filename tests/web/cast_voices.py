"""Voices of the made-up brand: a complaint that waits, one that was closed, answers, reviews and an interview."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any

from regulars.brand.models import Product
from regulars.improve.models import Change, Finding, FindingVoice, Telling
from regulars.listen.actions import close, complain, hear, interview
from regulars.listen.models import Ask, Complaint, Interview, Promise, Voice
from tests.web.cast import NOW

NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # 12:00 in Shanghai
HOSTILE = "<script>alert(1)</script>{{ 7*7 }}=HYPERLINK(1)"
DISHES = {"P1": "番茄汤", "P2": "凉面"}


def products() -> None:
    """Two dishes on the menu."""
    Product.objects.bulk_create(Product(code=code, name=name) for code, name in DISHES.items())


def waiting(minutes: int = 12, store: str = "S01", key: str = "waiting", **more: Any) -> Complaint:
    """A complaint at table 12 that nobody answered yet."""
    said: dict[str, Any] = {
        "text": "番茄汤太甜了,跟上次不一样",
        "customer": 1,
        "table": "12",
        "visit_id": "V77",
    }
    return complain(key=key, at=NOW - timedelta(minutes=minutes), now=NOW, store_id=store, **(said | more))


def voices() -> dict[str, Voice]:
    """Voices of both stores, one a pointed attempt at the page itself."""
    products()
    ended = waiting(60 * 26, key="ended", text="上菜太慢,等了一小时", customer=2)
    close(complaint=ended, how="mended", by="wang", now=NOW - timedelta(hours=25), words="道了歉,先上了凉面")
    Promise.objects.create(voice=ended.voice, asked_at=NOW - timedelta(hours=2), token="kept-promise")
    return {
        "review": hear(
            key="r1",
            source="review",
            at=NOW - timedelta(days=3),
            now=NOW,
            text="凉面很好吃,环境也干净,就是有点贵",
            score=8,
            store_id="S02",
            public=True,
        ),
        "note": hear(
            key="n1", source="note", at=NOW - timedelta(days=2), now=NOW, text="外卖汤洒了", store_id="S02"
        ),
        "hostile": hear(
            key="h1",
            source="answer",
            at=NOW - timedelta(days=1),
            now=NOW,
            text=HOSTILE,
            score=2,
            customer=3,
            store_id="S01",
        ),
        "safety": hear(
            key="s1",
            source="answer",
            at=NOW - timedelta(days=5),
            now=NOW,
            text="汤里有根头发",
            customer=4,
            store_id="S01",
        ),
        "score": hear(
            key="a2",
            source="answer",
            at=NOW - timedelta(days=6),
            now=NOW,
            score=9,
            customer=5,
            store_id="S02",
        ),
        "ended": ended.voice,
    }


def mended() -> Voice:
    """A complaint of three weeks ago that went the whole way: raised, changed, told, back, with what it brought."""
    products()
    said = NOON - timedelta(days=21)
    complaint = complain(key="mended", at=said, now=said, text="番茄汤太甜", customer=1, store_id="S01")
    close(complaint=complaint, how="mended", by="wang", now=said + timedelta(minutes=5))
    finding = Finding.objects.create(
        title="too sweet soup",
        product_id="P1",
        state="told",
        made_by="operator",
        made_at=said + timedelta(days=2),
        raised_at=said + timedelta(days=2),
    )
    FindingVoice.objects.create(
        finding=finding, voice=complaint.voice, by="operator", at=said + timedelta(days=2)
    )
    Change.objects.create(
        finding=finding,
        kind="recipe",
        product_id="P1",
        to_version="2",
        begins_on=(said + timedelta(days=11)).date(),
        decided_by="owner",
        at=said + timedelta(days=11),
    )
    Telling.objects.create(
        finding=finding,
        voice=complaint.voice,
        customer=1,
        wave=0,
        planned_at=said + timedelta(days=13),
        due_at=said + timedelta(days=14),
        told_at=said + timedelta(days=14),
        back_on=(said + timedelta(days=19)).date(),
        revenue=16_800,
    )
    return complaint.voice


def talked() -> Interview:
    """An interview with the first customer."""
    return interview(
        key="talk",
        customer=1,
        store_id="S01",
        by="manager",
        answers=[("occasion", "下班一个人,走到哪算哪"), ("lacking", "一个人点不了火锅,想要小份的番茄汤")],
        tags=["一个人吃", "靠窗"],
        now=NOW,
    )


def ask(question: str = "again", token: str = "t" * 32) -> Ask:
    """A question that was sent this morning about an order of the first customer."""
    return Ask.objects.create(
        key=f"till {token}",
        customer=1,
        source="till",
        order_id="T1",
        store_id="S01",
        visited_on=date(2026, 11, 20),
        question=question,
        token=token,
        asked_at=NOW,
        expires_at=NOW + timedelta(days=14),
    )


def promise(token: str = "p" * 32) -> Promise:
    """The question whether to be told, about the complaint that waits."""
    return Promise.objects.create(voice=waiting().voice, asked_at=NOW, token=token)
