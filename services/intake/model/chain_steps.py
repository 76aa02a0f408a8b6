"""What is kept of a chain as a whole, and what it says of each of its steps: rows beside the reports."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.orm import Mapped, mapped_column

from services.intake.model.base import Base


class ChainRow(Base):
    """One chain, by its first report, which may not be registered yet. Its lock lets one at a time judge the chain."""

    __tablename__ = "chains"

    first_report_id: Mapped[UUID] = mapped_column(primary_key=True)
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[str | None]
    version: Mapped[int]

    def close(self, by: str, at: datetime) -> None:
        self.closed_by, self.closed_at = by, at
        self.version += 1

    def reopen(self) -> None:
        """Something was accepted after it was closed: nothing accepted goes unseen."""
        self.closed_by = self.closed_at = None
        self.version += 1


class ChainStepRow(Base):
    """What the chain says of one of its documents, judged anew whenever one arrives.

    Without a foreign key to the report: it would wait for that report's lock while it holds the chain's.
    """

    __tablename__ = "chain_steps"
    __table_args__ = (Index("chain_steps_of", "first_report_id"),)

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    first_report_id: Mapped[UUID]
    flags: Mapped[list[str]]
    """Words of `ReportFlag` that follow from the chain alone, whatever order it arrived in."""
    after_closing: Mapped[bool]
    """It arrived while the chain was closed."""
