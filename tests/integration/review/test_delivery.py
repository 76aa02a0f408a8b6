"""Events keep no order and come twice: the desk ends in the same state all the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from typing import Any
from uuid import UUID, uuid4

import pytest

from contracts.rpc import instructions as rpc
from contracts.vocabulary import AssignmentState, DeadlineOutcome, InstructionClass
from services.review.model.assignments import assignment_id
from services.review.queries.registration import applied_mark
from tests.factories.review import (
    EDITOR,
    HANGU,
    HEPING,
    LEADER,
    NOW,
    SUPERVISOR,
    ReviewOffice,
    feedback,
    mark,
    new_version,
    registered,
    unit,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
INSTRUCTION = UUID(int=0x_2001)
FIRST, SECOND = assignment_id(INSTRUCTION, 0), assignment_id(INSTRUCTION, 1)


def test_R17_feedback_that_comes_before_its_assignment_is_not_lost(office: ReviewOffice) -> None:
    office.register(feedback(FIRST, NOW + HOUR))
    assert office.figure("chengbao_feedback_flagged")[("unmatched",)] == 1
    office.assign(instruction_id=INSTRUCTION)
    shown = office.assignment(FIRST)
    assert (shown.state, shown.deadline.outcome) == (AssignmentState.FED_BACK, DeadlineOutcome.MET)
    assert office.figure("chengbao_feedback_flagged")[("unmatched",)] == 0


def test_R17_feedback_that_names_no_assignment_is_kept_and_shown_as_unmatched(office: ReviewOffice) -> None:
    stray = registered(kind="feedback", assignment_id=None)
    office.register(stray)
    assert office.figure("chengbao_feedback_flagged")[("unmatched",)] == 1
    assert office.do("list_queue", EDITOR).items == []


def test_R14_an_older_word_about_a_unit_changes_nothing(office: ReviewOffice) -> None:
    office.harness.deliver(unit(HEPING, name="和平区人民政府办公室"), HEPING, 3)
    office.harness.deliver(unit(HEPING, name="旧名"), HEPING, 2)
    assert office.assign(HEPING).unit_name == "和平区人民政府办公室"


@pytest.mark.parametrize("seed", range(5))
def test_R17_shuffled_and_doubled_deliveries_end_in_the_same_state(
    new_office: Callable[[], ReviewOffice], seed: int
) -> None:
    documents = _documents()
    plain, shuffled = _play(new_office(), documents, None), _play(new_office(), documents, seed)
    assert shuffled == plain
    assert plain["deadlines"] == {FIRST: "met", SECOND: "missed"}


def _documents() -> list[Any]:
    """Two versions of a report, four feedbacks, three marks."""
    report = registered()
    return [
        report,
        new_version(report, title="第二版"),
        feedback(FIRST, NOW + 2 * HOUR),
        feedback(FIRST, NOW + 3 * HOUR),
        feedback(FIRST, NOW + 4 * HOUR, unit_id=HANGU),
        feedback(uuid4(), NOW + 5 * HOUR),
        mark(NOW + HOUR, 0),
        mark(NOW + 4 * HOUR, 3),
        mark(NOW + 20 * DAY, 4),
    ]


def _play(office: ReviewOffice, documents: list[Any], seed: int | None) -> dict[str, Any]:
    """Deliver all documents and enter the instruction somewhere among them; by a seed shuffled and doubled."""
    issue = office.open_issue()
    published = office.adopted(issue.issue_id)
    office.publish(issue.issue_id)
    instruct = partial(_instruct, office, issue.issue_id, published.report_id)
    acts = [instruct, *(_delivery(office, document) for document in documents)]
    if seed is not None:
        chance = random.Random(seed)
        acts += [act for act in acts[1:] if chance.random() < 0.5]
        chance.shuffle(acts)
    for act in acts:
        act()
    office.harness.clock.at = NOW + 21 * DAY
    office.sweep()
    return _end_state(office)


def _delivery(office: ReviewOffice, document: Any) -> Callable[[], object]:
    event_id = uuid4()
    subject = getattr(document, "report_id", "registration")
    return lambda: office.harness.deliver(document, subject, event_id=event_id)


def _instruct(office: ReviewOffice, issue_id: UUID, report_id: UUID) -> None:
    new = [rpc.NewAssignment(unit_id=one, requirement="反馈", due_at=NOW + 10 * DAY) for one in (HEPING, HANGU)]
    office.do(
        "record_instruction",
        LEADER,
        instruction_id=INSTRUCTION,
        issue_id=issue_id,
        report_id=report_id,
        leader="陈副市长",
        text="请研究。",
        instruction_class=InstructionClass.FOR_ACTION,
        given_at=NOW,
        assignments=new,
    )


def _end_state(office: ReviewOffice) -> dict[str, Any]:
    """Business state without ids, times and counters of our own making."""
    assignments = office.do("list_assignments", SUPERVISOR).items
    with office.harness.database.reading() as session:
        applied = applied_mark(session)
    return {
        "queue": [(item.report_version, item.title, item.state) for item in office.do("list_queue", EDITOR).items],
        "states": {one.assignment_id: one.state for one in assignments},
        "deadlines": {one.assignment_id: one.deadline.outcome.value for one in assignments},
        "explained": {one.assignment_id: one.deadline.explanation_zh for one in assignments},
        "feedback": {one.assignment_id: [(f.receipt_number, f.state) for f in one.feedback] for one in assignments},
        "applied": applied,
        "flagged": office.figure("chengbao_feedback_flagged"),
        "held": [row.state for row in office.harness.held()],
    }
