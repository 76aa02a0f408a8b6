"""R12: a project from topic to report and its use; R06: topics that rise are shown to editors."""

from __future__ import annotations

from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.events.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from contracts.events.intake import ReportReclassified, ReportRegistered
from contracts.events.research import ResearchProjectStarted
from contracts.rpc.research import ProjectState, ResearchProject
from contracts.rpc.secrecy import WITHHELD_TITLE
from contracts.vocabulary import InstructionClass, Kind, Level, Secrecy
from kernel.errors import Conflict, Invalid, NotFound
from tests.factories.review import (
    CHIEF,
    EDITOR,
    FOREIGN_OFFICER,
    HANGU,
    HEPING,
    LEADER,
    NOW,
    OFFICER,
    ReviewOffice,
    at_once,
    registered,
)

DAY = timedelta(days=1)
PROJECT = UUID(int=0x_5001)


def start(office: ReviewOffice, **changes: Any) -> ResearchProject:
    values = {
        "project_id": PROJECT, "topic": "老旧管网漏损", "plan": "走访六区，十二月成稿。", "lead_unit_id": HEPING,
        "milestones": [{"name": "走访", "due_at": NOW + 10 * DAY}, {"name": "成稿", "due_at": NOW + 20 * DAY}],
    } | changes  # fmt: skip
    started: ResearchProject = office.do("start_project", EDITOR, **values)
    return started


def study(office: ReviewOffice, **changes: Any) -> ReportRegistered:
    report = registered(kind=Kind.RESEARCH, title="关于老旧管网漏损的调研报告", **changes)
    office.register(report)
    return report


def shown(office: ReviewOffice, by: Any = EDITOR) -> ResearchProject:
    project: ResearchProject = office.do("get_project", by, project_id=PROJECT)
    return project


def complete(office: ReviewOffice, place: int, by: Any = OFFICER) -> None:
    chosen = shown(office).milestones[place].milestone_id
    office.do("complete_milestone", by, project_id=PROJECT, milestone_id=chosen)


def test_R12_milestones_remind_and_are_met_or_missed_by_when_they_are_completed(office: ReviewOffice) -> None:
    start(office, partner_unit_ids=[HANGU, HEPING, HANGU])
    (told,) = office.told(ResearchProjectStarted)
    assert told.unit_ids == [HEPING, HANGU]
    office.harness.clock.at = NOW + 8 * DAY
    office.sweep()
    assert [told.threshold_percent for told in office.told(DeadlineApproaching)] == [50, 80]
    complete(office, 0)
    office.harness.clock.at = NOW + 21 * DAY
    office.sweep()
    assert (len(office.told(DeadlineMet)), len(office.told(DeadlineMissed))) == (1, 1)
    complete(office, 1)
    assert [milestone.outcome.value for milestone in shown(office).milestones] == ["met", "missed"]
    with pytest.raises(Conflict):
        complete(office, 1)


def test_R12_notes_are_only_added_by_the_city_and_the_units_that_take_part(office: ReviewOffice) -> None:
    start(office)
    for by, text in ((OFFICER, "已走访三区。"), (EDITOR, "请补数据。")):
        office.do("note_project", by, project_id=PROJECT, text=text)
    assert [note.text for note in shown(office, OFFICER).notes] == ["已走访三区。", "请补数据。"]
    with pytest.raises(NotFound):
        office.do("note_project", FOREIGN_OFFICER, project_id=PROJECT, text="旁听")
    assert office.do("list_projects", FOREIGN_OFFICER).items == []


