"""Leaders' instructions (notice 五(二)): recorded, confirmed, in hand, presented, closed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, false, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.attachments import Attachment
from contracts.rpc.instructions import Confirmation, InstructionState
from contracts.vocabulary import AssignmentState, InstructionClass, Kind, Level, Role, UnitClass
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.assignments import Assignment
from services.review.model.base import CLOCK_TOLERANCE, Base

_HAN = r"[〇\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
_WITHIN_CHINESE = re.compile(f"(?<={_HAN}) (?={_HAN})")


class Instruction(Base):
    """An instruction on one item of a published issue, whose unit is credited; or on paper, called by its subject.

    What waits to be confirmed has no assignments yet: they stand in `planned`.
    """

    __tablename__ = "instructions"
    __table_args__ = (
        Index("instructions_newest", "given_at", "instruction_id"),
        Index("instructions_by_issue", "issue_id"),
        Index("instructions_following", "follows", postgresql_where=text("follows IS NOT NULL")),
    )

    instruction_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    issue_id: Mapped[UUID | None] = mapped_column(ForeignKey("issues.issue_id"))
    report_id: Mapped[UUID | None] = mapped_column(ForeignKey("desk_items.report_id"))
    report_title: Mapped[str]
    """Title of the item, or the subject of a paper."""
    report_kind: Mapped[Kind | None] = mapped_column(Word(Kind))
    unit_id: Mapped[UUID | None]
    unit_class: Mapped[UnitClass | None] = mapped_column(Word(UnitClass))
    leader: Mapped[str]
    text: Mapped[str]
    instruction_class: Mapped[InstructionClass] = mapped_column(Word(InstructionClass))
    level: Mapped[Level] = mapped_column(Word(Level))
    given_at: Mapped[datetime]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]
    closed_by: Mapped[str | None]
    closed_at: Mapped[datetime | None]
    recorded_by_id: Mapped[str | None]
    awaits_confirmation: Mapped[bool] = mapped_column(default=False, server_default=false())
    confirmation: Mapped[Confirmation | None] = mapped_column(Word(Confirmation))
    confirmed_by: Mapped[str | None]
    confirmed_at: Mapped[datetime | None]
    scan: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    planned: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    presented_by: Mapped[str | None]
    presented_at: Mapped[datetime | None]
    presented_note: Mapped[str | None]
    withdrawn_by: Mapped[str | None]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_reason: Mapped[str | None]
    follows: Mapped[UUID | None] = mapped_column(ForeignKey("instructions.instruction_id"))

    def state(self, *, assigned: bool) -> InstructionState:
        """`assigned`: whether any unit has it in hand."""
        if self.withdrawn_at is not None:
            return InstructionState.WITHDRAWN
        if self.awaits_confirmation:
            return InstructionState.RECORDED
        if self.closed_at is not None:
            return InstructionState.CLOSED
        if self.presented_at is not None:
            return InstructionState.PRESENTED
        return InstructionState.IN_HAND if assigned else InstructionState.CONFIRMED

    def confirm(self, by: Principal, scan: Attachment | None, now: datetime) -> None:
        """By the leader in person, by the paper's scan, or by a second person of the leader's office.

        Raises `Conflict` unless it waits to be confirmed, `Forbidden` for whoever recorded it without either.
        """
        self._require_waiting()
        if scan is not None:
            self.scan = scan.model_dump(mode="json")
        if by.holds(Role.LEADER):
            self.confirmation = Confirmation.IN_PERSON
        elif self.scan is not None:
            self.confirmation = Confirmation.SCAN
        elif not by.same_person(self.recorded_by_id):
            self.confirmation = Confirmation.SECOND_PERSON
        else:
            raise Forbidden(
                "登记人不能确认自己登记的批示：请附批示件扫描，或由领导本人、另一位秘书确认。",
                "Whoever recorded an instruction does not confirm it: attach the scan, or let the leader or a second "
                "secretary confirm it.",
            )
        self.awaits_confirmation, self.confirmed_by, self.confirmed_at = False, by.name, now
        self.version += 1

    def withdraw(self, by: Principal, reason: str, now: datetime) -> None:
        """Recorded wrongly. Raises `Conflict` once confirmed: then it is closed, never undone."""
        self._require_waiting()
        self.withdrawn_by, self.withdrawn_at, self.withdrawn_reason = by.name, now, reason
        self.version += 1

    def _require_waiting(self) -> None:
        if self.withdrawn_at is not None:
            raise Conflict(f"该批示已由{self.withdrawn_by}撤销。", f"{self.withdrawn_by} has withdrawn this entry.")
        if not self.awaits_confirmation:
            raise Conflict("该批示已确认。", "This instruction is confirmed already.")

    def present(self, by: Principal, note: str, now: datetime, assignments: Sequence[Assignment]) -> None:
        """The results are before the leader: from here on nobody is late. Raises `Conflict`."""
        self._require_going()
        if self.presented_at is not None:
            raise Conflict(f"已由{self.presented_by}呈领导阅。", f"{self.presented_by} has presented it already.")
        self._require_accepted(assignments)
        self.presented_by, self.presented_at, self.presented_note = by.name, now, note
        self.version += 1

    def close(self, by: Principal, now: datetime, assignments: Sequence[Assignment]) -> None:
        """Raises `Conflict` when closed already, while assignments are open, naming them, or before it is presented."""
        self._require_going()
        self._require_accepted(assignments)
        if assignments and self.presented_at is None:
            raise Conflict(
                "办理结果尚未呈领导阅，请先呈阅。", "The leader has not been shown the results; present them first."
            )
        self.closed_by, self.closed_at = by.name, now
        self.version += 1

    def _require_going(self) -> None:
        if self.awaits_confirmation:
            raise Conflict("该批示尚未确认。", "This instruction is not confirmed yet.")
        if self.closed_at is not None:
            raise Conflict(
                f"该批示已由{self.closed_by}办结。", f"{self.closed_by} has already closed this instruction."
            )

    def _require_accepted(self, assignments: Sequence[Assignment]) -> None:
        still_open = [assignment for assignment in assignments if assignment.state != AssignmentState.ACCEPTED]
        if still_open:
            raise Conflict(
                f"尚有未办结的交办：{'、'.join(a.unit_name for a in still_open)}。",
                f"Assignments not yet accepted: {', '.join(a.unit_name for a in still_open)}.",
                extra={
                    "open": [
                        {"assignment_id": str(a.assignment_id), "unit_name": a.unit_name, "state": a.state.value}
                        for a in still_open
                    ]
                },
            )


def leader_named(name: str) -> str:
    """One leader, one spelling: blanks between Chinese characters are only layout, others part words."""
    return _WITHIN_CHINESE.sub("", " ".join(name.split()))


def check_given(given_at: datetime, now: datetime) -> None:
    """Raises `Invalid`: an instruction lies in the past."""
    if given_at > now + CLOCK_TOLERANCE:
        raise Invalid("批示时间不能晚于现在。", "An instruction cannot be given in the future.", pointer="/given_at")
