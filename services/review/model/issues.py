"""Issues of publications: composed, then published exactly once under the next number of the year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.review import IssuePublished
from contracts.model import EventData
from contracts.vocabulary import IssueState
from kernel.errors import Conflict, Forbidden, StaleVersion
from kernel.principal import Principal
from services.review.model.adoptions import Adoption
from services.review.model.base import Base, Word


@dataclass(frozen=True)
class Move:
    before: IssueState
    after: IssueState
    who: str
    event: type[EventData] | None


MOVES: dict[str, Move] = {
    # act         before                after                 who             event
    "compose": Move(IssueState.COMPOSING, IssueState.COMPOSING, "any editor",   None),
    "publish": Move(IssueState.COMPOSING, IssueState.PUBLISHED, "chief editor", IssuePublished),
}  # fmt: skip
"""The issue's states and moves; composing is adopting into it and withdrawing from it. Published is final."""


class Issue(Base):
    """One issue. `version` counts every change of its composition, so the chief editor publishes what he saw."""

    __tablename__ = "issues"
    __table_args__ = (
        UniqueConstraint("publication_code", "year", "number", name="issues_one_per_number"),
        Index("issues_newest", "opened_at", "issue_id"),
    )

    issue_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    publication_code: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    publication_name: Mapped[str]
    state: Mapped[IssueState] = mapped_column(Word(IssueState))
    opened_by: Mapped[str]
    opened_at: Mapped[datetime]
    year: Mapped[int | None]
    number: Mapped[int | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSONB)

    def compose(self) -> None:
        """Its composition changes. Raises `Conflict` once published."""
        self.require_composing()
        self.version += 1

    def check_publication(self, seen_version: int, adoptions: Sequence[Adoption], editor: Principal) -> None:
        """Raises `Conflict` when published or empty, `StaleVersion` when changed since, `Forbidden` for own edits."""
        self.require_composing()
        if seen_version != self.version:
            raise StaleVersion(
                f"该期已更新到第{self.version}版，您看到的是第{seen_version}版。",
                f"The issue is at version {self.version}; you saw version {seen_version}.",
                extra={"version": self.version},
            )
        if not adoptions:
            raise Conflict("该期没有内容，不能刊发。", "An issue without items cannot be published.")
        own = [adoption.title for adoption in adoptions if adoption.edited_by_id == editor.id]
        if own:
            raise Forbidden(
                f"不得签发本人编辑的稿件，请由其他总编辑刊发：{'；'.join(own)}",
                f"Nobody publishes his own edit copy; let another chief editor publish: {'; '.join(own)}",
            )

    def publish(self, year: int, number: int, editor: Principal, now: datetime) -> None:
        self.state = MOVES["publish"].after
        self.year, self.number = year, number
        self.published_by, self.published_at = editor.name, now
        self.version += 1

    def require_composing(self) -> None:
        """Raises `Conflict` once published."""
        if self.state != MOVES["publish"].before:
            raise Conflict(
                f"该期已由{self.published_by}刊发为{self.year}年第{self.number}期。",
                f"{self.published_by} has already published it as No. {self.number} of {self.year}.",
                extra={"year": self.year, "number": self.number},
            )


class IssueNumber(Base):
    """The last number given per publication and year; its row lock keeps numbers without gaps and doubles."""

    __tablename__ = "issue_numbers"

    publication_code: Mapped[str] = mapped_column(ForeignKey("publications.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]
