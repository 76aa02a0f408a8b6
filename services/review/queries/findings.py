"""Findings as the city and the unit concerned see them; of a report above the reader's clearance there is none."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import findings as rpc
from contracts.rpc.verifications import VerifiedConclusion
from contracts.vocabulary import UNIT_ROLES, Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.desk import DeskItem
from services.review.model.findings import Finding, FindingStatement
from services.review.model.verifications import Verification

_KEY = (Finding.proposed_at, Finding.finding_id)


def list_findings(reading: Reading, request: rpc.ListFindings) -> rpc.FindingPage:
    """Newest first."""
    statement = _visible(reading.principal).order_by(*(column.desc() for column in _KEY)).limit(request.limit + 1)
    if request.state:
        statement = statement.where(Finding.state == request.state)
    if request.unit_id:
        statement = statement.where(Finding.unit_id == request.unit_id)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) < read_cursor(request.cursor, datetime, UUID))
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    return rpc.FindingPage(
        items=_all_shown(reading.session, page),
        next_cursor=cursor_after(last.proposed_at, last.finding_id) if last else None,
    )


def get_finding(reading: Reading, request: rpc.FindingId) -> rpc.Finding:
    """One finding. Raises `NotFound`, also for another unit's."""
    return finding_shown(reading.session, visible_finding(reading.session, reading.principal, request.finding_id))


def visible_finding(session: Session, reader: Principal, finding_id: UUID, *, lock: bool = False) -> Finding:
    """The finding if this person may see it. Raises `NotFound`."""
    statement = _visible(reader).where(Finding.finding_id == finding_id)
    if lock:
        statement = statement.with_for_update(of=Finding).execution_options(populate_existing=True)
    finding = session.scalar(statement)
    if finding is None:
        raise NotFound("没有这项认定。", "There is no such finding.")
    return finding


def finding_shown(session: Session, finding: Finding) -> rpc.Finding:
    """A finding as the contract tells it."""
    session.flush()
    return _all_shown(session, [finding])[0]


def _visible(reader: Principal) -> Select[Finding]:
    readable = DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance))
    statement = (
        select(Finding)
        .outerjoin(DeskItem, DeskItem.report_id == Finding.report_id)
        .where(or_(Finding.report_id.is_(None), readable))
    )
    return statement.where(Finding.unit_id == reader.unit_id) if reader.holds(*UNIT_ROLES) else statement


def _all_shown(session: Session, findings: Sequence[Finding]) -> list[rpc.Finding]:
    said: dict[UUID, list[rpc.FindingReply]] = {finding.finding_id: [] for finding in findings}
    statements = select(FindingStatement).where(FindingStatement.finding_id.in_(list(said)))
    for row in session.scalars(statements.order_by(FindingStatement.at, FindingStatement.statement_id)):
        said[row.finding_id].append(rpc.FindingReply(at=row.at, by_name=row.by_name, text=row.text))
    reports = {finding.report_id for finding in findings if finding.report_id}
    named = select(DeskItem.report_id, DeskItem.number).where(DeskItem.report_id.in_(reports))
    numbers = {row.report_id: row.number for row in session.execute(named)}
    verified = _verified(session, findings)
    return [
        _shown(
            finding, replies=said[finding.finding_id],
            report_number=numbers.get(finding.report_id) if finding.report_id else None,
            verification=verified.get(finding.verification_id) if finding.verification_id else None,
        )
        for finding in findings
    ]  # fmt: skip


def _verified(session: Session, findings: Sequence[Finding]) -> dict[UUID, VerifiedConclusion]:
    """The verifications named among the grounds."""
    named = {finding.verification_id for finding in findings if finding.verification_id}
    if not named:
        return {}
    return {
        entry.verification_id: VerifiedConclusion(conclusion=entry.conclusion, asked_at=entry.asked_at)
        for entry in session.scalars(select(Verification).where(Verification.verification_id.in_(named)))
    }


def _shown(finding: Finding, **beside: Any) -> rpc.Finding:
    own: dict[str, Any] = {name: getattr(finding, name) for name in rpc.Finding.model_fields.keys() - beside.keys()}
    return rpc.Finding(**own, **beside)
