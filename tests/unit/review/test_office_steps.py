"""The supervision office's own limits: by the rule of the day, in working days, never earlier than it began (R17)."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.office_steps import OfficeStep
from kernel.deadlines.calendar import WorkingCalendar
from services.review.model.office_steps import Case, Waiting, figures_of
from services.review.model.supervision_rules import SupervisionRules
from tests.factories.review import NOW
from tests.unit.review.test_supervision_rules import rule_file

CALENDAR = WorkingCalendar()
STEPS = st.sampled_from(list(OfficeStep))


def case(step: OfficeStep = OfficeStep.DECIDE_FEEDBACK, hours: int = 0) -> Case:
    one = UUID(int=hours)
    since = NOW + timedelta(hours=hours)
    return Case.of(Waiting(step, one, one, None, None, "陈副市长", "供热", None, since), CALENDAR)


@given(step=STEPS, hours=st.integers(0, 24 * 60))
def test_R17_the_office_has_whole_working_days_also_into_a_year_nobody_knows(step: OfficeStep, hours: int) -> None:
    found = case(step, hours)
    assert found.due_at - found.waiting.since >= timedelta(days=found.days) - timedelta(days=1)
    assert not found.late(found.due_at)
    assert found.late(found.due_at + timedelta(microseconds=1))


def test_R17_the_sentence_says_since_when_by_which_rule_and_until_when() -> None:
    found = case()
    words = found.explain_zh(found.waiting.since)
    assert words == (
        "反馈待审核，自2026年11月24日09:00起由督办部门办理；根据“本系统督办规则”（2008-10-24版），应在3个工作日内、"
        "2026年11月27日24:00前办完，尚未到期。"
    )
    assert "已超过" in found.explain_zh(found.due_at + timedelta(seconds=1))


def test_R17_into_a_year_nobody_told_the_sentence_says_that_the_limit_is_provisional() -> None:
    found = case(hours=24 * 36)
    assert "2026年12月30日" in found.explain_zh(found.waiting.since)
    assert "（2027年节假日安排尚未录入，暂按加倍天数计），尚未到期" in found.explain_zh(found.waiting.since)
    assert "the holidays of 2027 are not known yet" in found.explain_en(found.waiting.since)


@given(st.lists(st.tuples(STEPS, st.integers(0, 400)), max_size=9))
def test_R17_figures_count_every_case_once_and_no_more_late_than_open(made: list[tuple[OfficeStep, int]]) -> None:
    now = NOW + timedelta(days=20)
    figures = figures_of([case(step, hours) for step, hours in made], now)
    assert [one.step for one in figures] == list(OfficeStep)
    assert sum(one.open for one in figures) == len(made)
    assert all(0 <= one.late <= one.open and one.oldest_seconds >= 0 for one in figures)


@pytest.mark.parametrize(
    "changes",
    [
        {"office_working_days": {"assign": 1}},
        {"office_working_days": {"assign": 0, "decide_feedback": 1, "decide_extension": 1, "present": 1}},
        {"number_words": {"assignment_notice": "督"}},
        {"number_words": {"assignment_notice": "督", "chasing_notice": " "}},
    ],
)
def test_R17_every_step_has_a_limit_and_every_kind_of_notice_its_word(changes: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="rules"):
        SupervisionRules.model_validate({"rules": [rule_file(**changes)]})
