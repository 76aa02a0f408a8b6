"""The file of writing rules: every rule with its own tests, which are run when a file is loaded (R10)."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Annotated

from pydantic import Field, field_validator

from contracts.model import Strict
from kernel.rule_files import WrongRules, read_rules
from services.intake.model.checks.dates import ImpossibleDatesRule, OccurrenceDatesRule, RangesRule, WeekdaysRule
from services.intake.model.checks.doubles import DoubledRule
from services.intake.model.checks.elements import ElementRule
from services.intake.model.checks.figures import GrowthRule, SharesRule, SumsRule
from services.intake.model.checks.lengths import LengthRule
from services.intake.model.checks.names import PostsRule, UnitNamesRule
from services.intake.model.checks.pairs import PairsRule
from services.intake.model.checks.patterns import PatternRule, WordsRule
from services.intake.model.checks.rule import Example, Rule
from services.intake.model.checks.scripts import LookAlikeRule, TraditionalRule
from services.intake.model.checks.serials import SerialsRule
from services.intake.model.checks.titles import TitleNumbersRule, TitlePlacesRule
from services.intake.model.rule_files import RULES

RULES_PATH = RULES / "writing-rules.yaml"

AnyRule = Annotated[
    LengthRule | TitleNumbersRule | TitlePlacesRule | ElementRule | WordsRule | PatternRule | UnitNamesRule | PostsRule
    | SumsRule | SharesRule | GrowthRule | ImpossibleDatesRule | WeekdaysRule | RangesRule | OccurrenceDatesRule
    | PairsRule | SerialsRule | DoubledRule | TraditionalRule | LookAlikeRule,
    Field(discriminator="family"),
]  # fmt: skip


class WritingRules(Strict):
    """All rules of an installation, in the order in which they are shown."""

    rules: tuple[AnyRule, ...] = Field(min_length=1)

    @field_validator("rules")
    @classmethod
    def _distinct(cls, rules: tuple[Rule, ...]) -> tuple[Rule, ...]:
        ids = [rule.id for rule in rules]
        if twice := {rule_id for rule_id in ids if ids.count(rule_id) > 1}:
            raise ValueError(f"two rules have the id {min(twice)}")
        return rules

    def by_id(self, rule_id: str) -> Rule | None:
        return next((rule for rule in self.rules if rule.id == rule_id), None)


def try_examples(rules: WritingRules) -> list[str]:
    """What the rules' own examples show to be wrong; nothing when all hold."""
    return [
        f"rule {rule.id}: {fault}"
        for rule in rules.rules
        for fault in (
            *(_not_given(rule, place, example) for place, example in enumerate(rule.examples.gives)),
            *(_not_passed(rule, place, example) for place, example in enumerate(rule.examples.passes)),
        )
        if fault
    ]


def _not_given(rule: Rule, place: int, example: Example) -> str | None:
    told = _told(rule, example)
    fits = [
        words for words, suggestion in told
        if example.words in {None, words} and example.suggestion in {None, suggestion}
    ]  # fmt: skip
    return None if fits else f"examples.gives.{place} gives {told or 'nothing'}: {example.body or example.title!r}"


def _not_passed(rule: Rule, place: int, example: Example) -> str | None:
    told = _told(rule, example)
    return f"examples.passes.{place} gives {told}: {example.body or example.title!r}" if told else None


def _told(rule: Rule, example: Example) -> list[tuple[str, str | None]]:
    """Words and suggestion of what the rule finds in the example."""
    written = rule.written(example)
    if not rule.looks_at(written.kind):
        return []
    texts = dict(written.fields())
    found = rule.find(written, example.directory)
    return [(texts[each.field][each.start : each.end], each.suggestion) for each in found]


def load_writing_rules(path: Path) -> WritingRules:
    """Read a file and try its examples. Raises `WrongRules` naming every example that fails."""
    rules = read_rules(path, WritingRules)
    if faults := try_examples(rules):
        raise WrongRules(f"{path}: {'; '.join(faults)}")
    return rules


_CHOSEN: list[Path | None] = [None]


def use_writing_rules(path: Path | None) -> None:
    """Read the rules of this installation, from the product's own file without one. Raises `WrongRules`."""
    _CHOSEN[0] = path
    writing_rules.cache_clear()
    writing_rules()


@lru_cache(maxsize=1)
def writing_rules() -> WritingRules:
    """The rules of this installation, read once. The examples of the product's own file are tried by its tests: they
    need dictionaries that the start of the service does not wait for."""
    return load_writing_rules(_CHOSEN[0]) if _CHOSEN[0] else read_rules(RULES_PATH, WritingRules)
