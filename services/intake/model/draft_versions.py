"""Versions of a draft that are kept: what somebody else saw, and the last save of each stretch of editing (R09)."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contracts.rpc.content import Content
from contracts.rpc.draft_versions import VersionAct
from kernel.words import Word
from services.intake.model.base import Base
from services.intake.model.drafts import Draft

STRETCH_PAUSE = timedelta(minutes=30)
"""A pause in saving this long ends a stretch of editing: what was saved before it stays."""
OF_A_STRETCH = frozenset({VersionAct.SAVED, VersionAct.OFFERED})
"""What its writer does; an offer ends the stretch and is its last save."""


class DraftVersion(Base):
    """One kept version: its content, who made it one, and when."""

    __tablename__ = "draft_versions"

    draft_id: Mapped[UUID] = mapped_column(ForeignKey("drafts.id"), primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    act: Mapped[VersionAct] = mapped_column(Word(VersionAct))
    person_id: Mapped[UUID | None]
    person_name: Mapped[str | None]
    content_data: Mapped[dict[str, Any]] = mapped_column("content")
    at: Mapped[datetime]

    @property
    def content(self) -> Content:
        return Content.model_validate(self.content_data)

    def goes_on(self, act: VersionAct, person_id: UUID | None, now: datetime) -> bool:
        """Whether an act of this person belongs to the stretch of editing whose last save this is."""
        editing = self.act is VersionAct.SAVED and act in OF_A_STRETCH
        return editing and self.person_id == person_id and now - self.at < STRETCH_PAUSE


def keep_version(
    session: Session, draft: Draft, act: VersionAct, person_id: UUID | None, person_name: str, now: datetime
) -> None:
    """Keep the draft as it is now; within one stretch of editing the newest version takes the place of the last."""
    kept = newest_version(session, draft.id) if act in OF_A_STRETCH else None
    if kept is None or not kept.goes_on(act, person_id, now):
        kept = DraftVersion(draft_id=draft.id)
        session.add(kept)
    kept.version, kept.act, kept.at = draft.version, act, now
    kept.person_id, kept.person_name = person_id, person_name
    kept.content_data = draft.content_data


def newest_version(session: Session, draft_id: UUID) -> DraftVersion | None:
    """The version kept last."""
    return session.scalars(
        select(DraftVersion).where(DraftVersion.draft_id == draft_id).order_by(DraftVersion.version.desc()).limit(1)
    ).first()
