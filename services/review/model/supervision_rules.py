"""The rules of supervision, dated data read from `rules/supervision.yaml`, and the due times they give (R17)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from contracts.model import NOT_BLANK, Strict, Text
from contracts.rpc.instructions import NewAssignment
from contracts.rpc.notices import NoticeKind
from contracts.rpc.office_steps import OfficeStep
from contracts.vocabulary import EscalationLevel, InstructionClass
from kernel.clock import china_day
from kernel.deadlines.calendar import DaysEnd, WorkingCalendar
from kernel.deadlines.due import Due, stated_due, wall_due, working_due
from kernel.errors import Invalid
from kernel.rule_files import read_rules

RULES_PATH = Path(__file__).parents[1] / "rules" / "supervision.yaml"
NOTICE, NOTICE_VERSION = "津政办发〔2008〕146号五（二）", "2008"
"""The notice asks for feedback in time; the time itself is stated with each assignment."""


NumberWord = Annotated[Text, Field(min_length=1, max_length=10, pattern=NOT_BLANK)]


class EscalationStep(Strict):
    level: EscalationLevel
    after: timedelta = Field(ge=timedelta(0))


class SupervisionRule(Strict):
    """One rule: default times, receipt, returns, and who is told when feedback is overdue."""

    rule: Text = Field(min_length=1)
    valid_from: date
    default_working_days: dict[InstructionClass, int]
    receipt: timedelta = Field(ge=timedelta(minutes=1))
    return_working_days: int = Field(ge=1, le=60)
    escalation: tuple[EscalationStep, ...] = Field(min_length=1)
    office_working_days: dict[OfficeStep, Annotated[int, Field(ge=1, le=250)]]
    number_words: dict[NoticeKind, NumberWord]
    source: Text = Field(min_length=1)

    @model_validator(mode="after")
    def _complete(self) -> SupervisionRule:
        if missing := set(InstructionClass) - set(self.default_working_days):
            raise ValueError(f"no default working days for {', '.join(sorted(missing))}")
        if unlimited := set(OfficeStep) - set(self.office_working_days):
            raise ValueError(f"no working days for the office's {', '.join(sorted(unlimited))}")
        if unnumbered := set(NoticeKind) - set(self.number_words):
            raise ValueError(f"no number word for {', '.join(sorted(unnumbered))}")
        if min(self.default_working_days.values()) < 1:
            raise ValueError("default working days are at least one")
        times = [step.after for step in self.escalation]
        levels = [step.level for step in self.escalation]
        if times != sorted(times) or len(set(levels)) < len(levels):
            raise ValueError("steps of escalation ascend, and each level stands once")
        return self

    @property
    def version(self) -> str:
        return self.valid_from.isoformat()

    def receipt_due(self, assigned_at: datetime) -> Due:
        """Until when the unit confirms that it has received an assignment."""
        return wall_due(assigned_at, self.receipt, rule=f"{self.rule}（签收）", rule_version=self.version)

    def returned_due(self, returned_at: datetime, calendar: WorkingCalendar) -> DaysEnd:
        """What a unit has at least after a return."""
        return calendar.reckon(returned_at, self.return_working_days)

    def steps_due(self, overdue_since: datetime, now: datetime) -> list[EscalationLevel]:
        """Who is to have been told by now."""
        return [step.level for step in self.escalation if overdue_since + step.after <= now]


class SupervisionRules(Strict):
    """All rules ever in force."""

    rules: tuple[SupervisionRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unambiguous(self) -> SupervisionRules:
        days = [rule.valid_from for rule in self.rules]
        if len(set(days)) < len(days):
            raise ValueError("two rules begin on the same day")
        return self

    def in_force(self, at: datetime) -> SupervisionRule:
        """The rule in force on that day; before the first one, the first."""
        begun = [rule for rule in self.rules if rule.valid_from <= china_day(at)]
        return max(begun, key=_beginning) if begun else min(self.rules, key=_beginning)


def _beginning(rule: SupervisionRule) -> date:
    return rule.valid_from


@lru_cache(maxsize=1)
def supervision_rules() -> SupervisionRules:
    """The rules of this installation, read once."""
    return read_rules(RULES_PATH, SupervisionRules)


@dataclass(frozen=True)
class Reckoned:
    """When an assignment is due, and what its time is counted from."""

    started_at: datetime
    started_by: str
    due: Due


def reckon(
    assignments: Sequence[NewAssignment],
    given_at: datetime,
    instruction_class: InstructionClass,
    now: datetime,
    calendar: WorkingCalendar,
) -> list[Reckoned]:
    """When each is due if it is assigned `now`. Raises `Invalid` with the field: past, stated twice, unknown year."""
    rule = supervision_rules().in_force(now)
    found = []
    for place, new in enumerate(assignments):
        reckoned = _reckon_one(new, f"/assignments/{place}", given_at, instruction_class, now, calendar, rule)
        found.append(reckoned)
    return found


def _reckon_one(
    new: NewAssignment,
    pointer: str,
    given_at: datetime,
    instruction_class: InstructionClass,
    now: datetime,
    calendar: WorkingCalendar,
    rule: SupervisionRule,
) -> Reckoned:
    if new.due_at is not None:
        _check_stated(new, pointer, given_at, now)
        return Reckoned(given_at, "instruction", stated_due(new.due_at, NOTICE, NOTICE_VERSION))
    days, named, version = new.working_days, NOTICE, NOTICE_VERSION
    if days is None:
        days = rule.default_working_days[instruction_class]
        named, version = f"{rule.rule}（{instruction_class.label}批示未写期限时）", rule.version
    due = working_due(
        now, days, rule=named, rule_version=version, calendar=calendar, pointer=f"{pointer}/working_days"
    )
    return Reckoned(now, "assignment", due)


def _check_stated(new: NewAssignment, pointer: str, given_at: datetime, now: datetime) -> None:
    if new.working_days is not None:
        raise Invalid(
            "截止时间和工作日数只写一项。", "State the due time or a number of working days, not both.",
            pointer=f"{pointer}/working_days",
        )
    if new.due_at is not None and new.due_at <= max(given_at, now):
        raise Invalid(
            "反馈截止时间必须晚于批示时间，也不能是已过去的时间。",
            "The due time must be later than the instruction, and must not have passed already.",
            pointer=f"{pointer}/due_at",
        )
