"""A sweep tells while PostgreSQL writes: all of it, each once, or nothing."""

from __future__ import annotations

from datetime import timedelta
from typing import ClassVar
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from kernel.database import Database, Work
from kernel.deadlines import engine
from kernel.deadlines.engine import sweep
from kernel.deadlines.model import MISSED, OPEN, Deadline, Passing
from kernel.deadlines.state import DeadlineState
from kernel.deadlines.swept import LockedDeadlines
from kernel.deadlines.thresholds import next_threshold_at, passed_thresholds
from kernel.outbox import outbox
from tests.factories.deadline_office import EDITOR, Office
from tests.factories.deadlines import DUE, urgent_deadline

MINUTE = timedelta(minutes=1)
TENTHS = st.integers(0, 20 * 24 * 3600 * 10**5).map(lambda tens: timedelta(microseconds=10 * tens))
"""Up to twenty days of which every percentage that a threshold has falls on a microsecond."""


class Told(BaseModel):
    TYPE: ClassVar[str] = "deadline.told"
    subject_id: UUID
    what: str
    percent: int | None
    outcome: str


def tell(work: Work, deadline: DeadlineState, passing: Passing) -> None:
    told = Told(
        subject_id=deadline.subject_id, what=passing.what, percent=passing.threshold_percent, outcome=deadline.outcome
    )
    work.emit(told, subject=deadline.id, version=deadline.version)


def test_R04_what_a_sweep_of_many_tells_is_written_once_each_in_order_of_versions(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "TOLD_AT_ONCE", 20)
    reports = [office.open() for _ in range(2 * 20 + 3)]
    office.clock.at = DUE + MINUTE
    with office.database.work(EDITOR) as work:
        assert sweep(work, "urgent_report", tell, DUE + MINUTE) == len(reports)

    with office.database.reading() as session:
        events = session.scalars(select(outbox.c.envelope).where(outbox.c.type == Told.TYPE).order_by(outbox.c.id))
        told = [(one["data"]["subject_id"], one["subjectversion"], one["data"]["percent"]) for one in events]
    expected = [(2, 50), (3, 80), (4, 100), (5, None)]
    assert {UUID(subject) for subject, _, _ in told} == set(reports)
    for report in reports:
        assert [(version, percent) for subject, version, percent in told if subject == str(report)] == expected
        kept = office.deadline(report)
        assert (kept.version, kept.passed_percent, kept.next_threshold_at, kept.outcome) == (5, 100, None, MISSED)


@given(
    st.lists(st.tuples(TENTHS, TENTHS, st.sampled_from((0, 50, 80, 100))), min_size=1, max_size=20),
    st.none() | TENTHS,
)
def test_R04_a_sweep_passes_the_thresholds_and_misses_that_the_rule_says(
    database: Database, drawn: list[tuple[timedelta, timedelta, int]], mark: timedelta | None
) -> None:
    now, decided_up_to = DUE, None if mark is None else DUE - mark
    before = {uuid4(): (now - ago, now - ago + limit + MINUTE, passed) for ago, limit, passed in drawn}
    with database.work(EDITOR, now=now) as work:
        work.session.execute(text("DELETE FROM deadlines"))
        for id_, (started, due, passed) in before.items():
            times = {"started_at": started, "due_at": due, "next_threshold_at": next_threshold_at(started, due, passed)}
            work.session.add(urgent_deadline(id=id_, subject_id=id_, passed_percent=passed, **times))
        sweep(work, "urgent_report", lambda *told: None, decided_up_to, len(before))

    with database.reading() as session:
        after = {one.id: one for one in session.scalars(select(Deadline))}
        for id_, (started, due, passed) in before.items():
            missed = decided_up_to is not None and due < decided_up_to
            fired = passed_thresholds(started, due, max(now, due) if missed else now, passed)
            reached = fired[-1] if fired else passed
            kept = after[id_]
            assert (kept.passed_percent, kept.next_threshold_at) == (reached, next_threshold_at(started, due, reached))
            assert (kept.outcome, kept.version) == (MISSED if missed else OPEN, 1 + len(fired) + missed)


def test_what_another_has_fired_meanwhile_ends_the_pass_and_nothing_is_kept(office: Office) -> None:
    report = office.open()
    with pytest.raises(RuntimeError):
        _sweep_with(office, "UPDATE deadlines SET passed_percent = 50")

    assert office.told == []
    assert office.deadline(report).passed_percent == 0


def test_a_statement_that_fails_while_it_is_told_takes_back_what_was_told(office: Office) -> None:
    report = office.open()
    with pytest.raises(DBAPIError):
        _sweep_with(office, "SELECT 1", ahead="SELECT 1 / 0")

    assert office.told == []
    assert office.deadline(report).passed_percent == 0


def _sweep_with(office: Office, meanwhile: str, ahead: str = "SELECT 1") -> None:
    """A sweep at the due time, with a statement between looking and writing, and one sent while it is told."""
    with office.database.work(EDITOR) as work:
        locked = LockedDeadlines(work.session, "urgent_report", DUE, None, 10)
        work.session.execute(text(meanwhile))
        with locked.written() as (deadlines, send):
            for deadline in deadlines:
                send(ahead, ())
                office.announce(work, deadline, Passing("met", DUE))
