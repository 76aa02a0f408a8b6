"""The bulletin beside the published totals."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deploy.replay.table import UnitRow


@dataclass(frozen=True)
class Comparison:
    """One unit: what was published and what the bulletin says."""

    unit: str
    published_total: Decimal
    points: Decimal | None
    """None when the bulletin does not name the unit."""
    published_rank: int | None
    rank: int | None

    @property
    def difference(self) -> Decimal | None:
        return None if self.points is None else self.points - self.published_total

    @property
    def agrees(self) -> bool:
        """Same points, and the same rank where one was published."""
        return self.difference == 0 and self.published_rank in (None, self.rank)


def compare(rows: Sequence[UnitRow], lines: Sequence[Mapping[str, Any]]) -> list[Comparison]:
    """Each unit of the table against its line; ranks are taken among the table's units, ties share one."""
    by_unit = {line["unit_name"]: line for line in lines}
    points = {row.unit: Decimal(by_unit[row.unit]["points"]) for row in rows if row.unit in by_unit}
    return [
        Comparison(
            row.unit,
            row.published_total,
            points.get(row.unit),
            row.published_rank,
            1 + sum(other > points[row.unit] for other in points.values()) if row.unit in points else None,
        )
        for row in rows
    ]
