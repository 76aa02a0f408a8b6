"""Reporting guidance: the points of a period, whom it was issued to, and the reports that answer (R03)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid5

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.guidance import GuidanceState, SaveGuidance
from kernel.errors import Conflict, StaleVersion
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base


def point_id(guidance_id: UUID, number: int) -> UUID:
    """The id of the `number`-th point, 1 first."""
    return uuid5(guidance_id, f"point/{number}")


def clock_id(guidance_id: UUID, due_at: datetime, unit_id: UUID) -> UUID:
    """The subject of a unit's deadline for all points that are due at this time."""
    return uuid5(guidance_id, f"due/{due_at.astimezone(UTC).isoformat()}/{unit_id}")


class Guidance(Base):
    """Drawn up by editors, issued once by a chief editor; unchanged from then on."""

    __tablename__ = "guidance"
    __table_args__ = (Index("guidance_newest", "period", "guidance_id"),)

    guidance_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    state: Mapped[GuidanceState] = mapped_column(Word(GuidanceState))
    period: Mapped[str]
    title: Mapped[str]
    unit_ids: Mapped[list[str]] = mapped_column(JSONB)
    unit_classes: Mapped[list[str]] = mapped_column(JSONB)
    due_at: Mapped[datetime | None]
    saved_by: Mapped[str]
    issued_by: Mapped[str | None]
    issued_at: Mapped[datetime | None]

    def save(self, request: SaveGuidance, by: Principal) -> None:
        """Raises `StaleVersion` when somebody saved meanwhile, `Conflict` once it is issued."""
        self.require_version(request.version)
        self.period, self.title, self.saved_by = request.period, request.title, by.name
        self.due_at = request.due_at
        self.unit_ids = [str(unit_id) for unit_id in request.unit_ids]
        self.unit_classes = [unit_class.value for unit_class in request.unit_classes]
        self.version += 1

    def issue(self, by: Principal, now: datetime, version: int) -> None:
        """Raises `StaleVersion`, `Conflict`."""
        self.require_version(version)
        self.state, self.issued_by, self.issued_at = GuidanceState.ISSUED, by.name, now
        self.version += 1

    def require_version(self, version: int | None) -> None:
        """Raises `Conflict` once it is issued, `StaleVersion` unless `version` is the present one."""
        if self.state is GuidanceState.ISSUED:
            raise Conflict(
                f"该报送要点已由{self.issued_by}下发，不能再改。", f"{self.issued_by} has issued it already.",
                extra={"state": self.state.value},
            )
        if version != self.version:
            raise StaleVersion(
                f"{self.saved_by}已修改，请重新打开后再改。", f"{self.saved_by} has changed it; read it again.",
                pointer="/version",
            )


class GuidancePoint(Base):
    __tablename__ = "guidance_points"
    __table_args__ = (Index("guidance_points_of", "guidance_id", "number"),)

    point_id: Mapped[UUID] = mapped_column(primary_key=True)
    guidance_id: Mapped[UUID] = mapped_column(ForeignKey("guidance.guidance_id"))
    number: Mapped[int]
    text: Mapped[str]
    topic: Mapped[str | None]
    carried_from: Mapped[UUID | None]
    due_at: Mapped[datetime | None]
    """Its own; without it the guidance's holds."""


def due_together(guidance: Guidance, points: Iterable[GuidancePoint]) -> dict[datetime, list[GuidancePoint]]:
    """Its points by when they are to be answered; those without a due time are left out."""
    found: dict[datetime, list[GuidancePoint]] = {}
    for point in points:
        due_at = point.due_at or guidance.due_at
        if due_at is not None:
            found.setdefault(due_at, []).append(point)
    return found


class GuidanceUnit(Base):
    """A unit it was issued to, named as it was then."""

    __tablename__ = "guidance_units"
    __table_args__ = (Index("guidance_units_of", "unit_id"),)

    guidance_id: Mapped[UUID] = mapped_column(ForeignKey("guidance.guidance_id"), primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_name: Mapped[str]


class PointAnswer(Base):
    """A report whose newest version says that it answers the point; no foreign key, for that may be wrong."""

    __tablename__ = "point_answers"
    __table_args__ = (Index("point_answers_of", "report_id"),)

    point_id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID]
    received_at: Mapped[datetime | None]
    """The first receipt of a version that names the point; None of before due times: then the report's own."""
