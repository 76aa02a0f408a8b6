"""Composing an issue: the order of its items, into proof and back."""

from __future__ import annotations

from sqlalchemy import delete

from contracts.rpc import issues as rpc
from contracts.rpc.issues import MissingKind
from kernel.database import Work
from kernel.errors import Conflict
from services.review.issues import locked_issue
from services.review.model.composition import IssuePlace, check_arrangement
from services.review.model.issues import Issue
from services.review.model.publications import Publication
from services.review.queries.issue_items import composition
from services.review.queries.issues import issue_shown

ACTS = frozenset({MissingKind.OPEN_COMMENT, MissingKind.SIGN_OFF})
"""What is still to be done with the proof; everything else that blocks must be settled before there is one."""


def arrange_issue(work: Work, request: rpc.ArrangeIssue) -> rpc.Issue:
    """Set the whole order. Raises `NotFound`, `Conflict`, `StaleVersion`, `Invalid` (not each item exactly once)."""
    issue = _composing(work, request)
    publication = work.session.get_one(Publication, issue.publication_code)
    present = {adoption.adoption_id: adoption for adoption, _ in composition(work.session, issue, publication)}
    wanted = [(places.column, places.adoption_ids) for places in request.places]
    check_arrangement(publication.columns, wanted, present)
    work.session.execute(delete(IssuePlace).where(IssuePlace.issue_id == issue.issue_id))
    ordered = [(column, adoption_id) for column, adoption_ids in wanted for adoption_id in adoption_ids]
    for position, (column, adoption_id) in enumerate(ordered):
        present[adoption_id].column_name = column
        work.session.add(IssuePlace(adoption_id=adoption_id, issue_id=issue.issue_id, position=position))
    work.audit("arrange_issue", issue.issue_id, issue.version)
    work.session.flush()
    return issue_shown(work.session, issue, work.principal)


def proof_issue(work: Work, request: rpc.SeenIssue) -> rpc.Issue:
    """Make the proof. Raises `NotFound`, `Conflict` naming what is missing, `StaleVersion`."""
    issue = locked_issue(work.session, request.issue_id)
    issue.require("proof")
    issue.check_seen(request.version)
    missing = issue_shown(work.session, issue, work.principal).missing
    blocking = [lack for lack in missing if lack.blocks and lack.kind not in ACTS]
    if blocking:
        raise Conflict(
            f"还不能出校样：{'；'.join(lack.text for lack in blocking)}。",
            f"No proof yet: {'; '.join(lack.text_en for lack in blocking)}.",
            extra={"missing": [lack.model_dump(mode="json") for lack in blocking]},
        )
    issue.go("proof")
    work.audit("proof_issue", issue.issue_id, issue.version)
    return issue_shown(work.session, issue, work.principal)


def recompose_issue(work: Work, request: rpc.RecomposeIssue) -> rpc.Issue:
    """Back to composing; signatures given so far are void. Raises `NotFound`, `Conflict`, `StaleVersion`."""
    issue = locked_issue(work.session, request.issue_id)
    issue.require("recompose")
    issue.check_seen(request.version)
    issue.recompose()
    work.audit("recompose_issue", issue.issue_id, issue.version, reason=request.reason)
    return issue_shown(work.session, issue, work.principal)


def _composing(work: Work, request: rpc.SeenIssue) -> Issue:
    """The issue, locked, about to change as it was seen."""
    issue = locked_issue(work.session, request.issue_id)
    issue.require("compose")
    issue.check_seen(request.version)
    issue.compose()
    return issue
