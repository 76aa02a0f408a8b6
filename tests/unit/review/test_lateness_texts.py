"""The one line that answers for a leader (R17)."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.supervision import LeaderLateness
from services.review.model.instructions import leader_named
from services.review.model.lateness_texts import line_en, line_zh
from tests.factories.review import NOW


@given(late=st.integers(0, 9), more=st.integers(0, 9), office=st.integers(0, 9))
def test_R17_the_line_is_one_line_with_every_number_that_is_not_nought(late: int, more: int, office: int) -> None:
    row = LeaderLateness(
        leader="陈副市长", unfinished=late + more, late=late, late_units=["和平区"] * bool(late),
        oldest_due_at=NOW if late else None, office_late=office,
    )  # fmt: skip
    said = line_zh(row)
    assert said.startswith("陈副市长：")
    assert "\n" not in said
    assert ("没有逾期" in said) is (late == 0)
    assert (f"逾期{late}件（和平区）" in said) is (late > 0)
    assert (f"督办部门超时未办{office}件" in said) is (office > 0)
    assert (f"未办结{late + more}件" in said) is (late + more > 0)
    assert ("nobody is late" in line_en(row)) is (late == 0)


@given(st.text(alphabet="陈副市长 \u3000\t", max_size=12))
def test_R17_blanks_make_no_second_leader(name: str) -> None:
    assert leader_named(name) == "".join(name.split()) == leader_named(leader_named(name))


@pytest.mark.parametrize(
    ("written", "named"),
    [
        (" José \t García ", "José García"), ("John  Smith", "John Smith"), ("张\u3000三 丰", "张三丰"),
        ("张 三 Smith", "张三 Smith"), ("买买提 · 艾力", "买买提 · 艾力"), ("", ""),
    ],
)  # fmt: skip
def test_R17_blanks_that_part_words_stay(written: str, named: str) -> None:
    assert leader_named(written) == named
