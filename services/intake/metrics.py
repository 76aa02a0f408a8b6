"""Intake's figures, read from the database when scraped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from prometheus_client import Histogram
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.rpc.deadlines import COUNTED, Timeliness
from contracts.vocabulary import DraftState, Severity, UnitClass
from kernel.metrics import Figure, Rows
from services.intake.model.drafts import Draft
from services.intake.model.reports import Report
from services.intake.model.watermark import Watermark
from services.intake.queries.deadlines import count_by_class, count_by_unit

ACKNOWLEDGED_AFTER = Histogram(
    "chengbao_acknowledged_after_seconds",
    "Time from the first receipt of an urgent report to the duty officer's acknowledgement, drills left out.",
    buckets=(60, 120, 300, 600, 900, 1800, 3600),
)
_BY_CLASS = ("unit_class", "severity")


def _urgent(session: Session, now: datetime, count: Callable[[Timeliness], int]) -> Rows:
    """A value for every class and severity, 0 too: an alert can only see a figure rise that was there before."""
    counted = {(row.unit_class, row.severity): count(row) for row in count_by_class(session, now)}
    return [
        ((unit_class.value, severity.value), counted.get((unit_class, severity), 0))
        for unit_class in UnitClass
        for severity in Severity
    ]


def _met(session: Session, now: datetime) -> Rows:
    return _urgent(session, now, lambda row: row.met)


def _missed(session: Session, now: datetime) -> Rows:
    return _urgent(session, now, lambda row: row.missed)


def _open(session: Session, now: datetime) -> Rows:
    return _urgent(session, now, lambda row: row.open)


def _overdue(session: Session, now: datetime) -> Rows:
    return _urgent(session, now, lambda row: row.overdue)


def _of_units(session: Session, now: datetime) -> Rows:
    return [
        ((str(row.unit_id), row.unit_name, outcome), getattr(row, outcome))
        for row in count_by_unit(session, now)
        for outcome in COUNTED
    ]


def _drafts(session: Session, state: DraftState) -> Rows:
    return [((), session.scalar(select(func.count()).select_from(Draft).where(Draft.state == state)) or 0)]


def _oldest_draft(session: Session, now: datetime, state: DraftState) -> Rows:
    oldest = session.scalar(select(func.min(Draft.changed_at)).where(Draft.state == state))
    return [((), (now - oldest).total_seconds() if oldest else 0.0)]


def _offered(session: Session, _now: datetime) -> Rows:
    return _drafts(session, DraftState.OFFERED)


def _oldest_offer(session: Session, now: datetime) -> Rows:
    return _oldest_draft(session, now, DraftState.OFFERED)


def _awaiting_endorsement(session: Session, _now: datetime) -> Rows:
    return _drafts(session, DraftState.AWAITING_ENDORSEMENT)


def _oldest_unendorsed(session: Session, now: datetime) -> Rows:
    return _oldest_draft(session, now, DraftState.AWAITING_ENDORSEMENT)


def _waiting_for_duty(session: Session) -> tuple[int, datetime | None]:
    """How many urgent reports wait for the duty officer, drills left out, and since when the oldest does."""
    waiting = select(func.count(), func.min(Report.first_received_at))
    count, oldest = session.execute(waiting.where(Report.awaits_acknowledgement, ~Report.drill)).one()
    return count, oldest


def _unacknowledged(session: Session, _now: datetime) -> Rows:
    return [((), _waiting_for_duty(session)[0])]


def _oldest_unacknowledged(session: Session, now: datetime) -> Rows:
    oldest = _waiting_for_duty(session)[1]
    return [((), max(0.0, (now - oldest).total_seconds()) if oldest else 0.0)]


def _registered(session: Session, _now: datetime) -> Rows:
    query = select(Report.kind, func.count()).group_by(Report.kind)
    return [((str(kind),), count) for kind, count in session.execute(query)]


def _watermark_age(session: Session, now: datetime) -> Rows:
    applied = session.scalar(select(Watermark.applied_up_to))
    return [((), (now - applied).total_seconds())] if applied else []


FIGURES: tuple[Figure, ...] = (
    Figure(
        "chengbao_urgent_reports_met",
        "Urgent first reports received within the time limit, by unit class and severity.",
        _BY_CLASS,
        _met,
    ),
    Figure(
        "chengbao_urgent_reports_missed",
        "Urgent first reports not received within the time limit, by unit class and severity.",
        _BY_CLASS,
        _missed,
    ),
    Figure(
        "chengbao_urgent_reports_open",
        "Urgent first reports not received yet whose time limit still runs, by unit class and severity.",
        _BY_CLASS,
        _open,
    ),
    Figure(
        "chengbao_urgent_reports_overdue",
        "Urgent first reports whose time limit has passed while it is not known yet whether a receipt exists.",
        _BY_CLASS,
        _overdue,
    ),
    Figure(
        "chengbao_unit_urgent_reports",
        "Urgent first reports of each unit by outcome, as the timeliness page counts them.",
        ("unit_id", "unit", "outcome"),
        _of_units,
    ),
    Figure("chengbao_drafts_offered", "Drafts that wait for the sign-off of their responsible leader.", (), _offered),
    Figure(
        "chengbao_drafts_oldest_offer_age_seconds",
        "How long the oldest draft waiting for sign-off has waited; 0 when none waits.",
        (),
        _oldest_offer,
    ),
    Figure(
        "chengbao_drafts_awaiting_endorsement",
        "Drafts that wait for the endorsement of a section head before their sign-off.",
        (),
        _awaiting_endorsement,
    ),
    Figure(
        "chengbao_drafts_oldest_unendorsed_age_seconds",
        "How long the oldest draft waiting for an endorsement has waited; 0 when none waits.",
        (),
        _oldest_unendorsed,
    ),
    Figure(
        "chengbao_unacknowledged_reports",
        "Urgent reports the city's duty officer has not acknowledged yet, drills left out.",
        (),
        _unacknowledged,
    ),
    Figure(
        "chengbao_unacknowledged_oldest_age_seconds",
        "How long the urgent report that waits longest for the duty officer has been here; 0 when none waits.",
        (),
        _oldest_unacknowledged,
    ),
    Figure("chengbao_reports_registered", "Registered reports and feedbacks, by kind.", ("kind",), _registered),
    Figure(
        "chengbao_intake_watermark_age_seconds",
        "Age of the time up to which every receipt is known to be registered; growing, it keeps "
        "missed deadlines undecided.",
        (),
        _watermark_age,
    ),
)
