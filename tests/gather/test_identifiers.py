"""One spelling a person, and what only looks like a person identifies nobody."""

from __future__ import annotations

import hashlib
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from regulars.gather.rules.identifiers import IDENTIFIERS, hashed, normalise, normalise_all


@pytest.mark.parametrize(
    ("type", "raw", "region", "value"),
    [
        ("phone", "13912345670", "CN", "+8613912345670"),
        ("phone", "139-1234 5670", "CN", "+8613912345670"),
        ("phone", "+86 139 1234 5670", "GB", "+8613912345670"),
        ("phone", "008613912345670", "CN", "+8613912345670"),
        ("phone", "１３９１２３４５６７０", "CN", "+8613912345670"),
        ("phone", "13912345670.0", "CN", "+8613912345670"),
        ("phone", "021-6234 5678", "CN", "+862162345678"),
        ("phone", "(415) 555-2671", "US", "+14155552671"),
        ("phone", "07911 123456", "GB", "+447911123456"),
        ("phone", "+44 7911 123456", "CN", "+447911123456"),
        ("email", " Ann.Lee@Shop.COM ", "CN", "ann.lee@shop.com"),
        ("email", "mailto:<a@b.co>", "CN", "a@b.co"),
        ("member_card", " vip-0012 34 ", "CN", "VIP001234"),
        ("member_card", "6280", "CN", "6280"),
        ("member_card", "6280.0", "CN", "6280"),
        ("wechat_openid", "oGZUI0egBJY1zhBYw2KhdUfwVJJE", "CN", "oGZUI0egBJY1zhBYw2KhdUfwVJJE"),
        ("payment_token", "2088-Ab", "CN", "2088-Ab"),
        ("device", "AB:CD:EF:01", "CN", "ab:cd:ef:01"),
        ("external", "0042", "CN", "0042"),
    ],
)
def test_an_identifier_has_one_spelling(type: str, raw: str, region: str, value: str) -> None:
    assert normalise(type, raw, region).value == value


NOBODY = ("", "  ", "0", "-1", "null", "Anonymous", "N/A", "000000", "---", "匿名", "散客")


@pytest.mark.parametrize(
    ("type", "raw"),
    [
        *((type, raw) for type in IDENTIFIERS for raw in NOBODY),
        ("phone", "13800138000"), ("phone", "13800000000"), ("phone", "11111111111"), ("phone", "12345"),
        ("phone", "139123456789012345"),
        ("phone", "18888888888"), ("phone", "call me"), ("email", "test@test.com"), ("email", "a@example.com"),
        ("email", "nobody"),
        ("email", "a@b"), ("email", "a b@c.de"), ("member_card", "999999"), ("external", "x" * 255),
    ],
)  # fmt: skip
def test_a_placeholder_identifies_nobody_and_says_why(type: str, raw: str) -> None:
    normal = normalise(type, raw, "CN")
    assert normal.value is None
    assert normal.blocked


@given(
    type=st.sampled_from(IDENTIFIERS),
    raw=st.text(max_size=40),
    region=st.sampled_from(["CN", "US", "GB", "DE"]),
)
def test_normalising_twice_is_normalising_once(type: str, raw: str, region: str) -> None:
    once = normalise(type, raw, region)
    assert (once.value is None) != (once.blocked is None)
    if once.value is not None:
        assert normalise(type, once.value, region).value == once.value


@given(number=st.integers(13_000_000_000, 19_999_999_999), region=st.sampled_from(["CN", "US"]))
def test_a_phone_with_its_country_is_the_same_from_every_region(number: int, region: str) -> None:
    assert normalise("phone", f"+86{number}", region) == normalise("phone", f"0086 {number}", "CN")


def test_the_hash_is_half_of_an_hmac_over_type_and_value() -> None:
    key = bytes(range(32))
    whole = hmac.new(key, b"phone:+8613912345670", hashlib.sha256).hexdigest()
    assert hashed(key, "phone", "+8613912345670") == whole[:32]
    assert hashed(key, "email", "+8613912345670") != whole[:32]


def test_an_external_number_is_its_sources_own() -> None:
    pairs = [("external", "7"), ("member_card", "7"), ("phone", "0")]
    till, values, reasons = normalise_all(pairs, "CN", b"k", "till")
    crm, _, _ = normalise_all(pairs, "CN", b"k", "crm")
    assert values == ["till:7", "7", None]
    assert reasons == [None, None, "zero or minus one"]
    assert till[0] != crm[0]
    assert till[1] == crm[1]
    assert till[2] is None
