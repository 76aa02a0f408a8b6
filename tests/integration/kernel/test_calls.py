"""Calls over both buses: what the caller knows when something between fails."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from uuid import UUID

import psycopg
import pytest

from deploy.rabbitmq import OwnRabbitMQ
from kernel.bus.topology import CALLS_EXCHANGE
from kernel.connections import connect_broker, publish
from kernel.errors import Conflict
from kernel.ids import new_id
from kernel.rpc import Caller, OutcomeUnknown, Unavailable
from kernel.rpc.messages import RpcRequest
from kernel.rpc.responder import OutgoingReply, Responder
from tests.support import toy
from tests.support.toy_city import ToyCity


def _when_listening(toy_city: ToyCity, caller: Caller) -> None:
    def listens() -> bool:
        try:
            return bool(toy_city.call(caller, "count_things", toy.CountThings(), timeout=10.0))
        except Unavailable:
            return False

    toy_city.wait_until(listens)


def test_a_call_is_answered_and_a_refusal_raised_as_the_service_raised_it(
    toy_city: ToyCity, caller: Caller, responder: Responder
) -> None:
    _when_listening(toy_city, caller)

    thing = toy_city.call(caller, "record_thing", toy.RecordThing(name="砚"))

    assert toy_city.call(caller, "get_thing", toy.GetThing(thing_id=thing.thing_id)) == thing
    with pytest.raises(Conflict, match="Not this one"):
        toy_city.call(caller, "record_thing", toy.RecordThing(name="refused"))


def test_many_threads_each_get_their_own_replies(toy_city: ToyCity, caller: Caller, responder: Responder) -> None:
    _when_listening(toy_city, caller)

    def record(number: int) -> bool:
        own = Caller(toy_city.broker_url)
        names = {toy_city.call(own, "record_thing", toy.RecordThing(name=f"n{number}")).name for _ in range(3)}
        own.close()
        return names == {f"n{number}"}

    with ThreadPoolExecutor(8) as threads:
        good = list(threads.map(record, range(8)))

    assert good == [True] * 8


def test_without_a_listener_nothing_is_published_and_the_caller_says_unavailable(
    toy_city: ToyCity, caller: Caller
) -> None:
    with pytest.raises(Unavailable):
        toy_city.call(caller, "record_thing", toy.RecordThing(name="x"))


def test_with_the_bus_away_the_caller_says_unavailable_at_once(toy_city: ToyCity) -> None:
    scheme = toy_city.broker_url.partition("://")[0]
    caller = Caller(f"{scheme}://nobody:x@127.0.0.1:1/none")
    began = time.monotonic()

    with pytest.raises(Unavailable):
        toy_city.call(caller, "record_thing", toy.RecordThing(name="x"))

    assert time.monotonic() - began < 10


def test_a_lost_reply_is_told_as_unknown_and_the_repeat_gives_it_without_a_second_effect(
    toy_city: ToyCity, caller: Caller, responder: Responder
) -> None:
    _when_listening(toy_city, caller)
    command_id, replies = new_id(), responder.replies
    lost: list[OutgoingReply] = []
    responder.replies = _Swallowing(lost)  # type: ignore[assignment]
    with pytest.raises(OutcomeUnknown) as unknown:
        toy_city.call(caller, "record_thing", toy.RecordThing(name="一次"), command_id=command_id, timeout=2.0)
    responder.replies = replies

    again = toy_city.call(caller, "record_thing", toy.RecordThing(name="一次"), command_id=command_id)

    assert unknown.value.command_id == command_id
    assert (len(lost), again.name) == (1, "一次")
    assert toy_city.query("SELECT count(*) FROM things") == [(1,)]


class _Swallowing:
    """Replies that never reach the caller."""

    def __init__(self, lost: list[OutgoingReply]) -> None:
        self.put: Callable[[OutgoingReply], None] = lost.append


def test_a_reply_that_cannot_be_published_ends_nothing(
    toy_city: ToyCity, caller: Caller, responder: Responder
) -> None:
    command_id = new_id()
    scheme = toy_city.broker_url.partition("://")[0]
    responder.replies.broker_url = f"{scheme}://nobody:x@127.0.0.1:1/none"
    toy_city.wait_until(lambda: _answer_is_lost(toy_city, caller, command_id))
    responder.replies.broker_url = toy_city.broker_url

    again = toy_city.call(caller, "record_thing", toy.RecordThing(name="一次"), command_id=command_id)

    assert again.name == "一次"
    assert toy_city.query("SELECT count(*) FROM things") == [(1,)]


def _answer_is_lost(toy_city: ToyCity, caller: Caller, command_id: UUID) -> bool:
    try:
        toy_city.call(caller, "record_thing", toy.RecordThing(name="一次"), command_id=command_id, timeout=2.0)
    except Unavailable:  # nobody listens yet
        return False
    except OutcomeUnknown:
        return True
    raise AssertionError("an answer came over a bus that is not there")


def test_a_call_taken_after_its_time_is_not_carried_out(
    toy_city: ToyCity, caller: Caller, responder: Responder
) -> None:
    _when_listening(toy_city, caller)
    with psycopg.connect(toy_city.database_url) as blocker:
        blocker.execute("LOCK TABLE commands")
        outcomes = [_outcome(toy_city, caller, f"held{number}") for number in range(5)]
    toy_city.wait_until(lambda: _outcome(toy_city, caller, "after") == "done")

    # The pool has four workers: the fifth call waited in the queue beyond its time.
    assert outcomes == ["unknown"] * 5
    assert ("held4",) not in toy_city.query("SELECT name FROM things")


def _outcome(toy_city: ToyCity, caller: Caller, name: str) -> str:
    try:
        toy_city.call(caller, "record_thing", toy.RecordThing(name=name), timeout=0.5)
    except OutcomeUnknown:
        return "unknown"
    return "done"


def test_garbage_in_the_queue_of_calls_ends_nothing(toy_city: ToyCity, caller: Caller, responder: Responder) -> None:
    _when_listening(toy_city, caller)
    with connect_broker(toy_city.broker_url, "test") as connection:
        for body in (b"", b"{", b"[]", b'{"args": []}', b'{"kwargs": {"request": {"method": 1}}}'):
            named = {"routing_key": "toy.record_thing", "reply_to": "gone"}
            publish(connection.channel(), body, exchange=CALLS_EXCHANGE, **named)

    assert toy_city.call(caller, "count_things", toy.CountThings()).count == 0


def test_access6_a_call_published_as_another_is_not_carried_out(
    toy_city: ToyCity, caller: Caller, responder: Responder
) -> None:
    _when_listening(toy_city, caller)
    answers: list[OutgoingReply] = []
    responder.replies = _Swallowing(answers)  # type: ignore[assignment]
    request = RpcRequest(
        method="record_thing",
        body={"name": "forged"},
        token=toy_city.token(),
        correlation_id=new_id(),
        command_id=new_id(),
    )
    body = json.dumps({"args": [], "kwargs": {"request": request.model_dump(mode="json")}}).encode()
    with connect_broker(toy_city.broker_url, "test") as connection:
        publish(
            connection.channel(), body, exchange=CALLS_EXCHANGE, routing_key="toy.count_things", reply_to="gone"
        )

    toy_city.wait_until(lambda: answers)
    assert b"malformed" in answers[0].body
    assert toy_city.query("SELECT name FROM things") == []


def test_responder_and_caller_survive_a_broker_restart(
    new_database: Callable[[str], str], rabbitmq: OwnRabbitMQ, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    city = ToyCity(new_database("toy"), rabbitmq.add_virtual_host("restarted"), tmp_path)
    request.addfinalizer(partial(rabbitmq.delete_virtual_host, "restarted"))
    request.addfinalizer(city.stop)
    city.prepare()
    caller = Caller(city.broker_url)
    request.addfinalizer(caller.close)
    process = city.start()
    city.call(caller, "record_thing", toy.RecordThing(name="before"))

    rabbitmq.stop()
    with pytest.raises((Unavailable, OutcomeUnknown)):
        city.call(caller, "record_thing", toy.RecordThing(name="away"))
    rabbitmq.start()
    city.publish(toy.ThingCounted(what="after"))
    _when_listening(city, caller)

    assert city.call(caller, "record_thing", toy.RecordThing(name="after")).name == "after"
    city.wait_until(lambda: city.effects() == ["after"])
    city.wait_until(lambda: city.query("SELECT count(*) FROM outbox WHERE NOT sent") == [(0,)])
    assert process.poll() is None
