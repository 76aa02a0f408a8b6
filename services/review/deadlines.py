"""Deadlines of assignments and commissions: told in the contract's events, decided behind the watermark."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.orm import Session

from contracts.events import deadlines as events
from contracts.model import EventData
from contracts.vocabulary import DeadlineKind
from kernel.database import Work
from kernel.deadlines.engine import find_deadline, open_deadline, settle, sweep
from kernel.deadlines.model import Deadline, Passing
from kernel.deadlines.state import DeadlineState
from services.review.model.assignments import Assignment
from services.review.model.instructions import Instruction
from services.review.model.supervision_rules import Reckoned, supervision_rules
from services.review.queries.registration import applied_mark

KIND = DeadlineKind.FEEDBACK.value
COMMISSION = DeadlineKind.COMMISSION.value
UPWARD = DeadlineKind.COMMISSION_UPWARD.value
RECEIPT = DeadlineKind.ASSIGNMENT_RECEIPT.value
OF_ASSIGNMENT = (KIND, RECEIPT)


def open_feedback_deadline(
    work: Work, assignment: Assignment, instruction: Instruction, reckoned: Reckoned
) -> Deadline:
    """It stops at the receipt of the unit's feedback."""
    return open_deadline(
        work,
        kind=KIND,
        subject_id=assignment.assignment_id,
        started_at=reckoned.started_at,
        started_by=reckoned.started_by,
        due=reckoned.due,
        facts=_of_assignment(assignment, instruction),
        announce=announce,
    )


def open_receipt_deadline(work: Work, assignment: Assignment, instruction: Instruction) -> Deadline:
    """Until when the unit confirms that it has received it; feedback says so too."""
    return open_deadline(
        work,
        kind=RECEIPT,
        subject_id=assignment.assignment_id,
        started_at=work.now,
        started_by="assignment",
        due=supervision_rules().in_force(work.now).receipt_due(work.now),
        facts=_of_assignment(assignment, instruction),
        announce=announce,
    )


def settle_receipt(work: Work, assignment: Assignment, at: datetime) -> None:
    """The unit has it; assignments of before this rule have no such deadline."""
    deadline = find_deadline(work.session, RECEIPT, assignment.assignment_id, lock=True)
    if deadline is not None:
        settle(work, deadline, at, announce)


def _of_assignment(assignment: Assignment, instruction: Instruction) -> dict[str, Any]:
    return {
        "unit_id": str(assignment.unit_id),
        "unit_name": assignment.unit_name,
        "unit_class": assignment.unit_class.value,
        "title": assignment.report_title,
        "report_id": str(instruction.report_id) if instruction.report_id else None,
    }


def deadline_of(work: Work, assignment: Assignment) -> Deadline:
    """The assignment's deadline, locked. Raises `LookupError`: every assignment has one."""
    deadline = find_deadline(work.session, KIND, assignment.assignment_id, lock=True)
    if deadline is None:
        raise LookupError(f"assignment {assignment.assignment_id} has no deadline")
    return deadline


def report_of(session: Session, assignment: Assignment) -> UUID | None:
    """The report whose instruction is acted on; None for an instruction on paper."""
    return session.get_one(Instruction, assignment.instruction_id).report_id


def sweep_deadlines(work: Work) -> None:
    """Fire what has passed; decide *missed* only up to the watermark applied here. Receipts are confirmed here, so
    nothing of them is still to come."""
    sweep(work, KIND, announce, decided_up_to=applied_mark(work.session))
    sweep(work, RECEIPT, announce, decided_up_to=work.now)


def sweep_commissions(work: Work) -> None:
    """The same for answers to commissions."""
    sweep(work, COMMISSION, announce, decided_up_to=applied_mark(work.session))


def announce(work: Work, deadline: DeadlineState, passing: Passing) -> None:
    """A deadline's passing as the contract's event."""
    work.emit(_told(deadline, passing), subject=deadline.id, version=deadline.version)


def _told(deadline: DeadlineState, passing: Passing) -> EventData:
    facts = _facts(deadline)
    if passing.what == "approaching":
        facts["threshold_percent"] = passing.threshold_percent
        return events.DeadlineApproaching.model_validate(facts)
    if passing.what == "met":
        return events.DeadlineMet(**facts, met_at=passing.at)
    if passing.what == "missed":
        return events.DeadlineMissed(**facts, decided_at=passing.at)
    return events.DeadlineReassessed(
        **facts,
        old_outcome=passing.old_outcome,
        new_outcome=deadline.outcome,
        old_due_at=passing.old_due_at,
        reason=passing.reason,
    )


def _facts(deadline: DeadlineState) -> dict[str, Any]:
    explanation, facts = deadline.explain(), deadline.facts
    return {
        "deadline_id": deadline.id,
        "kind": deadline.kind,
        "subject_id": deadline.subject_id,
        "unit_id": facts["unit_id"],
        "unit_class": facts["unit_class"],
        "title": facts["title"],
        "about_report_id": facts.get("report_id"),
        "started_at": deadline.started_at,
        "due_at": deadline.due_at,
        "rule": deadline.rule,
        "rule_version": deadline.rule_version,
        "explanation_zh": explanation.zh,
        "explanation_en": explanation.en,
    }
