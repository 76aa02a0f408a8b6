"""Figures of the city's desk, read from its database. No titles, bounded labels."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.rpc.supervision import FeedbackOutcome
from contracts.vocabulary import DeskState, IssueState, UnitClass
from kernel.deadlines.calendar import WorkingCalendar
from kernel.metrics import Figure, Rows
from services.review.calendar_metrics import calendar_figures
from services.review.model.adoptions import Adoption
from services.review.model.assignments import Assignment
from services.review.model.desk import NOT_URGENT, SEVERITIES, DeskItem
from services.review.model.feedback import Feedback, FeedbackState
from services.review.model.instructions import Instruction
from services.review.model.issues import Issue
from services.review.office_metrics import office_figures
from services.review.queries.registration import applied_mark
from services.review.queries.supervision import extended, late_number, unfinished
from services.review.queries.timeliness import feedback_outcomes

URGENCIES = {**{place: severity.value for place, severity in enumerate(SEVERITIES)}, NOT_URGENT: "not_urgent"}
"""Label of each place in the queue."""


def _queue(session: Session) -> dict[int, tuple[int, datetime]]:
    """Number and oldest receipt of what is not decided, by place in the queue; drills wake nobody."""
    statement = (
        select(DeskItem.urgency, func.count(), func.min(DeskItem.received_at))
        .where(DeskItem.state != DeskState.DECIDED, ~DeskItem.drill)
        .group_by(DeskItem.urgency)
    )
    return {place: (number, oldest) for place, number, oldest in session.execute(statement)}


def queue_length(session: Session, _now: datetime) -> Rows:
    queue = _queue(session)
    return [((label,), queue[place][0] if place in queue else 0) for place, label in URGENCIES.items()]


def queue_age(session: Session, now: datetime) -> Rows:
    queue = _queue(session)
    return [
        ((label,), max(0.0, (now - queue[place][1]).total_seconds()) if place in queue else 0.0)
        for place, label in URGENCIES.items()
    ]


def feedback_deadlines(session: Session, now: datetime) -> Rows:
    counts = {(unit_class, outcome): number for unit_class, outcome, number in feedback_outcomes(session, now)}
    return [
        ((unit_class.value, outcome.value), counts.get((unit_class, outcome.value), 0))
        for unit_class in UnitClass
        for outcome in FeedbackOutcome
    ]


def adoptions(session: Session, _now: datetime) -> Rows:
    in_force = Adoption.withdrawn_at.is_(None)
    rows = session.execute(
        select(Adoption.unit_class, func.count().filter(in_force), func.count().filter(~in_force)).group_by(
            Adoption.unit_class
        )
    )
    counts = {row[0]: (row[1], row[2]) for row in rows}
    for unit_class in UnitClass:
        standing, withdrawn = counts.get(unit_class, (0, 0))
        yield (unit_class.value, "in_force"), standing
        yield (unit_class.value, "withdrawn"), withdrawn


def issues(session: Session, _now: datetime) -> Rows:
    rows = session.execute(select(Issue.state, func.count()).group_by(Issue.state))
    counts = {row[0]: row[1] for row in rows}
    return [((state.value,), counts.get(state, 0)) for state in IssueState]


def instructions_open(session: Session, _now: datetime) -> Rows:
    number = session.scalars(
        select(func.count())
        .select_from(Instruction)
        .where(Instruction.closed_at.is_(None), Instruction.withdrawn_at.is_(None))
    ).one()
    return [((), number)]


def extensions(session: Session, _now: datetime) -> Rows:
    return [((state.value,), number) for state, number in extended(session).items()]


def assignments_late(session: Session, now: datetime) -> Rows:
    return [((unit_class.value,), late_number(session, now, Assignment.unit_class == unit_class))
            for unit_class in UnitClass]  # fmt: skip


def assignments_unfinished(session: Session, _now: datetime) -> Rows:
    return [((), unfinished(session).number)]


def assignments_oldest(session: Session, now: datetime) -> Rows:
    return [((), unfinished(session).oldest_seconds(now))]


def feedback_flagged(session: Session, _now: datetime) -> Rows:
    rows = session.execute(select(Feedback.state, func.count()).group_by(Feedback.state))
    counts = {row[0]: row[1] for row in rows}
    return [((state.value,), counts.get(state, 0)) for state in (FeedbackState.UNMATCHED, FeedbackState.FOREIGN)]


def registration_lag(session: Session, now: datetime) -> Rows:
    mark = applied_mark(session)
    return [] if mark is None else [((), max(0.0, (now - mark).total_seconds()))]


_FIGURES: tuple[Figure, ...] = (
    Figure(
        "chengbao_queue_items",
        "Reports on the editors' desk not decided yet, drills left out.",
        ("urgency",),
        queue_length,
    ),
    Figure(
        "chengbao_queue_oldest_age_seconds",
        "Time since the receipt of the oldest report on the desk not decided yet, no drill; 0 when there is none.",
        ("urgency",),
        queue_age,
    ),
    Figure(
        "chengbao_feedback_deadlines",
        "Feedback deadlines by outcome: met, missed, open (not due yet), overdue (due, not decided yet), waived.",
        ("unit_class", "outcome"),
        feedback_deadlines,
    ),
    Figure("chengbao_adoptions", "Adoptions in force and withdrawn.", ("unit_class", "state"), adoptions),
    Figure("chengbao_issues", "Issues being composed and published.", ("state",), issues),
    Figure("chengbao_instructions_open", "Leaders' instructions not closed yet.", (), instructions_open),
    Figure("chengbao_extensions", "Assignments with an extension, by what became of it.", ("state",), extensions),
    Figure(
        "chengbao_assignments_late", "Assignments whose unit's time is over, and it is the unit's turn.",
        ("unit_class",), assignments_late,
    ),
    Figure("chengbao_assignments_unfinished", "Assignments not accepted yet.", (), assignments_unfinished),
    Figure(
        "chengbao_assignments_oldest_age_seconds",
        "Time since the oldest instruction that a unit has not finished; 0 when there is none.", (),
        assignments_oldest,
    ),
    Figure(
        "chengbao_feedback_flagged",
        "Feedback kept but not counted: it answers an unknown assignment, or another unit's.",
        ("state",),
        feedback_flagged,
    ),
    Figure(
        "chengbao_feedback_watermark_age_seconds",
        "Age of intake's registration watermark as applied here; feedback is decided missed only behind it.",
        (),
        registration_lag,
    ),
)


def figures(calendar: WorkingCalendar) -> tuple[Figure, ...]:
    """All of them; the office's own limits are counted by `calendar`."""
    return (*_FIGURES, *office_figures(calendar), *calendar_figures(calendar))
