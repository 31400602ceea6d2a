"""One person's phone, card or token has one spelling here, and what only looks like one identifies nobody."""

from __future__ import annotations

import hmac
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256

import phonenumbers

IDENTIFIERS = (
    "phone",
    "email",
    "wechat_unionid",
    "wechat_openid",
    "member_card",
    "payment_token",
    "device",
    "external",
)
SEARCHABLE = ("phone", "email", "member_card", "external")  # those whose plain value the desk keeps
ABSENT = (
    "blank",
    "zero or minus one",
    "all zeros or signs",
)  # nothing was given, so nothing was typed either
BLOCKED_WORDS = frozenset(
    [
        "0",
        "-1",
        "null",
        "none",
        "nan",
        "n/a",
        "na",
        "nil",
        "unknown",
        "anonymous",
        "anon",
        "guest",
        "walkin",
        "walk-in",
        "cash",
        "customer",
        "test",
        "dummy",
        "default",
        "empty",
        "散客",
        "匿名",
        "无",
        "未知",
        "游客",
        "测试",
        "非会员",
        "普通顾客",
    ]
)
MAIL_WORDS = frozenset(
    ("test", "noreply", "no-reply", "none", "null", "na", "anonymous", "unknown", "example")
)
MAIL_PLACES = frozenset(
    ("test.com", "example.com", "example.org", "example.net", "test.test", "none.com", "qq.cn")
)
DUMMY_PHONES = frozenset(
    ("+8613800138000", "+8613800000000", "+8613888888888", "+8613900000000", "+8618888888888")
)

_CHINESE_MOBILE = re.compile(r"(?:\+?86|0086)?(1[3-9]\d{9})")
_MAIL = re.compile(r"[^@\s,;<>()\"]{1,64}@[^@\s.,;<>()\"]+(?:\.[^@\s.,;<>()\"]+)+")


@dataclass(frozen=True)
class Normal:
    """An identifier in its one spelling, or the reason why it identifies nobody; exactly one of the two is set."""

    value: str | None
    blocked: str | None = None


def normalise(type: str, raw: str, region: str) -> Normal:
    """The one spelling of an identifier as a source wrote it; ``region`` (ISO 3166) is for phones without a country.

    Normalising what comes out changes nothing.
    """
    text = unicodedata.normalize("NFKC", raw).strip()
    if type != "email" and text.endswith(".0") and text[:-2].isdigit():
        text = text[:-2]  # a number column with gaps, as spreadsheets export it
    word = text.lower()
    if not word:
        return Normal(None, "blank")
    if word in BLOCKED_WORDS:
        return Normal(
            None, f"stands for nobody ({word})" if not word.lstrip("-").isdigit() else "zero or minus one"
        )
    digits = re.sub(r"\D", "", word)
    if not digits.strip("0") and re.fullmatch(r"[\d\W_]+", word):
        return Normal(None, "all zeros or signs")
    match type:
        case "phone":
            return _phone(text, region)
        case "email":
            return _email(word)
        case "member_card":
            return _code(re.sub(r"[\s\-]", "", text).upper())
        case "device":
            return _code(word)
        case _:
            return _code(text)


def _phone(text: str, region: str) -> Normal:
    compact = re.sub(r"[\s\-().·]", "", text)
    mobile = (
        _CHINESE_MOBILE.fullmatch(compact)
        if region == "CN" or not compact[:1].isdigit() or compact[:2] == "00"
        else None
    )
    if mobile and (region == "CN" or compact.startswith(("+86", "0086"))):
        found = "+86" + mobile[1]
    else:
        try:
            number = phonenumbers.parse("+" + compact[2:] if compact.startswith("00") else compact, region)
        except phonenumbers.NumberParseException:
            return Normal(None, "not a phone number")
        if not phonenumbers.is_possible_number(number) or (number.national_number or 0) < 10**6:
            return Normal(None, "not a phone number")
        found = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if found in DUMMY_PHONES or re.search(r"(\d)\1{7}$", found) or found.endswith(("12345678", "23456789")):
        return Normal(None, "a number nobody has")
    return Normal(found)


def _email(word: str) -> Normal:
    word = word.removeprefix("mailto:").strip("<>")
    if not _MAIL.fullmatch(word) or len(word) > 254:
        return Normal(None, "not an e-mail address")
    name, _, place = word.rpartition("@")
    if place in MAIL_PLACES or name in MAIL_WORDS:
        return Normal(None, "an address nobody has")
    return Normal(word)


def _code(text: str) -> Normal:
    if not text:
        return Normal(None, "blank")
    if text.lower() in BLOCKED_WORDS:
        return Normal(None, "stands for nobody")
    if len(text) >= 6 and len(set(text)) == 1:
        return Normal(None, "one sign repeated")
    if len(text) > 254:
        return Normal(None, "too long for an identifier")
    return Normal(text)


@cache
def _keyed(key: bytes) -> hmac.HMAC:
    return hmac.new(key, digestmod=sha256)


def hashed(key: bytes, type: str, value: str) -> str:
    """The first 32 hexadecimal digits of HMAC-SHA256(key, type + ":" + normalised value); RFC 2104."""
    signing = _keyed(key).copy()
    signing.update(f"{type}:{value}".encode())
    return signing.hexdigest()[:32]


def normalise_all(
    pairs: Iterable[tuple[str, str]], region: str, key: bytes, source: str
) -> tuple[list[str | None], list[str | None], list[str | None]]:
    """Hashes, values and reasons for blocking of many (type, raw) pairs, in their order.

    An external number is the source's own, so the source is part of it: two sources may number alike.
    """
    hashes: list[str | None] = []
    values: list[str | None] = []
    reasons: list[str | None] = []
    for type, raw in pairs:
        normal = normalise(type, raw, region)
        value = f"{source}:{normal.value}" if type == "external" and normal.value else normal.value
        values.append(value)
        hashes.append(hashed(key, type, value) if value else None)
        reasons.append(normal.blocked)
    return hashes, values, reasons
