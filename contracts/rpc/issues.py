"""Publications and their numbered issues: composed at the desk, published once, read by leaders."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.fields import Name
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import DESK, OVERSIGHT
from contracts.vocabulary import AmendmentAct, IssueState, Level, Role

Code = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="short name of a publication")]


class RecordPublication(Strict):
    """Create a publication or change the one with this code."""

    code: Code
    name: Name
    level: Level = Level.CITY
    columns: list[Name] = Field(default_factory=list, max_length=20)


class Publication(RecordPublication):
    version: int


class PublicationPage(Strict):
    items: list[Publication]
    next_cursor: str | None = None


class OpenIssue(Strict):
    """Begin the next issue of a publication; its number is given at publication."""

    issue_id: UUID
    publication_code: Code


class Credit(Strict):
    """One report in an item, with its unit's share of the credit."""

    adoption_id: UUID
    report_id: UUID
    receipt_number: str
    unit_name: str
    share: Decimal


class IssueItem(Strict):
    """An item is named by its adoption, a combined one (综合) by the leading one."""

    adoption_id: UUID
    report_id: UUID
    receipt_number: str
    unit_name: str
    item_kind: str
    title: str
    body: str
    share: Decimal
    amended: AmendmentAct | None = None
    """For those who compose: the report, or one of a combined item, was corrected or withdrawn after its adoption."""
    version: int = 1
    """Counts the changes of this item, as its edit copy."""
    column: str | None = None
    credits: list[Credit] = Field(default_factory=list)
    """Of a combined item all reports, the leading one first; of a single one that report alone."""


class Issue(Strict):
    issue_id: UUID
    version: int
    publication_code: str
    publication_name: str
    state: IssueState
    year: int | None
    number: int | None
    published_at: Instant | None
    published_by: str | None
    items: list[IssueItem]
    evidence: dict[str, str] | None
    """Of a published issue: its audit entry and the newest checkpoint."""


class IssueId(Strict):
    issue_id: UUID


class PublishIssue(Strict):
    issue_id: UUID
    version: int = Field(description="version the chief editor saw; 412 when it changed since")


class ListIssues(ListQuery):
    state: IssueState | None = None
    publication_code: Code | None = None


class IssuePage(Strict):
    items: list[Issue]
    next_cursor: str | None = None


METHODS: dict[str, Method] = {
    "record_publication": command(RecordPublication, Publication, Role.CHIEF_EDITOR),
    "list_publications": query(ListQuery, PublicationPage, *DESK, *OVERSIGHT),
    "open_issue": command(OpenIssue, Issue, *DESK),
    "get_issue": query(IssueId, Issue, *DESK, *OVERSIGHT),
    "list_issues": query(ListIssues, IssuePage, *DESK, *OVERSIGHT),
    "publish_issue": command(PublishIssue, Issue, Role.CHIEF_EDITOR),
}
