"""R06: how alike two texts are, and the sketches by which one finds the other."""

from __future__ import annotations

import itertools
from zlib import crc32

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.texts import Writer
from services.intake.model.similar import (
    BINS,
    SIMILAR,
    SPEAKING,
    equal_sentences,
    likeness,
    plain,
    shingles_of,
    sketch_of,
)

TEXTS = st.text(max_size=80)
CHINESE = st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), max_size=60)


@pytest.mark.parametrize(
    ("text", "left"),
    [("濱海新區，１２ 人", "滨海新区12人"), ("ＡＢ。", "ab"), ("①", "1"), ("。！？ \n", ""), ("", "")],
)
def test_R06_width_script_case_and_punctuation_make_no_difference(text: str, left: str) -> None:
    assert plain(text) == left


@given(TEXTS, TEXTS)
def test_R06_likeness_is_the_same_from_both_sides(one: str, other: str) -> None:
    ours, theirs = shingles_of(one), shingles_of(other)
    assert likeness(ours, theirs) == likeness(theirs, ours)
    assert 0.0 <= likeness(ours, theirs) <= 1.0


@given(TEXTS, TEXTS)
def test_R06_a_text_is_wholly_like_itself_and_an_empty_one_like_none(title: str, body: str) -> None:
    shingles = shingles_of(title, body)
    assert likeness(shingles, shingles) == (1.0 if shingles else 0.0)


@given(CHINESE)
def test_R06_texts_without_a_common_character_are_not_alike(text: str) -> None:
    assert likeness(shingles_of(text), shingles_of("abc def 123 456")) == 0.0


@given(st.frozensets(st.integers(0, 30)), st.frozensets(st.integers(0, 30)), st.integers(0, 30))
def test_R06_what_both_gain_in_common_never_makes_them_less_alike(
    one: frozenset[int], other: frozenset[int], more: int
) -> None:
    ours, theirs = (frozenset(map(str, numbers)) for numbers in (one, other))
    assert likeness(ours | {str(more)}, theirs | {str(more)}) >= likeness(ours, theirs)


@given(st.text(max_size=200), st.text(max_size=200))
def test_R06_any_text_has_a_whole_sketch_or_none(title: str, body: str) -> None:
    shingles = shingles_of(title, body)
    sketch = sketch_of(shingles)
    assert (sketch is None) == (len(shingles) < SPEAKING)
    if sketch is not None:
        assert sketch.agreement(sketch.bins) == 1.0
        assert all(-(2**31) <= band < 2**31 for band in sketch.bands)


def test_R06_a_sketch_is_the_same_in_every_process() -> None:
    sketch = sketch_of(shingles_of("河西区某小区管网改造", "截至十月三十一日，全区共改造老旧小区管网一百二十处。"))
    assert sketch is not None
    assert len(sketch.bins) == BINS
    assert (crc32(sketch.bins), crc32(repr(sketch.bands).encode())) == (3693531944, 750281702)


def test_R06_a_copy_with_15_percent_changed_is_similar_and_another_report_is_not() -> None:
    writer = Writer(6)
    for report in [writer.report() for _ in range(40)]:
        copy, other = writer.copy(report), writer.report()
        shingles = shingles_of(report.title, report.body)
        assert likeness(shingles, shingles_of(copy.title, copy.body)) >= SIMILAR
        assert likeness(shingles, shingles_of(other.title, other.body)) < SIMILAR


def test_R06_sketches_agree_about_as_much_as_their_texts_are_alike() -> None:
    writer = Writer(7)
    report = writer.report()
    copy = writer.copy(report)
    ours, theirs = shingles_of(report.title, report.body), shingles_of(copy.title, copy.body)
    one, other = sketch_of(ours), sketch_of(theirs)
    assert one is not None
    assert other is not None
    assert one.agreement(other.bins) == pytest.approx(likeness(ours, theirs), abs=0.2)


PIECES = ["今日完成改造三十二处。", "群众反映良好！", "ok。", "\n", "　", "；", "另有资金缺口；"]
SENTENCES = st.lists(st.sampled_from(PIECES))


@given(SENTENCES.map("".join), SENTENCES.map("".join))
def test_R06_equal_sentences_lie_inside_both_texts_and_are_equal(text: str, other: str) -> None:
    pairs = equal_sentences(text, other)
    for here, there in pairs:
        ours, theirs = text[here.begin : here.end], other[there.begin : there.end]
        assert plain(ours) == plain(theirs) != ""
        assert ours == ours.strip()
    for spans in zip(*pairs, strict=True):
        ordered = sorted(spans, key=lambda span: span.begin)
        assert all(one.end <= other.begin for one, other in itertools.pairwise(ordered))


@given(TEXTS, TEXTS)
def test_R06_no_text_is_too_odd_to_look_for_equal_sentences(text: str, other: str) -> None:
    for here, there in equal_sentences(text, other):
        assert 0 <= here.begin < here.end <= len(text)
        assert 0 <= there.begin < there.end <= len(other)


def test_R06_a_sentence_is_equal_whatever_its_punctuation_and_order() -> None:
    here = "今日上午，我区召开推进会。随后检查三家企业！"
    there = "随后检查三家企业。\n今日上午我区召开推进会；"
    found = [(here[one.begin : one.end], there[other.begin : other.end]) for one, other in equal_sentences(here, there)]
    assert found == [
        ("今日上午，我区召开推进会。", "今日上午我区召开推进会；"), ("随后检查三家企业！", "随后检查三家企业。"),
    ]  # fmt: skip
