"""What a step of a chain must tell: dated rules read from `rules/chain-contents.yaml` (notice 二(一))."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from functools import lru_cache
from typing import Annotated

from pydantic import AfterValidator, Field, model_validator

from contracts.model import Strict, Text
from contracts.rpc.content import Incident, ToTell
from contracts.vocabulary import Kind, ReportField
from kernel.clock import china_day
from kernel.rule_files import read_rules
from services.intake.model.rule_files import RULES

RULES_PATH = RULES / "chain-contents.yaml"


def _each_once(wanted: tuple[ToTell, ...]) -> tuple[ToTell, ...]:
    if len(set(wanted)) < len(wanted):
        raise ValueError("each is named once")
    return wanted


Wanted = Annotated[tuple[ToTell, ...], Field(min_length=1), AfterValidator(_each_once)]


class StepContents(Strict):
    """One rule: what each kind of step tells, and what the chain has told at its end."""

    rule: Text = Field(min_length=1)
    valid_from: date
    first: Wanted
    follow_up: Wanted
    final: Wanted
    chain: Wanted
    source: Text = Field(min_length=1)

    def of(self, kind: Kind) -> tuple[ToTell, ...]:
        """What a document of this kind tells; nothing for one that is no step of a chain."""
        wanted = {
            Kind.URGENT_FIRST: self.first, Kind.URGENT_FOLLOW_UP: self.follow_up, Kind.URGENT_FINAL: self.final,
        }  # fmt: skip
        return wanted.get(kind, ())


class ChainContents(Strict):
    """All rules ever in force."""

    rules: tuple[StepContents, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _unambiguous(self) -> ChainContents:
        days = [rule.valid_from for rule in self.rules]
        if len(set(days)) < len(days):
            raise ValueError("two rules begin on the same day")
        return self

    def in_force(self, at: datetime) -> StepContents | None:
        """The rule in force at a receipt (day in Shanghai); None before the first one."""
        fitting = [rule for rule in self.rules if rule.valid_from <= china_day(at)]
        return max(fitting, key=lambda rule: rule.valid_from, default=None)

    def wanted(self, kind: Kind, at: datetime) -> tuple[ToTell, ...]:
        """What a document of this kind received at `at` tells."""
        rule = self.in_force(at)
        return rule.of(kind) if rule else ()


def told_by(occurred_at: object, place: str | None, incident: Incident | None) -> frozenset[ToTell]:
    """The fields and elements that a document with these tells."""
    told: set[ToTell] = set()
    if occurred_at is not None:
        told.add(ReportField.OCCURRED_AT)
    if (place or "").strip():
        told.add(ReportField.PLACE)
    if incident and incident.figures and incident.figures.model_dump(exclude_none=True):
        told.add(ReportField.FIGURES)
    if incident:
        told |= {element for element, text in incident.elements.items() if text.strip()}
    return frozenset(told)


def lacking(wanted: Iterable[ToTell], told: frozenset[ToTell]) -> list[ToTell]:
    """What is wanted and not told, each once, in the order of the rule."""
    return [each for each in dict.fromkeys(wanted) if each not in told]


def missing_in(
    kind: Kind, occurred_at: object, place: str | None, incident: Incident | None, at: datetime
) -> list[ToTell]:
    """What a document signed or received at `at` should tell and does not; it refuses nothing."""
    return lacking(chain_contents().wanted(kind, at), told_by(occurred_at, place, incident))


@lru_cache(maxsize=1)
def chain_contents() -> ChainContents:
    """The rules of this installation, read once."""
    return read_rules(RULES_PATH, ChainContents)
