"""Events of research projects (notice 三(二))."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.model import EventData


class ResearchProjectStarted(EventData):
    """A project was started; the lead unit stands first among the units."""

    TYPE: ClassVar[str] = "research_project.started"
    project_id: UUID
    title: str
    """The topic."""
    unit_ids: list[UUID]
    lead_unit_name: str
    started_by: str
    about_report_id: UUID | None = None
    """The report from which the topic came, if any."""


class ResearchProjectChanged(EventData):
    """The plan of a running project or one of its milestones was changed; the deadlines have followed."""

    TYPE: ClassVar[str] = "research_project.changed"
    project_id: UUID
    title: str
    """The topic."""
    change: str
    """plan, milestone_added, milestone_moved or milestone_dropped."""
    milestone: str | None = None
    old_due_at: datetime | None = None
    new_due_at: datetime | None = None
    reason: str
    unit_ids: list[UUID]
    lead_unit_name: str
    changed_by: str
    about_report_id: UUID | None = None


RESEARCH_EVENTS: tuple[type[EventData], ...] = (ResearchProjectStarted, ResearchProjectChanged)
