"""Bulletins: a period's points of all units, computed from the ledger, and those that were issued."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import rfc8785
from sqlalchemy import Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.model.base import Base
from services.scoring.model.periods import Month, Period
from services.scoring.model.points import in_words

FORMAT = "chengbao-bulletin/1"


class IssuedBulletin(Base):
    """A bulletin as it was issued: the canonical document, its hash, its place in the evidence; append-only."""

    __tablename__ = "bulletins"
    __table_args__ = (UniqueConstraint("period", name="bulletins_once_per_period"),)

    bulletin_id: Mapped[UUID] = mapped_column(primary_key=True)
    period: Mapped[str] = mapped_column(Text)
    last_month: Mapped[str] = mapped_column(Text)
    document: Mapped[str] = mapped_column(Text)
    """Canonical JSON (RFC 8785)."""
    content_hash: Mapped[str] = mapped_column(Text)
    roster: Mapped[list[dict[str, Any]]]
    """The units listed, as they were named then; recomputing must not depend on later renaming."""
    issued_at: Mapped[datetime]
    issued_by: Mapped[str] = mapped_column(Text)
    evidence: Mapped[dict[str, str]] = mapped_column(JSONB)



@dataclass(frozen=True)
class Listed:
    """A unit on the bulletin's roster."""

    unit_id: UUID
    name: str
    unit_class: str
    pinyin: str

    def kept(self) -> dict[str, str]:
        return {
            "unit_id": str(self.unit_id),
            "name": self.name,
            "unit_class": self.unit_class,
            "pinyin": self.pinyin,
        }

    @classmethod
    def from_kept(cls, kept: dict[str, Any]) -> Listed:
        return cls(UUID(kept["unit_id"]), kept["name"], kept["unit_class"], kept["pinyin"])


@dataclass(frozen=True)
class Sum:
    """The ledger summed: one unit, month of the cause, period of counting, rule."""

    unit_id: UUID
    month: Month
    period: Month
    rule: str
    points: Decimal
    count: int
    """Postings less reversals."""


def compose(
    period: Period, roster: Sequence[Listed], sums: Sequence[Sum], rule_titles: dict[str, str]
) -> dict[str, Any]:
    """The bulletin's document. Depends on nothing but its arguments; `sums` reach from January to the period's end."""
    inside = [one for one in sums if period.first <= one.period <= period.last]
    used = sorted({one.rule for one in inside})
    return {
        "format": FORMAT,
        "period": period.text,
        "title": f"{period.title_zh}政务信息工作得分情况通报",
        "lines": _ranked([_line(unit, inside, sums) for unit in _by_points(roster, inside)]),
        "rule_titles": {rule: rule_titles[rule] for rule in used},
        "corrections": _corrections(roster, inside),
        "points_total": in_words(sum((one.points for one in inside), Decimal(0))),
    }


def canonical(document: dict[str, Any]) -> str:
    """The document's one and only form as text (RFC 8785)."""
    return rfc8785.dumps(document).decode()


def _points_of(unit: Listed, sums: Iterable[Sum]) -> Decimal:
    return sum((one.points for one in sums if one.unit_id == unit.unit_id), Decimal(0))


def _by_points(roster: Sequence[Listed], inside: Sequence[Sum]) -> list[Listed]:
    return sorted(roster, key=lambda unit: (-_points_of(unit, inside), unit.pinyin, unit.name, str(unit.unit_id)))


def _line(unit: Listed, inside: Sequence[Sum], whole_year: Sequence[Sum]) -> dict[str, Any]:
    counts: dict[str, int] = {}
    for one in inside:
        if one.unit_id == unit.unit_id:
            counts[one.rule] = counts.get(one.rule, 0) + one.count
    return {
        "unit_id": str(unit.unit_id),
        "unit_name": unit.name,
        "unit_class": unit.unit_class,
        "points": in_words(_points_of(unit, inside)),
        "year_to_date": in_words(_points_of(unit, whole_year)),
        "counts": {rule: count for rule, count in counts.items() if count},
    }


def _ranked(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Equal points share a rank and the next rank counts all before it: 1, 1, 3."""
    ranked: list[dict[str, Any]] = []
    for place, line in enumerate(lines, start=1):
        tied = bool(ranked) and ranked[-1]["points"] == line["points"]
        ranked.append({"rank": ranked[-1]["rank"] if tied else place, **line})
    return ranked


def _corrections(roster: Sequence[Listed], inside: Sequence[Sum]) -> list[dict[str, Any]]:
    """Points that belong to earlier months, per unit and month."""
    lines = []
    for unit in sorted(roster, key=lambda unit: (unit.pinyin, str(unit.unit_id))):
        late = [one for one in inside if one.unit_id == unit.unit_id and one.month != one.period]
        for month in sorted({one.month for one in late}):
            points = sum((one.points for one in late if one.month == month), Decimal(0))
            if points:
                lines.append(
                    {"unit_id": str(unit.unit_id), "unit_name": unit.name, "month": month, "points": in_words(points)}
                )
    return lines
