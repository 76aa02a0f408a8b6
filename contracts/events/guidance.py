"""Events of reporting guidance (notice 一(三))."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.model import EventData


class GuidanceIssued(EventData):
    """The city's points for a period, to the units named."""

    TYPE: ClassVar[str] = "guidance.issued"
    guidance_id: UUID
    period: str
    title: str
    points: int
    unit_ids: list[UUID]
    issued_by: str
    due_at: datetime | None = None


GUIDANCE_EVENTS: tuple[type[EventData], ...] = (GuidanceIssued,)
