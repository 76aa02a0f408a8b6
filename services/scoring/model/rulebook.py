"""The scoring rules of one version: entries, and which entry scores what happened."""

from __future__ import annotations

import unicodedata
from abc import abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from contracts.vocabulary import InstructionClass, Kind, Level, Outcome, Severity, UnitClass

Points = Annotated[Decimal, Field(ge=-10_000, le=10_000, max_digits=7, decimal_places=2, allow_inf_nan=False)]
Word = Annotated[str, Field(min_length=1, max_length=100)]

Facts = Mapping[str, Sequence[str]]
"""What is known of a happening, by criterion: every value it answers to (a publication has a code and a name)."""

ITEM_KINDS_ZH = {"item": "信息", "brief": "简讯", "combined": "综合", "single_item": "单篇", "research": "调研"}


class DeductionEvent(StrEnum):
    """Happenings that cost points."""

    URGENT_REPORT_LATE = "urgent report late"
    FEEDBACK_LATE = "feedback late"
    FOLLOW_UP_LATE = "follow-up late"
    REPORT_LATE = "report found late"
    REPORT_OMITTED = "report omitted"
    REPORT_FALSE = "report false"
    REPORT_CONCEALED = "report concealed"
    FIGURES_UNDERSTATED = "figures understated"


DEDUCTION_EVENTS_ZH = {
    DeductionEvent.URGENT_REPORT_LATE: "紧急信息迟报",
    DeductionEvent.FEEDBACK_LATE: "批示反馈逾期",
    DeductionEvent.FOLLOW_UP_LATE: "紧急信息续报逾期",
    DeductionEvent.REPORT_LATE: "认定迟报",
    DeductionEvent.REPORT_OMITTED: "认定漏报",
    DeductionEvent.REPORT_FALSE: "认定谎报",
    DeductionEvent.REPORT_CONCEALED: "认定瞒报",
    DeductionEvent.FIGURES_UNDERSTATED: "认定少报",
}


def same_word(text: str) -> str:
    """Two writings of one name compare equal: width, case and outer blanks do not matter."""
    return unicodedata.normalize("NFKC", text).strip().casefold()


class Entry(BaseModel):
    """One line of the rules: its criteria, all of which must hold, and its points.

    `rule` names the line in ledger and bulletin and must stay the same from version to version; left out, it is made
    from the criteria. `title` is its Chinese heading in the bulletin; left out, it is made likewise.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    SECTION: ClassVar[str]
    CRITERIA: ClassVar[tuple[str, ...]]

    rule: Annotated[str, Field(min_length=1, max_length=120, pattern=r"^\S+$")] | None = None
    title: Word | None = None
    points: Points
    unit_class: UnitClass | None = None

    @property
    def criteria(self) -> dict[str, str]:
        """The criteria this line states."""
        stated = {name: getattr(self, name) for name in self.CRITERIA}
        return {name: same_word(str(value)) for name, value in stated.items() if value is not None}

    @property
    def key(self) -> str:
        return self.rule or ".".join([self.SECTION, *(value.replace(" ", "_") for value in self.criteria.values())])

    @property
    def heading(self) -> str:
        return self.title or self.heading_zh()

    @abstractmethod
    def heading_zh(self) -> str:
        """Column heading for an entry without a title."""

    def matches(self, facts: Facts) -> bool:
        return all(
            value in (same_word(answer) for answer in facts.get(name, ())) for name, value in self.criteria.items()
        )


def _of_class(unit_class: UnitClass | None) -> str:
    return f"（{unit_class.label}）" if unit_class else ""


class AdoptionEntry(Entry):
    """Points for each report in a published issue; shared by the unit's share unless `per_unit`."""

    SECTION = "adoption"
    CRITERIA = ("level", "publication", "item_kind", "report_kind", "unit_class")

    level: Level | None = None
    publication: Word | None = None
    item_kind: Word | None = None
    report_kind: Kind | None = None
    per_unit: bool = False
    """Every unit of a combined item gets the full points."""

    def heading_zh(self) -> str:
        where = (self.level.label if self.level else "") + (f"《{self.publication}》" if self.publication else "")
        kind = ITEM_KINDS_ZH.get(self.item_kind or "", self.item_kind or "")
        return f"{where}{kind}{self.report_kind.label if self.report_kind else ''}采用{_of_class(self.unit_class)}"


class OutcomeEntry(Entry):
    """Points for what a higher level did with a report passed upward."""

    SECTION = "outcome"
    CRITERIA = ("level", "outcome", "publication", "item_kind", "report_kind", "unit_class")

    level: Level | None = None
    outcome: Literal[Outcome.FORWARDED, Outcome.ADOPTED] = Outcome.ADOPTED
    publication: Word | None = None
    item_kind: Word | None = None
    report_kind: Kind | None = None

    def heading_zh(self) -> str:
        where = (self.level.label if self.level else "") + (f"《{self.publication}》" if self.publication else "")
        kind = ITEM_KINDS_ZH.get(self.item_kind or "", self.item_kind or "")
        done = "采用" if self.outcome == Outcome.ADOPTED else "上报"
        return f"{where}{kind}{self.report_kind.label if self.report_kind else ''}{done}{_of_class(self.unit_class)}"


