"""A report's verification record: whole for the desk, by its conclusions for the unit; within clearance for both."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.rpc import verifications as rpc
from contracts.rpc.desk import ReportId
from contracts.rpc.roles import DESK
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.verifications import Verification, in_force
from services.review.queries.desk import visible_item

WITHHELD: dict[str, Any] = {"question": "", "answer": "", "documents": [], "attachments": []}
"""What a duty officer reads of another's entry instead: who was asked, when and the conclusion are left, as with
reports, whose text he does not read either (`access.md`)."""


def list_verifications(reading: Reading, request: ReportId) -> rpc.Verifications:
    """The whole record. Raises `NotFound`, also above the reader's clearance."""
    entries = entries_of(reading.session, visible_item(reading.session, reading.principal, request.report_id).report_id)
    corrected = {entry.corrects_id: entry.verification_id for entry in entries}
    counting = in_force(entries)
    return rpc.Verifications(
        items=[verification_shown(reading.principal, entry, corrected.get(entry.verification_id)) for entry in entries],
        conclusion=counting[0].conclusion if counting else None,
    )


def list_conclusions(reading: Reading, request: ReportId) -> rpc.VerifiedConclusions:
    """What the unit is told of its own report. Raises `NotFound`, also for another unit's."""
    item = visible_item(reading.session, reading.principal, request.report_id)
    if item.unit_id != reading.principal.unit_id:
        raise NotFound("编辑处没有这条信息。", "There is no such report on the desk.")
    told = in_force(entries_of(reading.session, item.report_id))
    return rpc.VerifiedConclusions(
        items=[rpc.VerifiedConclusion(conclusion=entry.conclusion, asked_at=entry.asked_at) for entry in told]
    )


def entries_of(session: Session, report_id: UUID) -> Sequence[Verification]:
    """All entries, newest question first."""
    newest = (Verification.asked_at.desc(), Verification.recorded_at.desc(), Verification.verification_id.desc())
    return session.scalars(select(Verification).where(Verification.report_id == report_id).order_by(*newest)).all()


def reads_whole(reader: Principal, entry: Verification) -> bool:
    """Whether this reader may read question and answer."""
    return reader.holds(*DESK) or entry.recorded_by_id == reader.id


def verification_shown(reader: Principal, entry: Verification, corrected_by_id: UUID | None) -> rpc.Verification:
    """An entry as this reader may see it."""
    copied: dict[str, Any] = {
        name: getattr(entry, name) for name in rpc.Verification.model_fields.keys() - {"corrected_by_id"}
    }
    shown = rpc.Verification(**copied, corrected_by_id=corrected_by_id)
    return shown if reads_whole(reader, entry) else shown.model_copy(update=WITHHELD)
