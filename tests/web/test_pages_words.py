"""Every word a person reads is there in both languages, and no page carries what its policy forbids."""

from __future__ import annotations

import ast
import re
from html.parser import HTMLParser

import pytest
from django.utils.translation import override

from regulars.gather.actions.judge import FOREIGN
from regulars.measure.actions import definitions
from regulars.web import words
from regulars.web.retold import PATTERNS, retold
from regulars.web.written import language, share
from tests.web import cast, messages
from tests.web.conftest import LogIn

PATHS = (
    "/",
    "/customers/",
    "/customers/1/",
    "/stores/",
    "/stores/S01/",
    "/cohorts/",
    "/cohorts/?by=offer",
    "/imports/",
    "/outbox/",
    "/plays/",
    "/numbers/",
    "/numbers/cohort_second_visit/?by=store",
    "/numbers/cohort_triangle/",
    "/numbers/lifecycle/",
    "/numbers/revenue_factors/",
    "/imports/1/",
    "/nowhere/",
)
# Names of things and people, in their own letters on a Chinese page too.
NAMES = {
    "EN",
    "KB",
    "MB",
    "CSV",
    "SMTP",
    "STARTTLS",
    "TLS",
    "TOML",
    "JSON",
    "Parquet",
    "Kaplan",
    "Meier",
    "Greenwood",
    "Kalbfleisch",
    "Prentice",
    "Wilson",
    "Shapley",
    "Sun",
    "Fader",
    "Hardie",
    "Lee",
    "BG",
    "NBD",
    "Gamma",
    "Noodle",
    "House",
    "Anna",
    "Tom",
    "owner",
    "csv",
    "png",
    "lines",
    "log",
    "till",
    "members",
    "photo",
    "rows",
    "are",
    "orders",
}


def test_every_message_has_its_chinese() -> None:
    chinese = messages.translated()
    lacking = {
        message: where for message, (_plural, where) in messages.used().items() if not chinese.get(message)
    }
    assert not lacking


def test_the_catalogue_holds_nothing_that_no_page_says() -> None:
    assert not set(messages.translated()) - set(messages.used())


def test_a_chinese_text_fills_in_what_the_english_one_does() -> None:
    slot = re.compile(r"%\(\w+\)[sd]|%%|</?em>")
    for message, chinese in messages.translated().items():
        text = chinese[0] if isinstance(chinese, tuple) else chinese
        assert set(slot.findall(text)) - {"<em>", "</em>"} <= set(slot.findall(message)), message
        assert sorted(slot.findall(text)).count("<em>") == sorted(slot.findall(text)).count("</em>"), message


def test_every_metric_has_its_words() -> None:
    lacking = [each.name for each in definitions() if each.name not in words.WORDS]
    # It stands beside other numbers and is read only through them.
    assert set(lacking) <= {"stores_alike"}


def refusals() -> set[str]:
    """Every sentence that the program refuses something with."""
    calls = [
        node
        for path in messages.PACKAGE.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused"
    ]
    said = [node.args[0].value for node in calls if node.args and isinstance(node.args[0], ast.Constant)]
    return {sentence for sentence in said if isinstance(sentence, str)}


def test_every_refusal_that_pages_tell_again_is_one_that_is_made() -> None:
    assert set(PATTERNS) - refusals() == set()


@pytest.mark.parametrize(("language", "told"), [("en", "only 7 returns"), ("zh-hans", "只见到 7 次再来")])
def test_a_kept_refusal_is_told_again_with_its_facts(language: str, told: str) -> None:
    with override(language):
        sentence = retold("only 7 returns have been seen; a rhythm needs 30, 23 more")
        assert sentence.startswith(told)
        assert "23" in sentence
        assert retold("something else, 100 % new") == "something else, 100 % new"


def test_a_reason_that_gather_fills_in_is_told_again_with_its_fact() -> None:
    with override("zh-hans"):
        assert retold(FOREIGN.format(name="till, May")).startswith("这笔订单已由导入“till, May”带入")
        assert retold("has no order number") == "没有订单号"


@pytest.mark.parametrize(
    ("page", "tag", "said"),
    [("en", "zh-Hans", "Chinese (Simplified)"), ("zh-hans", "en", "英语"), ("en", "klingon!", "klingon!")],
)
def test_a_language_has_its_name_and_an_unknown_one_stays_as_it_is(page: str, tag: str, said: str) -> None:
    with override(page):
        assert language(tag) == said


@pytest.mark.parametrize(
    ("value", "said"), [(1.0, "100%"), (0.0, "0%"), (0.9996, "100.0%"), (0.571, "57.1%")]
)
def test_all_and_none_need_no_decimals(value: float, said: str) -> None:
    assert share(value, 1) == said


class Visible(HTMLParser):
    """The text of a page that is seen or read aloud."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.inside: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.said += [
            value or "" for name, value in attrs if name in ("aria-label", "placeholder", "title", "alt")
        ]
        if tag in ("script", "style", "pre"):
            self.inside.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.inside and self.inside[-1] == tag:
            self.inside.pop()

    def handle_data(self, data: str) -> None:
        if not self.inside:
            self.said.append(data)


@pytest.mark.django_db
@pytest.mark.usefixtures("made_brand")
@pytest.mark.parametrize("path", PATHS)
def test_a_chinese_page_says_nothing_in_english(log_in: LogIn, path: str) -> None:
    page = Visible()
    page.feed(log_in("owner", language="zh-hans").get(cast.address(path)).content.decode())
    said = " ".join(page.said)
    for name in [
        *cast.STORES.values(),
        *cast.DISHES,
        "the date cannot be read",
        "the amount is not a number",
        "read 40,000 rows",
    ]:
        said = said.replace(name, " ")
    assert {word for word in re.findall(r"[A-Za-z]{2,}", said) if word not in NAMES} == set()
    assert re.search(r"[\u4e00-\u9fff]", said)


@pytest.mark.django_db
@pytest.mark.usefixtures("made_brand")
@pytest.mark.parametrize("path", PATHS)
def test_a_page_keeps_to_its_own_policy(log_in: LogIn, path: str) -> None:
    answer = log_in("owner").get(cast.address(path))
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    text = answer.content.decode()
    assert not re.search(r"\sstyle=|<style|\son\w+=|javascript:|hx-on", text)
    assert not re.search(r"<script(?![^>]*\ssrc=)", text)
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", text)
    assert answer.headers["Cache-Control"] == "private, no-cache"
