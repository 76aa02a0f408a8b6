"""Commissions: what the city asks of units, each unit's part of it, and the signed answers (R18, notice 五(三))."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID, uuid5

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.intake import ReportRegistered
from contracts.rpc.commissions import CommissionState, IssueCommission, Origin, Quality
from contracts.vocabulary import UnitClass
from kernel.errors import Conflict, Forbidden, Invalid
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base


def task_id(commission_id: UUID, unit_id: UUID) -> UUID:
    """The id of a unit's part; made from both, so that a commission issued again after a restored backup asks the
    units by the ids they know."""
    return uuid5(commission_id, f"task/{unit_id}")


def check_times(asked: IssueCommission, now: datetime, due_at: datetime) -> None:
    """Raises `Invalid` with the field: due in the future, and not after the city's own due time."""
    if due_at <= now:
        raise Invalid("交稿时限必须晚于现在。", "The due time must lie in the future.", pointer="/due_at")
    if asked.upward_due_at is None:
        return
    if asked.origin is Origin.CITY:
        raise Invalid(
            "市里约稿没有向上报送的时限。", "A commission of the city's own has no due time upward.",
            pointer="/upward_due_at",
        )
    if due_at > asked.upward_due_at:
        raise Invalid(
            "各单位交稿不能晚于市里向上报送的时限。", "The units cannot be due after the city itself.",
            pointer="/upward_due_at",
        )


class Commission(Base):
    """Issued -> withdrawn or closed. What was asked never changes: the units act on it."""

    __tablename__ = "commissions"
    __table_args__ = (Index("commissions_newest", "issued_at", "commission_id"),)

    commission_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[CommissionState] = mapped_column(Word(CommissionState))
    subject: Mapped[str]
    requirements: Mapped[str]
    length: Mapped[int | None]
    due_at: Mapped[datetime]
    template: Mapped[str | None]
    origin: Mapped[Origin] = mapped_column(Word(Origin))
    upward_due_at: Mapped[datetime | None]
    from_report_id: Mapped[UUID | None]
    issued_by_id: Mapped[str]
    issued_by: Mapped[str]
    issued_at: Mapped[datetime]
    ended_by: Mapped[str | None]
    ended_at: Mapped[datetime | None]
    withdrawn_because: Mapped[str | None]
    delivered_upward_at: Mapped[datetime | None]
    delivered_upward_by: Mapped[str | None]
    upward_note: Mapped[str | None]

    def withdraw(self, by: Principal, now: datetime, reason: str) -> None:
        """Raises `Conflict` unless it is being answered."""
        self._end(CommissionState.WITHDRAWN, by, now)
        self.withdrawn_because = reason

    def close(self, by: Principal, now: datetime, owing: Sequence[CommissionTask]) -> None:
        """Raises `Conflict` while units still owe an answer, naming them."""
        self.require_issued()
        if owing:
            names = [task.unit_name for task in owing]
            raise Conflict(
                f"尚有 {len(names)} 个单位待交稿：{'、'.join(names[:20])}。可先免交或撤回约稿。",
                f"Units that still owe an answer: {', '.join(names[:20])}. Excuse them or withdraw the commission.",
                extra={"owing": names},
            )
        self._end(CommissionState.CLOSED, by, now)

    def deliver_upward(self, by: Principal, now: datetime, note: str | None) -> None:
        """The city has delivered; also after it was closed. Raises `Conflict`: nothing to deliver, or done already."""
        if self.upward_due_at is None:
            raise Conflict("这项约稿没有向上报送的时限。", "This commission has no due time upward.")
        if self.state is CommissionState.WITHDRAWN:
            self.require_issued()
        if self.delivered_upward_at is not None:
            raise Conflict(
                f"{self.delivered_upward_by}已登记上报。", f"{self.delivered_upward_by} has recorded it already.",
                extra={"delivered_upward_at": self.delivered_upward_at.isoformat()},
            )
        self.delivered_upward_at, self.delivered_upward_by, self.upward_note = now, by.name, note
        self.version += 1

    def takes(self, received_at: datetime) -> bool:
        """Whether an answer received then counts: one signed before the withdrawal does, whenever we hear of it."""
        withdrawn = self.state is CommissionState.WITHDRAWN and self.ended_at is not None
        return not withdrawn or self.ended_at is None or received_at <= self.ended_at

    def require_issued(self) -> None:
        """Raises `Conflict` once it has ended."""
        if self.state is not CommissionState.ISSUED:
            raise Conflict(
                f"该约稿已由{self.ended_by}结束：{self.state.label}。",
                f"{self.ended_by} has already ended this commission: {self.state}.",
                extra={"state": self.state.value},
            )

    def _end(self, state: CommissionState, by: Principal, now: datetime) -> None:
        self.require_issued()
        self.state, self.ended_by, self.ended_at = state, by.name, now
        self.version += 1


