"""Saved views of the queue: an editor's own filters under a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.review.model.base import Base


class QueueView(Base):
    """Filters as `contracts.rpc.queue_views.Filters` spells them."""

    __tablename__ = "queue_views"
    __table_args__ = (UniqueConstraint("editor_id", "name", name="queue_views_one_per_name"),)

    view_id: Mapped[UUID] = mapped_column(primary_key=True)
    editor_id: Mapped[str]
    name: Mapped[str]
    filters: Mapped[dict[str, Any]] = mapped_column(JSONB)
    saved_at: Mapped[datetime]
