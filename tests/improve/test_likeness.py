"""What is suggested for merging, and why; a person decides."""

from __future__ import annotations

from regulars.improve.rules.likeness import Words, cosine, groups, suggested, tokens
from tests.improve.test_raising import voice


def test_chinese_is_read_in_pairs_english_in_words() -> None:
    assert tokens("番茄汤太甜") == ["番茄", "茄汤", "汤太", "太甜"]
    assert tokens("The tomato soup was TOO sweet") == ["tomato", "soup", "sweet"]


def test_the_same_dish_and_words_come_first_with_the_reason() -> None:
    together = [voice(1, 1, text="the tomato soup is far too sweet")]
    same = voice(2, 2, text="tomato soup much too sweet today", product_id="P12")
    nameless = voice(3, 3, text="soup so sweet, tomato taste gone", product_id="", store_id="S09")
    other_dish = voice(4, 4, text="far too sweet", product_id="P99")
    place = voice(5, 5, text="nobody opened the door", product_id="", field="manner")
    others = [place, other_dish, nameless, same]
    found = suggested(together, others, Words([*together, *others]))
    assert [each.voice_id for each, _why in found] == [2, 3]
    assert "dish" in found[0][1].why
    assert "dish" not in found[1][1].why
    assert {"tomato", "soup"} <= set(found[1][1].words)


def test_loose_voices_are_grouped_by_dish_and_by_near_words() -> None:
    loose = [
        voice(1, 1, text="番茄汤太甜了"),
        voice(2, 2, text="番茄汤今天好甜"),
        voice(3, 3, text="番茄汤太甜，喝不下", product_id="", store_id="S02"),
        voice(4, 4, text="等了一个小时", product_id="", field="waiting"),
        voice(5, 5, text="上菜慢", field="waiting"),
    ]
    found = groups(loose, Words(loose))
    assert [sorted(each.voice_id for each in group) for group in found] == [[1, 2, 3]]


def test_one_voice_about_safety_is_shown_alone_and_first() -> None:
    loose = [
        voice(1, 1),
        voice(2, 2),
        voice(3, 3),
        voice(9, 9, text="glass in the rice", product_id="", field="hygiene", safety=True),
    ]
    assert [group[0].voice_id for group in groups(loose, Words(loose))] == [9, 1]


def test_likeness_runs_from_nothing_in_common_to_the_same() -> None:
    words = Words([voice(1, text="tomato soup"), voice(2, text="tomato soup"), voice(3, text="slow lift")])
    assert cosine(words.of[1], words.of[2]) > 0.999
    assert cosine(words.of[1], words.of[3]) == 0.0
