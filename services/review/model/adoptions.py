"""Adoptions: a report taken into an issue, with the edit copy beside the unchanged original."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.desk import Adopt
from contracts.vocabulary import Kind, UnitClass
from kernel.ids import new_id
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base
from services.review.model.desk import DeskItem

WHOLE_SHARE = Decimal(1)
"""A single item credits its unit whole; shares below one come with combined items (`model/combined.py`)."""


class Adoption(Base):
    """One report in one issue. In force until withdrawn; counts from the issue's publication."""

    __tablename__ = "adoptions"
    __table_args__ = (
        Index("adoptions_one_in_force", "report_id", unique=True, postgresql_where=text("withdrawn_at IS NULL")),
        Index("adoptions_by_issue", "issue_id", "adopted_at"),
    )

    adoption_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    report_id: Mapped[UUID] = mapped_column(ForeignKey("desk_items.report_id"))
    report_version: Mapped[int]
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.issue_id"))
    receipt_number: Mapped[str]
    unit_id: Mapped[UUID]
    unit_name: Mapped[str]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    report_kind: Mapped[Kind] = mapped_column(Word(Kind))
    item_kind: Mapped[str]
    title: Mapped[str]
    body: Mapped[str]
    share: Mapped[Decimal]
    column_name: Mapped[str | None]
    """The publication's column it stands in; None while it has no place."""
    leading_id: Mapped[UUID | None] = mapped_column(ForeignKey("adoptions.adoption_id"))
    """Of a further report in a combined item (综合): the adoption whose text the item is."""
    adopted_by: Mapped[str]
    adopted_at: Mapped[datetime]
    edited_by_id: Mapped[str | None]
    """Who made the edit copy; None when the item stands as submitted."""
    pictures: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB(none_as_null=True))
    """Set in the item, in order (`model/item_pictures.py`); None for none."""
    published_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawal_reason: Mapped[str | None]

    @classmethod
    def of(cls, item: DeskItem, request: Adopt, editor: Principal, now: datetime) -> Adoption:
        """The item adopted as `request` says; absent words of the edit copy are those submitted."""
        title, body = request.title or item.title, request.body or item.body
        edited = (title, body) != (item.title, item.body)
        return cls(
            adoption_id=new_id(),
            version=1,
            report_id=item.report_id,
            report_version=item.report_version,
            issue_id=request.issue_id,
            receipt_number=item.receipt_number,
            unit_id=item.unit_id,
            unit_name=item.unit_name,
            unit_class=item.unit_class,
            report_kind=item.kind,
            item_kind=request.item_kind,
            column_name=request.column,
            title=title,
            body=body,
            share=WHOLE_SHARE,
            adopted_by=editor.name,
            adopted_at=now,
            edited_by_id=editor.id if edited else None,
        )

    def rewrite(self, title: str, body: str, editor_id: str | None) -> None:
        """Another edit copy; the original is the desk item's and stays as it is. None for the words as submitted."""
        self.title, self.body, self.edited_by_id = title, body, editor_id
        self.version += 1

    def publish(self, now: datetime) -> None:
        self.published_at = now
        self.version += 1

    def withdraw(self, editor: Principal, reason: str, now: datetime) -> None:
        """It no longer counts. A published issue keeps its text: a correction is a new issue."""
        self.withdrawn_at, self.withdrawn_by, self.withdrawal_reason = now, editor.name, reason
        self.version += 1
