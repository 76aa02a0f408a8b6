"""Events of research projects (notice 三(二))."""

from __future__ import annotations

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


RESEARCH_EVENTS: tuple[type[EventData], ...] = (ResearchProjectStarted,)
