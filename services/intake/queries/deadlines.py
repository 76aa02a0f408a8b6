"""Deadlines of urgent reports: what is open, met and missed, and how units keep the 3 hours (notice 五(一))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, exists, func, select, tuple_
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import aggregate_order_by
from sqlalchemy.orm import Session
from sqlalchemy.sql.elements import SQLCoreOperations

from contracts.rpc import deadlines as deadline_rpc
from contracts.vocabulary import DeadlineKind, DeadlineOutcome
from kernel.deadlines.model import MISSED, OPEN, Deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.late_statements import LateStatement
from services.intake.model.watermark import Watermark
from services.intake.queries.keyset import cursor_after, instant_after, page
from services.intake.queries.lateness import Said, in_short, statements_of
from services.intake.queries.visibility import cleared, in_reach, reads_text, reads_titles

URGENT_REPORT = DeadlineKind.URGENT_REPORT.value
OURS = (URGENT_REPORT, DeadlineKind.FOLLOW_UP.value)
"""Kinds of deadlines that intake keeps."""
_unit_id: ColumnElement[UUID] = sql_cast(Deadline.facts["unit_id"].astext, Uuid)
_unit_class = Deadline.facts["unit_class"].astext
_severity = Deadline.facts["severity"].astext
_secrecy = Deadline.facts["secrecy"].astext
_unit_name = Deadline.facts["unit_name"].astext
_is_drill = func.coalesce(Deadline.facts["drill"].astext, "false") == "true"  # those from before drills say nothing


_COUNTED = {name: deadline_rpc.ListDeadlines(**words) for name, words in deadline_rpc.COUNTED.items()}


def list_deadlines(reading: Reading, request: deadline_rpc.ListDeadlines) -> deadline_rpc.DeadlinePage:
    """Deadlines the reader may see: open ones with the soonest due first, others with the latest first."""
    query = select(Deadline).where(*_visible(reading.principal), *_chosen(request), *_narrowed(request, reading.now))
    query = _in_order(query.limit(request.limit + 1), request)
    deadlines, last = page(list(reading.session.scalars(query)), request.limit)
    return deadline_rpc.DeadlinePage(
        items=_replies(reading.session, reading.principal, reading.now, deadlines),
        next_cursor=cursor_after(last.due_at, last.id) if last else None,
    )


def get_deadline(reading: Reading, request: deadline_rpc.DeadlineId) -> deadline_rpc.LateCase:
    """One deadline with what was said about its being late. Raises `NotFound`."""
    deadline = visible_deadline(reading.session, reading.principal, request.deadline_id)
    return late_case(reading.session, reading.principal, reading.now, deadline)


def visible_deadline(session: Session, reader: Principal, deadline_id: UUID) -> Deadline:
    """The deadline, if the reader may see it. Raises `NotFound`."""
    deadline = session.scalar(select(Deadline).where(*_visible(reader), Deadline.id == deadline_id))
    if deadline is None:
        raise NotFound(f"没有找到时限 {deadline_id}。", f"There is no deadline {deadline_id}.")
    return deadline


def late_case(session: Session, reader: Principal, now: datetime, deadline: Deadline) -> deadline_rpc.LateCase:
    """What a reader sees of a deadline and of what was said; without the words where the reader gets no text."""
    said = statements_of(session, [deadline.id]).get(deadline.id, [])
    with_text = reads_text(reader)
    return deadline_rpc.LateCase(
        deadline=_replies(session, reader, now, [deadline])[0],
        statements=[
            deadline_rpc.LateStatement(
                at=each.at, by_name=each.by_name if with_text else "", decision=each.decision,
                text=each.text if with_text else "",
            )
            for each in said
        ],
    )


def urgent_timeliness(reading: Reading, request: deadline_rpc.TimelinessQuery) -> deadline_rpc.TimelinessTable:
    """How many urgent reports due in [since, until) were met, missed, open, overdue or excused, by class and
    severity."""
    chosen = deadline_rpc.Deadlines(since=request.since, until=request.until)
    conditions = [*_visible(reading.principal), *_chosen(chosen)]
    return deadline_rpc.TimelinessTable(rows=count_by_class(reading.session, reading.now, conditions))


def unit_timeliness(reading: Reading, request: deadline_rpc.Deadlines) -> deadline_rpc.UnitTimelinessTable:
    """The same counts by unit, most missed first; each is named and classed as at its newest deadline."""
    return deadline_rpc.UnitTimelinessTable(rows=timeliness_of_units(reading, request))


def timeliness_of_units(reading: Reading, request: deadline_rpc.Deadlines) -> list[deadline_rpc.UnitTimeliness]:
    """Counts of what the reader may see, by unit."""
    return count_by_unit(reading.session, reading.now, [*_visible(reading.principal), *_chosen(request)])


def count_by_class(
    session: Session, now: datetime, conditions: Iterable[ColumnElement[bool]] = ()
) -> list[deadline_rpc.Timeliness]:
    """Counts of urgent deadlines by unit class and severity, drills left out; overdue: due time passed, receipt not
    known."""
    counted = select(_unit_class.label("unit_class"), _severity.label("severity"), *_counts(now))
    grouped = (
        counted.where(Deadline.kind == URGENT_REPORT, ~_is_drill, *conditions)
        .group_by(_unit_class, _severity)
        .order_by(_unit_class, _severity)
    )
    return [deadline_rpc.Timeliness.model_validate(row._asdict()) for row in session.execute(grouped)]


def count_by_unit(
    session: Session, now: datetime, conditions: Iterable[ColumnElement[bool]] = ()
) -> list[deadline_rpc.UnitTimeliness]:
    """Counts of urgent deadlines by unit, drills left out, most missed first."""
    counted = select(_unit_id.label("unit_id"), _newest(_unit_name, "unit_name"), _newest(_unit_class, "unit_class"))
    in_earnest = (Deadline.kind == URGENT_REPORT, ~_is_drill, *conditions)
    grouped = counted.add_columns(*_counts(now)).where(*in_earnest).group_by(_unit_id)
    rows = [deadline_rpc.UnitTimeliness.model_validate(row._asdict()) for row in session.execute(grouped)]
    return sorted(rows, key=lambda row: (-row.missed, -row.overdue, row.unit_name))


def _newest(column: SQLCoreOperations[str], name: str) -> ColumnElement[str]:
    """The value at the deadline that was due last: names change, the unit stays."""
    values: Any = func.array_agg(aggregate_order_by(column, Deadline.due_at.desc(), Deadline.id.desc()))
    return cast("ColumnElement[str]", values[1].label(name))


def _counts(now: datetime) -> list[ColumnElement[int]]:
    """How many deadlines ended how, each as `_narrowed` chooses them for a list."""
    return [
        func.count().filter(*_narrowed(counted, now)).label(name)
        for name, counted in _COUNTED.items()
    ]


def deadlines_of(session: Session, subject_ids: Iterable[UUID]) -> dict[UUID, Deadline]:
    """The urgent deadline of each draft or report that has one."""
    ids = list(subject_ids)
    if not ids:
        return {}
    query = select(Deadline).where(Deadline.kind == URGENT_REPORT, Deadline.subject_id.in_(ids))
    return {deadline.subject_id: deadline for deadline in session.scalars(query)}


def _chosen(request: deadline_rpc.Deadlines) -> list[ColumnElement[bool]]:
    """Unit, class, severity and period: what a table is about."""
    conditions: list[ColumnElement[bool]] = []
    if request.unit_id:
        conditions.append(_unit_id == request.unit_id)
    if request.unit_class:
        conditions.append(_unit_class == str(request.unit_class))
    if request.severity:
        conditions.append(_severity == str(request.severity))
    if request.drill is not None:
        conditions.append(_is_drill if request.drill else ~_is_drill)
    if request.since:
        conditions.append(Deadline.due_at >= request.since)
    if request.until:
        conditions.append(Deadline.due_at < request.until)
    return conditions


def _narrowed(request: deadline_rpc.ListDeadlines, now: datetime) -> list[ColumnElement[bool]]:
    """How they ended: what one number of a table is about."""
    conditions: list[ColumnElement[bool]] = []
    if request.kind:
        conditions.append(Deadline.kind == str(request.kind))
    if request.outcome:
        conditions.append(Deadline.outcome == str(request.outcome))
    if request.overdue is not None:
        due = Deadline.due_at < now if request.overdue else Deadline.due_at >= now
        conditions += [Deadline.outcome == OPEN, due]
    said = exists().where(LateStatement.deadline_id == Deadline.id)
    if request.undecided:
        conditions += [Deadline.outcome == MISSED, ~_is_drill, ~said.where(LateStatement.decision.is_not(None))]
    if request.unexplained:
        conditions += [Deadline.outcome == MISSED, ~_is_drill, ~said]
    return conditions


def _visible(reader: Principal) -> list[ColumnElement[bool]]:
    return [Deadline.kind.in_(OURS), in_reach(reader, _unit_id), _secrecy.in_(cleared(reader))]


def _in_order(query: Select[Any], request: deadline_rpc.ListDeadlines) -> Select[Any]:
    key = tuple_(Deadline.due_at, Deadline.id)
    if request.outcome is DeadlineOutcome.OPEN:
        ordered = query.order_by(Deadline.due_at, Deadline.id)
        return ordered.where(key > instant_after(request.cursor)) if request.cursor else ordered
    ordered = query.order_by(Deadline.due_at.desc(), Deadline.id.desc())
    return ordered.where(key < instant_after(request.cursor)) if request.cursor else ordered


def _replies(
    session: Session, reader: Principal, now: datetime, deadlines: list[Deadline]
) -> list[deadline_rpc.Deadline]:
    applied = session.scalar(select(Watermark.applied_up_to))
    said = statements_of(session, [deadline.id for deadline in deadlines])
    return [_reply(reader, now, each, applied, in_short(said.get(each.id, []))) for each in deadlines]


def _reply(
    reader: Principal, now: datetime, deadline: Deadline, applied_up_to: datetime | None, said: Said
) -> deadline_rpc.Deadline:
    explanation, facts = deadline.explain(), deadline.facts
    decidable = applied_up_to is not None and deadline.due_at < applied_up_to
    return deadline_rpc.Deadline(
        deadline_id=deadline.id,
        kind=DeadlineKind(deadline.kind),
        subject_id=deadline.subject_id,
        unit_id=facts["unit_id"],
        unit_name=facts["unit_name"],
        title=facts["title"] if reads_titles(reader) else "",
        severity=facts["severity"],
        started_at=deadline.started_at,
        due_at=deadline.due_at,
        outcome=DeadlineOutcome(deadline.outcome),
        decided_at=deadline.decided_at,
        receipt_unknown=deadline.outcome == OPEN and deadline.due_at < now and not decidable,
        explanation_zh=explanation.zh,
        explanation_en=explanation.en,
        unit_class=facts["unit_class"],
        settled_at=deadline.settled_at,
        reason_stated=said.reason_stated,
        late_decision=said.decision,
        drill=facts.get("drill", False),
    )
