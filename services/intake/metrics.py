"""Intake's figures, read from the database when scraped."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.rpc.deadlines import COUNTED, Timeliness
from contracts.vocabulary import DraftState, Severity, UnitClass
from kernel.metrics import Figure, Rows
from services.intake.model.drafts import Draft
from services.intake.model.reports import Report
from services.intake.model.watermark import Watermark
from services.intake.queries.deadlines import count_by_class, count_by_unit

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


def _offered(session: Session, _now: datetime) -> Rows:
    waiting = select(func.count()).select_from(Draft).where(Draft.state == DraftState.OFFERED)
    return [((), session.scalar(waiting) or 0)]


def _oldest_offer(session: Session, now: datetime) -> Rows:
    oldest = session.scalar(select(func.min(Draft.changed_at)).where(Draft.state == DraftState.OFFERED))
    return [((), (now - oldest).total_seconds() if oldest else 0.0)]


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
    Figure("chengbao_reports_registered", "Registered reports and feedbacks, by kind.", ("kind",), _registered),
    Figure(
        "chengbao_intake_watermark_age_seconds",
        "Age of the time up to which every receipt is known to be registered; growing, it keeps "
        "missed deadlines undecided.",
        (),
        _watermark_age,
    ),
)