def test_R12_the_report_is_linked_and_its_use_follows_from_the_desk(office: ReviewOffice) -> None:
    start(office)
    with pytest.raises(Conflict):
        office.do("finish_project", EDITOR, project_id=PROJECT)
    report, plain, foreign = study(office), registered(), study(office, unit_id=HANGU)
    office.register(plain)
    for wrong in (plain, foreign):
        with pytest.raises(Invalid):
            office.do("link_result", EDITOR, project_id=PROJECT, report_id=wrong.report_id)
    office.do("link_result", EDITOR, project_id=PROJECT, report_id=report.report_id)
    issue = office.open_issue()
    office.do("adopt_report", EDITOR, report_id=report.report_id, issue_id=issue.issue_id)
    office.publish(issue.issue_id)
    office.do(
        "record_instruction", LEADER, instruction_id=uuid4(), issue_id=issue.issue_id, report_id=report.report_id,
        leader="陈副市长", text="请阅研。", instruction_class=InstructionClass.FOR_REFERENCE, given_at=NOW,
        assignments=[],
    )  # fmt: skip
    above = {"report_id": report.report_id, "level": Level.STATE}
    office.do("pass_up_report", EDITOR, **above)
    office.do("record_outcome", EDITOR, **above, outcome="adopted", happened_at=NOW)
    finished = office.do("finish_project", CHIEF, project_id=PROJECT)
    assert finished.state is ProjectState.FINISHED
    assert finished.result is not None
    assert (finished.result.adopted_in, finished.result.instructed_by) == (["每日要情 2026年第1期"], ["陈副市长"])
    assert (finished.result.passed_up_to, finished.result.outcomes) == ([Level.STATE], ["国家级采用"])
    assert [milestone.outcome.value for milestone in finished.milestones] == ["waived", "waived"]
    for reader in (OFFICER, LEADER):  # as of `list_passings`: of the desk
        result = shown(office, reader).result
        assert result is not None
        assert (result.adopted_in, result.passed_up_to, result.outcomes) == (finished.result.adopted_in, [], [])


def test_R12_a_dropped_project_says_why_and_takes_no_more(office: ReviewOffice) -> None:
    start(office)
    drop = partial(office.do, "drop_project", EDITOR, project_id=PROJECT, reason="并入另一课题")
    results = at_once(drop, drop)
    assert len([result for result in results if isinstance(result, Conflict)]) == 1
    assert shown(office).dropped_because == "并入另一课题"
    with pytest.raises(Conflict):
        complete(office, 0)


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"lead_unit_id": uuid4()}, "/lead_unit_id"),
        ({"partner_unit_ids": [HANGU, uuid4()]}, "/partner_unit_ids/1"),
        ({"milestones": [{"name": "昨天", "due_at": NOW - DAY}]}, "/milestones/0/due_at"),
    ],
)
def test_R12_what_cannot_be_started_is_refused_by_the_field(
    office: ReviewOffice, changes: dict[str, Any], pointer: str
) -> None:
    with pytest.raises(Invalid) as refused:
        start(office, **changes)
    assert refused.value.pointer == pointer


def test_R07_a_report_above_the_reader_is_no_result_and_the_topic_it_gave_is_withheld(office: ReviewOffice) -> None:
    source, report = registered(), study(office)
    office.register(source)
    start(office, from_report_id=source.report_id)
    office.do("link_result", EDITOR, project_id=PROJECT, report_id=report.report_id)
    for raised in (source, report):
        told = ReportReclassified(
            report_id=raised.report_id, number=raised.number, unit_id=HEPING, secrecy=Secrecy.SECRET, known_as=[],
            deadline_ids=[], raised_by="钱信息员", raised_at=NOW,
        )  # fmt: skip
        office.harness.deliver(told, raised.report_id)
    assert (shown(office).topic, shown(office).result) == (WITHHELD_TITLE, None)


def test_R06_a_topic_rises_when_a_week_brings_more_than_the_weeks_before_on_average(office: ReviewOffice) -> None:
    recent, earlier = NOW - DAY, NOW - 10 * DAY
    office.register(
        *(registered(topic="供热", received_at=recent) for _ in range(3)),
        *(registered(topic="供热", received_at=earlier) for _ in range(11)),
        *(registered(topic="防汛", received_at=recent) for _ in range(3)),
        *(registered(topic="防汛", received_at=earlier) for _ in range(12)),
        *(registered(topic="招商", received_at=recent) for _ in range(2)),
        registered(received_at=recent),
        registered(topic="供热", received_at=NOW - 36 * DAY, unit_id=HANGU),
    )
    found = office.do("rising_topics", EDITOR)
    assert [(row.topic, row.reports, row.before, row.units) for row in found.items] == [("供热", 3, 11, 1)]
    assert found.without_topic == 1
