"""The number an issue gets at publication: by the year, as a running total, supplements for themselves."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.rpc.publications import Numbering
from contracts.vocabulary import IssueState
from services.review.model.issues import Issue, IssueNumber, RunningNumber
from services.review.model.publications import Publication


def next_number(session: Session, issue: Issue, year: int) -> int:
    """The next number of the year; a transaction that fails gives it back, so the numbers have no gaps."""
    if issue.supplement:
        return _next_in_series(session, issue.publication_code, f"supplement {year}", before=0)
    first = insert(IssueNumber).values(publication_code=issue.publication_code, year=year, last=1)
    following = first.on_conflict_do_update(
        index_elements=[IssueNumber.publication_code, IssueNumber.year], set_={"last": IssueNumber.last + 1}
    )
    return session.scalars(following.returning(IssueNumber.last)).one()


def next_total(session: Session, issue: Issue, publication: Publication) -> int | None:
    """Its number among all issues ever; None for a supplement. The caller holds the year's number."""
    if issue.supplement:
        return None
    published = session.scalars(
        select(func.count())
        .select_from(Issue)
        .where(Issue.publication_code == issue.publication_code, ~Issue.supplement)
        .where(Issue.state.in_((IssueState.PUBLISHED, IssueState.WITHDRAWN)), Issue.issue_id != issue.issue_id)
    ).one()
    return _next_in_series(session, issue.publication_code, "total", before=published) + publication.total_before


def _next_in_series(session: Session, code: str, series: str, before: int) -> int:
    first = insert(RunningNumber).values(publication_code=code, series=series, last=before + 1)
    following = first.on_conflict_do_update(
        index_elements=[RunningNumber.publication_code, RunningNumber.series], set_={"last": RunningNumber.last + 1}
    )
    return session.scalars(following.returning(RunningNumber.last)).one()


def number_line(numbering: Numbering, year: int, number: int, total: int | None, *, supplement: bool) -> str:
    """How it is called under the publication's name."""
    if supplement:
        return f"{year}年增刊第{number}期"
    if numbering is Numbering.TOTAL:
        return f"总第{total}期"
    return f"{year}年第{number}期" + (f"（总第{total}期）" if numbering is Numbering.BOTH else "")
