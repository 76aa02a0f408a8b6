"""Events of the supervision office: its notices, and what lies with it too long (R17)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.model import EventData
from contracts.rpc.notices import NoticeKind
from contracts.rpc.office_steps import OfficeStep


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


class OfficeStepMissed(EventData):
    """Something has lain with the supervision office longer than its rule allows; told once."""

    TYPE: ClassVar[str] = "office_step.missed"
    telling_id: UUID
    step: OfficeStep
    subject_id: UUID
    """Of the instruction, the assignment or the extension that waits."""
    instruction_id: UUID
    leader: str
    title: str
    about_report_id: UUID | None = None
    """The report that is told by `title`."""
    unit_ids: list[UUID]
    """The city's office, whose head is told."""
    since: datetime
    due_at: datetime


SUPERVISION_EVENTS: tuple[type[EventData], ...] = (NoticeIssued, OfficeStepMissed)
