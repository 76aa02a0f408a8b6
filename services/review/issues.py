"""Issues: opened, composed at the desk, published exactly once."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.events.review import IssuePublished, PublishedItem
from contracts.receipts import digest
from contracts.rpc import issues as rpc
from contracts.vocabulary import IssueState, Secrecy
from kernel.audit.witnesses import audit_reference, signed_document
from kernel.clock import SHANGHAI
from kernel.database import Work
from kernel.errors import Conflict, Invalid, NotFound
from kernel.principal import Keyring
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.issues import Issue, IssueNumber
from services.review.model.publications import Publication
from services.review.queries.amendments import AMENDED_SINCE
from services.review.queries.issues import issue_shown


def open_issue(work: Work, request: rpc.OpenIssue) -> rpc.Issue:
    """Begin the next issue of a publication; it has no number yet. Raises `Invalid`, `Conflict`."""
    publication = work.session.get(Publication, request.publication_code)
    if publication is None:
        raise Invalid(
            f"没有代码为{request.publication_code}的刊物。",
            f"There is no publication {request.publication_code}.",
            pointer="/publication_code",
        )
    fresh = insert(Issue).values(
        issue_id=request.issue_id,
        version=1,
        publication_code=publication.code,
        publication_name=publication.name,
        state=IssueState.COMPOSING,
        opened_by=work.principal.name,
        opened_at=work.now,
    )
    if work.session.scalar(fresh.on_conflict_do_nothing().returning(Issue.issue_id)) is None:
        raise Conflict("该期已经建立。", "An issue with this id has been opened already.")
    issue = locked_issue(work.session, request.issue_id)
    work.audit("open_issue", issue.issue_id, issue.version, publication_code=issue.publication_code)
    return issue_shown(work.session, issue, work.principal)


def publish_issue(work: Work, request: rpc.PublishIssue, keyring: Keyring) -> rpc.Issue:
    """Publish under the next number of the publication's year; the issue keeps its own evidence.

    However many press at once, the issue's row lock lets one through; the others are told number and publisher.
    """
    issue = locked_issue(work.session, request.issue_id)
    adoptions = _composition(work.session, issue.issue_id)
    issue.check_publication(request.version, adoptions, work.principal)
    _check_unamended(work.session, issue.issue_id)
    year = work.now.astimezone(SHANGHAI).year
    issue.publish(year, _next_number(work.session, issue.publication_code, year), work.principal, work.now)
    for adoption in adoptions:
        adoption.publish(work.now)
    work.session.flush()
    publication = work.session.get_one(Publication, issue.publication_code)
    work.emit(_published(issue, publication, adoptions), subject=issue.issue_id, version=issue.version)
    issue.evidence = _evidence(work, issue, adoptions, keyring)
    work.session.flush()
    return issue_shown(work.session, issue, work.principal)


def locked_issue(session: Session, issue_id: UUID) -> Issue:
    """The issue, locked until the transaction ends. Raises `NotFound`."""
    issue = session.get(Issue, issue_id, with_for_update=True, populate_existing=True)
    if issue is None:
        raise NotFound("没有这一期。", "There is no such issue.")
    return issue


def check_column(session: Session, issue: Issue, column: str | None) -> None:
    """Raises `Invalid` unless it is one of the publication's columns."""
    columns = session.get_one(Publication, issue.publication_code).columns
    if column is not None and column not in columns:
        raise Invalid(
            f"《{issue.publication_name}》没有栏目“{column}”，可选：{'、'.join(columns) or '（未设栏目）'}。",
            f"{issue.publication_name} has no column {column}; it has: {', '.join(columns) or 'none'}.",
            pointer="/column",
        )


def _composition(session: Session, issue_id: UUID) -> Sequence[Adoption]:
    """What the composing issue holds, in the order of adoption."""
    return session.scalars(
        select(Adoption)
        .where(Adoption.issue_id == issue_id, Adoption.withdrawn_at.is_(None))
        .order_by(Adoption.adopted_at, Adoption.adoption_id)
    ).all()


