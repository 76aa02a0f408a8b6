from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kernel.clock import SHANGHAI
from kernel.deadlines.due import stated_due
from kernel.deadlines.model import Deadline
from tests.factories.deadlines import DUE, OCCURRED, urgent_deadline


def extended(reason: str = "道路中断。") -> Deadline:
    deadline = urgent_deadline()
    later = DUE + timedelta(hours=1)
    record = {
        "what": "extended",
        "at": (OCCURRED + timedelta(hours=2)).isoformat(),
        "by_id": "1",
        "by_name": "李强",
        "reason": reason,
        "old_due_at": DUE.isoformat(),
        "due_at": later.isoformat(),
    }
    due = stated_due(later, deadline.rule, deadline.rule_version)
    deadline.move(OCCURRED, due, record, OCCURRED)
    return deadline


def test_R04_an_open_deadline_names_rule_version_start_limit_and_due_time_of_shanghai() -> None:
    said = urgent_deadline().explain()

    assert said.zh == (
        "根据“津政办发〔2008〕146号”（2008版），自事件发生的2026年3月2日07:00（王芳登记）起算，时限为3小时，"
        "截止时间为2026年3月2日10:00（北京时间）；尚未完成。"
    )
    assert said.en == (
        'By "津政办发〔2008〕146号" (version 2008), counted from the occurrence at 2026-03-02 07:00 (entered by 王芳) '
        "with a limit of 3 hours, it is due at 2026-03-02 10:00 Beijing time; not done yet."
    )


def test_R05_a_limit_that_a_service_set_running_names_what_started_it_and_no_person() -> None:
    deadline = urgent_deadline()
    deadline.opened_by, deadline.started_by = "system:intake", "report"
    said = deadline.explain()

    assert "自收到上一件的2026年3月2日07:00起算" in said.zh
    assert "counted from the receipt of the report before at 2026-03-02 07:00 with a limit" in said.en


def test_R17_an_extension_is_told_with_person_and_reason() -> None:
    said = extended().explain()

    assert "原截止时间为2026年3月2日10:00，现截止时间为2026年3月2日11:00" in said.zh
    assert "李强于2026年3月2日09:00将其延期至2026年3月2日11:00，理由：道路中断；" in said.zh
    assert "李强 extended it to 2026-03-02 11:00 on 2026-03-02 09:00, reason: 道路中断;" in said.en


def test_the_outcome_is_told_to_the_second() -> None:
    deadline = urgent_deadline()
    deadline.settle(DUE - timedelta(seconds=1), DUE)

    assert deadline.explain().zh.endswith("；于2026年3月2日09:59:59按时完成。")
    assert deadline.explain().en.endswith("; met at 2026-03-02 09:59:59.")


def test_nothing_came() -> None:
    deadline = urgent_deadline()
    deadline.nothing_until(DUE + timedelta(seconds=2), DUE)

    assert deadline.explain().zh.endswith("；到期未完成，已超时。")


def test_midnight_is_24_00_of_the_day_that_ends() -> None:
    deadline = urgent_deadline(due_at=datetime(2026, 3, 10, tzinfo=SHANGHAI))

    assert "2026年3月9日24:00" in deadline.explain().zh
    assert "2026-03-09 24:00" in deadline.explain().en


@given(st.text(min_size=1, max_size=20).filter(str.strip))
def test_it_is_one_sentence_in_each_language(reason: str) -> None:
    said = extended(reason + "。").explain()

    assert said.zh.count("。") == 1
    assert said.zh.endswith("。")
    assert said.en.count(". ") == 0
    assert said.en.endswith(".")
