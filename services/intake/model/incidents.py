"""Incidents: first reports of several units that tell of one event, joined by a person with reason (notice 二(一))."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.vocabulary import IncidentCategory, Kind, Likeness
from kernel.errors import Conflict, Invalid
from kernel.words import Word
from services.intake.model.base import Base
from services.intake.model.repeats import shingles
from services.intake.model.reports import Report

PLACE_WORD = 3
"""Characters in a row that two places share to be alike: 河西区 is a word of that length, 路 is not."""


class IncidentNumber(Base):
    """The last number given in a year; its row lock keeps numbers without gaps and doubles."""

    __tablename__ = "incident_numbers"

    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Incident(Base):
    """An incident as the city keeps it; what is told of it stands in the joined reports."""

    __tablename__ = "incidents"
    __table_args__ = (Index("incidents_newest", "opened_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    category: Mapped[IncidentCategory | None] = mapped_column(Word(IncidentCategory))
    place: Mapped[str | None]
    occurred_at: Mapped[datetime | None]
    drill: Mapped[bool]
    opened_at: Mapped[datetime]
    opened_by: Mapped[str]
    version: Mapped[int]

    @classmethod
    def of(cls, incident_id: UUID, number: str, report: Report, title: str | None, by: str, at: datetime) -> Incident:
        return cls(
            id=incident_id,
            number=number,
            title=title or report.told_title,
            category=category_of(report),
            place=report.place,
            occurred_at=report.occurred_at,
            drill=report.drill,
            opened_at=at,
            opened_by=by,
            version=0,
        )

    def check_may_join(self, report: Report) -> None:
        """Raise `Conflict` where an exercise and the real thing would be mixed."""
        if self.drill != report.drill:
            raise Conflict(
                "演练信息与实际发生的突发事件不能归并。", "A drill and a real incident are not joined.",
            )  # fmt: skip


class IncidentReport(Base):
    """A first report in an incident; the key keeps it in one at most."""

    __tablename__ = "incident_reports"
    __table_args__ = (Index("incident_reports_of", "incident_id"),)

    first_report_id: Mapped[UUID] = mapped_column(ForeignKey("reports.id"), primary_key=True)
    incident_id: Mapped[UUID] = mapped_column(ForeignKey("incidents.id"))
    joined_by: Mapped[str]
    joined_at: Mapped[datetime]
    reason: Mapped[str]


def check_first(report: Report) -> None:
    """Raise `Invalid` unless it begins a chain: the chain joins as a whole."""
    if report.kind is not Kind.URGENT_FIRST:
        raise Invalid(
            f"{report.number} 是{report.kind.label}；归并突发事件请选择紧急信息首报。",
            f"{report.number} is {report.kind}; an incident is made of first reports.",
            pointer="/report_id",
        )


def category_of(report: Report) -> IncidentCategory | None:
    """What the report says the incident is by nature."""
    category = (report.incident or {}).get("category")
    return IncidentCategory(category) if category else None


def likenesses(incident: Incident, report: Report) -> list[Likeness]:
    """What a report has in common with an incident beside the time."""
    found = []
    if incident.category is not None and category_of(report) is incident.category:
        found.append(Likeness.CATEGORY)
    if _words(incident.place) & _words(report.place):
        found.append(Likeness.PLACE)
    return found


def _words(place: str | None) -> frozenset[str]:
    return frozenset(word for word in shingles(place or "", PLACE_WORD) if len(word) == PLACE_WORD)
