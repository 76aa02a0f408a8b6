"""What the causes of one group are worth: the rules applied, nothing stored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from services.scoring.model.causes import Cause, CauseKind
from services.scoring.model.explanation import explain
from services.scoring.model.points import rounded
from services.scoring.model.rulebook import AdoptionEntry, Entry, InstructionEntry, Rulebook
from services.scoring.model.rules import RulesInForce


@dataclass(frozen=True)
class Award:
    """The points one cause is worth by the rules of its own day."""

    cause: Cause
    entry: Entry
    rulebook: Rulebook
    points: Decimal

    @property
    def rule(self) -> str:
        return self.entry.key

    @property
    def explanation_zh(self) -> str:
        return explain(self.cause, self.entry, self.rulebook, self.points)

    @property
    def replaces_adoption(self) -> bool:
        """An instruction that is not on top of the adoption's points: the higher of both counts."""
        return isinstance(self.entry, InstructionEntry) and not self.entry.additive

    @property
    def of_adoption(self) -> bool:
        return self.cause.kind in (CauseKind.ADOPTION, CauseKind.OUTCOME)


def score(rules: RulesInForce, causes: Iterable[Cause]) -> dict[str, Award]:
    """What each cause that stands is worth, by its name; causes of one group compete where the rules say so."""
    rivals: dict[tuple[str, str], list[Award]] = {}
    for cause in causes:
        award = _award(rules, cause) if cause.stands else None
        if award is not None:
            rivals.setdefault((cause.group_key, str(cause.unit_id)), []).append(award)
    return {award.cause.cause: award for awards in rivals.values() for award in _winners(awards)}


def _award(rules: RulesInForce, cause: Cause) -> Award | None:
    rulebook = rules.at(cause.happened_at)
    entry = rulebook.find(cause.kind, cause.facts) if rulebook else None
    if rulebook is None or entry is None:
        return None
    points = rounded(entry.points * _share(cause, entry))
    return Award(cause, entry, rulebook, points) if points else None


def _share(cause: Cause, entry: Entry) -> Decimal:
    if isinstance(entry, AdoptionEntry) and not entry.per_unit:
        return Decimal(cause.told.get("share", "1"))
    return Decimal(1)


def _winners(awards: Sequence[Award]) -> list[Award]:
    adoptions = _highest_adoption([award for award in awards if award.of_adoption])
    instructions = [award for award in awards if award.replaces_adoption]
    others = [award for award in awards if not award.of_adoption and not award.replaces_adoption]
    if not instructions:
        return adoptions + others
    best = _first_highest(instructions)
    kept = adoptions if sum(award.points for award in adoptions) > best.points else [best]
    return kept + others


def _highest_adoption(adoptions: list[Award]) -> list[Award]:
    """All adoptions, or of those under rules that say so only the highest."""
    competing = [award for award in adoptions if award.rulebook.several_publications == "highest"]
    if not competing:
        return adoptions
    return [award for award in adoptions if award not in competing] + [_first_highest(competing)]


def _first_highest(awards: Sequence[Award]) -> Award:
    """The highest; of equal ones the earliest, whatever order they were heard of in."""
    return min(awards, key=lambda award: (-award.points, award.cause.happened_at, award.cause.cause))
