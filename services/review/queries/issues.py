"""Issues with their items, for composition, for those who sign and for readers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import issues as rpc
from contracts.vocabulary import Role, UnitClass
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.composition import composition_hash, estimated_pages
from services.review.model.issue_readings import IssueReading
from services.review.model.issues import PROOF, PUBLISHED, SIGNED, WITHDRAWN, Issue
from services.review.model.item_pictures import lines_of
from services.review.model.publications import Publication
from services.review.model.units import Unit
from services.review.queries.issue_items import columns_of, composition, items_shown
from services.review.queries.issue_proofs import (
    called,
    comments_shown,
    corrected_by_shown,
    corrects_shown,
    missing_of,
    signatures_shown,
)
from services.review.queries.item_pictures import lost_pictures

_KEY = (Issue.opened_at, Issue.issue_id)
MASTHEAD = ("head_text", "issuing_body", "kind", "secrecy", "level", "columns", "sign_off_chain")
"""What a published issue keeps of its publication."""


def get_issue(reading: Reading, request: rpc.IssueId) -> rpc.Issue:
    """One issue this person may see. Raises `NotFound`."""
    return issue_shown(
        reading.session, visible_issue(reading.session, reading.principal, request.issue_id), reading.principal
    )


def visible_issue(session: Session, principal: Principal, issue_id: UUID) -> Issue:
    """The issue, if this person may see it. Raises `NotFound`."""
    issue = session.scalar(_visible(principal).where(Issue.issue_id == issue_id))
    if issue is None:
        raise NotFound("没有这一期。", "There is no such issue.")
    return issue


def list_issues(reading: Reading, request: rpc.ListIssues) -> rpc.IssuePage:
    """Issues this person may see, the newest opened first; comments and what is missing are told by each alone."""
    session, principal = reading.session, reading.principal
    statement = _visible(principal).order_by(*(column.desc() for column in _KEY)).limit(request.limit + 1)
    if request.state:
        statement = statement.where(Issue.state == request.state)
    if request.publication_code:
        statement = statement.where(Issue.publication_code == request.publication_code)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) < read_cursor(request.cursor, datetime, UUID))
    page, last = cut(session.scalars(statement).all(), request.limit)
    publications, read = _publications(session, page), _read_at(session, page, principal)
    items = items_shown(session, page, publications, principal, with_text=request.with_text)
    return rpc.IssuePage(
        items=[
            rpc.Issue(
                **_shown(issue, publications[issue.publication_code], items[issue.issue_id]),
                **_opening(issue, principal),
                corrects=corrects_shown(session, issue, principal),
                read_at=read.get(issue.issue_id),
                signed_by=signatures_shown(session, issue) if issue.state == PROOF else [],
            )
            for issue in page
        ],
        next_cursor=cursor_after(last.opened_at, last.issue_id) if last else None,
    )


def _visible(principal: Principal) -> Select[Issue]:
    """All for those who make them; readers what is distributed to them; signers what waits for their signature."""
    statement = select(Issue)
    if principal.holds(Role.EDITOR, Role.CHIEF_EDITOR):
        return statement
    out = Issue.state.in_((PUBLISHED, WITHDRAWN))
    if principal.holds(Role.SUPERVISOR):
        return statement.where(out)
    return statement.where(or_(out & or_(*_distributed(principal)), *_to_sign(principal)))


def _distributed(principal: Principal) -> Iterator[ColumnElement[bool]]:
    """What the distribution list names: the person, a post, the unit. Without a list it goes to all leaders."""

    def names(**line: str) -> ColumnElement[bool]:
        return Issue.distribution.contains([line])

    yield names(person_id=principal.id)
    for role in sorted(principal.roles):
        yield names(role=role)
    if principal.holds(Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER):
        yield names(unit_id=str(principal.unit_id))
    if principal.holds(Role.LEADER, Role.SECRETARY):
        yield func.coalesce(func.jsonb_array_length(Issue.distribution), 0) == 0
    if principal.holds(Role.SECRETARY):  # enters the instructions of whichever leader reads it
        yield names(kind="leader")
        yield names(role=Role.LEADER.value)


def _to_sign(principal: Principal) -> Iterator[ColumnElement[bool]]:
    signing = Issue.state.in_((PROOF, SIGNED))
    for role in (Role.LEADER, Role.RESPONSIBLE_LEADER):
        if principal.holds(role):
            chained = exists().where(
                Publication.code == Issue.publication_code, Publication.sign_off_chain.contains([role.value])
            )
            yield signing & chained & (of_the_office(principal) if role is Role.RESPONSIBLE_LEADER else True)


def of_the_office(principal: Principal) -> ColumnElement[bool]:
    """Whether the person's unit is the city's own office: other units' leaders sign reports, never issues."""
    return exists().where(Unit.unit_id == principal.unit_id, Unit.unit_class == UnitClass.CITY_OFFICE)


