"""Held events: tried again, parked, released or discarded by an operator with evidence of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from sqlalchemy import text

from kernel import parking
from kernel.database import Work
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.ids import new_id
from kernel.inbox import DEATHS_BEFORE_PARKING, Incoming
from kernel.principal import Principal
from kernel.retries import retry_held
from kernel.testing import ServiceHarness
from tests.support import toy
from tests.support.toy_city import event_body

OPERATOR = Principal(str(new_id()), "运维", None, frozenset({"operator"}))


@contextmanager
def _operating(harness: ServiceHarness) -> Iterator[Work]:
    with harness.database.work(OPERATOR) as work:
        yield work


def _states(harness: ServiceHarness) -> list[tuple[str, int]]:
    return [(row.state, row.attempts) for row in harness.held()]


def _parked(harness: ServiceHarness) -> parking.HeldEvent:
    with harness.database.reading() as session:
        (found,) = parking.list_held(session)
    return found


def test_a_failing_event_is_kept_and_the_rest_of_its_batch_takes_effect(harness: ServiceHarness) -> None:
    subject = new_id()
    bodies = [event_body(toy.ThingCounted(what=what), subject, 1) for what in ("a", "fails", "b")]

    harness.deliver_body(*bodies)

    assert _effects(harness) == ["a", "b"]
    assert _states(harness) == [("failing", 1)]


def test_a_failing_event_is_not_tried_before_its_pause_is_over(harness: ServiceHarness) -> None:
    harness.deliver(toy.ThingCounted(what="fails"), new_id())

    assert retry_held(harness.inbox) == 0
    assert _states(harness) == [("failing", 1)]


def test_after_the_last_pause_a_failing_event_is_parked(harness: ServiceHarness) -> None:
    harness.deliver(toy.ThingCounted(what="fails"), new_id())
    for _ in harness.inbox.holding.pauses:
        harness.retry()

    found = _parked(harness)
    assert (found.type, found.reason) == ("thing.counted", "RuntimeError")
    assert "the handler failed" in found.error


def test_a_waiting_event_is_never_parked_for_waiting(harness: ServiceHarness) -> None:
    subject = new_id()
    harness.deliver(toy.ThingRenamed(name="v2"), subject, 2)
    for _ in range(20):
        harness.retry()
    assert [state for state, _ in _states(harness)] == ["waiting"]

    harness.deliver(toy.ThingRenamed(name="v1"), subject, 1)

    assert harness.held() == []
    assert harness.call("get_thing", toy.GetThing(thing_id=subject), toy.CLERK).name == "v2"


def test_a_double_of_a_held_event_that_takes_effect_ends_the_holding(harness: ServiceHarness) -> None:
    body = event_body(toy.ThingRenamed(name="v2"), subject := new_id(), 2)
    harness.deliver_body(body)
    with _operating(harness) as work:
        work.session.execute(toy.things.insert().values(id=subject, name="v1", version=1))

    harness.inbox.receive([Incoming(body)])
    harness.retry()

    assert harness.held() == []


def test_a_try_that_killed_the_process_is_counted_and_the_event_parked(harness: ServiceHarness) -> None:
    harness.deliver(toy.ThingCounted(what="fails"), new_id())
    for _ in range(DEATHS_BEFORE_PARKING):  # claimed, and then the process was gone
        assert len(harness.inbox.holding.claim(10, due_only=False)) == 1

    harness.retry()

    assert "died 2 times" in _parked(harness).reason


def test_a_released_event_is_tried_again_at_once_and_leaves_evidence(harness: ServiceHarness) -> None:
    harness.deliver(toy.ThingCounted(what="bad"), new_id())
    held_id = _parked(harness).id

    with _operating(harness) as work:
        parking.release_held(work, held_id)

    assert _states(harness) == [("failing", 0)]
    assert _evidence(harness) == [("release_parked_event", OPERATOR.id)]


def test_a_discarded_event_is_gone_for_good_with_reason_and_second_person(harness: ServiceHarness) -> None:
    body = event_body(toy.ThingCounted(what="bad"), new_id(), 1)
    harness.deliver_body(body)
    with _operating(harness) as work:
        parking.discard_held(work, _parked(harness).id, reason="重复录入", second_person_id=new_id())

    harness.deliver_body(body)
    harness.retry()

    assert _states(harness) == [("discarded", 0)]
    assert _evidence(harness) == [("discard_parked_event", OPERATOR.id)]


def test_discarding_demands_a_reason_and_another_person(harness: ServiceHarness) -> None:
    harness.deliver(toy.ThingCounted(what="bad"), new_id())
    held_id = _parked(harness).id

    with pytest.raises(Invalid), _operating(harness) as work:
        parking.discard_held(work, held_id, reason=" ", second_person_id=new_id())
    with pytest.raises(Forbidden), _operating(harness) as work:
        parking.discard_held(work, held_id, reason="理由", second_person_id=OPERATOR.person_id)
    with pytest.raises(NotFound), _operating(harness) as work:
        parking.release_held(work, new_id())


def test_only_parked_events_can_be_released(harness: ServiceHarness) -> None:
    harness.deliver(toy.ThingCounted(what="fails"), new_id())

    with pytest.raises(Conflict), _operating(harness) as work:
        parking.release_held(work, harness.held()[0].id)


def test_two_unreadable_bodies_are_both_kept(harness: ServiceHarness) -> None:
    body = event_body(toy.ThingCounted(what="x"), new_id(), 1)

    harness.deliver_body(body.replace(b"thing.counted", b"thing.one"), body.replace(b"thing.counted", b"thing.two"))

    assert [row.type for row in harness.held()] == ["thing.one", "thing.two"]


def _effects(harness: ServiceHarness) -> list[str]:
    with harness.database.reading() as session:
        return sorted(session.scalars(toy.effects.select().with_only_columns(toy.effects.c.what)))


def _evidence(harness: ServiceHarness) -> list[tuple[str, str]]:
    with harness.database.reading() as session:
        rows = session.execute(text("SELECT act, principal_id FROM evidence_entries ORDER BY lane, number"))
        return [(row.act, row.principal_id) for row in rows]
