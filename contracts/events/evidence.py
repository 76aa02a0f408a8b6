"""Events of the evidence, the same from every owner of a database."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from contracts.model import EventData


class CheckpointDeclared(EventData):
    """The newest checkpoint of the owner's database, told once a day so that somebody outside holds it."""

    TYPE: ClassVar[str] = "checkpoint.declared"
    service: str
    """Whose database it fixes."""
    day: str
    """The day in China it is told on, YYYY-MM-DD; at most one a service and day."""
    number: int
    root: str
    at: datetime
    """When the checkpoint was made."""
    key_id: str
    signature: str
    document: str
    """The whole checkpoint as `chengbao audit export` writes it (JSON): a saved copy of it is a witness."""


EVIDENCE_EVENTS: tuple[type[EventData], ...] = (CheckpointDeclared,)
