"""Deadlines of urgent reports: what is open, met and missed, and how units keep the 3 hours (notice 五(一))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, cast, func, select, tuple_
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from contracts.rpc import intake as rpc
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, Severity, UnitClass
from kernel.deadlines.model import MET, MISSED, OPEN, Deadline
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.watermark import Watermark
from services.intake.queries.keyset import cursor_after, instant_after, page
from services.intake.queries.visibility import cleared, in_reach, reads_titles

URGENT_REPORT = DeadlineKind.URGENT_REPORT.value
_unit_id: SQLCoreOperations[UUID] = cast(Deadline.facts["unit_id"].astext, Uuid)
_UNIT_CLASS = Deadline.facts["unit_class"].astext
_SEVERITY = Deadline.facts["severity"].astext
_SECRECY = Deadline.facts["secrecy"].astext
NOT_A_DRILL = Deadline.facts["drill"].astext.is_distinct_from("true")
"""Deadlines that count; those from before there were drills say nothing of it."""


def list_deadlines(reading: Reading, request: rpc.ListDeadlines) -> rpc.DeadlinePage:
    """Deadlines the reader may see: open ones with the soonest due first, others with the latest first."""
    query = select(Deadline).where(*_visible(reading.principal)).limit(request.limit + 1)
    if request.unit_id:
        query = query.where(_unit_id == request.unit_id)
    if request.outcome:
        query = query.where(Deadline.outcome == str(request.outcome))
    query = _in_order(query, request)
    deadlines, last = page(list(reading.session.scalars(query)), request.limit)
    applied = reading.session.scalar(select(Watermark.applied_up_to))
    return rpc.DeadlinePage(
        items=[_reply(reading, deadline, applied) for deadline in deadlines],
        next_cursor=cursor_after(last.due_at, last.id) if last else None,
    )


def urgent_timeliness(reading: Reading, request: rpc.TimelinessQuery) -> rpc.TimelinessTable:
    """How many urgent reports due in [since, until) were met, missed, open or overdue, by class and severity."""
    conditions = _visible(reading.principal)
    if request.since:
        conditions.append(Deadline.due_at >= request.since)
    if request.until:
        conditions.append(Deadline.due_at < request.until)
    return rpc.TimelinessTable(rows=count_by_class(reading.session, reading.now, conditions))


def count_by_class(
    session: Session, now: datetime, conditions: Iterable[ColumnElement[bool]] = ()
) -> list[rpc.Timeliness]:
    """Counts of urgent deadlines by unit class and severity, drills left out; overdue: due time passed, receipt not
    known."""
    is_open = Deadline.outcome == OPEN
    counted = select(
        _UNIT_CLASS,
        _SEVERITY,
        func.count().filter(Deadline.outcome == MET),
        func.count().filter(Deadline.outcome == MISSED),
        func.count().filter(is_open, Deadline.due_at >= now),
        func.count().filter(is_open, Deadline.due_at < now),
    ).where(Deadline.kind == URGENT_REPORT, NOT_A_DRILL, *conditions)
    grouped = counted.group_by(_UNIT_CLASS, _SEVERITY).order_by(_UNIT_CLASS, _SEVERITY)
    return [
        rpc.Timeliness(
            unit_class=UnitClass(unit_class),
            severity=Severity(severity),
            met=met,
            missed=missed,
            open=running,
            overdue=late,
        )
        for unit_class, severity, met, missed, running, late in session.execute(grouped)
    ]


def deadlines_of(session: Session, subject_ids: Iterable[UUID]) -> dict[UUID, Deadline]:
    """The urgent deadline of each draft or report that has one."""
    ids = list(subject_ids)
    if not ids:
        return {}
    query = select(Deadline).where(Deadline.kind == URGENT_REPORT, Deadline.subject_id.in_(ids))
    return {deadline.subject_id: deadline for deadline in session.scalars(query)}


def _visible(reader: Principal) -> list[ColumnElement[bool]]:
    return [Deadline.kind == URGENT_REPORT, in_reach(reader, _unit_id), _SECRECY.in_(cleared(reader))]


def _in_order(query: Select[Any], request: rpc.ListDeadlines) -> Select[Any]:
    key = tuple_(Deadline.due_at, Deadline.id)
    if request.outcome is DeadlineOutcome.OPEN:
        ordered = query.order_by(Deadline.due_at, Deadline.id)
        return ordered.where(key > instant_after(request.cursor)) if request.cursor else ordered
    ordered = query.order_by(Deadline.due_at.desc(), Deadline.id.desc())
    return ordered.where(key < instant_after(request.cursor)) if request.cursor else ordered


def _reply(reading: Reading, deadline: Deadline, applied_up_to: datetime | None) -> rpc.Deadline:
    explanation, facts = deadline.explain(), deadline.facts
    decidable = applied_up_to is not None and deadline.due_at < applied_up_to
    return rpc.Deadline(
        deadline_id=deadline.id,
        kind=DeadlineKind.URGENT_REPORT,
        subject_id=deadline.subject_id,
        unit_id=facts["unit_id"],
        unit_name=facts["unit_name"],
        title=facts["title"] if reads_titles(reading.principal) else "",
        severity=facts["severity"],
        started_at=deadline.started_at,
        due_at=deadline.due_at,
        outcome=DeadlineOutcome(deadline.outcome),
        decided_at=deadline.decided_at,
        receipt_unknown=deadline.outcome == OPEN and deadline.due_at < reading.now and not decidable,
        explanation_zh=explanation.zh,
        explanation_en=explanation.en,
        drill=facts.get("drill", False),
    )
