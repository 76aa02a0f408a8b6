"""Deadlines kept on a real database, as a service keeps them, with all they announced."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from kernel.database import Database, Work
from kernel.deadlines.due import wall_due
from kernel.deadlines.engine import extend, find_deadline, open_deadline, settle, sweep
from kernel.deadlines.model import Deadline, Passing
from kernel.deadlines.state import DeadlineState
from kernel.principal import Principal
from tests.factories.deadlines import OCCURRED

RULE = {"rule": "津政办发〔2008〕146号", "rule_version": "2008"}
EDITOR = Principal("0198a000-0000-7000-8000-000000000001", "李强", None, frozenset({"supervisor"}))


@dataclass
class HandClock:
    """A clock moved by hand, backwards too."""

    at: datetime

    def now(self) -> datetime:
        return self.at


@dataclass
class Office:
    """Deadlines of kind urgent_report as a service would keep them; `told` is what it announced."""

    database: Database
    clock: HandClock
    told: list[tuple[UUID, Passing, str]] = field(default_factory=list)

    def announce(self, work: Work, deadline: DeadlineState, passing: Passing) -> None:
        told = (deadline.subject_id, passing, deadline.outcome)
        work.after_commit(lambda: self.told.append(told))

    def open(self, *, subject_id: UUID | None = None, settled_at: datetime | None = None) -> UUID:
        subject_id = subject_id or uuid4()
        with self.database.work(EDITOR) as work:
            open_deadline(
                work,
                kind="urgent_report",
                subject_id=subject_id,
                started_at=OCCURRED,
                started_by="occurrence",
                due=wall_due(OCCURRED, timedelta(hours=3), **RULE),
                facts={"title": "化工厂火情"},
                announce=self.announce,
                settled_at=settled_at,
            )
        return subject_id

    def settle(self, subject_id: UUID, at: datetime) -> None:
        with self.database.work(EDITOR) as work:
            settle(work, locked(work, subject_id), at, self.announce)

    def extend(self, subject_id: UUID, due_at: datetime) -> None:
        with self.database.work(EDITOR) as work:
            extend(work, locked(work, subject_id), due_at, "道路中断", self.announce)

    def sweep(self, decided_up_to: datetime | None = None) -> int:
        with self.database.work(EDITOR) as work:
            return sweep(work, "urgent_report", self.announce, decided_up_to)

    def deadline(self, subject_id: UUID) -> Deadline:
        with self.database.reading() as session:
            found = find_deadline(session, "urgent_report", subject_id)
            assert found is not None
            session.expunge(found)
            return found

    def thresholds(self, subject_id: UUID) -> list[int]:
        return [p.threshold_percent for subject, p, _ in self.told if subject == subject_id and p.threshold_percent]

    def outcomes(self, subject_id: UUID) -> list[str]:
        return [p.what for subject, p, _ in self.told if subject == subject_id and p.what != "approaching"]


def locked(work: Work, subject_id: UUID) -> Deadline:
    deadline = find_deadline(work.session, "urgent_report", subject_id, lock=True)
    assert deadline is not None
    return deadline
