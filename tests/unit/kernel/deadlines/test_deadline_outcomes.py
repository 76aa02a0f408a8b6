from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kernel.deadlines.due import stated_due
from kernel.deadlines.model import MET, MISSED, OPEN, WAIVED
from tests.factories.deadlines import DUE, OCCURRED, urgent_deadline

MINUTE = timedelta(minutes=1)
LATER = DUE + timedelta(days=1)


def record(due_at: datetime) -> dict[str, str]:
    return {"what": "extended", "due_at": due_at.isoformat()}


def test_R04_met_at_the_very_instant_it_is_due() -> None:
    deadline = urgent_deadline()
    deadline.settle(DUE, LATER)

    assert deadline.outcome == MET


def test_R04_one_microsecond_later_is_missed() -> None:
    deadline = urgent_deadline()
    deadline.settle(DUE + timedelta(microseconds=1), LATER)

    assert deadline.outcome == MISSED


def test_the_earliest_settling_time_counts_and_a_later_one_changes_nothing() -> None:
    deadline = urgent_deadline()
    deadline.settle(DUE + MINUTE, LATER)
    deadline.settle(DUE - MINUTE, LATER)

    assert not deadline.settle(DUE + 2 * MINUTE, LATER)
    assert (deadline.outcome, deadline.settled_at) == (MET, DUE - MINUTE)


def test_thresholds_stop_with_the_decision() -> None:
    deadline = urgent_deadline()
    assert deadline.pending_thresholds(LATER) == (50, 80, 100)
    deadline.settle(OCCURRED + MINUTE, LATER)

    assert deadline.pending_thresholds(LATER) == ()


def test_the_first_due_time_is_kept_for_ever() -> None:
    deadline = urgent_deadline()
    deadline.move(OCCURRED, stated_due(LATER, "r", "1"), record(LATER), LATER)

    assert (deadline.first_due_at, deadline.due_at, len(deadline.extensions)) == (DUE, LATER, 1)


def test_the_time_of_the_decision_is_not_touched_by_later_facts_that_change_nothing() -> None:
    deadline = urgent_deadline()
    deadline.settle(DUE - MINUTE, DUE)
    deadline.settle(DUE - 2 * MINUTE, LATER)

    assert deadline.decided_at == DUE


def test_a_missed_one_extended_beyond_what_is_known_is_open_again() -> None:
    deadline = urgent_deadline()
    deadline.nothing_until(DUE + MINUTE, LATER)
    deadline.move(OCCURRED, stated_due(LATER, "r", "1"), record(LATER), LATER)

    assert (deadline.outcome, deadline.decided_at) == (OPEN, None)


def test_a_waived_one_stays_waived_whatever_comes() -> None:
    deadline = urgent_deadline()
    deadline.waive(record(DUE), OCCURRED)
    deadline.settle(LATER, LATER)

    assert deadline.outcome == WAIVED


minutes = st.integers(1, 400)
facts = st.lists(
    st.tuples(st.just("settle"), minutes) | st.tuples(st.just("move"), minutes) | st.tuples(st.just("up_to"), minutes),
    max_size=8,
)


@given(facts)
def test_the_outcome_follows_from_the_facts_alone(steps: list[tuple[str, int]]) -> None:
    deadline = urgent_deadline()
    due, settled, up_to, version = DUE, [], None, 1
    for what, minute in steps:
        at = OCCURRED + minute * MINUTE
        if what == "settle":
            deadline.settle(at, LATER)
            settled.append(at)
        elif what == "move":
            deadline.move(OCCURRED, stated_due(at, "r", "1"), record(at), LATER)
            due = at
        elif deadline.outcome == OPEN and due < at:
            deadline.nothing_until(at, LATER)
            up_to = at

        assert deadline.version >= version
        version = deadline.version
    expected = OPEN
    if settled:
        expected = MET if min(settled) <= due else MISSED
    elif up_to is not None and due < up_to:
        expected = MISSED
    assert deadline.outcome == expected
    assert (deadline.decided_at is None) == (expected == OPEN)
