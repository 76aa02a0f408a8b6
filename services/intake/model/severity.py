"""The severity that the figures of an accident say, by dated rules (State Council Order 493); proposed, not decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import pairwise

from pydantic import Field, field_validator

from contracts.model import Strict, Text
from contracts.rpc.content import Figures
from contracts.vocabulary import IncidentCategory, Severity
from kernel.clock import china_day
from kernel.rule_files import read_rules
from services.intake.model.rule_files import RULES

RULES_PATH = RULES / "severity-of-accidents.yaml"

FIGURES: dict[str, tuple[str, str, str, str]] = {
    "dead": ("死亡", "人", "dead", ""),
    "seriously_hurt": ("重伤", "人", "seriously hurt", ""),
    "loss_yuan": ("直接经济损失", "元", "loss", " yuan"),
}
"""The figures that count, each with its words and its unit."""

_ASCENDING = tuple(reversed(Severity))


@dataclass(frozen=True)
class Stated:
    """Figures as somebody stated them; None is not stated, which is not zero."""

    dead: int | None = None
    seriously_hurt: int | None = None
    loss_yuan: Decimal | None = None

    def values(self) -> dict[str, int | Decimal]:
        return {name: value for name in FIGURES if (value := getattr(self, name)) is not None}


@dataclass(frozen=True)
class Proposal:
    """A severity, the rule that gives it, and why; without a severity, why there is none."""

    severity: Severity | None
    rule: str | None
    rule_version: str | None
    explanation_zh: str
    explanation_en: str


class Threshold(Strict):
    """From which figures on a severity is reached."""

    severity: Severity
    dead: int = Field(ge=1)
    seriously_hurt: int = Field(ge=1)
    loss_yuan: int = Field(ge=1)

    def reached(self, stated: Stated) -> list[str]:
        """The figures that reach it; the number itself is included."""
        return [name for name, value in stated.values().items() if value >= getattr(self, name)]


class SeverityRule(Strict):
    rule: Text = Field(min_length=1)
    valid_from: date
    source: Text = Field(min_length=1)
    thresholds: tuple[Threshold, ...] = Field(min_length=1)

    @field_validator("thresholds")
    @classmethod
    def _descending(cls, thresholds: tuple[Threshold, ...]) -> tuple[Threshold, ...]:
        for upper, lower in pairwise(thresholds):
            if _ASCENDING.index(upper.severity) <= _ASCENDING.index(lower.severity):
                raise ValueError(f"{lower.severity} does not stand below {upper.severity}: most severe first")
            for name in FIGURES:
                if getattr(upper, name) <= getattr(lower, name):
                    raise ValueError(f"{name} of {upper.severity} is not more than that of {lower.severity}")
        return thresholds

    def propose(self, stated: Stated) -> Proposal:
        """The severest severity that one of the figures reaches."""
        for threshold in self.thresholds:
            if names := threshold.reached(stated):
                return self._proposal(threshold.severity, *_because(stated, threshold, names))
        return self._proposal(Severity.GENERAL, *_because_below(stated, self.thresholds[-1]))

    def _proposal(self, severity: Severity, zh: str, en: str) -> Proposal:
        return Proposal(
            severity,
            self.rule,
            self.valid_from.isoformat(),
            f"根据“{self.rule}”（{self.source}，“以上”含本数），{zh}，为{severity.label}事故。",
            f'By "{self.rule}" ({self.source}; "or more" includes the number), {en}: {_english(severity)}.',
        )


class SeverityRules(Strict):
    """All rules ever in force."""

    rules: tuple[SeverityRule, ...] = Field(min_length=1)

    @field_validator("rules")
    @classmethod
    def _unambiguous(cls, rules: tuple[SeverityRule, ...]) -> tuple[SeverityRule, ...]:
        days = [rule.valid_from for rule in rules]
        if twice := {day for day in days if days.count(day) > 1}:
            raise ValueError(f"two rules begin on {min(twice)}")
        return rules

    def propose(self, category: IncidentCategory | None, stated: Stated, day: date) -> Proposal:
        """What the figures of an incident on `day` (in Shanghai) say; no severity where a person must state it."""
        if category is not IncidentCategory.ACCIDENT:
            return _without("只有事故灾难按伤亡和损失确定等级，其他事件由报送人判断填写。",
                "Only for accidents the severity follows from figures; for others a person states it.")  # fmt: skip
        if not stated.values():
            return _without("没有填写死亡、重伤人数或直接经济损失，无法推算等级。",
                "Neither dead, seriously hurt nor loss is stated; no severity follows.")  # fmt: skip
        rule = max((each for each in self.rules if each.valid_from <= day), key=lambda each: each.valid_from,
            default=None)  # fmt: skip
        if rule is None:
            return _without(f"{day}没有生效的事故等级规定。", f"No rule of severities was in force on {day}.")
        return rule.propose(stated)


def proposed(category: IncidentCategory | None, figures: Figures | None, occurred_at: datetime) -> Proposal:
    """What the figures of an incident say that occurred then."""
    stated = Stated(figures.dead, figures.seriously_hurt, figures.loss_yuan) if figures else Stated()
    return severity_rules().propose(category, stated, china_day(occurred_at))


def below(stated: Severity, proposed: Severity | None) -> bool:
    """Whether the stated severity lies below what the figures say."""
    return proposed is not None and _ASCENDING.index(stated) < _ASCENDING.index(proposed)


@lru_cache(maxsize=1)
def severity_rules() -> SeverityRules:
    """The rules of the State, read once."""
    return read_rules(RULES_PATH, SeverityRules)


def _because(stated: Stated, threshold: Threshold, names: list[str]) -> tuple[str, str]:
    zh, en = [], []
    for name in names:
        word_zh, unit_zh, word_en, unit_en = FIGURES[name]
        value, limit = _number(getattr(stated, name)), _number(getattr(threshold, name))
        zh.append(f"{word_zh}{value}{unit_zh}，达到{limit}{unit_zh}以上")
        en.append(f"{word_en} {value}{unit_en} is {limit} or more")
    return "；".join(zh), "; ".join(en)


def _because_below(stated: Stated, lowest: Threshold) -> tuple[str, str]:
    zh, en = [], []
    for name, value in stated.values().items():
        word_zh, unit_zh, word_en, unit_en = FIGURES[name]
        limit = _number(getattr(lowest, name))
        zh.append(f"{word_zh}{_number(value)}{unit_zh}，不足{limit}{unit_zh}")
        en.append(f"{word_en} {_number(value)}{unit_en} is less than {limit}")
    return "；".join(zh), "; ".join(en)


def _number(value: int | Decimal) -> str:
    return f"{value.normalize():f}" if isinstance(value, Decimal) else str(value)


def _english(severity: Severity) -> str:
    return severity.value.replace("_", " ")


def _without(zh: str, en: str) -> Proposal:
    return Proposal(None, None, None, zh, en)