class CommissionTask(Base):
    """One unit's part; the unit is named as it was then. Its deadline says whether it was answered in time."""

    __tablename__ = "commission_tasks"
    __table_args__ = (
        Index("commission_tasks_of", "commission_id"),
        Index("commission_tasks_of_unit", "unit_id", "due_at", "task_id"),
        Index("commission_tasks_due", "due_at", "task_id"),
    )

    task_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    commission_id: Mapped[UUID] = mapped_column(ForeignKey("commissions.commission_id"))
    unit_id: Mapped[UUID]
    unit_name: Mapped[str]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    due_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    """The earliest receipt of an answer that counts."""
    excused_by: Mapped[str | None]
    excused_because: Mapped[str | None]
    quality: Mapped[Quality | None] = mapped_column(Word(Quality))
    quality_remark: Mapped[str | None]
    marked_by: Mapped[str | None]

    def take_answer(self, received_at: datetime) -> None:
        """The unit's signed answer; the earliest counts."""
        if self.answered_at is None or received_at < self.answered_at:
            self.answered_at = received_at
        self.version += 1

    def excuse(self, by: Principal, reason: str) -> None:
        """Raises `Conflict` when it was excused or answered already, `Forbidden` for somebody of that unit."""
        self._require_other_unit(by)
        if self.excused_by is not None:
            raise Conflict(f"已由{self.excused_by}免交。", f"{self.excused_by} has excused it already.")
        if self.answered_at is not None:
            raise Conflict("该单位已交稿，无需免交。", "The unit has answered; there is nothing to excuse.")
        self.excused_by, self.excused_because = by.name, reason
        self.version += 1

    def mark(self, by: Principal, quality: Quality, remark: str | None) -> None:
        """Raises `Conflict` before anything was delivered, `Forbidden` for somebody of that unit."""
        self._require_other_unit(by)
        if self.answered_at is None:
            raise Conflict("该单位尚未交稿，不能评定。", "The unit has delivered nothing to be marked.")
        self.quality, self.quality_remark, self.marked_by = quality, remark, by.name
        self.version += 1

    def _require_other_unit(self, by: Principal) -> None:
        if by.unit_id == self.unit_id:
            raise Forbidden("不能处理本单位的约稿。", "Nobody decides about his own unit's part.")


class AnswerState(StrEnum):
    """What became of a signed answer."""

    COUNTED = "counted"
    SURPLUS = "surplus"
    """Received after the commission was withdrawn: linked, changes nothing."""
    UNMATCHED = "unmatched"
    """Answers a commission that is not known here (yet)."""
    FOREIGN = "foreign"
    """The commission asks nothing of this unit: kept, never counted."""


class CommissionAnswer(Base):
    """One receipt of a document that names a commission; intake's watermark is compared with their number."""

    __tablename__ = "commission_answers"
    __table_args__ = (
        Index("commission_answers_of", "commission_id", "unit_id", "received_at"),
        Index("commission_answers_by_time", "received_at"),
    )

    receipt_number: Mapped[str] = mapped_column(primary_key=True)
    report_id: Mapped[UUID]
    report_version: Mapped[int]
    commission_id: Mapped[UUID]
    """As stated by the unit; no foreign key, for it may be wrong."""
    unit_id: Mapped[UUID]
    received_at: Mapped[datetime]
    state: Mapped[AnswerState] = mapped_column(Word(AnswerState))

    @classmethod
    def arrived(cls, report: ReportRegistered, commission_id: UUID) -> CommissionAnswer:
        """As registered, not yet matched."""
        return cls(
            receipt_number=report.receipt_number, report_id=report.report_id, report_version=report.version,
            commission_id=commission_id, unit_id=report.unit_id, received_at=report.received_at,
            state=AnswerState.UNMATCHED,
        )
