"""Events of the supervision office: its notices, and what lies with it too long (R17)."""

from __future__ import annotations

from typing import ClassVar
from uuid import UUID

from contracts.model import EventData
from contracts.rpc.notices import NoticeKind


class NoticeIssued(EventData):
    """A notice got its document number; a unit that is chased is told."""

    TYPE: ClassVar[str] = "notice.issued"
    notice_id: UUID
    assignment_id: UUID
    unit_id: UUID
    title: str
    about_report_id: UUID | None = None
    """The report that is told by `title`."""
    kind: NoticeKind
    number: str
    issued_by: str


SUPERVISION_EVENTS: tuple[type[EventData], ...] = (NoticeIssued,)
