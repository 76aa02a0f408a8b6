"""A published issue taken back: its adoptions no longer count, its readers are told, its text stays for the record."""

from __future__ import annotations

from sqlalchemy import select

from contracts.events.review import IssueWithdrawn
from contracts.rpc import issues as rpc
from kernel.database import Work
from services.review.adoptions import withdraw
from services.review.issues import locked_issue, told_by_email
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.issues import Issue
from services.review.queries.issue_proofs import called
from services.review.queries.issues import issue_shown


def withdraw_issue(work: Work, request: rpc.WithdrawIssue) -> rpc.Issue:
    """Withdraw it with every adoption that still counts. Raises `NotFound`, `Conflict`, `StaleVersion`."""
    issue = locked_issue(work.session, request.issue_id)
    issue.require("withdraw")
    issue.check_seen(request.version)
    issue.withdraw(work.principal, request.reason, work.now)
    _withdraw_adoptions(work, issue, request.reason)
    event = IssueWithdrawn(
        issue_id=issue.issue_id, publication_code=issue.publication_code, publication_name=issue.publication_name,
        number_line=called(issue) or "", reason=request.reason, withdrawn_by=work.principal.name,
        withdrawn_at=work.now, **told_by_email(issue),
    )  # fmt: skip
    work.emit(event, subject=issue.issue_id, version=issue.version)
    work.audit("withdraw_issue", issue.issue_id, issue.version, reason=request.reason)
    work.session.flush()
    return issue_shown(work.session, issue, work.principal)


def _withdraw_adoptions(work: Work, issue: Issue, reason: str) -> None:
    """Items are locked by their ids, behind the issue: nobody waits for another in a circle."""
    adoptions = work.session.scalars(
        select(Adoption)
        .where(Adoption.issue_id == issue.issue_id, Adoption.withdrawn_at.is_(None))
        .order_by(Adoption.report_id)
    ).all()
    for adoption in adoptions:
        item = work.session.get_one(DeskItem, adoption.report_id, with_for_update=True, populate_existing=True)
        withdraw(work, item, adoption, reason)
