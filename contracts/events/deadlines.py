"""Events of deadlines; published by the service that owns the deadline's subject (intake and review)."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.model import EventData
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, Severity, UnitClass


class DeadlineFact(EventData):
    """What every deadline event tells."""

    TYPE: ClassVar[str] = ""
    deadline_id: UUID
    kind: DeadlineKind
    subject_id: UUID
    """The draft, report or assignment the deadline is about."""
    unit_id: UUID
    unit_class: UnitClass
    severity: Severity | None = None
    title: str
    started_at: datetime
    due_at: datetime
    rule: str
    rule_version: str
    explanation_zh: str
    explanation_en: str
    drill: bool = False
    about_report_id: UUID | None = None
    """The report that is told by `title`, where that is not the subject."""


class DeadlineApproaching(DeadlineFact):
    """A threshold (50, 80 or 100 percent of the time) passed while the deadline was open."""

    TYPE: ClassVar[str] = "deadline.approaching"
    threshold_percent: int


class DeadlineMet(DeadlineFact):
    TYPE: ClassVar[str] = "deadline.met"
    met_at: datetime


class DeadlineMissed(DeadlineFact):
    """Decided by the subject's own time, for urgent reports only behind the gateway's watermark."""

    TYPE: ClassVar[str] = "deadline.missed"
    decided_at: datetime


class DeadlineReassessed(DeadlineFact):
    """A correction changed due time or outcome; scoring follows the outcome, notify tells who saw the old one."""

    TYPE: ClassVar[str] = "deadline.reassessed"
    old_outcome: DeadlineOutcome
    new_outcome: DeadlineOutcome
    old_due_at: datetime
    reason: str


DEADLINE_EVENTS: tuple[type[EventData], ...] = (DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineReassessed)
