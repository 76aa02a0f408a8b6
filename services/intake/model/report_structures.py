"""The parts that a kind of report has, from `rules/report-structures.yaml` or the city's own file (notice 二(三))."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Annotated

from pydantic import Field, model_validator

from contracts.model import NOT_BLANK, Strict, Text
from contracts.rpc.drafts import MissingPart
from contracts.rpc.structures import ReportStructure, StructurePart
from contracts.vocabulary import URGENT_KINDS, Kind
from kernel.rule_files import read_rules
from services.intake.model.rule_files import RULES

RULES_PATH = RULES / "report-structures.yaml"
NUMERALS = "一二三四五六七八九十"
_HEADING = re.compile(rf"[{NUMERALS}]{{1,3}}、.{{1,30}}(?<![。；：，])")

Word = Annotated[Text, Field(min_length=1, pattern=NOT_BLANK, max_length=30)]


class Part(Strict):
    """One part of a kind of report."""

    heading: Word
    words: tuple[Word, ...] = ()
    required: bool

    def stands_in(self, told: str) -> bool:
        return any(word in told for word in (self.heading, *self.words))


class Structure(Strict):
    """The parts of a kind, in their order."""

    kind: Kind
    parts: tuple[Part, ...] = Field(min_length=1, max_length=len(NUMERALS))

    @model_validator(mode="after")
    def _unambiguous(self) -> Structure:
        if self.kind in URGENT_KINDS:
            raise ValueError("urgent reports have elements (chain-contents.yaml), not parts")
        if len({part.heading for part in self.parts}) < len(self.parts):
            raise ValueError("each heading stands once")
        return self

    def missing(self, body: str) -> list[MissingPart]:
        """The parts that the text has neither a filled section nor a sentence for."""
        told = told_by(body)
        return [
            MissingPart(heading=part.heading, required=part.required)
            for part in self.parts
            if not part.stands_in(told)
        ]

    def shown(self) -> ReportStructure:
        headings = [f"{numeral}、{part.heading}" for numeral, part in zip(NUMERALS, self.parts, strict=False)]
        return ReportStructure(
            kind=self.kind,
            parts=[StructurePart(heading=part.heading, required=part.required) for part in self.parts],
            outline="\n\n".join(headings),
        )


class Structures(Strict):
    """All kinds that have parts."""

    structures: tuple[Structure, ...]

    @model_validator(mode="after")
    def _each_once(self) -> Structures:
        if len({each.kind for each in self.structures}) < len(self.structures):
            raise ValueError("each kind is named once")
        return self

    def of(self, kind: Kind) -> Structure | None:
        return next((each for each in self.structures if each.kind is kind), None)


def told_by(body: str) -> str:
    """The text without headings that nothing stands below: an outline that was only inserted tells nothing."""
    lines = [line.strip() for line in body.split("\n") if line.strip()]
    return "\n".join(line for line, below in pairwise([*lines, None]) if line and not _is_empty(line, below))


def _is_empty(line: str, below: str | None) -> bool:
    return bool(_HEADING.fullmatch(line)) and (below is None or bool(_HEADING.fullmatch(below)))


def missing_parts(kind: Kind, body: str) -> list[MissingPart]:
    """What the structure of its kind asks for and the text lacks; it refuses nothing."""
    structure = report_structures().of(kind)
    return structure.missing(body) if structure else []


def structures_of(kind: Kind | None) -> Sequence[Structure]:
    """The structures there are, or the one of a kind."""
    return [each for each in report_structures().structures if kind is None or each.kind is kind]


_CHOSEN: list[Path] = [RULES_PATH]


def use_report_structures(path: Path | None) -> None:
    """Read the structures of this installation, from the product's own file without one. Raises `WrongRules`."""
    _CHOSEN[0] = path or RULES_PATH
    report_structures.cache_clear()
    report_structures()


@lru_cache(maxsize=1)
def report_structures() -> Structures:
    """The structures of this installation, read once."""
    return read_rules(_CHOSEN[0], Structures)
