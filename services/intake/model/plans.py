"""The plan of a year with its targets, and what a target expects by a day of that year."""

from __future__ import annotations

from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.plans import Measure, Progress, RecordPlan, Target
from services.intake.model.base import Base

TENTH = Decimal("0.1")


class Plan(Base):
    """The plan as it is now; its evidence entries tell what it was."""

    __tablename__ = "year_plans"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    text: Mapped[str]
    targets: Mapped[list[dict[str, Any]]]
    published_by: Mapped[str]
    published_at: Mapped[datetime]
    version: Mapped[int]

    def record(self, request: RecordPlan, by: str, now: datetime) -> None:
        self.text = request.text
        self.targets = [target.model_dump(mode="json") for target in request.targets]
        self.published_by, self.published_at = by, now
        self.version += 1

    def holds(self, request: RecordPlan) -> bool:
        """Whether this is what the plan says already."""
        return (self.text, self.targets_set()) == (request.text, request.targets)

    def targets_set(self) -> list[Target]:
        return [Target.model_validate(target) for target in self.targets]


def share_of_year(year: int, day: date) -> Decimal:
    """How much of the year is over at the end of the day, 0 to 1."""
    first, last = date(year, 1, 1), date(year, 12, 31)
    days = min(max((day - first).days + 1, 0), (last - first).days + 1)
    return Decimal(days) / ((last - first).days + 1)


def progress_of(target: Target, reached: Decimal | None, year: int, day: date) -> Progress:
    """What has been reached against an even pace; a rate is measured against the target itself all year."""
    rate = target.measure is Measure.URGENT_IN_TIME
    expected = target.value if rate else (target.value * share_of_year(year, day)).quantize(TENTH, ROUND_HALF_UP)
    return Progress(
        measure=target.measure, target=target.value, reached=reached, expected=expected,
        behind=reached is not None and reached < expected,
    )


def rate(met: int, missed: int) -> Decimal | None:
    """Percent in time of what has been decided; None before anything has."""
    decided = met + missed
    return (Decimal(100 * met) / decided).quantize(TENTH, ROUND_HALF_UP) if decided else None
