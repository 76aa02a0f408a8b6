"""The proof of an issue: comments at a place, dealt with by an editor, and the sign-off chain."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.rpc import issues as rpc
from contracts.rpc.publications import SignerRole
from kernel.database import Work
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from services.review.issues import locked_issue
from services.review.model.adoptions import Adoption
from services.review.model.composition import composition_hash
from services.review.model.issues import Issue
from services.review.model.proofs import IssueComment, IssueSignature, next_step
from services.review.model.publications import Publication
from services.review.queries.issue_items import composition
from services.review.queries.issue_proofs import check_no_open_comments, check_signatures, signatures_of
from services.review.queries.issues import issue_shown, of_the_office, visible_issue


def comment_on_issue(work: Work, request: rpc.CommentOnIssue) -> rpc.Issue:
    """Remark on the proof. Raises `NotFound`, `Conflict` (not in proof, id taken), `Invalid` (place)."""
    issue = _visible_locked(work, request.issue_id)
    issue.require("sign")
    _check_place(work.session, issue, request)
    if work.session.get(IssueComment, request.comment_id):
        raise Conflict("该意见已提交。", "A comment with this id has been made already.")
    work.session.add(
        IssueComment(
            comment_id=request.comment_id, issue_id=issue.issue_id, adoption_id=request.adoption_id,
            quote=request.quote, text=request.text, by_id=work.principal.id, by_name=work.principal.name, at=work.now,
        )
    )
    work.audit("comment_on_issue", issue.issue_id, issue.version, comment_id=str(request.comment_id))
    work.session.flush()
    return issue_shown(work.session, issue, work.principal)


def _check_place(session: Session, issue: Issue, request: rpc.CommentOnIssue) -> None:
    """Raises `Invalid` unless the item stands in the issue and the quoted words stand in it."""
    if request.adoption_id is None:
        if request.quote is not None:
            raise Invalid("引用原文须指明是哪一条信息。", "A quotation names its item.", pointer="/adoption_id")
        return None
    publication = session.get_one(Publication, issue.publication_code)
    for adoption, _ in composition(session, issue, publication):
        if adoption.adoption_id == request.adoption_id:
            return _check_quote(adoption, request.quote)
    raise Invalid("该期中没有这条信息。", "The issue holds no such item.", pointer="/adoption_id")


def _check_quote(adoption: Adoption, quote: str | None) -> None:
    if quote is not None and quote not in adoption.title and quote not in adoption.body:
        raise Invalid(
            "所引文字不在该条信息中。", "The quoted words do not stand in this item.", pointer="/quote"
        )


def resolve_comment(work: Work, request: rpc.ResolveComment) -> rpc.Issue:
    """Say what became of a comment. Raises `NotFound`, `Conflict` when somebody has."""
    issue = locked_issue(work.session, request.issue_id)
    comment = work.session.scalar(
        select(IssueComment).where(
            IssueComment.comment_id == request.comment_id, IssueComment.issue_id == issue.issue_id
        )
    )
    if comment is None:
        raise NotFound("没有这条意见。", "There is no such comment.")
    comment.resolve(work.principal, request.resolution, work.now)
    work.audit("resolve_comment", issue.issue_id, issue.version, comment_id=str(comment.comment_id))
    work.session.flush()
    return issue_shown(work.session, issue, work.principal)


def sign_issue(work: Work, request: rpc.SeenIssue) -> rpc.Issue:
    """Sign the proof as it was seen, at one's turn; after the last step the issue may be published.

    Raises `NotFound`, `Conflict` (not in proof, comments open, signed already), `StaleVersion`, `Forbidden` (not one's
    turn, own edit copy).
    """
    issue = _visible_locked(work, request.issue_id)
    issue.require("sign")
    issue.check_seen(request.version)
    publication = work.session.get_one(Publication, issue.publication_code)
    signatures = signatures_of(work.session, issue)
    role = next_step(publication.sign_off_chain, signatures, work.principal)
    if role is SignerRole.RESPONSIBLE_LEADER and not work.session.scalar(select(of_the_office(work.principal))):
        raise Forbidden("须由市政府办公厅分管负责人签发。", "Only the city office's own responsible leader signs.")
    items = composition(work.session, issue, publication)
    issue.refuse_own_words([adoption for adoption, _ in items], work.principal, "signs")
    check_no_open_comments(work.session, issue)
    check_signatures(work.session, issue, items)
    signature = IssueSignature(
        issue_id=issue.issue_id, round=issue.round, step=len(signatures), role=role, signer_id=work.principal.id,
        signed_by=work.principal.name, content_hash=composition_hash(issue, items), signed_at=work.now,
    )  # fmt: skip
    work.session.add(signature)
    if len(signatures) + 1 >= len(publication.sign_off_chain):
        issue.go("sign")
    else:
        issue.version += 1
    work.audit(
        "sign_issue", issue.issue_id, issue.version, role=role.value, content_hash=signature.content_hash
    )
    work.session.flush()
    return issue_shown(work.session, issue, work.principal)


def _visible_locked(work: Work, issue_id: UUID) -> Issue:
    """The issue this person may see, locked. Raises `NotFound`."""
    locked_issue(work.session, issue_id)
    return visible_issue(work.session, work.principal, issue_id)
