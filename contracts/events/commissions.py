"""Events of commissions: each tells of one unit's part (notice 五(三))."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from contracts.model import EventData
from contracts.vocabulary import UnitClass


class _OfCommission(EventData):
    TYPE: ClassVar[str] = ""
    commission_id: UUID
    task_id: UUID
    unit_id: UUID
    unit_class: UnitClass
    title: str
    """The subject."""
    due_at: datetime
    about_report_id: UUID | None = None
    """The report from which the subject came, if any."""


class CommissionIssued(_OfCommission):
    """A unit owes a signed report on the subject by `due_at`."""

    TYPE: ClassVar[str] = "commission.issued"
    issued_by: str


class CommissionWithdrawn(_OfCommission):
    """Nobody need answer it any more."""

    TYPE: ClassVar[str] = "commission.withdrawn"
    reason: str
    withdrawn_by: str


class CommissionExcused(_OfCommission):
    """This unit need not answer it; the others still owe it."""

    TYPE: ClassVar[str] = "commission.excused"
    reason: str
    excused_by: str


COMMISSION_EVENTS: tuple[type[EventData], ...] = (CommissionIssued, CommissionWithdrawn, CommissionExcused)
