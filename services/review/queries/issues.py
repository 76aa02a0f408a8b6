"""Issues with their items, for composition and for readers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import Select, case, null, or_, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import issues as rpc
from contracts.vocabulary import IssueState, Role, Secrecy
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.issues import Issue
from services.review.queries.amendments import AMENDED_SINCE
from services.review.queries.combined import Part, item_shown
from services.review.queries.cursors import cursor_after, cut, read_cursor

_KEY = (Issue.opened_at, Issue.issue_id)


def get_issue(reading: Reading, request: rpc.IssueId) -> rpc.Issue:
    """One issue this person may see. Raises `NotFound`."""
    issue = reading.session.scalar(_visible(reading.principal).where(Issue.issue_id == request.issue_id))
    if issue is None:
        raise NotFound("没有这一期。", "There is no such issue.")
    return issue_shown(reading.session, issue, reading.principal)


def list_issues(reading: Reading, request: rpc.ListIssues) -> rpc.IssuePage:
    """Issues this person may see, the newest opened first."""
    statement = _visible(reading.principal).order_by(*(column.desc() for column in _KEY)).limit(request.limit + 1)
    if request.state:
        statement = statement.where(Issue.state == request.state)
    if request.publication_code:
        statement = statement.where(Issue.publication_code == request.publication_code)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) < read_cursor(request.cursor, datetime, UUID))
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    items = _items(reading.session, [issue.issue_id for issue in page], reading.principal)
    return rpc.IssuePage(
        items=[_shown(issue, items[issue.issue_id]) for issue in page],
        next_cursor=cursor_after(last.opened_at, last.issue_id) if last else None,
    )


def _visible(principal: Principal) -> Select[Issue]:
    """All for those who make them; everybody else reads what is distributed, which begins with publication."""
    statement = select(Issue)
    if principal.holds(Role.EDITOR, Role.CHIEF_EDITOR):
        return statement
    return statement.where(Issue.state == IssueState.PUBLISHED)


def issue_shown(session: Session, issue: Issue, reader: Principal) -> rpc.Issue:
    """An issue with its items as the contract tells it to this reader."""
    return _shown(issue, _items(session, [issue.issue_id], reader)[issue.issue_id])


def _items(session: Session, issue_ids: Sequence[UUID], reader: Principal) -> dict[UUID, list[rpc.IssueItem]]:
    """What stands in each issue, in the order of adoption: in force, or published (it keeps its text). Of a report
    above the reader's clearance there is a place, and no word. What was amended since is told to those who compose."""
    composes = reader.holds(Role.EDITOR, Role.CHIEF_EDITOR)
    rows = session.execute(
        select(
            Adoption,
            DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance)),
            case((AMENDED_SINCE, DeskItem.amended_act)) if composes else null(),
        )
        .join(DeskItem, DeskItem.report_id == Adoption.report_id)
        .where(
            Adoption.issue_id.in_(issue_ids),
            or_(Adoption.withdrawn_at.is_(None), Adoption.published_at.is_not(None)),
        )
        .order_by(Adoption.adopted_at, Adoption.adoption_id)
    ).all()
    parts: dict[UUID, list[Part]] = defaultdict(list)
    for adoption, readable, amended in rows:
        parts[adoption.leading_id or adoption.adoption_id].append(Part(adoption, readable, amended))
    items: dict[UUID, list[rpc.IssueItem]] = defaultdict(list)
    for members in parts.values():
        leading = min(members, key=lambda part: part.adoption.leading_id is not None)
        items[leading.adoption.issue_id].append(item_shown(leading, members))
    return items


def _shown(issue: Issue, items: list[rpc.IssueItem]) -> rpc.Issue:
    return rpc.Issue(
        issue_id=issue.issue_id,
        version=issue.version,
        publication_code=issue.publication_code,
        publication_name=issue.publication_name,
        state=issue.state,
        year=issue.year,
        number=issue.number,
        published_at=issue.published_at,
        published_by=issue.published_by,
        items=items,
        evidence=issue.evidence,
    )