def issue_shown(session: Session, issue: Issue, reader: Principal) -> rpc.Issue:
    """An issue with its items as the contract tells it to this reader."""
    publications = _publications(session, [issue])
    publication = publications[issue.publication_code]
    items = items_shown(session, [issue], publications, reader)[issue.issue_id]
    shown = _shown(issue, publication, items)
    signed = signatures_shown(session, issue)
    told: dict[str, Any] = {
        "signed_by": signed,
        "estimated_pages": estimated_pages(
            [(item.title, item.body) for item in items], len({item.column for item in items if item.column}),
            lines_of(picture for item in items for picture in item.pictures),
        ),
        "corrects": corrects_shown(session, issue, reader),
        "corrected_by": corrected_by_shown(session, issue, reader),
        "read_at": _read_at(session, [issue], reader).get(issue.issue_id),
    }
    told |= _opening(issue, reader)
    if issue.published_at is None or reader.holds(Role.EDITOR, Role.CHIEF_EDITOR):
        told["comments"] = comments_shown(session, issue.issue_id, reader)
        told["content_hash"] = composition_hash(issue, composition(session, issue, publication))
    if issue.published_at is None:
        told["missing"] = missing_of(
            publication, items, told["comments"], len(signed), lost_pictures(session, issue),
            corrects=issue.corrects_issue_id is not None,
        )
    return rpc.Issue(**shown, **told)


def _opening(issue: Issue, reader: Principal) -> dict[str, Any]:
    """By whom and when it was begun, for those who make issues."""
    makes = reader.holds(Role.EDITOR, Role.CHIEF_EDITOR)
    return {"opened_by": issue.opened_by, "opened_at": issue.opened_at} if makes else {}


def _publications(session: Session, issues: Sequence[Issue]) -> dict[str, Publication]:
    codes = {issue.publication_code for issue in issues}
    return {row.code: row for row in session.scalars(select(Publication).where(Publication.code.in_(codes)))}


def _read_at(session: Session, issues: Sequence[Issue], reader: Principal) -> dict[UUID, datetime]:
    ids = [issue.issue_id for issue in issues]
    rows = session.scalars(
        select(IssueReading).where(IssueReading.person_id == reader.id, IssueReading.issue_id.in_(ids))
    )
    return {row.issue_id: row.read_at for row in rows}


def masthead_of(publication: Publication) -> dict[str, Any]:
    """What stands at the head of an issue that is published now."""
    return {name: getattr(publication, name) for name in MASTHEAD}


def _shown(issue: Issue, publication: Publication, items: list[rpc.IssueItem]) -> dict[str, Any]:
    masthead = issue.masthead or masthead_of(publication)
    distribution = issue.distribution if issue.published_at else publication.distribution
    copied: dict[str, Any] = {
        name: getattr(issue, name)
        for name in (
            "issue_id", "version", "publication_code", "publication_name", "state", "year", "number", "published_at",
            "published_by", "evidence", "supplement", "total_number", "withdrawn_at", "withdrawn_by",
            "withdrawal_reason",
        )
    }  # fmt: skip
    return copied | masthead | {
        "items": items,
        "columns": columns_of(issue, publication),
        "head_text": masthead["head_text"] or issue.publication_name,
        "number_line": called(issue),
        "distribution": distribution or [],
    }


def list_issue_readers(reading: Reading, request: rpc.ListIssueReaders) -> rpc.IssueReaders:
    """Who has opened the issue, the first first. Raises `NotFound`."""
    visible_issue(reading.session, reading.principal, request.issue_id)
    key = (IssueReading.read_at, IssueReading.person_id)
    statement = select(IssueReading).where(IssueReading.issue_id == request.issue_id).order_by(*key)
    if request.cursor:
        statement = statement.where(tuple_(*key) > read_cursor(request.cursor, datetime, str))
    page, last = cut(reading.session.scalars(statement.limit(request.limit + 1)).all(), request.limit)
    return rpc.IssueReaders(
        items=[rpc.IssueReader(person_name=row.person_name, unit_id=row.unit_id, read_at=row.read_at) for row in page],
        next_cursor=cursor_after(last.read_at, last.person_id) if last else None,
    )
