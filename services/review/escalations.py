"""Overdue feedback is told to one after the other, each once: officer, leader, head, supervision office (R17)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select
from sqlalchemy.dialects.postgresql import insert

from contracts.events.review import AssignmentEscalated
from contracts.vocabulary import EscalationLevel
from kernel.database import Work
from kernel.deadlines.model import MISSED, Deadline
from services.review.assignments import event_facts
from services.review.deadlines import KIND
from services.review.model.assignments import UNANSWERED, Assignment
from services.review.model.escalations import Escalation
from services.review.model.supervision_rules import SupervisionRule, supervision_rules
from services.review.queries.assignments import OVERDUE_SINCE


def escalate_overdue(work: Work) -> None:
    """Take every step whose time has come. Only what is decided missed: feedback may be on its way until then."""
    rule = supervision_rules().in_force(work.now)
    for assignment, since in work.session.execute(_overdue(work.now, rule)).all():
        for level in rule.steps_due(since, work.now):
            _escalate(work, assignment, since, level)


def _overdue(now: datetime, rule: SupervisionRule) -> Select[Any]:
    """Assignments whose unit is overdue and where a step is left; replicas leave each other's alone."""
    told = (
        select(func.count())
        .where(Escalation.assignment_id == Assignment.assignment_id, Escalation.overdue_since == OVERDUE_SINCE)
        .correlate(Assignment, Deadline)
        .scalar_subquery()
    )
    return (
        select(Assignment, OVERDUE_SINCE)
        .join(Deadline, and_(Deadline.subject_id == Assignment.assignment_id, Deadline.kind == KIND))
        .where(
            Assignment.state.in_(UNANSWERED),
            or_(
                and_(Assignment.renewed_due_at.is_(None), Deadline.outcome == MISSED), Assignment.renewed_due_at < now
            ),
            told < len(rule.escalation),
        )
        .order_by(Deadline.due_at, Assignment.assignment_id)
        .with_for_update(of=Assignment, skip_locked=True)
    )


def _escalate(work: Work, assignment: Assignment, since: datetime, level: EscalationLevel) -> None:
    row = insert(Escalation).values(
        assignment_id=assignment.assignment_id, overdue_since=since, level=level, at=work.now
    )
    if work.session.scalar(row.on_conflict_do_nothing().returning(Escalation.level)) is None:
        return
    assignment.version += 1
    facts = event_facts(work, assignment) | {"unit_name": assignment.unit_name}
    event = AssignmentEscalated(**facts, level=level, overdue_since=since)
    work.emit(event, subject=assignment.assignment_id, version=assignment.version)
    work.audit("escalate", assignment.assignment_id, assignment.version, level=level.value)
