"""Finished steps of the supervision office: how long each took, by which limit; append-only (R17)."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.finished_steps import StepOutcome
from contracts.rpc.office_steps import OfficeStep
from kernel.clock import SHANGHAI
from kernel.ids import new_id
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base
from services.review.model.notice_texts import time_zh
from services.review.model.office_steps import Case


class FinishedStep(Base):
    """A thing that lay with the office until `finished_at`; titles and names are read where they are kept."""

    __tablename__ = "finished_office_steps"
    __table_args__ = (
        UniqueConstraint("step", "subject_id", "since", name="finished_office_steps_once"),
        Index("finished_office_steps_newest", "finished_at", "step_id"),
        Index("finished_office_steps_of", "instruction_id", "since"),
    )

    step_id: Mapped[UUID] = mapped_column(primary_key=True)
    step: Mapped[OfficeStep] = mapped_column(Word(OfficeStep))
    subject_id: Mapped[UUID]
    instruction_id: Mapped[UUID]
    assignment_id: Mapped[UUID | None]
    since: Mapped[datetime]
    due_at: Mapped[datetime]
    days: Mapped[int]
    """Working days that the rule gave."""
    rule: Mapped[str]
    rule_version: Mapped[str]
    finished_at: Mapped[datetime]
    finished_by: Mapped[str]
    finished_by_id: Mapped[str]
    outcome: Mapped[StepOutcome] = mapped_column(Word(StepOutcome))

    @classmethod
    def of(cls, case: Case, outcome: StepOutcome, by: Principal, now: datetime) -> FinishedStep:
        waiting = case.waiting
        return cls(
            step_id=new_id(), step=waiting.step, subject_id=waiting.subject_id, instruction_id=waiting.instruction_id,
            assignment_id=waiting.assignment_id, since=waiting.since, due_at=case.due_at, days=case.days,
            rule=case.rule.rule, rule_version=case.rule.version, finished_at=now, finished_by=by.name,
            finished_by_id=by.id, outcome=outcome,
        )  # fmt: skip

    @property
    def late(self) -> bool:
        return self.finished_at > self.due_at

    @property
    def seconds(self) -> float:
        """Where clocks disagree, a feedback may seem to be decided on before it came."""
        return max(timedelta(), self.finished_at - self.since).total_seconds()

    def explain_zh(self) -> str:
        ended = "超过期限" if self.late else "未超过期限"
        return (
            f"{self.step.label}，{time_zh(self.since)}起由督办部门办理，{time_zh(self.finished_at)}{self.outcome.label}；"
            f"根据“{self.rule}”（{self.rule_version}版），应在{self.days}个工作日内、{time_zh(self.due_at)}前办完，{ended}。"
        )

    def explain_en(self) -> str:
        since, due_at, finished_at = (
            f"{at.astimezone(SHANGHAI):%Y-%m-%d %H:%M}" for at in (self.since, self.due_at, self.finished_at)
        )
        return (
            f"With the supervision office from {since} until {finished_at} ({self.step.value}: {self.outcome.value}); "
            f"by the rules of {self.rule_version} it was to be done within {self.days} working day(s), by {due_at} "
            f"(Beijing): {'late' if self.late else 'in time'}."
        )
