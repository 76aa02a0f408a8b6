"""Time limits for urgent information: dated rules read from `rules/urgent-time-limits.yaml` (notice 五(一))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from contracts.model import Strict, Text
from contracts.vocabulary import Level, Severity
from kernel.clock import china_day
from kernel.deadlines.due import Due, extended_due, remarked_due, wall_due
from kernel.rule_files import read_rules
from services.intake.model.rule_files import RULES

RULES_PATH = RULES / "urgent-time-limits.yaml"

Start = Literal["occurrence", "learning", "receipt"]


def _a_minute_at_least(limit: timedelta) -> timedelta:
    if limit < timedelta(minutes=1):
        raise ValueError("a time limit is at least one minute")
    return limit


Limit = Annotated[timedelta, AfterValidator(_a_minute_at_least)]


@dataclass(frozen=True)
class Circumstances:
    """What a time limit is counted from."""

    occurred_at: datetime
    learned_at: datetime | None = None
    called_at: datetime | None = None
    """When the pre-report came by phone."""
    reason_known_at: datetime | None = None
    """When a pre-report that gave a reason for needing longer is proved to have come; None without a reason."""


@dataclass(frozen=True)
class Reckoned:
    """What a rule makes of the circumstances."""

    started_at: datetime
    started_by: Start
    due: Due
    """Of the report in writing."""
    phone_due_at: datetime | None
    """Of the report by phone; None where the rule asks for none."""


class Extension(Strict):
    """More time for the report in writing, for a pre-report with a reason."""

    asked_within: Limit
    """How long after the start of the clock the pre-report must have come."""
    extends_by: Limit


class TimeLimit(Strict):
    """One rule: how long after its start an urgent report of these severities must have been received."""

    rule: Text = Field(min_length=1)
    valid_from: date
    severities: frozenset[Severity] = Field(min_length=1)
    level: Level
    starts_at: Start
    limit_by_phone: Limit | None = None
    limit_in_writing: Limit
    extension: Extension | None = None
    source: Text = Field(min_length=1)

    @model_validator(mode="after")
    def _phone_first(self) -> TimeLimit:
        if self.limit_by_phone is not None and self.limit_by_phone > self.limit_in_writing:
            raise ValueError("limit_by_phone is longer than limit_in_writing: the phone comes first")
        return self

    def reckon(self, facts: Circumstances) -> Reckoned:
        """When a report is due in these circumstances, and by which start."""
        started_at, started_by = self._start(facts)
        due = wall_due(started_at, self.limit_in_writing, rule=self.rule, rule_version=self.valid_from.isoformat())
        if self._extends(started_at, facts) and self.extension:
            due = extended_due(due, self.extension.extends_by, "经电话预报并说明理由", "for a pre-report with a reason")
        if started_by != self.starts_at:
            due = remarked_due(due, *_INSTEAD[self.starts_at, started_by])
        phone_due_at = started_at + self.limit_by_phone if self.limit_by_phone else None
        return Reckoned(started_at, started_by, due, phone_due_at)

    def _start(self, facts: Circumstances) -> tuple[datetime, Start]:
        """The start the rule names, else the nearest before it that is known. Nobody learns of what is yet to come."""
        if self.starts_at == "receipt" and facts.called_at is not None:
            return max(facts.called_at, facts.occurred_at), "receipt"
        if self.starts_at != "occurrence" and facts.learned_at is not None:
            return max(facts.learned_at, facts.occurred_at), "learning"
        return facts.occurred_at, "occurrence"

    def _extends(self, started_at: datetime, facts: Circumstances) -> bool:
        known_at = facts.reason_known_at
        return bool(self.extension and known_at and known_at <= started_at + self.extension.asked_within)


_INSTEAD: dict[tuple[Start, Start], tuple[str, str]] = {
    ("learning", "occurrence"): (
        "该规定自得知情况起算，未填写得知时间，按发生时间计",
        "the rule counts from learning of it; none was stated, so the occurrence is used",
    ),
    ("receipt", "learning"): (
        "该规定自接到预报起算，没有预报，按得知时间计",
        "the rule counts from the receipt of the pre-report; there is none, so learning of it is used",
    ),
    ("receipt", "occurrence"): (
        "该规定自接到预报起算，没有预报，也未填写得知时间，按发生时间计",
        "the rule counts from the receipt of the pre-report; there is none, nor learning: the occurrence is used",
    ),
}
"""What is said where the start that the rule names is not known: (named, used)."""


JUST_BELOW = 20
"""A receipt in the last of so many equal parts of the limit, 5 %, lies just below it."""


def just_below(started_at: datetime, due_at: datetime, received_at: datetime) -> bool:
    """Whether a receipt came in time, but hardly: units whose reports heap there may state the time to fit (R04)."""
    return due_at - (due_at - started_at) / JUST_BELOW <= received_at <= due_at


class TimeLimits(Strict):
    """All rules ever in force."""

    rules: tuple[TimeLimit, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unambiguous(self) -> TimeLimits:
        seen: set[tuple[date, Severity, Level]] = set()
        for rule in self.rules:
            for severity in rule.severities:
                if (rule.valid_from, severity, rule.level) in seen:
                    raise ValueError(f"two rules begin on {rule.valid_from} for {severity} at the level {rule.level}")
                seen.add((rule.valid_from, severity, rule.level))
        return self

    def in_force(self, occurred_at: datetime, severity: Severity, level: Level = Level.CITY) -> TimeLimit | None:
        """The rule in force at the occurrence (day in Shanghai); None before the first one."""
        day = china_day(occurred_at)
        fitting = [
            rule for rule in self.rules
            if severity in rule.severities and rule.level is level and rule.valid_from <= day
        ]  # fmt: skip
        return max(fitting, key=lambda rule: rule.valid_from, default=None)


_CHOSEN = [RULES_PATH]


def use_time_limits(path: Path | None) -> None:
    """Read the rules of this installation, from the product's own file without one. Raises `WrongRules`."""
    _CHOSEN[0] = path or RULES_PATH
    time_limits.cache_clear()
    time_limits()


@lru_cache(maxsize=1)
def time_limits() -> TimeLimits:
    """The rules of this installation, read once."""
    return read_rules(_CHOSEN[0], TimeLimits)
