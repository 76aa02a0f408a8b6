from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.database import Database
from kernel.deadlines.engine import sweep
from kernel.deadlines.model import MET, MISSED, OPEN
from tests.factories.deadline_office import EDITOR, HandClock, Office
from tests.factories.deadlines import DUE, OCCURRED

MINUTE = timedelta(minutes=1)


def test_two_replicas_sweeping_at_once_announce_each_threshold_and_outcome_once(office: Office) -> None:
    reports = [office.open() for _ in range(40)]
    office.clock.at = DUE + MINUTE
    together = Barrier(2)

    def replica() -> None:
        together.wait(timeout=10)
        while office.sweep(decided_up_to=DUE + MINUTE):
            pass

    with ThreadPoolExecutor(2) as pool:
        for running in [pool.submit(replica) for _ in range(2)]:
            running.result(timeout=30)

    assert {report: office.thresholds(report) for report in reports} == {key: [50, 80, 100] for key in reports}
    assert {report: office.outcomes(report) for report in reports} == {key: ["missed"] for key in reports}


def test_a_replica_leaves_alone_what_another_is_sweeping(office: Office) -> None:
    office.open()
    office.clock.at = DUE

    with office.database.work(EDITOR) as first:
        assert sweep(first, "urgent_report", office.announce, None) == 1
        assert office.sweep() == 0


def test_a_settlement_waits_for_the_sweep_and_sees_what_it_decided(office: Office) -> None:
    report = office.open()
    office.clock.at = DUE + MINUTE
    with ThreadPoolExecutor(1) as pool:
        with office.database.work(EDITOR) as sweeping:
            sweep(sweeping, "urgent_report", office.announce, DUE + MINUTE)
            settling = pool.submit(office.settle, report, DUE - MINUTE)
        settling.result(timeout=10)

    # Each is noted behind its own commit, so either may be noted first; without the miss it would have told "met".
    assert sorted(office.outcomes(report)) == ["missed", "reassessed"]


minute = st.integers(1, 400)
step = (
    st.tuples(st.just("settle"), minute)
    | st.tuples(st.just("extend"), minute)
    | st.tuples(st.just("sweep"), minute)
    | st.tuples(st.just("clock"), minute)
    | st.tuples(st.just("open"), minute)
)


@settings(max_examples=40)
@given(steps=st.lists(step, max_size=12))
def test_whatever_happens_each_threshold_is_announced_at_most_once_and_one_outcome_holds(
    database: Database, steps: list[tuple[str, int]]
) -> None:
    assert isinstance(database.clock, HandClock)
    database.clock.at = OCCURRED
    office = Office(database, database.clock)
    report = office.open()
    for what, minutes in steps:
        take(office, report, what, OCCURRED + minutes * MINUTE)

    thresholds = office.thresholds(report)
    assert thresholds == sorted(set(thresholds))
    assert office.deadline(report).passed_percent == max(thresholds, default=0)
    assert replayed(office, report) == office.deadline(report).outcome


def take(office: Office, report: UUID, what: str, at: datetime) -> None:
    deadline = office.deadline(report)
    if what == "settle":
        office.settle(report, at)
    elif what == "extend" and deadline.outcome in (OPEN, MISSED) and at > deadline.due_at:
        office.extend(report, at)
    elif what == "sweep":
        office.sweep(decided_up_to=at)
    elif what == "open":
        office.open(subject_id=report)
    else:
        office.clock.at = at


def replayed(office: Office, report: UUID) -> str:
    """The outcome as somebody knows it who only heard what was announced."""
    known = OPEN
    for subject, passing, outcome in office.told:
        if subject != report:
            continue
        if passing.what == "approaching":
            assert known == OPEN, "reminded of something decided"
        elif passing.what == "reassessed":
            assert known == passing.old_outcome != outcome
            known = outcome
        else:
            assert known == OPEN
            known = {"met": MET, "missed": MISSED}[passing.what]
    return known
