"""What was stated of an occurrence, which statement counts and why; and units whose receipts heap below the limit."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from contracts.rpc import urgent as rpc
from kernel.deadlines.model import Deadline
from kernel.service import Reading
from services.intake.model.occurrences import Occurrence, OccurrenceRuling, OccurrenceStatement, load_occurrence
from services.intake.model.reports import Report
from services.intake.model.time_limits import JUST_BELOW
from services.intake.queries.deadlines import URGENT_REPORT, deadlines_of
from services.intake.queries.reports import visible_report
from services.intake.queries.visibility import cleared, in_reach

HEAPING_DAYS = 90
ENOUGH_REPORTS = 5
"""Below so many reports a share says nothing."""
STRIKING_SHARE = Decimal("0.25")
"""Spread evenly, 5 % of the receipts lie in the last 5 % of the limit; five times that asks for a look."""


def get_occurrence(reading: Reading, request: rpc.ReportOccurrenceQuery) -> rpc.ReportOccurrence:
    """All statements and rulings of a report the reader may see. Raises `NotFound`."""
    report = visible_report(reading.session, reading.principal, request.report_id)
    return occurrence_reply(reading.session, report, load_occurrence(reading.session, report.id))


def occurrence_reply(session: Session, report: Report, occurrence: Occurrence) -> rpc.ReportOccurrence:
    """What counts, why, and everything it was chosen from, as stated in time."""
    session.flush()
    deadline = deadlines_of(session, [report.id]).get(report.id)
    explanation, counting = deadline.explain() if deadline else None, occurrence.counting
    why_zh, why_en = _why(occurrence, counting)
    in_order = sorted(occurrence.statements, key=lambda each: (each.stated_at, each.id))
    return rpc.ReportOccurrence(
        report_id=report.id,
        occurred_at=counting.occurred_at if counting else None,
        why_zh=why_zh,
        why_en=why_en,
        statements=[_statement(each, each is counting) for each in in_order],
        rulings=[_ruling(each, occurrence) for each in occurrence.rulings],
        due_at=deadline.due_at if deadline else None,
        due_explanation_zh=explanation.zh if explanation else None,
        due_explanation_en=explanation.en if explanation else None,
    )


def occurrence_heaping(reading: Reading, request: rpc.HeapingQuery) -> rpc.HeapingTable:
    """Per unit: urgent first reports received in the last 90 days, and how many of them just below their limit."""
    limit, left = (
        func.extract("epoch", Deadline.due_at - since) for since in (Deadline.started_at, Deadline.settled_at)
    )
    just_below = and_(left >= 0, left * JUST_BELOW <= limit)
    counted = (
        select(Report.unit_id, func.max(Report.unit_name), func.count(), func.count().filter(just_below))
        .join(Deadline, and_(Deadline.subject_id == Report.id, Deadline.kind == URGENT_REPORT))
        .where(*_recent(reading))
        .group_by(Report.unit_id)
        .order_by(func.count().filter(just_below).desc(), Report.unit_id)
    )
    return rpc.HeapingTable(rows=[_heaping(*row) for row in reading.session.execute(counted)])


def _recent(reading: Reading) -> list[ColumnElement[bool]]:
    return [
        Deadline.settled_at >= reading.now - timedelta(days=HEAPING_DAYS),
        Report.drill.is_(False),
        Report.secrecy.in_(cleared(reading.principal)),
        in_reach(reading.principal, Report.unit_id),
    ]


def _heaping(unit_id: Any, unit_name: str, reports: int, just_below: int) -> rpc.Heaping:
    share = (Decimal(just_below) / reports).quantize(Decimal("0.001"))
    striking = reports >= ENOUGH_REPORTS and share >= STRIKING_SHARE
    return rpc.Heaping(
        unit_id=unit_id, unit_name=unit_name, reports=reports, just_below_limit=just_below, share=share,
        striking=striking,
    )


def _why(occurrence: Occurrence, counting: OccurrenceStatement | None) -> tuple[str, str]:
    ruling = occurrence.ruling
    if counting is None:
        return "尚未填报发生时间。", "No time of occurrence has been stated."
    if ruling is not None:
        return (
            f"{ruling.ruled_by_name}裁定以此为准，理由：{ruling.reason}",
            f"Ruled by {ruling.ruled_by_name}: {ruling.reason}",
        )
    if len(occurrence.statements) == 1:
        return "只有这一次填报。", "It is the only statement."
    return "历次填报中最早的一次，以最早为准。", "It is the earliest of all statements; the earliest counts."


def _statement(each: OccurrenceStatement, counts: bool) -> rpc.OccurrenceStatement:
    return rpc.OccurrenceStatement(
        statement_id=each.id,
        occurred_at=each.occurred_at,
        learned_at=each.learned_at,
        how=each.how,
        stated_by=each.stated_by,
        stated_by_name=each.stated_by_name,
        unit_name=each.unit_name,
        stated_at=each.stated_at,
        reason=each.reason,
        receipt_number=each.receipt_number,
        counts=counts,
    )


def _ruling(each: OccurrenceRuling, occurrence: Occurrence) -> rpc.OccurrenceRuling:
    statement = occurrence.find(each.statement_id)
    return rpc.OccurrenceRuling(
        number=each.number,
        statement_id=each.statement_id,
        occurred_at=statement.occurred_at if statement else None,
        ruled_by_name=each.ruled_by_name,
        ruled_at=each.ruled_at,
        reason=each.reason,
        in_force=each is occurrence.ruling,
    )
