"""R16: the terms that search is made of."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.intake.model.search import normalised, search_question, search_terms, sort_key


@pytest.mark.parametrize(
    ("text", "plain"),
    [("濱海新區", "滨海新区"), ("ＡＢＣ１２３", "abc123"), ("颱風", "台风"), ("①", "1")],
)
def test_R16_width_script_and_case_make_no_difference(text: str, plain: str) -> None:
    assert normalised(text) == plain


def test_R16_text_becomes_pairs_and_its_last_character() -> None:
    assert search_terms("天津市") == "'天津':1 '津市':2 '市':3"


def test_R16_numbers_are_found_without_their_leading_zeros() -> None:
    assert search_terms("2026-0000123") == "'2026':1 '0000123':2 '123':2"


def test_R16_a_phrase_does_not_reach_from_one_text_into_the_next() -> None:
    assert search_terms("天津", "市区") == "'天津':1 '津':2 '市区':4 '区':5"


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("天津市", "('天津' <-> '津市')"),
        ("市", "'市':*"),
        ("2026 天津", "'2026':* & ('天津')"),
        ("!&|()'\\:*", None),
        ("", None),
    ],
)
def test_R16_questions_are_phrases_and_prefixes(question: str, asked: str | None) -> None:
    assert search_question(question) == asked


@given(text=st.text(max_size=60))
def test_R16_no_text_can_break_out_of_a_term(text: str) -> None:
    """Terms hold letters and digits only, so neither quote nor operator of a user reaches the database's parser."""
    terms = search_terms(text)
    for place in terms.split(" ") if terms else []:
        term, _, positions = place.rpartition(":")
        assert term[0] == term[-1] == "'"
        assert term[1:-1].replace("'", "").replace("\\", "") == term[1:-1] != ""
        assert positions.replace(",", "").isdigit()


def test_R16_names_sort_by_pinyin() -> None:
    assert sorted(["河西区", "宝坻区", "津南区"], key=sort_key) == ["宝坻区", "河西区", "津南区"]
