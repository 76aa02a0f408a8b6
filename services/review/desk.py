"""The editors' desk: reports queued and decided; claims and adoptions have files of their own."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from contracts.events import review as events
from contracts.events.intake import ReportRegistered
from contracts.rpc import desk as rpc
from contracts.vocabulary import Kind, ReportState, Secrecy
from kernel.database import Work
from kernel.errors import Conflict
from kernel.service import Event
from services.review.adoptions import adoption_to_withdraw, withdraw
from services.review.amended import tell_desk
from services.review.desk_items import locked_item, of_report, seen_item
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.secrecy import raised_class
from services.review.passings import undo_passings
from services.review.queries.desk import adoption_in_force, item_shown, visible_item
from services.review.readings import undo_readings


def queue_report(work: Work, event: Event[ReportRegistered]) -> None:
    """Lay a registered report on the desk; a new signed version of a returned one puts its item back to waiting."""
    report = event.data
    raised = raised_class(work.session, report.report_id)
    item = work.session.get(DeskItem, report.report_id, with_for_update=True)
    adoption = None
    if item is None:
        item = laid_item(work, report, raised)
    elif report.version <= item.report_version:
        return  # doubled, or older than what lies on the desk
    else:
        adoption = _take_following(work, item, report)
    if adoption is not None:
        return
    if item.is_withdrawn:
        item.take_back()
        work.audit("take_back", item.report_id, item.version, receipt_number=item.receipt_number)
        return
    tell_queued(work, item)


def laid_item(work: Work, report: ReportRegistered, raised: Secrecy) -> DeskItem:
    """The report as an item that was not there, in the class it was raised to if that is higher."""
    item = DeskItem.queued(report)
    item.secrecy = item.secrecy.higher(raised)
    work.session.add(item)
    return item


def tell_queued(work: Work, item: DeskItem) -> None:
    """It stands on the desk."""
    work.emit(events.ReportQueued(**of_report(item)), subject=item.report_id, version=item.version)
    work.audit("queue_report", item.report_id, item.version, receipt_number=item.receipt_number)


def _take_following(work: Work, item: DeskItem, report: ReportRegistered) -> Adoption | None:
    """A further signed version of what lies here; an adoption in force, which is returned, keeps text and decision."""
    was, held, adoption = item.state, item.claimed_by_id, adoption_in_force(work.session, item.report_id)
    if adoption is None:
        item.take_version(report)
    else:
        item.note_version(report)
        work.audit("note_version", item.report_id, item.version, receipt_number=item.receipt_number)
    tell_desk(work, report, item, adoption, was, held)
    return adoption


def return_report(work: Work, request: rpc.ReturnReport) -> rpc.DeskItem:
    """Return it to the unit for revision; a new signed version may follow."""
    item = seen_item(work, request.report_id)
    _refuse_feedback(item)
    item.decide("return", work.principal, work.now, request.remarks)
    event = events.ReportReturned(
        **of_report(item), remarks=request.remarks, returned_by=work.principal.name, drill=item.drill
    )
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit("return_report", item.report_id, item.version, remarks=request.remarks)
    return item_shown(work.session, item)


def _refuse_feedback(item: DeskItem) -> None:
    """The supervisor has accepted it: the unit has nothing to revise."""
    if item.kind is Kind.FEEDBACK:
        raise Conflict(
            "批示反馈已经督办部门审核通过，不退回单位修改；可以采用、存档备查或不采用。",
            "The supervisor has accepted this feedback; adopt it, keep it on file or do not use it.",
        )


def keep_report(work: Work, request: rpc.ReportId) -> rpc.DeskItem:
    """Keep it on file."""
    item = seen_item(work, request.report_id)
    item.decide("keep", work.principal, work.now)
    work.emit(events.ReportKept(**of_report(item)), subject=item.report_id, version=item.version)
    work.audit("keep_report", item.report_id, item.version)
    return item_shown(work.session, item)


def decline_report(work: Work, request: rpc.DeclineReport) -> rpc.DeskItem:
    """Not used, with the reason."""
    item = seen_item(work, request.report_id)
    item.decide("decline", work.principal, work.now, request.reason)
    event = events.ReportNotUsed(**of_report(item), reason=request.reason)
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit("decline_report", item.report_id, item.version, reason=request.reason)
    return item_shown(work.session, item)


def pre_adopt_report(work: Work, request: rpc.ReportId) -> rpc.DeskItem:
    """Chosen for an issue to come: it waits among the pre-adopted ones, where any editor adopts it or lets it go."""
    item = seen_item(work, request.report_id)
    item.refuse_drill("预采用", "pre-adopted")
    item.decide("pre_adopt", work.principal, work.now)
    work.emit(events.ReportPreAdopted(**of_report(item)), subject=item.report_id, version=item.version)
    work.audit("pre_adopt_report", item.report_id, item.version)
    return item_shown(work.session, item)


def reopen_report(work: Work, request: rpc.ReportId) -> rpc.DeskItem:
    """It waits again, after it was pre-adopted, passed up, sent for reading or kept on file."""
    item = locked_item(work, request.report_id)
    _tell_undone(work, item, item.reopen(), "reopen_report", item.received_at)
    return item_shown(work.session, item)


def undo_decision(work: Work, request: rpc.ReportId, lasting: timedelta) -> rpc.DeskItem:
    """Whoever decided takes it back within 10 minutes; an adoption is withdrawn, its history kept. Raises `Conflict`.

    What others did upon the decision is put right by `decision.undone`, or by `adoption.withdrawn`.
    """
    if visible_item(work.session, work.principal, request.report_id).decision is ReportState.ADOPTED:
        return _undo_adoption(work, request.report_id, lasting)
    item = locked_item(work, request.report_id)
    item.undoable(work.principal, work.now)
    if item.decision is ReportState.ADOPTED:  # adopted by the same person between the two readings
        raise Conflict("该信息刚被采用，请刷新后再撤销。", "It has just been adopted; read it again.")
    since = item.decided_at or item.received_at
    _tell_undone(work, item, item.undo(work.principal, work.now, work.now + lasting), "undo_decision", since)
    return item_shown(work.session, item)


def _undo_adoption(work: Work, report_id: UUID, lasting: timedelta) -> rpc.DeskItem:
    adoption = adoption_to_withdraw(work, report_id)
    item = locked_item(work, report_id)
    item.undoable(work.principal, work.now)
    if adoption.published_at is not None:
        raise Conflict(
            "该信息已随期刊刊发，请写明理由撤销采用。", "It has been published; withdraw the adoption with a reason."
        )
    handed_by, note = item.handed_by, item.handover_note
    withdraw(work, item, adoption, "处理人10分钟内撤销")
    if not item.is_withdrawn:
        item.claim(work.principal, work.now, work.now + lasting)
        item.handed_by, item.handover_note = handed_by, note  # what was promised holds again
    return item_shown(work.session, item)


def _tell_undone(work: Work, item: DeskItem, undone: ReportState, act: str, since: datetime) -> None:
    """`since`: what was passed up or sent for reading from then on stands no more. Of a decision undone, its own time:
    what an earlier one did stands; of a reopened item all, for nobody could take the earlier ones back afterwards."""
    if undone is ReportState.PASSED_UP:
        undo_passings(work, item.report_id, since)
    if undone is ReportState.FOR_READING:
        undo_readings(work, item.report_id, since)
    event = events.DecisionUndone(**of_report(item), decision=undone, undone_by=work.principal.name)
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit(act, item.report_id, item.version, decision=undone.value)
