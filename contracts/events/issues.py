"""Events of published issues beside their publication and withdrawal, which stand in `contracts/events/review.py`."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.model import EventData
from contracts.vocabulary import Role


class IssueItemWithdrawn(EventData):
    """The adoption of an item was withdrawn after its issue was published: whoever was told of the issue is told that
    one item of it counts no more. Which, the issue's page says to those who may read it."""

    TYPE: ClassVar[str] = "issue_item.withdrawn"
    issue_id: UUID
    adoption_id: UUID
    publication_code: str
    publication_name: str
    number_line: str
    withdrawn_at: datetime
    contribution: bool = False
    """It was one report of a combined item, whose other reports count still."""
    reader_ids: list[UUID] = Field(default_factory=list)
    unit_ids: list[UUID] = Field(default_factory=list)
    reader_roles: list[Role] = Field(default_factory=list)


ISSUE_EVENTS: tuple[type[EventData], ...] = (IssueItemWithdrawn,)
