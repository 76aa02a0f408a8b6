"""Pre-reports by phone with their clocks: due in writing, whether the call itself was in time, what made them good."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import urgent as rpc
from contracts.vocabulary import DeadlineOutcome
from kernel.deadlines.model import Deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.occurrences import Occurrence, load_occurrences
from services.intake.model.pre_reports import PreReport
from services.intake.model.time_limits import time_limits
from services.intake.queries.deadlines import deadlines_of
from services.intake.queries.keyset import cursor_after, instant_after, page
from services.intake.queries.visibility import cleared, in_reach

_AS_KEPT = (
    "unit_id", "unit_name", "title", "place", "occurred_at", "learned_at", "severity", "category", "caller_name",
    "caller_number", "called_at", "read_back", "reason", "drill", "side", "recorded_by", "recorded_by_name",
    "recorded_at", "draft_id", "report_id",
)  # fmt: skip
"""What a reply tells as it is kept."""


def get_pre_report(reading: Reading, request: rpc.PreReportId) -> rpc.PreReport:
    """One pre-report the reader may see. Raises `NotFound`."""
    found = visible_pre_report(reading.session, reading.principal, request.pre_report_id)
    return pre_report_replies(reading.session, reading.principal, [found])[0]


def list_pre_reports(reading: Reading, request: rpc.ListPreReports) -> rpc.PreReportPage:
    """Pre-reports the reader may see, newest first; `waiting` for those not made good in writing."""
    query = _visible(reading.principal)
    if request.waiting is not None:
        query = query.where(PreReport.report_id.is_(None) if request.waiting else PreReport.report_id.is_not(None))
    if request.unit_id:
        query = query.where(PreReport.unit_id == request.unit_id)
    if request.cursor:
        query = query.where(tuple_(PreReport.recorded_at, PreReport.id) < instant_after(request.cursor))
    newest_first = query.order_by(PreReport.recorded_at.desc(), PreReport.id.desc()).limit(request.limit + 1)
    found, last = page(list(reading.session.scalars(newest_first)), request.limit)
    return rpc.PreReportPage(
        items=pre_report_replies(reading.session, reading.principal, found),
        next_cursor=cursor_after(last.recorded_at, last.id) if last else None,
    )


def pre_report_replies(session: Session, reader: Principal, found: Sequence[PreReport]) -> list[rpc.PreReport]:
    """Each with the clock it shares now and the verdict on the call itself."""
    session.flush()
    cases = [each.case_id for each in found]
    deadlines, occurrences = deadlines_of(session, cases), load_occurrences(session, cases)
    return [_reply(each, deadlines.get(each.case_id), occurrences[each.case_id]) for each in found]


def visible_pre_report(session: Session, reader: Principal, pre_report_id: UUID) -> PreReport:
    """The pre-report, if the reader may see it. Raises `NotFound`."""
    found = session.scalar(_visible(reader).where(PreReport.id == pre_report_id))
    if found is None:
        raise NotFound(f"没有找到预报 {pre_report_id}。", f"There is no pre-report {pre_report_id}.")
    return found


def _visible(reader: Principal) -> Select[PreReport]:
    return select(PreReport).where(in_reach(reader, PreReport.unit_id), PreReport.secrecy.in_(cleared(reader)))


def _reply(pre_report: PreReport, deadline: Deadline | None, occurrence: Occurrence) -> rpc.PreReport:
    explanation, circumstances = deadline.explain() if deadline else None, occurrence.circumstances
    rule = time_limits().in_force(circumstances.occurred_at, pre_report.severity) if circumstances else None
    phone_due_at = rule.reckon(circumstances).phone_due_at if rule and circumstances else None
    return rpc.PreReport(
        pre_report_id=pre_report.id,
        **{name: getattr(pre_report, name) for name in _AS_KEPT},
        phone_due_at=phone_due_at,
        phone_in_time=pre_report.called_at <= phone_due_at if phone_due_at else None,
        due_at=deadline.due_at if deadline else None,
        outcome=DeadlineOutcome(deadline.outcome) if deadline else None,
        due_explanation_zh=explanation.zh if explanation else None,
        due_explanation_en=explanation.en if explanation else None,
    )
