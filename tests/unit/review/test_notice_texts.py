"""What notices of supervision say of the time that is left (R17)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from contracts.rpc.instructions import Assignment, AssignmentPart
from contracts.rpc.notices import NoticeKind
from contracts.vocabulary import AssignmentState
from services.review.model.notice_texts import content_of
from tests.factories.review import NOW


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=13, hours=8), "距截止还有13天"),
        (timedelta(hours=23), "即将到期"),
        (timedelta(0), "已经逾期"),
        (timedelta(days=-2), "已经逾期"),
    ],
)
def test_R17_a_chasing_notice_says_how_long_there_is(left: timedelta, words: str) -> None:
    assignment = Assignment.model_construct(
        leader="陈副市长", report_title="供热", part=AssignmentPart.LEAD, requirement="请反馈", unit_name="河西区",
        state=AssignmentState.RECEIVED, due_at=NOW + left, renewed_due_at=None,
    )  # fmt: skip
    first = content_of(NoticeKind.CHASING, assignment, NOW)["pieces"][0]["text"]
    assert first.endswith(f"至今未收到反馈，{words}。")
