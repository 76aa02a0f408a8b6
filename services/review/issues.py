"""Issues: opened, published exactly once, read."""

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
from contracts.rpc.publications import Numbering
from contracts.vocabulary import IssueState, Secrecy
from kernel.audit.witnesses import audit_reference, signed_document
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Conflict, Invalid, NotFound
from kernel.principal import Keyring
from services.review.model.adoptions import Adoption
from services.review.model.composition import content_of, correction_of
from services.review.model.desk import DeskItem
from services.review.model.issue_readings import IssueReading
from services.review.model.issues import Issue
from services.review.model.publications import Publication
from services.review.numbering import next_number, next_total, number_line
from services.review.queries.amendments import AMENDED_SINCE
from services.review.queries.issue_items import composition, standing
from services.review.queries.issue_proofs import check_no_open_comments, check_pictures, check_signatures
from services.review.queries.issues import issue_shown, masthead_of, visible_issue
from services.review.queries.item_pictures import lost_pictures

Items = Sequence[tuple[Adoption, str | None]]
"""The composition: items by their leading adoptions, with their columns, in order."""


def open_issue(work: Work, request: rpc.OpenIssue) -> rpc.Issue:
    """Begin the next issue or a supplement of a publication; it has no number yet. Raises `Invalid`, `Conflict`."""
    publication = work.session.get(Publication, request.publication_code)
    if publication is None:
        raise Invalid(
            f"没有代码为{request.publication_code}的刊物。",
            f"There is no publication {request.publication_code}.",
            pointer="/publication_code",
        )
    corrects = request.corrects
    if corrects is not None:
        _check_correction(work.session, corrects, publication.code)
    fresh = insert(Issue).values(
        issue_id=request.issue_id,
        version=1,
        publication_code=publication.code,
        publication_name=publication.name,
        state=IssueState.COMPOSING,
        opened_by=work.principal.name,
        opened_by_id=work.principal.id,
        opened_at=work.now,
        supplement=request.supplement,
        round=1,
        corrects_issue_id=corrects.issue_id if corrects else None,
        corrects_adoption_id=corrects.adoption_id if corrects else None,
        correction_reason=corrects.reason if corrects else None,
    )
    if work.session.scalar(fresh.on_conflict_do_nothing().returning(Issue.issue_id)) is None:
        raise Conflict("该期已经建立。", "An issue with this id has been opened already.")
    issue = locked_issue(work.session, request.issue_id)
    work.audit("open_issue", issue.issue_id, issue.version, publication_code=issue.publication_code)
    return issue_shown(work.session, issue, work.principal)


def _check_correction(session: Session, corrects: rpc.Correction, publication_code: str) -> None:
    """Raises `Invalid` unless a published issue of this publication is corrected, and an item that stands in it."""
    issue = session.get(Issue, corrects.issue_id)
    if issue is None or issue.published_at is None or issue.publication_code != publication_code:
        raise Invalid(
            "所更正的须是同一刊物已刊发的一期。",
            "What is corrected must be a published issue of the same publication.",
            pointer="/corrects/issue_id",
        )
    if corrects.adoption_id is None:
        return
    adoption = session.get(Adoption, corrects.adoption_id)
    if adoption is None or adoption.issue_id != issue.issue_id or adoption.published_at is None:
        raise Invalid("该期中没有这条信息。", "The issue holds no such item.", pointer="/corrects/adoption_id")


def publish_issue(work: Work, request: rpc.PublishIssue, keyring: Keyring) -> rpc.Issue:
    """Publish under the next number of the publication's year; the issue keeps its own evidence.

    However many press at once, the issue's row lock lets one through; the others are told number and publisher.
    """
    issue = locked_issue(work.session, request.issue_id)
    publication = work.session.get_one(Publication, issue.publication_code)
    items = composition(work.session, issue, publication)
    adoptions = standing(work.session, issue)
    issue.check_publication(request.version, adoptions, work.principal, publication.sign_off_chain)
    _check_unamended(work.session, issue.issue_id)
    check_no_open_comments(work.session, issue)
    check_signatures(work.session, issue, items)
    check_pictures(lost_pictures(work.session, issue))
    _number(work, issue, publication)
    issue.masthead, issue.distribution = masthead_of(publication), publication.distribution
    for adoption in adoptions:
        adoption.publish(work.now)
    work.session.flush()
    work.emit(_published(issue, publication, adoptions), subject=issue.issue_id, version=issue.version)
    issue.evidence = _evidence(work, issue, items, adoptions, keyring)
    work.session.flush()
    return issue_shown(work.session, issue, work.principal)


def _number(work: Work, issue: Issue, publication: Publication) -> None:
    """Published now, under its numbers."""
    day = china_day(work.now)
    number = next_number(work.session, issue, day.year)
    total = next_total(work.session, issue, publication)
    numbering = publication.numbering_on(day)
    issue.publish(day.year, number, work.principal, work.now)
    issue.total_number = None if numbering is Numbering.YEARLY else total
    issue.number_line = number_line(numbering, day.year, number, total, supplement=issue.supplement)


def read_issue(work: Work, request: rpc.IssueId) -> rpc.Issue:
    """Somebody opens a published issue; the first time is kept. Raises `NotFound`."""
    issue = visible_issue(work.session, work.principal, request.issue_id)
    if issue.published_at is not None:
        reading = insert(IssueReading).values(
            issue_id=issue.issue_id, person_id=work.principal.id, person_name=work.principal.name,
            unit_id=work.principal.unit_id, read_at=work.now,
        )  # fmt: skip
        first = work.session.scalar(reading.on_conflict_do_nothing().returning(IssueReading.read_at))
        if first is not None:
            work.audit("read_issue", issue.issue_id, issue.version)
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
        number_line=issue.number_line or "",
        supplement=issue.supplement,
        **told_by_email(issue),
    )


def told_by_email(issue: Issue) -> dict[str, Any]:
    """Whom the distribution list wants told by e-mail, for the events."""
    lines = [line for line in issue.distribution or [] if line["email"]]

    def named(field: str) -> list[str]:
        return [line[field] for line in lines if line[field] is not None]

    return {"reader_ids": named("person_id"), "unit_ids": named("unit_id"), "reader_roles": named("role")}


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


def _evidence(
    work: Work, issue: Issue, items: Items, adoptions: Sequence[Adoption], keyring: Keyring
) -> dict[str, str]:
    """The issue's own audit entry and the newest checkpoint, kept with it (architecture.md, Evidence).

    `document` is the same as one signed JSON document: held outside, it is a witness for `chengbao audit verify`.
    """
    content_hash = digest(_content(issue, items, adoptions))
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


def _content(issue: Issue, items: Items, adoptions: Sequence[Adoption]) -> dict[str, Any]:
    """What the content hash of a published issue covers."""
    told = [_content_of(adoption, column, adoptions) for adoption, column in items]
    return {**_name(issue), "number_line": issue.number_line, "items": told} | correction_of(issue)


def _content_of(adoption: Adoption, column: str | None, adoptions: Sequence[Adoption]) -> dict[str, Any]:
    content = content_of(adoption, column)
    further = [each for each in adoptions if each.leading_id == adoption.adoption_id]
    if further:
        content["shares"] = {str(each.adoption_id): f"{each.share.normalize():f}" for each in (adoption, *further)}
    return content
