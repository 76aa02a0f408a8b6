"""The time of occurrence is evidence: every statement of it is kept, the earliest counts, a ruling may name another."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, Select, or_, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from contracts.vocabulary import StatedBy
from kernel.ids import new_id
from kernel.principal import Principal
from kernel.words import Word
from services.intake.model.base import Base
from services.intake.model.pre_reports import PreReport
from services.intake.model.time_limits import Circumstances


class OccurrenceStatement(Base):
    """Somebody said when it happened. Nothing changes a statement but whose clock it counts for."""

    __tablename__ = "occurrence_statements"
    __table_args__ = (Index("occurrence_statements_of_case", "counts_for"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    counts_for: Mapped[UUID]
    """The draft, report or pre-report whose clock it counts for now: a report takes over its draft's statements."""
    subject_id: Mapped[UUID]
    """The draft, report or pre-report in which it was said."""
    how: Mapped[StatedBy] = mapped_column(Word(StatedBy))
    occurred_at: Mapped[datetime]
    learned_at: Mapped[datetime | None]
    """When the unit learned of it, where that was said too."""
    stated_by: Mapped[UUID | None]
    stated_by_name: Mapped[str]
    unit_id: Mapped[UUID | None]
    unit_name: Mapped[str]
    """Of the person; the city's people have none."""
    stated_at: Mapped[datetime]
    reason: Mapped[str | None]
    receipt_number: Mapped[str | None]


class OccurrenceRuling(Base):
    """A chief editor names the statement that counts, or takes an earlier ruling back; the last one is in force."""

    __tablename__ = "occurrence_rulings"

    report_id: Mapped[UUID] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    statement_id: Mapped[UUID | None]
    """None: the ruling before is withdrawn, the earliest statement counts again."""
    ruled_by: Mapped[UUID | None]
    ruled_by_name: Mapped[str]
    ruled_at: Mapped[datetime]
    reason: Mapped[str]


@dataclass
class Occurrence:
    """All that was stated of one occurrence, and what counts."""

    case_id: UUID
    """The draft, report or pre-report whose clock it is about."""
    statements: list[OccurrenceStatement] = field(default_factory=list)
    rulings: list[OccurrenceRuling] = field(default_factory=list)
    pre_report: PreReport | None = None

    @property
    def ruling(self) -> OccurrenceRuling | None:
        """The ruling in force."""
        last = max(self.rulings, key=lambda ruling: ruling.number, default=None)
        return last if last is not None and last.statement_id is not None else None

    @property
    def counting(self) -> OccurrenceStatement | None:
        """The statement that counts: the one ruled, else the earliest time ever stated (access.md 7)."""
        if self.ruling is not None:
            return self.find(self.ruling.statement_id)
        return min(self.statements, key=lambda each: (each.occurred_at, each.stated_at, each.id), default=None)

    @property
    def occurred_at(self) -> datetime | None:
        return self.counting.occurred_at if self.counting else None

    @property
    def learned_at(self) -> datetime | None:
        """The earliest time of learning ever stated."""
        return min((each.learned_at for each in self.statements if each.learned_at), default=None)

    @property
    def times(self) -> list[datetime]:
        return [each.occurred_at for each in self.statements]

    def find(self, statement_id: UUID | None) -> OccurrenceStatement | None:
        return next((each for each in self.statements if each.id == statement_id), None)

    def said_last(self, subject_id: UUID) -> tuple[datetime, datetime | None] | None:
        """What was said last in this draft: occurrence and learning."""
        said = [each for each in self.statements if each.subject_id == subject_id]
        last = max(said, key=lambda each: (each.stated_at, each.id), default=None)
        return (last.occurred_at, last.learned_at) if last else None

    @property
    def circumstances(self) -> Circumstances | None:
        """What a time limit is counted from; None while no occurrence is stated."""
        if self.occurred_at is None:
            return None
        called = self.pre_report
        return Circumstances(
            self.occurred_at,
            self.learned_at,
            called.called_at if called else None,
            called.reason_known_at if called else None,
        )

    def absorb(self, other: Occurrence, said_in: UUID | None = None) -> None:
        """What was stated in a draft or pre-report counts for what it became: all of it, or what was `said_in` one."""
        for statement in [each for each in other.statements if said_in in (None, each.subject_id)]:
            statement.counts_for = self.case_id
            other.statements.remove(statement)
            self.statements.append(statement)

    def add(
        self,
        session: Session,
        how: StatedBy,
        subject_id: UUID,
        times: tuple[datetime, datetime | None],
        *,
        by: tuple[UUID | None, str],
        unit: tuple[UUID | None, str],
        at: datetime,
        reason: str | None = None,
        receipt_number: str | None = None,
    ) -> None:
        """Keep a statement: occurrence and learning, id and name of whoever stated it and of the unit, when."""
        statement = OccurrenceStatement(
            id=new_id(),
            counts_for=self.case_id,
            subject_id=subject_id,
            how=how,
            occurred_at=times[0],
            learned_at=times[1],
            stated_by=by[0],
            stated_by_name=by[1],
            unit_id=unit[0],
            unit_name=unit[1],
            stated_at=at,
            reason=reason,
            receipt_number=receipt_number,
        )
        session.add(statement)
        self.statements.append(statement)

    def rule(
        self, session: Session, statement_id: UUID | None, editor: Principal, reason: str, at: datetime
    ) -> OccurrenceRuling:
        """Keep a ruling, or the withdrawal of the one in force."""
        ruling = OccurrenceRuling(
            report_id=self.case_id,
            number=len(self.rulings) + 1,
            statement_id=statement_id,
            ruled_by=editor.person_id,
            ruled_by_name=editor.name,
            ruled_at=at,
            reason=reason,
        )
        session.add(ruling)
        self.rulings.append(ruling)
        return ruling


def load_occurrences(session: Session, case_ids: Iterable[UUID]) -> dict[UUID, Occurrence]:
    """What was stated of each of these, in three statements; empty for one of which nothing was."""
    found = {case_id: Occurrence(case_id) for case_id in case_ids}
    if not found:
        return found
    statements = select(OccurrenceStatement).where(OccurrenceStatement.counts_for.in_(found))
    for statement in session.scalars(statements.order_by(OccurrenceStatement.stated_at, OccurrenceStatement.id)):
        found[statement.counts_for].statements.append(statement)
    rulings = select(OccurrenceRuling).where(OccurrenceRuling.report_id.in_(found))
    for ruling in session.scalars(rulings.order_by(OccurrenceRuling.number)):
        found[ruling.report_id].rulings.append(ruling)
    for pre_report in session.scalars(_pre_reports_of(found)):
        for case_id in (pre_report.id, pre_report.draft_id, pre_report.report_id):
            if case_id in found:
                found[case_id].pre_report = pre_report
    return found


def _pre_reports_of(case_ids: Iterable[UUID]) -> Select[PreReport]:
    ids = list(case_ids)
    return select(PreReport).where(
        or_(PreReport.id.in_(ids), PreReport.draft_id.in_(ids), PreReport.report_id.in_(ids))
    )


def load_occurrence(session: Session, case_id: UUID) -> Occurrence:
    """What was stated of one draft, report or pre-report."""
    return load_occurrences(session, [case_id])[case_id]
