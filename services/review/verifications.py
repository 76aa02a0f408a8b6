"""Verification of a report: whom the city asked, what was said, what follows; only ever added to (R07)."""

from __future__ import annotations

from contracts.rpc import verifications as rpc
from kernel.database import Work
from kernel.errors import Conflict
from services.review.model.verifications import Verification, check_asked_at, check_attachments, check_correction
from services.review.queries.desk import visible_item
from services.review.queries.verifications import entries_of, verification_shown


def record_verification(work: Work, request: rpc.RecordVerification) -> rpc.Verification:
    """Add an entry, or one that corrects another. Raises `NotFound`, `Invalid`, `Conflict`."""
    item = visible_item(work.session, work.principal, request.report_id, lock=True)
    asked_at = request.asked_at or work.now
    check_asked_at(asked_at, work.now)
    check_attachments(request.attachments, (file["digest"] for file in item.attachments))
    check_correction(entries_of(work.session, item.report_id), request.corrects_id)
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
