"""Who has opened a published issue, and when first."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from services.review.model.base import Base


class IssueReading(Base):
    """A person's first opening of an issue."""

    __tablename__ = "issue_readings"

    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.issue_id"), primary_key=True)
    person_id: Mapped[str] = mapped_column(primary_key=True)
    person_name: Mapped[str]
    unit_id: Mapped[UUID | None]
    read_at: Mapped[datetime]
