"""What cannot be done is refused with the field and the way out, and leaves nothing half done; of those who race, one
has his way. The cases are those of the desk, its publications, instructions, commissions, guidance and research."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text

from contracts.events import review as events
from contracts.rpc.combined import Share
from contracts.rpc.desk import DeskItem
from contracts.rpc.guidance import Guidance
from contracts.rpc.instructions import NewAssignment
from contracts.rpc.issues import Issue
from contracts.rpc.research import ResearchProject
from contracts.vocabulary import DeadlineOutcome, InstructionClass
from kernel.audit.entries import entries
from kernel.errors import Conflict, Invalid, Refusal, StaleVersion
from kernel.outbox import kernel_metadata
from services.review.model.base import Base
from tests.factories.review import (
    CHIEF,
    EDITOR,
    HANGU,
    HEPING,
    LEADER,
    NOW,
    OFFICER,
    OTHER_EDITOR,
    SUPERVISOR,
    ReviewOffice,
    at_once,
    feedback,
    registered,
)
from tests.integration.review import test_research as research
from tests.integration.review.test_amendments import withdrawn
from tests.integration.review.test_commissions import issue as commission
from tests.integration.review.test_guidance import save as save_guidance
from tests.integration.review.test_supervision import DUE, ask

DAY = timedelta(days=1)
Act = Callable[[], object]


def everything(office: ReviewOffice) -> dict[str, str]:
    """Every row of the service, its events and its evidence, as a fingerprint of each table; not the answers kept for
    whoever repeats a command, which a refusal is too."""
    content = "md5(coalesce(string_agg(t::text, chr(10) ORDER BY t::text), ''))"
    tables = {*Base.metadata.tables, *kernel_metadata.tables, entries.name} - {"commands"}
    with office.harness.database.reading() as session:
        return {
            name: session.execute(text(f"SELECT count(*) || ' ' || {content} FROM {name} t")).scalar_one()
            for name in tables
        }


def adopt_withdrawn(office: ReviewOffice) -> Act:
    issue, report = office.open_issue(), registered()
    office.register(report, withdrawn(report))
    return partial(office.do, "adopt_report", EDITOR, report_id=report.report_id, issue_id=issue.issue_id)


def publish_unsigned(office: ReviewOffice) -> Act:
    chain = ["chief_editor"]
    office.do("record_publication", CHIEF, code="special", name="专报", sign_off_chain=chain)
    issue = office.do("open_issue", EDITOR, issue_id=uuid4(), publication_code="special")
    office.adopted(issue.issue_id)
    seen = office.do("get_issue", CHIEF, issue_id=issue.issue_id)
    return partial(office.do, "publish_issue", CHIEF, issue_id=issue.issue_id, version=seen.version)


def instruct(office: ReviewOffice, issue_id: UUID, report_id: UUID, assignments: Sequence[NewAssignment] = ()) -> None:
    office.do(
        "record_instruction", LEADER, instruction_id=uuid4(), issue_id=issue_id, report_id=report_id,
        leader="陈副市长", text="请阅研。", instruction_class=InstructionClass.FOR_ACTION, given_at=NOW - 2 * DAY,
        assignments=assignments,
    )  # fmt: skip


def instruct_unpublished(office: ReviewOffice) -> Act:
    issue = office.open_issue()
    report = office.adopted(issue.issue_id)
    return partial(instruct, office, issue.issue_id, report.report_id)


def wrong_shares(office: ReviewOffice) -> Act:
    issue_id = office.open_issue().issue_id
    office.adopted(issue_id)
    office.adopted(issue_id, unit_id=HANGU)
    first, second = (item.adoption_id for item in office.do("get_issue", EDITOR, issue_id=issue_id).items)
    shares = [Share(adoption_id=first, share="0.7"), Share(adoption_id=second, share="0.4")]
    combined = {"adoption_id": first, "others": [second], "title": "综述", "body": "各区情况。", "shares": shares}
    return partial(office.do, "combine_items", EDITOR, issue_id=issue_id, **combined)


def instruct_by(**due: Any) -> Callable[[ReviewOffice], Act]:
    """On an issue that was published before."""

    def arrange(office: ReviewOffice) -> Act:
        issue = office.open_issue()
        report = office.adopted(issue.issue_id)
        office.publish(issue.issue_id)
        new = [NewAssignment(unit_id=HEPING, requirement="请反馈", **due)]
        return partial(instruct, office, issue.issue_id, report.report_id, new)

    return arrange


def extend_too_late(office: ReviewOffice) -> Act:
    assignment = office.assign()
    office.harness.clock.at = DUE
    return partial(ask, office, assignment)


@pytest.mark.parametrize(
    ("arrange", "pointer", "way_out"),
    [
        (adopt_withdrawn, None, "请单位重新报送"),
        (publish_unsigned, None, "依次签发"),
        (instruct_unpublished, "/issue_id", "请待刊发后登记"),
        (wrong_shares, "/shares", "之和应为 1，现为 1.1"),
        (instruct_by(due_at=NOW - DAY), "/assignments/0/due_at", "不能是已过去的时间"),
        (instruct_by(working_days=40), "/assignments/0/working_days", "或改为指定截止时间"),
        (extend_too_late, None, "请尽快反馈并说明原因"),
        (lambda office: partial(commission, office, due_at=NOW), "/due_at", "必须晚于现在"),
        (lambda office: partial(commission, office, due_at=None, working_days=40), "/working_days", "或改为指定"),
        (lambda office: partial(save_guidance, office, due_at=NOW), "/due_at", "必须晚于现在"),
        (
            lambda office: partial(save_guidance, office, points=[{"text": "供热"}, {"text": "管网", "due_at": NOW}]),
            "/points/1/due_at", "第2条的报送时限",
        ),
        (
            lambda office: partial(research.start, office, milestones=[{"name": "走访", "due_at": NOW}]),
            "/milestones/0/due_at", "节点“走访”的时限必须晚于现在",
        ),
    ],
)  # fmt: skip
def test_R11_bad_input_is_told_where_and_how_to_go_on_and_leaves_no_row_event_or_evidence(
    office: ReviewOffice, arrange: Callable[[ReviewOffice], Act], pointer: str | None, way_out: str
) -> None:
    act = arrange(office)
    before = everything(office)
    with pytest.raises(Refusal) as refused:
        act()
    assert (refused.value.pointer, way_out in refused.value.detail_zh) == (pointer, True)
    assert isinstance(refused.value, Conflict | Invalid)
    assert everything(office) == before


def test_R17_feedback_of_the_wrong_unit_is_kept_and_changes_nothing_of_the_assignment(office: ReviewOffice) -> None:
    assignment = office.assign()
    before = everything(office)
    office.register(feedback(assignment.assignment_id, NOW + DAY, unit_id=HANGU))
    after = everything(office)
    changed = {name for name in after if after[name] != before[name]}
    assert "feedback" in changed
    assert changed.isdisjoint({"assignments", "deadlines", "instructions", "extensions"})
    assert office.told(events.FeedbackGiven) == []


def test_R11_of_fifty_editors_adopting_one_report_one_has_it(office: ReviewOffice) -> None:
    issue, report = office.open_issue(), registered()
    office.register(report)
    editors = [EDITOR, OTHER_EDITOR] * 25
    adopt = [partial(office.do, "adopt_report", one, report_id=report.report_id, issue_id=issue.issue_id)
             for one in editors]  # fmt: skip
    results = at_once(*adopt)
    assert [type(result) for result in results].count(DeskItem) == 1
    assert [type(result) for result in results].count(Conflict) == 49
    assert len(office.told(events.ReportAdopted)) == 1
    assert len(office.do("get_issue", EDITOR, issue_id=issue.issue_id).items) == 1


def test_R11_undone_and_published_at_once_it_is_in_the_issue_or_waits_and_never_both(office: ReviewOffice) -> None:
    for _ in range(4):
        issue = office.open_issue()
        office.adopted(issue.issue_id)
        report = office.adopted(issue.issue_id)
        seen = office.do("get_issue", CHIEF, issue_id=issue.issue_id)
        undone, published = at_once(
            partial(office.do, "undo_decision", EDITOR, report_id=report.report_id),
            partial(office.do, "publish_issue", CHIEF, issue_id=issue.issue_id, version=seen.version),
        )
        assert (isinstance(undone, Conflict), isinstance(published, Issue)) in {(True, True), (False, False)}
        if isinstance(published, Issue):
            assert report.report_id in {item.report_id for item in published.items}
        else:
            assert isinstance(published, StaleVersion)
        assert (office.item(report).adoption_id is None) == (not isinstance(published, Issue))


def test_R17_granted_while_the_feedback_arrives_the_extension_is_granted_or_lapsed_and_the_feedback_counts(
    office: ReviewOffice,
) -> None:
    for _ in range(2):
        assignment = office.assign()
        asked = ask(office, assignment)
        granted, _none = at_once(
            partial(office.do, "grant_extension", SUPERVISOR, **asked),
            partial(office.register, feedback(assignment.assignment_id, NOW + DAY)),
        )
        shown = office.assignment(assignment.assignment_id)
        lapsed = isinstance(granted, Conflict)
        assert [one.state.value for one in shown.extensions] == ["lapsed" if lapsed else "granted"]
        assert (shown.due_at == DUE, shown.deadline.outcome) == (lapsed, DeadlineOutcome.MET)
        given = [one.assignment_id for one in office.told(events.FeedbackGiven)]
        assert given.count(assignment.assignment_id) == 1


def test_R12_a_milestone_reached_by_many_at_once_is_reached_once(office: ReviewOffice) -> None:
    first = research.start(office).milestones[0].milestone_id
    named = {"project_id": research.PROJECT, "milestone_id": first}
    results = at_once(*(partial(office.do, "complete_milestone", by, **named) for by in (OFFICER, EDITOR) * 4))
    assert sorted(type(result).__name__ for result in results) == ["Conflict"] * 7 + ["ResearchProject"]
    assert research.shown(office).version == 2


@pytest.mark.parametrize(
    ("act", "made"), [(research.start, ResearchProject), (save_guidance, Guidance)], ids=["project", "guidance"]
)
def test_R12_R03_what_two_begin_at_once_under_one_id_is_begun_once(
    office: ReviewOffice, act: Callable[[ReviewOffice], object], made: type
) -> None:
    results = at_once(*[partial(act, office)] * 4)
    assert [type(result) for result in results].count(made) == 1
    assert {type(result) for result in results} - {made} <= {Conflict, StaleVersion}


def test_R12_one_report_is_linked_while_the_project_is_dropped_and_it_ends_once(office: ReviewOffice) -> None:
    research.start(office)
    report: UUID = research.study(office).report_id
    linked, dropped = at_once(
        partial(office.do, "link_result", EDITOR, project_id=research.PROJECT, report_id=report),
        partial(office.do, "drop_project", OTHER_EDITOR, project_id=research.PROJECT, reason="并入另一课题"),
    )
    assert isinstance(dropped, ResearchProject)
    assert isinstance(linked, ResearchProject | Conflict)
    assert (research.shown(office).result is None) == isinstance(linked, Conflict)