def _check_unamended(session: Session, issue_id: UUID) -> None:
    """Raises `Conflict` naming what was corrected or withdrawn after it was adopted, or raised to a higher class."""
    found = session.execute(
        select(DeskItem.number, DeskItem.amended_act, DeskItem.secrecy)
        .join(Adoption, Adoption.report_id == DeskItem.report_id)
        .where(Adoption.issue_id == issue_id, Adoption.withdrawn_at.is_(None))
        .where(or_(AMENDED_SINCE, DeskItem.secrecy != Secrecy.UNCLASSIFIED))
        .order_by(DeskItem.number)
    ).all()
    if found:
        zh = "、".join(f"{number}（{act.label if act else '密级已调整'}）" for number, act, _ in found)
        en = ", ".join(f"{number} ({act.value if act else 'reclassified'})" for number, act, _ in found)
        raise Conflict(
            f"以下信息采用之后已由报送单位更正、撤回或调整密级，请先撤销采用（更正的可按新版本重新采用）：{zh}。",
            f"Amended after adoption; withdraw the adoption first (and adopt the corrected version): {en}.",
            extra={"numbers": [number for number, _, _ in found]},
        )


def _next_number(session: Session, publication_code: str, year: int) -> int:
    """The next number; a transaction that fails gives it back, so the numbers have no gaps."""
    first = insert(IssueNumber).values(publication_code=publication_code, year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=[IssueNumber.publication_code, IssueNumber.year], set_={"last": IssueNumber.last + 1}
    )
    return session.scalars(following.returning(IssueNumber.last)).one()


def _published(issue: Issue, publication: Publication, adoptions: Sequence[Adoption]) -> IssuePublished:
    return IssuePublished(
        issue_id=issue.issue_id,
        publication_code=issue.publication_code,
        publication_name=issue.publication_name,
        level=publication.level,
        year=issue.year,
        number=issue.number,
        published_at=issue.published_at,
        items=[_published_item(adoption, adoptions) for adoption in adoptions],
    )


def _published_item(adoption: Adoption, adoptions: Sequence[Adoption]) -> PublishedItem:
    """Each report of a combined item with its share, under the title and kind of the item."""
    item = next((each for each in adoptions if each.adoption_id == adoption.leading_id), adoption)
    return PublishedItem(
        adoption_id=adoption.adoption_id,
        report_id=adoption.report_id,
        receipt_number=adoption.receipt_number,
        unit_id=adoption.unit_id,
        unit_class=adoption.unit_class,
        report_kind=adoption.report_kind,
        item_kind=item.item_kind,
        title=item.title,
        share=adoption.share,
    )


def _evidence(work: Work, issue: Issue, adoptions: Sequence[Adoption], keyring: Keyring) -> dict[str, str]:
    """The issue's own audit entry and the newest checkpoint, kept with it (architecture.md, Evidence).

    `document` is the same as one signed JSON document: held outside, it is a witness for `chengbao audit verify`.
    """
    content_hash = digest(_content(issue, adoptions))
    entry = work.audit_now("publish_issue", issue.issue_id, issue.version, content_hash=content_hash)
    audit = audit_reference(work.session, entry)
    named = {"kind": "chengbao-issue", **_name(issue), "content_hash": content_hash, "audit": audit}
    document = signed_document(named, keyring)
    flat = {name: str(value) for name, value in audit.items()}
    return {"content_hash": content_hash, **flat, "document": json.dumps(document, ensure_ascii=False)}


def _name(issue: Issue) -> dict[str, Any]:
    """Which issue it is, for people and machines."""
    return {
        "issue_id": str(issue.issue_id),
        "publication_code": issue.publication_code,
        "publication_name": issue.publication_name,
        "year": issue.year,
        "number": issue.number,
    }


def _content(issue: Issue, adoptions: Sequence[Adoption]) -> dict[str, Any]:
    """What the content hash of a published issue covers."""
    items = [_content_of(adoption, adoptions) for adoption in adoptions if adoption.leading_id is None]
    return {**_name(issue), "items": items}


def _content_of(adoption: Adoption, adoptions: Sequence[Adoption]) -> dict[str, Any]:
    content = {"adoption_id": str(adoption.adoption_id), "title": adoption.title, "body": adoption.body}
    further = [each for each in adoptions if each.leading_id == adoption.adoption_id]
    if further:
        shares = {str(each.adoption_id): f"{each.share.normalize():f}" for each in (adoption, *further)}
        return content | {"shares": shares}
    return content
