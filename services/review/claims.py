"""Claims: who works on a report, for how long, handed over, taken over, given back (R11)."""

from __future__ import annotations

from datetime import timedelta

from contracts.events.review import ReportHandedOver
from contracts.rpc import desk as rpc
from kernel.database import Work
from kernel.errors import Invalid
from services.review.desk_items import locked_item, of_report, seen_item
from services.review.model.desk import NEVER
from services.review.queries.desk import item_shown


def open_desk_item(work: Work, request: rpc.ReportId, lasting: timedelta) -> rpc.DeskItem:
    """An editor reads the report; the first time the unit is told who has seen it and when. A claim of his goes on."""
    item = seen_item(work, request.report_id)
    item.renew(work.principal, work.now + lasting)
    work.audit("open_desk_item", item.report_id, item.version)
    return item_shown(work.session, item)


def claim_report(work: Work, request: rpc.ClaimReport, lasting: timedelta) -> rpc.DeskItem:
    """Take the report to work on, so that two never edit unseen. Claiming one's own again renews the claim."""
    item = seen_item(work, request.report_id)
    before = item.version
    item.claim(work.principal, work.now, work.now + lasting, take_over=request.take_over)
    taken = {"taken_from": item.taken_from} if item.taken_from and item.version != before else {}
    work.audit("claim_report", item.report_id, item.version, **taken)
    return item_shown(work.session, item)


def hand_over_report(work: Work, request: rpc.HandOver, lasting: timedelta) -> rpc.DeskItem:
    """Give the claim to a colleague, who is told. Raises `Conflict` when it is not one's own."""
    item = locked_item(work, request.report_id)
    until = work.now + lasting
    item.hand_over(work.principal, str(request.to_id), request.to_name, request.note, until)
    event = ReportHandedOver(
        **of_report(item), to_id=request.to_id, handed_by=work.principal.name, note=request.note, drill=item.drill
    )
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit("hand_over_report", item.report_id, item.version, to=request.to_name, note=request.note)
    return item_shown(work.session, item)


def release_report(work: Work, request: rpc.ReportId) -> rpc.DeskItem:
    """Give the claim back to the queue."""
    item = locked_item(work, request.report_id)
    claimer = item.claimed_by
    item.release(work.principal)
    work.audit("release_report", item.report_id, item.version, claimer=claimer)
    return item_shown(work.session, item)


def set_due(work: Work, request: rpc.SetDue) -> rpc.DeskItem:
    """By when the desk wants it decided; what is due soonest stands first among equally urgent ones. Raises
    `Invalid` for a time that is past or too far away."""
    if request.due_at is not None and request.due_at >= NEVER:
        raise Invalid("办理时限过远。", "The time lies too far in the future.", pointer="/due_at")
    if request.due_at is not None and request.due_at <= work.now:
        raise Invalid(
            "办理时限须晚于现在，请核对日期。", "The time must lie after now; check the date.", pointer="/due_at"
        )
    item = locked_item(work, request.report_id)
    item.due_at = request.due_at or NEVER
    item.version += 1
    work.audit("set_due", item.report_id, item.version, due_at=str(request.due_at))
    return item_shown(work.session, item)
