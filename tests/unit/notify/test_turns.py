"""R26: whose turn it is to be called to an urgent report."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from kernel.ids import new_id
from services.notify.model.acknowledgement_waits import AcknowledgementWait

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
LISTS = st.lists(st.uuids(), max_size=5, unique=True)


def wait_for(persons: list[UUID]) -> AcknowledgementWait:
    return AcknowledgementWait(report_id=new_id(), persons=[str(person) for person in persons], place=0, calls=0)


@given(persons=LISTS)
def test_R26_one_after_another_then_everybody_then_again_from_the_start(persons: list[UUID]) -> None:
    wait = wait_for(persons)
    turns = [wait.next_turn(persons) for _ in range(2 * len(persons) + 2)]
    assert turns == [*persons, None] * 2


@given(before=LISTS, after=LISTS)
def test_R26_the_next_round_is_that_of_the_shift_on_duty_by_then(before: list[UUID], after: list[UUID]) -> None:
    wait = wait_for(before)
    turns = iter(lambda: wait.next_turn(after), object())
    assert list(islice(turns, len(before) + 1 + len(after))) == [*before, None, *after]


def test_R26_every_call_has_an_id_of_its_own_and_the_same_on_every_replica() -> None:
    one, other = wait_for([]), wait_for([])
    other.report_id = one.report_id
    ids = [one.called(NOON) for _ in range(3)]
    assert ids == [other.called(NOON) for _ in range(3)]
    assert len(set(ids)) == 3
