"""Registered reports: search by number, title and unit, and one report with its receipts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Row, Select, cast, func, inspect, select, tuple_
from sqlalchemy.dialects.postgresql import TSQUERY, aggregate_order_by
from sqlalchemy.orm import Session

from contracts.rpc import intake as rpc
from contracts.rpc.content import Incident, ToTell
from contracts.vocabulary import URGENT_KINDS, Kind, ReportFlag
from kernel.deadlines.model import Deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from kernel.words import columns_as_kept
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
_KEPT = (
    "number", "version", "kind", "state", "unit_id", "unit_name", "unit_class", "title", "body", "topic", "secrecy",
    "severity", "occurred_at", "place", "received_at", "remarks", "follows_report_id", "assignment_id", "pre_report_id",
    "drill", "leaning", "source_channel", "endorsed_by", "endorsed_at", "attachments", "acknowledged_by",
    "acknowledged_at", "flags",
)  # fmt: skip
_SIGNED = ("author_name", "signer_name", "signer_post", "signed_at")
_DOCUMENTS = ("incident", "reference", "amendment")
"""Kept as JSON; an empty one says nothing."""
_DEADLINE = inspect(Deadline).columns
_NAMES = (*_DOCUMENTS, *_KEPT, "receipt_numbers", "report_id")
"""The first columns of `_SHOWN`, told as they are; the sign-off, the time of the first receipt, the deadline follow."""
_SHOWN: Select[Any] = select(
    *columns_as_kept(Report, (*_DOCUMENTS, *_KEPT)), _RECEIPTS,
    *columns_as_kept(Report, ("id", "sign_off", "first_received_at")),
    *(column.label(f"deadline_{column.key}") for column in _DEADLINE),
).outerjoin_from(
    Report, Deadline, (Deadline.kind == URGENT_REPORT) & (Deadline.subject_id == Report.id)
)  # fmt: skip
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
    reading.session.flush()  # rows are read past the session, which would write what has changed first
    return rpc.Report.model_validate(_told(reading, _rows(reading, _SHOWN.where(Report.id == report.id)))[0])


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
    rows, last = page(_rows(reading, _in_order(query, request).limit(request.limit + 1)), request.limit)
    next_cursor = cursor_after(last.first_received_at, last.id) if last else None
    # Checked as one page: checking every report by itself, and then once more as part of the page, takes twice as long.
    return rpc.ReportPage.model_validate({"items": _told(reading, rows), "next_cursor": next_cursor})


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


def _rows(reading: Reading, query: Select[Any]) -> list[Row[Any]]:
    return list(reading.session.connection().execute(query).all())


def _told(reading: Reading, rows: Sequence[Row[Any]]) -> list[dict[str, Any]]:
    """Replies of rows of `_SHOWN`, still to be checked by the contract."""
    urgent = [row.id for row in rows if row.kind in URGENT_KINDS]
    flags = chain_flags(reading.session, urgent) if urgent else {}
    withheld = {} if reads_text(reading.principal) else WITHHELD
    return [_reply(row, flags.get(row.id, [])) | withheld for row in rows]


def _reply(row: Row[Any], of_chain: list[ReportFlag]) -> dict[str, Any]:
    told: dict[str, Any] = dict(zip(_NAMES, row, strict=False))
    for name in _DOCUMENTS:
        told[name] = told[name] or None
    sign_off = row.sign_off
    for name in _SIGNED:
        told[name] = sign_off[name]
    if told["kind"] in URGENT_KINDS:
        told["flags"] = [*told["flags"], *of_chain]
        told["missing"] = _missing(told, row.first_received_at)
    return told | (_limit(row) if row.deadline_id else _NO_LIMIT)


def _missing(told: dict[str, Any], at: datetime) -> list[ToTell]:
    incident = Incident.model_validate(told["incident"]) if told["incident"] else None
    return missing_in(Kind(told["kind"]), told["occurred_at"], told["place"], incident, at)


_NO_LIMIT = dict.fromkeys(("late", "deadline_id", "due_at", "due_explanation_zh", "due_explanation_en"))


def _limit(row: Row[Any]) -> dict[str, Any]:
    """What an urgent report's deadline adds."""
    deadline = Deadline(**{column.key: getattr(row, f"deadline_{column.key}") for column in _DEADLINE})
    explanation = deadline.explain()
    return {
        "late": row.first_received_at > deadline.due_at,
        "deadline_id": deadline.id,
        "due_at": deadline.due_at,
        "due_explanation_zh": explanation.zh,
        "due_explanation_en": explanation.en,
    }
