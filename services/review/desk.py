"""The editors' desk: reports queued, opened, claimed, decided; adoption into an issue and its withdrawal."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.events import review as events
from contracts.events.intake import ReportRegistered
from contracts.rpc import desk as rpc
from kernel.database import Work
from kernel.errors import Conflict
from kernel.service import Event
from services.review.amended import tell_desk
from services.review.issues import locked_issue
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.secrecy import raised_class
from services.review.queries.desk import adoption_in_force, item_shown, visible_item


def queue_report(work: Work, event: Event[ReportRegistered]) -> None:
    """Lay a registered report on the desk; a new signed version of a returned one puts its item back to waiting."""
    report = event.data
    raised = raised_class(work.session, report.report_id)
    item = work.session.get(DeskItem, report.report_id, with_for_update=True)
    adoption = None
    if item is None:
        item = DeskItem.queued(report)
        item.secrecy = item.secrecy.higher(raised)
        work.session.add(item)
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
    work.emit(events.ReportQueued(**_of(item)), subject=item.report_id, version=item.version)
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


def open_desk_item(work: Work, request: rpc.ReportId) -> rpc.DeskItem:
    """An editor reads the report; the first time the unit is told who has seen it and when."""
    item = _seen_item(work, request.report_id)
    work.audit("open_desk_item", item.report_id, item.version)
    return item_shown(work.session, item)


def claim_report(work: Work, request: rpc.ReportId) -> rpc.DeskItem:
    """Take the report to work on, so that two never edit unseen. Claiming one's own again changes nothing."""
    item = _seen_item(work, request.report_id)
    item.claim(work.principal)
    work.audit("claim_report", item.report_id, item.version)
    return item_shown(work.session, item)


def release_report(work: Work, request: rpc.ReportId) -> rpc.DeskItem:
    """Give the claim back to the queue."""
    item = _locked_item(work, request.report_id)
    claimer = item.claimed_by
    item.release(work.principal)
    work.audit("release_report", item.report_id, item.version, claimer=claimer)
    return item_shown(work.session, item)


def return_report(work: Work, request: rpc.ReturnReport) -> rpc.DeskItem:
    """Return it to the unit for revision; a new signed version may follow."""
    item = _seen_item(work, request.report_id)
    item.decide("return", work.principal, request.remarks)
    event = events.ReportReturned(
        **_of(item), remarks=request.remarks, returned_by=work.principal.name, drill=item.drill
    )
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit("return_report", item.report_id, item.version, remarks=request.remarks)
    return item_shown(work.session, item)


def keep_report(work: Work, request: rpc.ReportId) -> rpc.DeskItem:
    """Keep it on file."""
    item = _seen_item(work, request.report_id)
    item.decide("keep", work.principal)
    work.emit(events.ReportKept(**_of(item)), subject=item.report_id, version=item.version)
    work.audit("keep_report", item.report_id, item.version)
    return item_shown(work.session, item)


def decline_report(work: Work, request: rpc.DeclineReport) -> rpc.DeskItem:
    """Not used, with the reason."""
    item = _seen_item(work, request.report_id)
    item.decide("decline", work.principal, request.reason)
    event = events.ReportNotUsed(**_of(item), reason=request.reason)
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit("decline_report", item.report_id, item.version, reason=request.reason)
    return item_shown(work.session, item)


def adopt_report(work: Work, request: rpc.Adopt) -> rpc.DeskItem:
    """Adopt the report into a composing issue, with an edit copy where `request` gives one."""
    issue = locked_issue(work.session, request.issue_id)
    item = _seen_item(work, request.report_id)
    item.refuse_drill("采用", "adopted")
    item.decide("adopt", work.principal)
    issue.compose()
    adoption = Adoption.of(item, request, work.principal, work.now)
    work.session.add(adoption)
    event = events.ReportAdopted(
        **_of(item),
        adoption_id=adoption.adoption_id,
        publication_code=issue.publication_code,
        issue_id=issue.issue_id,
        adopted_by=work.principal.name,
    )
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit("adopt_report", item.report_id, item.version, **_named(adoption), edited=bool(adoption.edited_by_id))
    work.session.flush()
    return item_shown(work.session, item)


def withdraw_adoption(work: Work, request: rpc.WithdrawAdoption) -> rpc.DeskItem:
    """The adoption no longer counts and the item waits again, also after publication: the issue keeps its text."""
    adoption = _adoption_to_withdraw(work, request.report_id)
    item = _locked_item(work, request.report_id)
    _withdraw(work, item, adoption, request.reason)
    return item_shown(work.session, item)


def withdraw_unpublished(work: Work, item: DeskItem, adoption: Adoption, reason: str) -> None:
    """Take it out of the issue that is being composed; the caller holds issue and item."""
    locked_issue(work.session, adoption.issue_id).lose_item()
    _withdraw(work, item, adoption, reason)


def withdraw_with_issue(work: Work, item: DeskItem, adoption: Adoption, reason: str) -> None:
    """A published issue is taken back, and this adoption with it; the caller holds issue and item."""
    _withdraw(work, item, adoption, reason)


def _withdraw(work: Work, item: DeskItem, adoption: Adoption, reason: str) -> None:
    item.withdraw_adoption()
    adoption.withdraw(work.principal, reason, work.now)
    event = events.AdoptionWithdrawn(**_of(item), adoption_id=adoption.adoption_id, reason=reason)
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit("withdraw_adoption", item.report_id, item.version, **_named(adoption), reason=reason)
    work.session.flush()


def _adoption_to_withdraw(work: Work, report_id: UUID) -> Adoption:
    """The adoption in force, with its issue locked first: the order of locks is issue, item."""
    visible_item(work.session, work.principal, report_id)
    adoption = adoption_in_force(work.session, report_id)
    if adoption is None:
        raise Conflict("该信息当前没有有效的采用。", "There is no adoption of this report in force.")
    issue = locked_issue(work.session, adoption.issue_id)
    work.session.refresh(adoption, with_for_update=True)
    if adoption.withdrawn_at is not None:
        raise Conflict(
            f"该采用已由{adoption.withdrawn_by}撤销。", f"{adoption.withdrawn_by} has already withdrawn this adoption."
        )
    if adoption.published_at is None:
        issue.lose_item()
    return adoption


def _seen_item(work: Work, report_id: UUID) -> DeskItem:
    """The item, locked, in the hands of an editor: whoever acts on a report has seen it, opened or not."""
    item = _locked_item(work, report_id)
    if item.open(work.principal, work.now):
        seen = events.ReportSeen(**_of(item), seen_by=work.principal.name, seen_at=work.now)
        work.emit(seen, subject=item.report_id, version=item.version)
    return item


def _locked_item(work: Work, report_id: UUID) -> DeskItem:
    return visible_item(work.session, work.principal, report_id, lock=True)


def _of(item: DeskItem) -> dict[str, Any]:
    """What every event of a report tells."""
    return {
        "report_id": item.report_id,
        "receipt_number": item.receipt_number,
        "unit_id": item.unit_id,
        "title": item.told_title,
    }


def _named(adoption: Adoption) -> dict[str, Any]:
    return {"adoption_id": str(adoption.adoption_id), "issue_id": str(adoption.issue_id)}
