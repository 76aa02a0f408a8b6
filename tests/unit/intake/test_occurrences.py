"""R04: of all statements of the occurrence the earliest counts, whatever the order in which they came."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from contracts.vocabulary import Role, StatedBy
from kernel.ids import new_id
from services.intake.model.occurrences import Occurrence
from services.intake.model.time_limits import just_below
from tests.factories.intake import HEXI, OCCURRED, PersonFactory

CASE = UUID(int=1)
CHIEF = PersonFactory.of_the_city(Role.CHIEF_EDITOR)
SHIFTS = st.lists(st.timedeltas(timedelta(days=-3), timedelta(days=3)), min_size=1, max_size=8)


def stated(shifts: list[timedelta]) -> Occurrence:
    found = Occurrence(CASE)
    for index, shift in enumerate(shifts):
        found.add(
            Session(), StatedBy.DRAFT, CASE, (OCCURRED + shift, None), by=(new_id(), "李明"), unit=(HEXI, "河西区"),
            at=OCCURRED + timedelta(minutes=index),
        )  # fmt: skip
    return found


@given(shifts=SHIFTS)
def test_R04_the_earliest_statement_counts_and_all_are_kept(shifts: list[timedelta]) -> None:
    found = stated(shifts)
    assert found.occurred_at == OCCURRED + min(shifts)
    assert len(found.statements) == len(shifts)


@given(shifts=SHIFTS, chosen=st.data())
def test_R04_a_ruling_counts_until_it_is_withdrawn(shifts: list[timedelta], chosen: st.DataObject) -> None:
    found = stated(shifts)
    statement = chosen.draw(st.sampled_from(found.statements))
    found.rule(Session(), statement.id, CHIEF, "核实", OCCURRED)
    assert found.counting is statement
    found.rule(Session(), None, CHIEF, "撤销", OCCURRED)
    assert found.occurred_at == OCCURRED + min(shifts)
    assert len(found.rulings) == 2


@given(limit=st.integers(20, 100_000), received=st.floats(0, 2, allow_nan=False))
def test_R04_just_below_the_limit_is_its_last_twentieth(limit: int, received: float) -> None:
    due, at = OCCURRED + timedelta(seconds=limit), OCCURRED + timedelta(seconds=limit) * received
    share = (at - OCCURRED) / (due - OCCURRED)
    assert just_below(OCCURRED, due, at) is (0.95 <= share <= 1) or abs(share - 0.95) < 1e-6
