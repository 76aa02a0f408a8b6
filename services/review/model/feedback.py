"""Feedback: a unit's signed answer to an assignment, kept as it arrived (notice 五(二))."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.intake import ReportRegistered
from kernel.errors import Conflict
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base


class FeedbackState(StrEnum):
    """What became of a feedback."""

    GIVEN = "given"
    """Waits for the supervisor."""
    ACCEPTED = "accepted"
    RETURNED = "returned"
    SUPERSEDED = "superseded"
    """A newer feedback of the same unit was decided on instead."""
    SURPLUS = "surplus"
    """Arrived after the assignment was done; kept, changes nothing."""
    UNMATCHED = "unmatched"
    """Answers an assignment that is not known here (yet)."""
    FOREIGN = "foreign"
    """Answers an assignment of another unit: kept and flagged, never counted."""


_COPIED = ("receipt_number", "report_id", "assignment_id", "unit_id", "unit_name", "title", "body", "received_at")
"""Told as they are kept."""


class Feedback(Base):
    """One receipt of kind feedback; the number of these rows is what intake's watermark is compared with."""

    __tablename__ = "feedback"
    __table_args__ = (
        Index("feedback_by_assignment", "assignment_id", "received_at"),
        Index("feedback_by_time", "received_at"),
    )

    receipt_number: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    report_id: Mapped[UUID]
    report_version: Mapped[int]
    assignment_id: Mapped[UUID | None]
    """As stated by the unit; no foreign key, for it may be wrong."""
    unit_id: Mapped[UUID]
    unit_name: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    received_at: Mapped[datetime]
    state: Mapped[FeedbackState] = mapped_column(Word(FeedbackState))
    remarks: Mapped[str | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    registered: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """What else was registered of it, for the desk: number, class of unit, sign-off, attachments and the like; None of
    one that was kept before this was."""

    @classmethod
    def arrived(cls, report: ReportRegistered) -> Feedback:
        """As registered, not yet matched with an assignment."""
        return cls(
            **{name: getattr(report, name) for name in _COPIED},
            version=1,
            report_version=report.version,
            registered=report.model_dump(mode="json", exclude={*_COPIED, "version"}),
            state=FeedbackState.UNMATCHED,
        )

    def as_registered(self) -> ReportRegistered:
        """As intake told of it. Raises `Conflict` for one of which too little was kept."""
        if self.registered is None:
            raise Conflict(
                "该反馈收于系统升级以前，未留存编号、签发人等信息，不能提交编辑台；可请单位另报一条信息。",
                "This feedback was taken before its number and signer were kept here; let the unit report it instead.",
                extra={"receipt_number": self.receipt_number},
            )
        told = {name: getattr(self, name) for name in _COPIED}
        return ReportRegistered.model_validate({**self.registered, **told, "version": self.report_version})

    def turn(self, state: FeedbackState) -> None:
        self.state = state
        self.version += 1

    def decide(self, state: FeedbackState, by: Principal, now: datetime, remarks: str | None = None) -> None:
        """A supervisor's word on it."""
        self.turn(state)
        self.decided_by, self.decided_at, self.remarks = by.name, now, remarks
