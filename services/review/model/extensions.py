"""Extensions of an assignment's time: at most one waits for the supervisor, and each is decided once (R17)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.extensions import ExtensionState
from kernel.errors import Conflict
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base


class Extension(Base):
    """What the unit asked for, and what became of it."""

    __tablename__ = "extensions"
    __table_args__ = (
        Index("extensions_of", "assignment_id", "asked_at"),
        Index("extensions_one_asked", "assignment_id", unique=True, postgresql_where=text("state = 'asked'")),
    )

    extension_id: Mapped[UUID] = mapped_column(primary_key=True)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.assignment_id"))
    state: Mapped[ExtensionState] = mapped_column(Word(ExtensionState))
    reason: Mapped[str]
    progress: Mapped[str]
    wanted_due_at: Mapped[datetime]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    granted_due_at: Mapped[datetime | None]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    remarks: Mapped[str | None]

    def decide(self, state: ExtensionState, by: Principal, now: datetime, remarks: str) -> None:
        """Raises `Conflict` once decided, naming who did."""
        if self.state is not ExtensionState.ASKED:
            raise Conflict(
                f"该延期申请已处理（{self.state.label}）。", f"This extension is decided already: {self.state.value}.",
                extra={"state": self.state.value},
            )
        self.state, self.decided_by, self.decided_at, self.remarks = state, by.name, now, remarks

    def lapse(self, now: datetime) -> None:
        """The unit gave its feedback: nobody need decide any more."""
        self.state, self.decided_at = ExtensionState.LAPSED, now
