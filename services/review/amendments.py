"""Corrections and withdrawals on the desk: what is published is never rewritten, editors see it and act (R07)."""

from __future__ import annotations

from contracts.rpc import amendments as rpc
from contracts.rpc import desk as desk_rpc
from kernel.database import Work
from kernel.errors import Conflict, NotFound, StaleVersion
from services.review import adoptions
from services.review.model.amendments import AmendmentDecision
from services.review.model.desk import DeskItem
from services.review.queries.amendments import amended_shown, published_and_amended


def decide_amended(work: Work, request: rpc.DecideAmended) -> rpc.AmendedPublication:
    """What is done about a published item that was amended. Raises `NotFound`, `StaleVersion`, `Conflict` when done."""
    found = published_and_amended(work.principal).where(DeskItem.report_id == request.report_id)
    row = work.session.execute(found.with_for_update(of=DeskItem)).one_or_none()
    if row is None:
        raise NotFound("没有这条刊发后更正或撤回的信息。", "No published item of such a report was amended.")
    item, adoption, issue = row
    if request.report_version != item.report_version:
        raise StaleVersion(
            f"该信息已有第{item.report_version}版，请重新查看后再处理。",
            f"The report is at version {item.report_version}; read it again.",
            extra={"version": item.report_version},
        )
    key = (item.report_id, item.report_version)
    if earlier := work.session.get(AmendmentDecision, key):
        raise Conflict(
            f"{earlier.decided_by}已作处理：{earlier.decision.label}。",
            f"{earlier.decided_by} has decided already: {earlier.decision}.",
        )
    decision = AmendmentDecision(
        report_id=item.report_id, report_version=item.report_version, decision=request.decision, note=request.note,
        decided_by=work.principal.name, decided_at=work.now,
    )  # fmt: skip
    work.session.add(decision)
    shown = amended_shown(item, adoption, issue, decision)
    if request.decision is rpc.AmendedDecision.WITHDRAW_ADOPTION:
        withdrawal = desk_rpc.WithdrawAdoption(report_id=item.report_id, reason=request.note)
        adoptions.withdraw_adoption(work, withdrawal)
    work.audit("decide_amended", item.report_id, item.version, decision=request.decision.value)
    return shown
