"""Registered reports: search by number, title and unit, and one report with its receipts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, cast, func, inspect, select, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY, aggregate_order_by
from sqlalchemy.orm import Session

from contracts.rpc import intake as rpc
from contracts.rpc.attachments import Attachment
from contracts.rpc.content import Amendment, Incident, Reference
from contracts.vocabulary import URGENT_KINDS, ReportFlag
from kernel.deadlines.model import Deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.chain_contents import missing_in
from services.intake.model.reports import Report, ReportVersion
from services.intake.model.search import ReportSearch, search_question
from services.intake.queries.chains import chain_flags
from services.intake.queries.deadlines import URGENT_REPORT
from services.intake.queries.keyset import cursor_after, instant_after, page
from services.intake.queries.visibility import cleared, in_reach, reads_text

WITHHELD: dict[str, Any] = {
    "body": "", "topic": None, "place": None, "author_name": "", "signer_name": "", "signer_post": "", "remarks": None,
    "endorsed_by": None,
    "assignment_id": None, "incident": None, "flags": [], "attachments": [], "amendment": None,
}  # fmt: skip
"""What a reader without the text gets instead: number, title, severity, state, times and unit are left."""

_RECEIPTS = (
    select(func.array_agg(aggregate_order_by(ReportVersion.receipt_number, ReportVersion.version)))
    .where(ReportVersion.report_id == Report.id)
    .scalar_subquery()
)
"""Receipt numbers of a report, first receipt first."""
_NOT_SHOWN = {
    "receipt_number", "desk_version", "occurrence_claims", "awaits_acknowledgement", "sketched", "content_hash",
}  # fmt: skip
_SHOWN = select(
    *(column for column in inspect(Report).columns if column.key not in _NOT_SHOWN),
    Deadline,
    _RECEIPTS.label("receipt_numbers"),
).outerjoin_from(Report, Deadline, (Deadline.kind == URGENT_REPORT) & (Deadline.subject_id == Report.id))
"""A page in one statement: reports with their time limits and receipts, as rows: nothing read here is ever changed."""


def get_report(reading: Reading, request: rpc.ReportId) -> rpc.Report:
    """One report the reader may see. Raises `NotFound`."""
    return report_reply(reading, visible_report(reading.session, reading.principal, request.report_id))


def visible_report(session: Session, reader: Principal, report_id: UUID, lock: bool = False) -> Report:
    """A report the reader may see, locked until the transaction ends if so asked. Raises `NotFound`."""
    query = select(Report).where(Report.id == report_id, *_visible(reader))
    report = session.scalar(query.with_for_update() if lock else query)
    if report is None:
        raise NotFound(f"没有找到报送 {report_id}。", f"There is no report {report_id}.")
    return report


def report_reply(reading: Reading, report: Report) -> rpc.Report:
    """A report as the reader may see it."""
    return _replies(reading, list(reading.session.execute(_SHOWN.where(Report.id == report.id))))[0]


def list_reports(reading: Reading, request: rpc.ListReports) -> rpc.ReportPage:
    """Reports the reader may see, newest first, but what waits for the duty officer longest waiting first.

    A question nothing can be searched by finds nothing.
    """
    query = _filtered(_SHOWN.where(*_visible(reading.principal)), request)
    if request.q:
        question = search_question(request.q)
        if question is None:
            return rpc.ReportPage(items=[])
        found = ReportSearch.terms.op("@@")(cast(question, TSQUERY))
        query = query.join(ReportSearch, ReportSearch.report_id == Report.id).where(found)
    query = _in_order(query, request)
    rows, last = page(list(reading.session.execute(query.limit(request.limit + 1))), request.limit)
    return rpc.ReportPage(
        items=_replies(reading, rows),
        next_cursor=cursor_after(last.first_received_at, last.id) if last else None,
    )


def _visible(reader: Principal) -> tuple[ColumnElement[bool], ...]:
    return in_reach(reader, Report.unit_id), Report.secrecy.in_(cleared(reader))


def _filtered(query: Select[Any], request: rpc.ListReports) -> Select[Any]:
    if request.state:
        query = query.where(Report.state == request.state)
    if request.kind:
        query = query.where(Report.kind == request.kind)
    if request.unit_id:
        query = query.where(Report.unit_id == request.unit_id)
    if request.acknowledged is not None:
        taken_note_of = Report.acknowledged_at.is_not(None)
        query = query.where(taken_note_of if request.acknowledged else Report.awaits_acknowledgement)
    return query


def _in_order(query: Select[Any], request: rpc.ListReports) -> Select[Any]:
    key = tuple_(Report.first_received_at, Report.id)
    if request.acknowledged is False:
        ordered = query.order_by(Report.first_received_at, Report.id)
        return ordered.where(key > instant_after(request.cursor)) if request.cursor else ordered
    ordered = query.order_by(Report.first_received_at.desc(), Report.id.desc())
    return ordered.where(key < instant_after(request.cursor)) if request.cursor else ordered


def _replies(reading: Reading, rows: Sequence[Row[Any]]) -> list[rpc.Report]:
    urgent = [row.id for row in rows if row.kind in URGENT_KINDS]
    with_text, flags = reads_text(reading.principal), chain_flags(reading.session, urgent) if urgent else {}
    replies = [_reply(row, flags.get(row.id, [])) for row in rows]
    return replies if with_text else [reply.model_copy(update=WITHHELD) for reply in replies]


def _reply(report: Row[Any], of_chain: list[ReportFlag]) -> rpc.Report:
    deadline, sign_off = report.Deadline, report.sign_off
    explanation = deadline.explain() if deadline else None
    incident = Incident.model_validate(report.incident) if report.incident else None
    told = report.occurred_at, report.place, incident
    missing = missing_in(report.kind, *told, report.first_received_at) if report.kind in URGENT_KINDS else []
    return rpc.Report(
        report_id=report.id,
        number=report.number,
        version=report.version,
        kind=report.kind,
        state=report.state,
        unit_id=report.unit_id,
        unit_name=report.unit_name,
        unit_class=report.unit_class,
        title=report.title,
        body=report.body,
        topic=report.topic,
        secrecy=report.secrecy,
        severity=report.severity,
        occurred_at=report.occurred_at,
        place=report.place,
        author_name=sign_off["author_name"],
        signer_name=sign_off["signer_name"],
        signer_post=sign_off["signer_post"],
        signed_at=sign_off["signed_at"],
        received_at=report.received_at,
        receipt_numbers=report.receipt_numbers,
        late=report.first_received_at > deadline.due_at if deadline else None,
        deadline_id=deadline.id if deadline else None,
        due_at=deadline.due_at if deadline else None,
        due_explanation_zh=explanation.zh if explanation else None,
        due_explanation_en=explanation.en if explanation else None,
        remarks=report.remarks,
        follows_report_id=report.follows_report_id,
        assignment_id=report.assignment_id,
        incident=incident,
        pre_report_id=report.pre_report_id,
        drill=report.drill,
        leaning=report.leaning,
        source_channel=report.source_channel,
        reference=Reference.model_validate(report.reference) if report.reference else None,
        endorsed_by=report.endorsed_by,
        endorsed_at=report.endorsed_at,
        attachments=[Attachment.model_validate(told) for told in report.attachments],
        amendment=Amendment.model_validate(report.amendment) if report.amendment else None,
        acknowledged_by=report.acknowledged_by,
        acknowledged_at=report.acknowledged_at,
        flags=[*map(ReportFlag, report.flags), *of_chain],
        missing=missing,
    )
