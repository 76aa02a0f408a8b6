"""Is anyone late for my leader, and the week's list as an official paper (R17)."""

from __future__ import annotations

import base64
from datetime import timedelta

import pytest

from contracts.rpc.instructions import Assignment
from contracts.rpc.supervision import LeaderLateness
from contracts.vocabulary import InstructionClass
from kernel.errors import Forbidden
from tests.factories.review import HANGU, HEPING, LEADER, NOW, OFFICER, SECRETARY, SUPERVISOR, ReviewOffice, feedback
from tests.support.pdf_measures import Measured

DAY = timedelta(days=1)
DUE = NOW + 10 * DAY


def overdue(office: ReviewOffice) -> Assignment:
    """Of 陈副市长, the unit 和平区; decided missed."""
    assignment = office.assign()
    office.harness.clock.at = DUE + timedelta(seconds=2)
    office.advance_mark(DUE + timedelta(seconds=1), total=0)
    office.sweep()
    return assignment


def rows(office: ReviewOffice, leader: str | None = None) -> list[LeaderLateness]:
    found: list[LeaderLateness] = office.do("lateness_by_leader", LEADER, leader=leader).rows
    return found


def test_R17_is_anyone_late_for_my_leader_is_one_line(office: ReviewOffice) -> None:
    office.assign(HANGU, leader="李市长", due_in=30 * DAY)
    overdue(office)
    assert [row.line_zh for row in rows(office)] == [
        "陈副市长：逾期1件（和平区政府办公室），最早的应于2026年12月4日09:00前反馈，未办结1件。",
        "李市长：没有逾期，未办结1件。",
    ]
    assert [(row.late, row.late_units, row.oldest_due_at) for row in rows(office)] == [
        (1, ["和平区政府办公室"], DUE), (0, [], None),
    ]  # fmt: skip


def test_R17_a_leader_who_waits_for_nobody_is_answered_too(office: ReviewOffice) -> None:
    office.instruct(leader="王 副市长", instruction_class=InstructionClass.FOR_REFERENCE)
    assert [row.line_zh for row in rows(office)] == ["王副市长：没有逾期，没有未办结的交办事项。"]
    assert [row.line_zh for row in rows(office, "王 副市长")] == [rows(office)[0].line_zh]
    assert [(row.leader, row.unfinished) for row in rows(office, "从未批示的领导")] == [("从未批示的领导", 0)]
    office.harness.clock.at = NOW + 91 * DAY
    assert rows(office) == []  # nobody closed it, and nobody need do anything upon it


def test_R17_the_office_itself_may_be_late_for_my_leader(office: ReviewOffice) -> None:
    assignment = office.assign(leader="李市长")
    office.register(feedback(assignment.assignment_id, NOW))
    assert [row.office_late for row in rows(office)] == [0]  # it has three working days
    office.harness.clock.at = NOW + 9 * DAY
    (row,) = rows(office)
    assert (row.late, row.office_late) == (0, 1)
    assert row.line_zh == "李市长：没有逾期，督办部门超时未办1件，未办结1件。"


def test_R17_a_leader_is_spelled_one_way(office: ReviewOffice) -> None:
    office.assign(leader="陈副市长 ")
    office.assign(leader="陈 副市长")
    assert [(row.leader, row.unfinished) for row in rows(office)] == [("陈副市长", 2)]
    for written in ("陈副市长", "陈 副市长"):
        found = office.do("list_supervision_ledger", SUPERVISOR, leader=written).items
        assert [row.leader for row in found] == ["陈副市长"] * 2


def test_R17_the_weeks_list_is_an_official_paper_that_answers_for_every_leader(office: ReviewOffice) -> None:
    overdue(office)
    office.assign(HANGU, leader="李市长", due_in=30 * DAY)
    waiting = office.assign(leader="李市长", due_in=30 * DAY)
    office.register(feedback(waiting.assignment_id, office.now))
    done = office.assign(leader="赵市长", due_in=30 * DAY)
    office.register(feedback(done.assignment_id, office.now))
    office.do("accept_feedback", SUPERVISOR, assignment_id=done.assignment_id)
    file = office.do("print_supervision_ledger", SECRETARY, unfinished=True)
    assert file.name == "未办结交办事项清单20261204.pdf"
    text = Measured(base64.b64decode(file.content_base64)).whole_text().replace("\n", "")
    for part in (
        "市政府办公厅督查室", "逾期未反馈1件，办理中2件，办结0件", "一、各位领导的批示有无逾期", "陈副市长：逾期1件",
        "二、逾期未反馈", "三、办理中", "四、督办部门待办", "反馈待审核", "2026年12月4日",
    ):  # fmt: skip
        assert part in text
    ledger = office.do("print_supervision_ledger", SECRETARY, format="docx")
    assert ledger.name == "督办台账20261204.docx"


def test_R17_a_unit_prints_no_paper_in_the_offices_name(office: ReviewOffice) -> None:
    office.instruct(HEPING)
    with pytest.raises(Forbidden):
        office.do("print_supervision_ledger", OFFICER, unfinished=True)
