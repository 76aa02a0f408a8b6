"""Held events: tried again, parked, released or discarded by an operator with evidence of it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, insert, text, update
from sqlalchemy.exc import OperationalError

from deploy.processes import wait_until
from kernel import parking
from kernel.database import Work, make_engine
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.ids import new_id
from kernel.inbox import DEATHS_BEFORE_PARKING, Incoming
from kernel.principal import Principal
from kernel.retries import Retries, retry_held
from kernel.service import Event, consumes
from kernel.tables import held
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


class FailsOnce(toy.ToyService):
    """A toy that fails the first time it counts and would succeed at once the second time."""

    tried = False

    @consumes(toy.ThingCounted)
    def count_thing(self, work: Work, event: Event[toy.ThingCounted]) -> None:
        if not self.tried:
            self.tried = True
            raise RuntimeError("the first try")
        super().count_thing(work, event)


def test_a_failing_event_is_not_tried_again_in_the_same_breath(new_database: Callable[[str], str]) -> None:
    harness = ServiceHarness(FailsOnce, new_database("toy"), metadata=toy.metadata, retry_pauses="1,5")

    harness.deliver(toy.ThingCounted(what="x"), new_id())
    at_first = _effects(harness), _states(harness)
    harness.retry()

    assert at_first == ([], [("failing", 1)])
    assert (_effects(harness), _states(harness)) == (["x"], [])
    harness.close()


def test_after_the_last_pause_a_failing_event_is_parked(harness: ServiceHarness) -> None:
    harness.deliver(toy.ThingCounted(what="fails"), new_id())
    for _ in harness.inbox.holding.pauses:
        harness.retry()

    found = _parked(harness)
    assert (found.type, found.reason) == ("thing.counted", "RuntimeError")
    assert "the handler failed" in found.error


class LosesItsConnection(toy.ToyService):
    """A toy whose connection is ended, as an administrator would, in the middle of every count."""

    @consumes(toy.ThingCounted)
    def count_thing(self, work: Work, event: Event[toy.ThingCounted]) -> None:
        work.session.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


def test_an_event_is_not_parked_because_the_database_went_away_in_the_middle_of_it(
    new_database: Callable[[str], str],
) -> None:
    harness = ServiceHarness(LosesItsConnection, new_database("toy"), metadata=toy.metadata, retry_pauses="1,5")
    harness.deliver(toy.ThingCounted(what="x"), new_id())

    for _ in range(6):
        harness.retry()

    assert _states(harness) == [("failing", 0)]
    harness.close()


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
    _die_trying(harness)

    harness.retry()

    assert "died 2 times" in _parked(harness).reason


def _die_trying(harness: ServiceHarness) -> None:
    for _ in range(DEATHS_BEFORE_PARKING):  # in hand, and then the process was gone
        _make_due(harness)
        assert next(harness.inbox.holding.claim(10))
    _make_due(harness)


def _make_due(harness: ServiceHarness) -> None:
    """All pauses are over; those held longest are due longest."""
    with harness.database.work(OPERATOR) as work:
        work.session.execute(update(held).where(held.c.state != "parked").values(next_try_at=held.c.held_at))


def test_only_the_event_in_hand_counts_a_death_and_the_others_are_tried(harness: ServiceHarness) -> None:
    subject = new_id()
    harness.deliver(toy.ThingCounted(what="fails, guilty"), new_id())
    harness.deliver(toy.ThingRenamed(name="v2"), subject, 2)
    harness.deliver(toy.ThingCounted(what="fails, innocent"), new_id())
    _die_trying(harness)
    with _operating(harness) as work:
        work.session.execute(toy.things.insert().values(id=subject, name="v1", version=1))

    harness.retry()

    assert "died 2 times" in _parked(harness).reason
    assert sorted(_states(harness)) == [("failing", 2), ("parked", 2)]
    assert harness.call("get_thing", toy.GetThing(thing_id=subject), toy.CLERK).name == "v2"


class CutOff(toy.ToyService):
    """A toy whose database goes away while it counts."""

    @consumes(toy.ThingCounted)
    def count_thing(self, work: Work, event: Event[toy.ThingCounted]) -> None:
        self.database.engine = make_engine("postgresql://nobody:x@127.0.0.1:1/none", pool_size=1)
        raise RuntimeError("cut off")


def test_a_database_that_goes_away_during_tries_is_no_death(new_database: Callable[[str], str]) -> None:
    harness = ServiceHarness(CutOff, new_database("toy"), metadata=toy.metadata, retry_pauses="1,1,1,1,1")
    engine = harness.database.engine
    with harness.database.work(OPERATOR) as work:
        work.session.execute(insert(held).values(_held(event_body(toy.ThingCounted(what="x"), new_id(), 1))))

    for _ in range(DEATHS_BEFORE_PARKING + 1):
        with pytest.raises(OperationalError):
            harness.retry()
        harness.database.engine.dispose()
        harness.database.engine = engine
    harness.inbox.holding.note_ends()

    (row,) = harness.held()
    assert (row.state, row.attempts, row.deaths) == ("failing", 3, 0)
    harness.close()


def _held(body: bytes) -> dict[str, Any]:
    """A row of table `held` whose event is due."""
    return {
        "id": new_id(), "key": str(new_id()), "state": "failing", "body": body, "reason": "", "next_try_at": func.now()
    }


def test_waiting_uses_up_no_attempts(harness: ServiceHarness) -> None:
    harness.deliver(toy.ThingRenamed(name="v2"), subject := new_id(), 2)
    for _ in range(20):
        harness.retry()
    assert _states(harness) == [("waiting", 0)]
    with _operating(harness) as work:
        work.session.execute(text("ALTER TABLE things ADD CONSTRAINT broken CHECK (name <> 'v2')"))
        work.session.execute(toy.things.insert().values(id=subject, name="v1", version=1))

    harness.retry()

    assert _states(harness) == [("failing", 1)]


@pytest.mark.parametrize(
    ("data", "version", "state", "pauses"),
    [
        (toy.ThingRenamed(name="v2"), 2, "waiting", [0.2, 0.5, 1.0, 2.0, 5.0, 5.0]),
        (toy.ThingCounted(what="slow"), 1, "failing", [1.0, 5.0, 5.0]),
    ],
)
def test_pauses_grow_while_an_event_waits_or_is_slowed_down(
    harness: ServiceHarness, data: Any, version: int, state: str, pauses: list[float]
) -> None:
    harness.deliver(data, new_id(), version)

    found = []
    for _ in pauses:
        found.append(_pause(harness))
        harness.retry()

    assert found == pytest.approx(pauses, abs=0.15)
    assert _states(harness) == [(state, 0)]


def _pause(harness: ServiceHarness) -> float:
    with harness.database.reading() as session:
        seconds = session.scalar(text("SELECT extract(epoch FROM next_try_at - clock_timestamp()) FROM held"))
    return float(seconds)


def test_what_waits_is_woken_by_its_own_subject_and_by_no_other_traffic(harness: ServiceHarness) -> None:
    early = [new_id(), new_id()]
    for subject in early:
        harness.inbox.receive([Incoming(event_body(toy.ThingRenamed(name="v2"), subject, 2))])
    with _operating(harness) as work:
        work.session.execute(update(held).values(next_try_at=func.now() + timedelta(hours=1)))
        work.session.execute(toy.things.insert(), [{"id": one, "name": "v1", "version": 1} for one in early])
    retries, stopping = Retries(harness.inbox), threading.Event()
    thread = threading.Thread(target=retries.run, args=(stopping,))
    thread.start()

    harness.inbox.receive([Incoming(event_body(toy.ThingCounted(what="seen"), early[0], 1))])
    harness.inbox.receive([Incoming(event_body(toy.ThingCounted(what="other"), new_id(), 1))])
    wait_until(lambda: len(harness.held()) == 1, 10)
    stopping.set()
    thread.join()

    (row,) = harness.held()
    assert (row.subject, row.tries) == (str(early[1]), 0)


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