class InstructionEntry(Entry):
    """Points for a leader's instruction; on top of the adoption's points, or, `additive: false`, the higher counts."""

    SECTION = "instruction"
    CRITERIA = ("level", "publication", "instruction_class", "leader", "report_kind", "unit_class")

    level: Level | None = None
    publication: Word | None = None
    instruction_class: InstructionClass | None = Field(default=None, alias="class")
    leader: Word | None = None
    report_kind: Kind | None = None
    additive: bool = True

    def heading_zh(self) -> str:
        where = (self.level.label if self.level else "") + (f"《{self.publication}》" if self.publication else "")
        kind = self.instruction_class.label if self.instruction_class else ""
        return f"{where}{self.leader or '领导'}{kind}批示{_of_class(self.unit_class)}"


class DeductionEntry(Entry):
    """Points taken for a deadline missed or a finding confirmed; never above zero."""

    SECTION = "deduction"
    CRITERIA = ("event", "severity", "unit_class")

    points: Annotated[Points, Field(le=0)]
    event: DeductionEvent
    severity: Severity | None = None

    def heading_zh(self) -> str:
        severity = self.severity.label if self.severity else ""
        return f"{severity}{DEDUCTION_EVENTS_ZH[self.event]}{_of_class(self.unit_class)}"


class Rulebook(BaseModel):
    """A version of the rules. Among the lines that match, the one with the most criteria scores."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    place: Word
    version: Annotated[str, Field(min_length=1, max_length=40, pattern=r"^\S+$")]
    valid_from: Annotated[date, Field(ge=date(1900, 1, 1), lt=date(2201, 1, 1))]
    """First day, in Asia/Shanghai, of what is scored by this version; until a later version's first day."""
    source: Annotated[str, Field(max_length=500)] | None = None
    several_publications: Literal["add up", "highest"] = "add up"
    """Whether a report adopted several times scores each time or by its highest adoption only."""
    adoption: Annotated[list[AdoptionEntry], Field(max_length=200)] = []
    outcome: Annotated[list[OutcomeEntry], Field(max_length=200)] = []
    instruction: Annotated[list[InstructionEntry], Field(max_length=200)] = []
    deduction: Annotated[list[DeductionEntry], Field(max_length=200)] = []
    not_scored: Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(max_length=100)] = []
    """Clauses of the printed rules that are not scored from events; shown, so that nobody believes they were."""

    @property
    def sections(self) -> dict[str, Sequence[Entry]]:
        return {
            "adoption": self.adoption,
            "outcome": self.outcome,
            "instruction": self.instruction,
            "deduction": self.deduction,
        }

    @model_validator(mode="after")
    def _every_line_has_its_own_name(self) -> Rulebook:
        seen: set[str] = set()
        for entry in (entry for entries in self.sections.values() for entry in entries):
            if entry.key in seen:
                raise ValueError(f"two lines score the same thing: {entry.key}")
            seen.add(entry.key)
        return self

    @model_validator(mode="after")
    def _one_line_wins(self) -> Rulebook:
        for section, entries in self.sections.items():
            for first, second in _rivals(entries):
                raise ValueError(
                    f"{section}: {first.heading} and {second.heading} would score the same happening and neither is"
                    " more specific; add a line with the criteria of both"
                )
        return self

    def find(self, section: str, facts: Facts) -> Entry | None:
        """The most specific line that scores these facts."""
        matching = [entry for entry in self.sections[section] if entry.matches(facts)]
        return max(matching, key=lambda entry: len(entry.criteria), default=None)


def _rivals(entries: Sequence[Entry]) -> Iterable[tuple[Entry, Entry]]:
    """Pairs of lines that could score one happening without a winner."""
    stated = [(entry, entry.criteria) for entry in entries]
    for number, (first, ours) in enumerate(stated):
        for second, theirs in stated[:number]:
            compatible = all(theirs.get(name, value) == value for name, value in ours.items())
            if compatible and len(ours) == len(theirs) and not _settled(ours | theirs, len(ours), stated):
                yield second, first


def _settled(both: dict[str, str], size: int, stated: Sequence[tuple[Entry, dict[str, str]]]) -> bool:
    return any(len(criteria) > size and criteria.items() <= both.items() for _, criteria in stated)


def column_order(rule: str) -> tuple[int, int, str]:
    """Where a rule's column stands: adoptions, outcomes, instructions, deductions; low levels before high ones."""
    section, _, rest = rule.partition(".")
    level = rest.partition(".")[0]
    sections, levels = ["adoption", "outcome", "instruction", "deduction"], list(Level)
    return (
        sections.index(section) if section in sections else len(sections),
        levels.index(Level(level)) if level in levels else len(levels),
        rule,
    )
