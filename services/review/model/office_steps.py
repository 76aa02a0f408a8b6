"""What lies with the supervision office and when it is to be done; who was told that it is late, once (R17)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.office_steps import OfficeFigure, OfficeStep
from kernel.clock import SHANGHAI
from kernel.deadlines.calendar import DaysEnd, WorkingCalendar
from kernel.words import Word
from services.review.model.base import Base
from services.review.model.notice_texts import time_zh
from services.review.model.supervision_rules import SupervisionRule, supervision_rules


class OfficeTelling(Base):
    """That one case is late was told; its key makes a second telling impossible."""

    __tablename__ = "office_tellings"

    step: Mapped[OfficeStep] = mapped_column(Word(OfficeStep), primary_key=True)
    subject_id: Mapped[UUID] = mapped_column(primary_key=True)
    since: Mapped[datetime] = mapped_column(primary_key=True)
    told_at: Mapped[datetime]


@dataclass(frozen=True)
class Waiting:
    """A thing that waits for the office, as the database has it."""

    step: OfficeStep
    subject_id: UUID
    instruction_id: UUID
    assignment_id: UUID | None
    report_id: UUID | None
    leader: str
    report_title: str
    unit_name: str | None
    since: datetime

    @property
    def place(self) -> tuple[datetime, UUID]:
        """Where it stands among the others: the oldest first."""
        return self.since, self.subject_id


@dataclass(frozen=True)
class Case:
    """The same with its limit, by the rule in force on the day it began to wait."""

    waiting: Waiting
    end: DaysEnd
    days: int
    rule: SupervisionRule

    @classmethod
    def of(cls, waiting: Waiting, calendar: WorkingCalendar) -> Case:
        rule = supervision_rules().in_force(waiting.since)
        days = rule.office_working_days[waiting.step]
        return cls(waiting, calendar.reckon(waiting.since, days), days, rule)

    @property
    def due_at(self) -> datetime:
        return self.end.at

    def late(self, now: datetime) -> bool:
        return now > self.due_at

    def explain_zh(self, now: datetime) -> str:
        waiting = self.waiting
        ended = "，已超过" if self.late(now) else "，尚未到期"
        return (
            f"{waiting.step.label}，自{time_zh(waiting.since)}起由督办部门办理；根据“{self.rule.rule}”"
            f"（{self.rule.version}版），应在{self.days}个工作日内、{time_zh(self.due_at)}前办完{self.end.remark_zh}{ended}。"
        )

    def explain_en(self, now: datetime) -> str:
        since, due_at = (f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for at in (self.waiting.since, self.due_at))
        ended = "that time has passed" if self.late(now) else "not due yet"
        return (
            f"With the supervision office since {since} ({self.waiting.step.value}); by the rules of "
            f"{self.rule.version} it is to be done within {self.days} working day(s), by {due_at} (Beijing)"
            f"{self.end.remark_en}; {ended}."
        )


def figures_of(cases: list[Case], now: datetime) -> list[OfficeFigure]:
    """Counts by step, of every step."""
    return [_figure(step, [case for case in cases if case.waiting.step is step], now) for step in OfficeStep]


def _figure(step: OfficeStep, cases: list[Case], now: datetime) -> OfficeFigure:
    oldest = min((case.waiting.since for case in cases), default=now)
    return OfficeFigure(
        step=step, open=len(cases), late=sum(case.late(now) for case in cases),
        oldest_seconds=max(0.0, (now - oldest).total_seconds()),
    )
