"""The broker holds a login to its routing keys; an event that says it is of another type is not believed.

Calls: test_calls.py.
"""

from __future__ import annotations

from typing import Any

import amqp
import pytest

from kernel.bus.topology import EVENTS_EXCHANGE, queue_arguments
from kernel.connections import connect_broker, publish
from kernel.ids import new_id
from tests.support import toy
from tests.support.toy_city import InThreads, ToyCity, event_body

on_rabbitmq = pytest.mark.parametrize("broker_url", ["amqp"], indirect=True)


def forged(toy_city: ToyCity) -> bytes:
    """Right but for its way: even the principal is genuine."""
    return event_body(toy.ThingCounted(what="forged"), new_id(), 1, principal=toy_city.evidence)


def parked_and_others_flow(toy_city: ToyCity) -> None:
    toy_city.publish(toy.ThingCounted(what="after"))
    toy_city.wait_until(lambda: toy_city.held() == {"parked": 1} and toy_city.effects() == ["after"])
    assert "published as" in toy_city.query("SELECT reason FROM held")[0][0]


def test_access6_an_event_published_as_another_type_is_parked(toy_city: ToyCity, consuming: InThreads) -> None:
    toy_city.publish_bodies(("thing.renamed", forged(toy_city)))
    parked_and_others_flow(toy_city)


@on_rabbitmq
@pytest.mark.parametrize("header", ["CC", "BCC"])
def test_access6_an_event_led_to_another_type_by_a_header_is_parked(
    toy_city: ToyCity, consuming: InThreads, header: str
) -> None:
    with connect_broker(toy_city.broker_url, "test", confirms=True) as connection:
        # A type this service takes nothing of, as the other would come twice.
        led = {"routing_key": "thing.recorded", "headers": {header: ["thing.counted"]}}
        publish(connection.channel(), forged(toy_city), exchange=EVENTS_EXCHANGE, **led)
    parked_and_others_flow(toy_city)


@on_rabbitmq
def test_access6_an_event_that_another_queue_gave_away_is_parked(toy_city: ToyCity, consuming: InThreads) -> None:
    with connect_broker(toy_city.broker_url, "test", confirms=True) as connection:
        channel: Any = connection.channel()
        given_away = {"x-dead-letter-exchange": EVENTS_EXCHANGE, "x-dead-letter-routing-key": "thing.counted"}
        channel.queue_declare(
            "mine", durable=True, auto_delete=False, arguments=queue_arguments(connection) | given_away
        )
        channel.basic_publish_confirm(amqp.Message(forged(toy_city)), "", "mine")
        channel.basic_reject(_taken(channel, "mine").delivery_tag, requeue=False)
        parked_and_others_flow(toy_city)


def _taken(channel: Any, queue: str) -> Any:
    while (message := channel.basic_get(queue)) is None:
        pass
    return message
