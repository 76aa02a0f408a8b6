"""Verification of a report: whom the city asked, what was said, what follows; only ever added to (R07)."""

from __future__ import annotations

from contracts.rpc import verifications as rpc
from kernel.database import Work
from kernel.errors import Conflict, Forbidden
from kernel.principal import Principal
from services.review.model.desk import DeskItem
from services.review.model.verifications import Verification, check_asked_at, check_attachments, to_correct
from services.review.queries.desk import visible_item
from services.review.queries.verifications import entries_of, reads_whole, verification_shown


def record_verification(work: Work, request: rpc.RecordVerification) -> rpc.Verification:
    """Add an entry, or one that corrects another. Raises `Refusal`."""
    item = visible_item(work.session, work.principal, request.report_id, lock=True)
    check_attachments(request.attachments, (file["digest"] for file in item.attachments))
    entries = entries_of(work.session, item.report_id)
    corrected = to_correct(entries, request.corrects_id) if request.corrects_id else None
    _check_may_record(work.principal, item, corrected)
    asked_at = request.asked_at or (corrected.asked_at if corrected else work.now)
    check_asked_at(asked_at, work.now)
    if work.session.get(Verification, request.verification_id):
        raise Conflict("该核实记录已登记。", "This verification has been recorded already.")
    entry = Verification(
        **request.model_dump() | {"asked_at": asked_at}, report_version=item.report_version,
        recorded_by_id=work.principal.id, recorded_by=work.principal.name, recorded_at=work.now,
    )  # fmt: skip
    work.session.add(entry)
    work.audit(
        "record_verification", item.report_id, None, verification_id=str(entry.verification_id),
        conclusion=entry.conclusion.value, corrects_id=str(entry.corrects_id) if entry.corrects_id else None,
    )
    return verification_shown(work.principal, entry, None)


def _check_may_record(by: Principal, item: DeskItem, corrected: Verification | None) -> None:
    """Nobody vouches for his own report, nor corrects what he may not read."""
    if by.same_person(item.author_id) or by.same_person(item.signer_id):
        raise Forbidden("不得核实本人起草或签发的信息。", "Nobody verifies a report he wrote or signed himself.")
    if corrected is not None and not reads_whole(by, corrected):
        raise Forbidden("只能更正自己登记的核实。", "A duty officer corrects his own entries only.")
