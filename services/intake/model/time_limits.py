"""Time limits for urgent information: dated rules read from `rules/urgent-time-limits.yaml` (notice 五(一))."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import Field, ValidationError, field_validator, model_validator

from contracts.model import Strict, Text
from contracts.vocabulary import Level, Severity
from kernel.clock import china_day
from kernel.deadlines.due import Due, wall_due

RULES_PATH = Path(__file__).parents[1] / "rules" / "urgent-time-limits.yaml"


class WrongTimeLimits(ValueError):
    """The file of time limits cannot be used; the message names the file, the place and what is wrong."""


class TimeLimit(Strict):
    """One rule: how long after its start an urgent report of these severities must have been received."""

    rule: Text = Field(min_length=1)
    valid_from: date
    severities: frozenset[Severity] = Field(min_length=1)
    level: Literal[Level.CITY]
    starts_at: Literal["occurrence"]
    limit_in_writing: timedelta
    source: Text = Field(min_length=1)

    @field_validator("limit_in_writing")
    @classmethod
    def _positive(cls, limit: timedelta) -> timedelta:
        if limit < timedelta(minutes=1):
            raise ValueError("a time limit is at least one minute")
        return limit

    def due(self, occurred_at: datetime) -> Due:
        """When a report of an event at `occurred_at` is due."""
        return wall_due(
            occurred_at, self.limit_in_writing, rule=self.rule, rule_version=self.valid_from.isoformat()
        )


class TimeLimits(Strict):
    """All rules ever in force."""

    rules: tuple[TimeLimit, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unambiguous(self) -> TimeLimits:
        seen: set[tuple[date, Severity]] = set()
        for rule in self.rules:
            for severity in rule.severities:
                if (rule.valid_from, severity) in seen:
                    raise ValueError(f"two rules begin on {rule.valid_from} for {severity}")
                seen.add((rule.valid_from, severity))
        return self

    def in_force(self, occurred_at: datetime, severity: Severity) -> TimeLimit | None:
        """The rule in force at the occurrence (day in Shanghai); None before the first one."""
        day = china_day(occurred_at)
        fitting = [rule for rule in self.rules if severity in rule.severities and rule.valid_from <= day]
        return max(fitting, key=lambda rule: rule.valid_from, default=None)


def load_time_limits(path: Path) -> TimeLimits:
    """Read and check a file of time limits. Raises `WrongTimeLimits`."""
    try:
        return TimeLimits.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise WrongTimeLimits(f"{path}: not readable as YAML: {error}") from error
    except ValidationError as error:
        problems = [
            f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
            for problem in error.errors(include_url=False, include_context=False, include_input=False)
        ]
        raise WrongTimeLimits(f"{path}: {'; '.join(problems)}") from error


@lru_cache(maxsize=1)
def time_limits() -> TimeLimits:
    """The rules of this installation, read once."""
    return load_time_limits(RULES_PATH)
