"""Adoption into an issue that is being composed, and its withdrawal at any time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from contracts.events import review as events
from contracts.events.issues import IssueItemWithdrawn
from contracts.rpc import desk as rpc
from kernel.database import Work
from kernel.errors import Conflict
from services.review.combined import close_ranks
from services.review.desk_items import locked_item, of_report, seen_item
from services.review.issues import check_column, locked_issue, told_by_email
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.issues import Issue
from services.review.queries.adoptions import SINGLE
from services.review.queries.desk import adoption_in_force, item_shown, visible_item
from services.review.queries.issue_proofs import called


def adopt_report(work: Work, request: rpc.Adopt) -> rpc.DeskItem:
    """Adopt the report into a composing issue, with an edit copy where `request` gives one."""
    issue = locked_issue(work.session, request.issue_id)
    item = seen_item(work, request.report_id)
    item.refuse_drill("采用", "adopted")
    item.decide("adopt", work.principal, work.now)
    issue.compose()
    check_column(work.session, issue, request.column)
    adoption = Adoption.of(item, request, work.principal, work.now)
    work.session.add(adoption)
    event = events.ReportAdopted(
        **of_report(item),
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
    """The adoption no longer counts and the item waits again, also after publication: the issue keeps its text, and
    whoever was told of it is told."""
    adoption = adoption_to_withdraw(work, request.report_id)
    item = locked_item(work, request.report_id)
    withdraw(work, item, adoption, request.reason)
    if adoption.published_at is not None:
        _tell_readers(work, adoption)
    return item_shown(work.session, item)


def _tell_readers(work: Work, adoption: Adoption) -> None:
    """The caller holds the issue."""
    issue = work.session.get_one(Issue, adoption.issue_id)
    single = work.session.scalars(select(SINGLE).where(Adoption.adoption_id == adoption.adoption_id)).one()
    event = IssueItemWithdrawn(
        issue_id=issue.issue_id, adoption_id=adoption.adoption_id, publication_code=issue.publication_code,
        publication_name=issue.publication_name, number_line=called(issue) or "", withdrawn_at=work.now,
        contribution=not single, **told_by_email(issue),
    )  # fmt: skip
    work.emit(event, subject=adoption.adoption_id, version=adoption.version)


def withdraw_unpublished(work: Work, item: DeskItem, adoption: Adoption, reason: str) -> None:
    """Its class was raised: take it out of the issue that is being composed, and what a combined item says of it too.

    The caller holds issue and item.
    """
    locked_issue(work.session, adoption.issue_id).lose_item()
    leading = withdraw(work, item, adoption, reason)
    if leading is not None:
        original = work.session.get_one(DeskItem, leading.report_id)
        leading.pictures = None  # their captions may tell of it too
        leading.rewrite(original.title, original.body, None)
        work.audit("restore_original", leading.adoption_id, leading.version, **_named(leading))


def withdraw(work: Work, item: DeskItem, adoption: Adoption, reason: str) -> Adoption | None:
    """The caller holds issue and item. Of a combined item not published yet the others close ranks (0109); returns the
    adoption that leads them now."""
    item.withdraw_adoption()
    leading = close_ranks(work, adoption) if adoption.published_at is None else None
    adoption.withdraw(work.principal, reason, work.now)
    event = events.AdoptionWithdrawn(**of_report(item), adoption_id=adoption.adoption_id, reason=reason)
    work.emit(event, subject=item.report_id, version=item.version)
    work.audit("withdraw_adoption", item.report_id, item.version, **_named(adoption), reason=reason)
    work.session.flush()
    return leading


def adoption_to_withdraw(work: Work, report_id: UUID) -> Adoption:
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


def _named(adoption: Adoption) -> dict[str, Any]:
    return {"adoption_id": str(adoption.adoption_id), "issue_id": str(adoption.issue_id)}
