"""When it happened: statements in drafts and signed versions, corrections with a reason, a chief editor's rulings."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from contracts.events.gateway import ReportAccepted
from contracts.rpc import urgent as rpc
from contracts.vocabulary import Kind, StatedBy
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Conflict, Invalid
from services.intake import urgent
from services.intake.model.drafts import Draft
from services.intake.model.occurrences import Occurrence, load_occurrence
from services.intake.model.reports import Report
from services.intake.model.time_limits import time_limits
from services.intake.model.units import Unit, UnitVersion
from services.intake.queries.occurrences import occurrence_reply
from services.intake.queries.reports import visible_report


def state_in_draft(work: Work, draft: Draft, unit: Unit) -> Occurrence:
    """Keep what a draft states of the occurrence, each time it says something else than before."""
    occurrence, content = load_occurrence(work.session, draft.id), draft.content
    if content.occurred_at is None:
        return occurrence
    times = content.occurred_at, content.incident.learned_at if content.incident else None
    if times != occurrence.said_last(draft.id):
        by, of = (work.principal.person_id, work.principal.name), (unit.id, unit.name)
        occurrence.add(work.session, StatedBy.DRAFT, draft.id, times, by=by, unit=of, at=work.now)
    return occurrence


def state_signed(work: Work, occurrence: Occurrence, report: Report, accepted: ReportAccepted) -> None:
    """Keep what a signed version states of the occurrence; its signer stands for it."""
    if accepted.occurred_at is None:
        return
    occurrence.add(
        work.session,
        StatedBy.SIGNED,
        report.id,
        (accepted.occurred_at, accepted.incident.learned_at if accepted.incident else None),
        by=(accepted.sign_off.signer_id, accepted.sign_off.signer_name),
        unit=(report.unit_id, report.unit_name),
        at=accepted.sign_off.signed_at,
        receipt_number=accepted.receipt_number,
    )


def correct_occurrence(work: Work, request: rpc.CorrectOccurrence) -> rpc.ReportOccurrence:
    """State another time with a reason; the earliest counts, so a later one alone moves nothing. Raises `Refusal`."""
    report, occurrence = _case(work, request.report_id)
    _check_time(work, report, request.occurred_at)
    principal, reason = work.principal, request.reason.strip()
    occurrence.add(
        work.session,
        StatedBy.CORRECTION,
        report.id,
        (request.occurred_at, None),
        by=(principal.person_id, principal.name),
        unit=_unit_of(work.session, principal.unit_id),
        at=work.now,
        reason=reason,
    )
    urgent.count_report(work, report, occurrence, f"更正发生时间：{reason}")
    work.audit(
        "occurrence.corrected", report.id, report.version, occurred_at=request.occurred_at.isoformat(), reason=reason
    )
    return occurrence_reply(work.session, report, occurrence)


def rule_occurrence(work: Work, request: rpc.RuleOccurrence) -> rpc.ReportOccurrence:
    """A chief editor says which statement counts, or withdraws the ruling in force. Raises `Refusal`."""
    report, occurrence = _case(work, request.report_id)
    _check_ruling(report, occurrence, request.statement_id)
    reason = request.reason.strip()
    ruling = occurrence.rule(work.session, request.statement_id, work.principal, reason, work.now)
    urgent.count_report(work, report, occurrence, f"裁定发生时间：{reason}")
    work.audit(
        "occurrence.ruled", report.id, report.version, number=ruling.number, reason=reason,
        statement_id=str(request.statement_id) if request.statement_id else None,
    )  # fmt: skip
    return occurrence_reply(work.session, report, occurrence)


def _case(work: Work, report_id: UUID) -> tuple[Report, Occurrence]:
    """The report, locked, with what was stated. Raises `NotFound`, `Conflict` for one without a time limit."""
    report = visible_report(work.session, work.principal, report_id, lock=True)
    if report.kind is not Kind.URGENT_FIRST:
        raise Conflict(
            f"{report.kind.label}不计报送时限，无需更正发生时间；请更正其首报。",
            f"A report of the kind {report.kind} has no time limit; correct the first report of its chain.",
        )
    return report, load_occurrence(work.session, report.id)


def _check_time(work: Work, report: Report, occurred_at: datetime) -> None:
    """Raise `Invalid` for a time that cannot be. It lies in the past of all clocks, so none is made allowance for."""
    if occurred_at > min(work.now, report.first_received_at):
        raise Invalid(
            "发生时间不能晚于当前时间，也不能晚于首次接收时间。",
            "It cannot have occurred later than now, nor after the first receipt of the report.",
            pointer="/occurred_at",
        )
    began = work.session.scalar(select(func.min(UnitVersion.valid_from)).where(UnitVersion.unit_id == report.unit_id))
    if began is not None and china_day(occurred_at) < began:
        raise Invalid(
            f"发生时间早于报送单位设立之日（{began}），请核对。",
            f"This is before the unit existed ({began}); check the time.",
            pointer="/occurred_at",
        )
    _check_limit(report, occurred_at, "/occurred_at")


def _check_limit(report: Report, occurred_at: datetime, pointer: str) -> None:
    if report.severity is not None and time_limits().in_force(occurred_at, report.severity) is None:
        raise Invalid(
            "该时间没有生效的报送时限规定，请核对。", "No time limit was in force at this time; check it.",
            pointer=pointer,
        )


def _check_ruling(report: Report, occurrence: Occurrence, statement_id: UUID | None) -> None:
    statement = occurrence.find(statement_id)
    if statement_id is None and occurrence.ruling is None:
        raise Conflict("没有可撤销的裁定。", "There is no ruling in force to withdraw.", pointer="/statement_id")
    if statement is not None:
        _check_limit(report, statement.occurred_at, "/statement_id")
    elif statement_id is not None:
        raise Invalid(
            "该报送没有这条发生时间记录。", "This report has no such statement of the occurrence.",
            pointer="/statement_id",
        )


def _unit_of(session: Session, unit_id: UUID | None) -> tuple[UUID | None, str]:
    unit = session.get(Unit, unit_id) if unit_id else None
    return (unit.id, unit.name) if unit else (unit_id, "")
