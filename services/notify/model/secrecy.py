"""What may not be told by its words any more, as the report's secrecy class was raised (R07)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from services.notify.model.base import Base


class Withheld(Base):
    """One id under which messages may speak of the report; heard of before or after those messages' events."""

    __tablename__ = "withheld"

    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID]
    unit_id: Mapped[UUID]
    cancelled: Mapped[int]
    """Deliveries that had not left; counted with the report's own id."""
    at: Mapped[datetime] = mapped_column(DateTime(timezone=True))


def lock_subjects(session: Session, subjects: Iterable[UUID]) -> None:
    """Telling of a thing and withholding it exclude each other until the transaction ends; in one order for all."""
    for subject in sorted(set(subjects)):
        session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(f"secrecy {subject}", 0))))
