"""Reports sent to leaders for reading, and who has read them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from services.review.model.base import Base


class ReadingRequest(Base):
    """One sending; it lies before its readers until it is undone."""

    __tablename__ = "reading_requests"
    __table_args__ = (
        Index("reading_requests_newest", "sent_at", "reading_id"),
        Index("reading_requests_by_report", "report_id", "sent_at"),
    )

    reading_id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("desk_items.report_id"))
    note: Mapped[str | None]
    sent_by: Mapped[str]
    sent_at: Mapped[datetime]
    undone_at: Mapped[datetime | None]


class ReportReader(Base):
    """One whom it was sent to."""

    __tablename__ = "report_readers"
    __table_args__ = (Index("report_readers_of_person", "person_id", "reading_id"),)

    reading_id: Mapped[UUID] = mapped_column(ForeignKey("reading_requests.reading_id"), primary_key=True)
    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    place: Mapped[int]
    read_at: Mapped[datetime | None]
