"""Pre-reports by phone: what was said, by whom to whom and when, and which first report made it good in writing."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, func, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contracts.rpc.urgent import RecordPreReport
from contracts.vocabulary import CallSide, IncidentCategory, Secrecy, Severity, UnitClass
from kernel.principal import Principal
from kernel.words import Word
from services.intake.model.base import Base
from services.intake.model.units import Unit


class PreReport(Base):
    """A call. It serves one first report; until that comes, its own clock chases the unit."""

    __tablename__ = "pre_reports"
    __table_args__ = (
        Index("pre_reports_newest", "recorded_at", "id"),
        Index("pre_reports_of_unit", "unit_id", "recorded_at", "id"),
        Index("pre_reports_by_draft", "draft_id"),
        Index("pre_reports_by_report", "report_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    unit_name: Mapped[str]
    unit_class: Mapped[UnitClass] = mapped_column(Word(UnitClass))
    title: Mapped[str]
    secrecy: Mapped[Secrecy] = mapped_column(Word(Secrecy))
    """Nothing but unclassified content is taken by phone either."""
    place: Mapped[str | None]
    occurred_at: Mapped[datetime]
    learned_at: Mapped[datetime | None]
    severity: Mapped[Severity] = mapped_column(Word(Severity))
    category: Mapped[IncidentCategory | None] = mapped_column(Word(IncidentCategory))
    caller_name: Mapped[str]
    caller_number: Mapped[str]
    called_at: Mapped[datetime]
    read_back: Mapped[bool]
    """Whether what was noted was read back to the caller."""
    reason: Mapped[str | None]
    """Why the report in writing needs longer."""
    drill: Mapped[bool]
    side: Mapped[CallSide] = mapped_column(Word(CallSide))
    recorded_by: Mapped[UUID]
    recorded_by_name: Mapped[str]
    recorded_at: Mapped[datetime]
    draft_id: Mapped[UUID | None]
    """The draft that is to make it good in writing."""
    report_id: Mapped[UUID | None]
    """The first report that made it good."""

    @classmethod
    def new(cls, request: RecordPreReport, unit: Unit, side: CallSide, who: Principal, now: datetime) -> PreReport:
        said = request.model_dump(exclude={"pre_report_id", "unit_id"})
        return cls(
            id=request.pre_report_id,
            unit_id=unit.id,
            unit_name=unit.name,
            unit_class=unit.unit_class,
            secrecy=Secrecy.UNCLASSIFIED,
            side=side,
            recorded_by=who.person_id,
            recorded_by_name=who.name,
            recorded_at=now,
            **said,
        )

    @property
    def reason_known_at(self) -> datetime | None:
        """When a reason is proved to have been given: a unit's own word on when it called extends no limit of its."""
        if self.reason is None:
            return None
        return self.called_at if self.side is CallSide.CITY else self.recorded_at

    @property
    def cases(self) -> tuple[UUID, UUID | None]:
        """Whose clocks become that of the report which makes it good."""
        return self.id, self.draft_id

    @property
    def case_id(self) -> UUID:
        """Whose clock it shares now."""
        return self.report_id or self.draft_id or self.id


def lock_pre_report(session: Session, pre_report_id: UUID) -> None:
    """Until the transaction ends nobody else records this pre-report or registers what names it.

    Both look for the other: without the lock neither would see what the other has not committed yet.
    """
    session.execute(select(func.pg_advisory_xact_lock(pre_report_id.int >> 65)))
