"""R09: differences between two texts: nothing lost, nothing invented, and never slow."""

from __future__ import annotations

import random
import time
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.differences import Run, RunKind
from services.intake.model.differences import differences

WORDS = st.text(st.sampled_from("区办改造小区，。\n a1"), max_size=60)


def shown(runs: list[Run]) -> str:
    marks = {RunKind.SAME: "{}", RunKind.ADDED: "+{}+", RunKind.REMOVED: "-{}-"}
    return "".join(marks[run.kind].format(run.text) for run in runs)


def text_of(runs: list[Run], *kinds: RunKind) -> str:
    return "".join(run.text for run in runs if run.kind in kinds)


@given(WORDS, WORDS)
def test_R09_same_and_removed_runs_are_the_earlier_text_same_and_added_the_later(earlier: str, later: str) -> None:
    runs = differences(earlier, later)
    assert text_of(runs, RunKind.SAME, RunKind.REMOVED) == earlier
    assert text_of(runs, RunKind.SAME, RunKind.ADDED) == later


@given(WORDS, WORDS)
def test_R09_no_run_is_empty_and_neighbours_differ_in_kind(earlier: str, later: str) -> None:
    runs = differences(earlier, later)
    assert all(run.text for run in runs)
    assert all(one.kind is not other.kind for one, other in pairwise(runs))


@given(WORDS)
def test_R09_equal_texts_have_no_differences(text: str) -> None:
    assert all(run.kind is RunKind.SAME for run in differences(text, text))


@pytest.mark.parametrize(
    ("earlier", "later", "runs"),
    [
        ("完成改造32个小区。", "完成改造35个小区。", "完成改造3-2-+5+个小区。"),
        ("今年以来，我区完成改造。", "我区完成改造。", "-今年以来，-我区完成改造。"),
        ("居民满意。", "居民满意。下一步，继续推进。", "居民满意。+下一步，继续推进。+"),
        ("", "新稿", "+新稿+"),
        ("甲区报三起，均已办结。", "乙区报两起，均已办妥。", "-甲-+乙+区报-三-+两+起，均已办-结-+妥+。"),
    ],
)
def test_R09_differences_are_by_character(earlier: str, later: str, runs: str) -> None:
    assert shown(differences(earlier, later)) == runs


LONG = 50_000
_ONE, _OTHER = ("".join(random.Random(seed).choices("一二三四五", k=LONG)) for seed in (4, 5))
_HARD = {
    "two different texts": (_ONE, _OTHER),
    "one character": ("一" * LONG, "一" * (LONG // 2) + "二" * (LONG // 2)),
    "empty lines": ("\n" * LONG, "\n一" * (LONG // 2)),
    "reversed": ((text := "".join(map(chr, range(0x4E00, 0x9E00)))), text[::-1]),
}


@pytest.mark.parametrize("pair", _HARD.values(), ids=_HARD)
def test_R09_texts_of_50_000_characters_are_compared_at_once(pair: tuple[str, str]) -> None:
    began = time.process_time()
    differences(*pair)
    assert time.process_time() - began < 3  # a tenth of that on a quiet machine; difflib takes minutes
