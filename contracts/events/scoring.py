"""Events scoring publishes."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.model import EventData


class BulletinIssued(EventData):
    """The month's bulletin was issued and circulated (notice 五(四))."""

    TYPE: ClassVar[str] = "bulletin.issued"
    bulletin_id: UUID
    period: str
    title: str
    issued_at: datetime
    content_hash: str
    unit_ids: list[UUID]


EVENTS: tuple[type[EventData], ...] = (BulletinIssued,)
