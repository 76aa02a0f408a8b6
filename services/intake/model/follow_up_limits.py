"""When the next step of a chain is due: dated rules read from `rules/follow-up-limits.yaml`."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from contracts.model import Strict, Text
from contracts.vocabulary import Severity
from kernel.clock import china_day
from kernel.deadlines.due import Due, wall_due
from kernel.rule_files import read_rules
from services.intake.model.rule_files import RULES

RULES_PATH = RULES / "follow-up-limits.yaml"


def _positive(limit: timedelta) -> timedelta:
    if limit < timedelta(minutes=1):
        raise ValueError("a time limit is at least one minute")
    return limit


Limit = Annotated[timedelta, AfterValidator(_positive)]


class FollowUpLimit(Strict):
    """One rule: how long after a receipt the next report of the chain must have been received."""

    rule: Text = Field(min_length=1)
    valid_from: date
    severities: frozenset[Severity] = Field(min_length=1)
    follow_up: Limit
    final: Limit
    source: Text = Field(min_length=1)

    def due(self, received_at: datetime, *, lacking: bool) -> Due:
        """When the next step is due: a follow-up while the chain lacks something, else the final report."""
        limit, what = (self.follow_up, "续报") if lacking else (self.final, "终报")
        return wall_due(received_at, limit, rule=f"{self.rule}（{what}）", rule_version=self.valid_from.isoformat())


class FollowUpLimits(Strict):
    """All rules ever in force."""

    rules: tuple[FollowUpLimit, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unambiguous(self) -> FollowUpLimits:
        seen: set[tuple[date, Severity]] = set()
        for rule in self.rules:
            for severity in rule.severities:
                if (rule.valid_from, severity) in seen:
                    raise ValueError(f"two rules begin on {rule.valid_from} for {severity}")
                seen.add((rule.valid_from, severity))
        return self

    def in_force(self, received_at: datetime, severity: Severity | None) -> FollowUpLimit | None:
        """The rule in force on the day of the receipt; a chain that states no severity counts as general."""
        fitting = [
            rule
            for rule in self.rules
            if (severity or Severity.GENERAL) in rule.severities and rule.valid_from <= china_day(received_at)
        ]
        return max(fitting, key=lambda rule: rule.valid_from, default=None)


@lru_cache(maxsize=1)
def follow_up_limits() -> FollowUpLimits:
    """The rules of this installation, read once."""
    return read_rules(RULES_PATH, FollowUpLimits)
