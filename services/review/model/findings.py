"""Findings about units: proposed, answered, decided by a second person; statements are only ever added (R07)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.findings import FindingDecision, FindingState
from contracts.vocabulary import FindingKind, UnitClass
from kernel.errors import Conflict, Forbidden
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base


class Finding(Base):
    """One finding. Proposed -> confirmed or dropped, never by who proposed it, nor before the unit could reply."""

    __tablename__ = "findings"
    __table_args__ = (
        Index("findings_newest", "proposed_at", "finding_id"),
        Index("findings_of_unit", "unit_id", "proposed_at", "finding_id"),
    )

    finding_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    kind: Mapped[FindingKind] = mapped_column(Word(FindingKind))
    state: Mapped[FindingState] = mapped_column(Word(FindingState))
    unit_id: Mapped[UUID]
    unit_name: Mapped[str]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("desk_items.report_id"))
    incident_number: Mapped[str | None]
    facts: Mapped[str]
    grounds: Mapped[str]
    verification_id: Mapped[UUID | None] = mapped_column(ForeignKey("verifications.verification_id"))
    proposed_by_id: Mapped[str]
    proposed_by: Mapped[str]
    proposed_at: Mapped[datetime]
    reply_due_at: Mapped[datetime]
    decided_by: Mapped[str | None]
    decided_at: Mapped[datetime | None]
    reason: Mapped[str | None]

    def require_open(self) -> None:
        """Raises `Conflict` once it is decided."""
        if self.state is not FindingState.PROPOSED:
            raise Conflict(
                f"该事项已由{self.decided_by}决定：{self.state.label}。",
                f"{self.decided_by} has already decided: {self.state}.",
                extra={"state": self.state.value},
            )

    def decide(
        self, by: Principal, decision: FindingDecision, reason: str, now: datetime, *, replied: bool
    ) -> None:
        """Raises `Forbidden` for who proposed it or belongs to the unit; `Conflict` when decided or too early."""
        self.require_open()
        if by.id == self.proposed_by_id:
            raise Forbidden(
                "提出认定的人不能作决定，请由其他总编辑决定。", "Who proposed it does not decide; another person must."
            )
        if by.unit_id == self.unit_id:
            raise Forbidden("不能对本单位作认定。", "Nobody decides on a finding about his own unit.")
        if decision is FindingDecision.CONFIRMED and not replied and now < self.reply_due_at:
            raise Conflict(
                "单位申辩期限未到，且尚未申辩，不能认定。",
                "The unit may still reply and has not; it cannot be confirmed yet.",
                extra={"reply_due_at": self.reply_due_at.isoformat()},
            )
        self.state = FindingState(decision.value)
        self.decided_by, self.decided_at, self.reason = by.name, now, reason
        self.version += 1


class FindingStatement(Base):
    """What the unit replied."""

    __tablename__ = "finding_statements"
    __table_args__ = (Index("finding_statements_of", "finding_id", "at"),)

    statement_id: Mapped[UUID] = mapped_column(primary_key=True)
    finding_id: Mapped[UUID] = mapped_column(ForeignKey("findings.finding_id"))
    by_id: Mapped[str]
    by_name: Mapped[str]
    text: Mapped[str]
    at: Mapped[datetime]
