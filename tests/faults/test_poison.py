"""F9: what cannot be handled is parked with its reason, whatever it is, and the others flow.

Not JSON, no envelope, unknown type and a process that dies of it: tests/integration/kernel/test_exactly_once.py.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime

from kernel.ids import new_id
from tests.support import toy
from tests.support.toy_city import InThreads, ToyCity, event_body

MEGABYTE = 1_000_000


def test_F9_megabytes_of_rubbish_and_an_unknown_version_are_parked_while_others_flow(
    toy_city: ToyCity, consuming: InThreads
) -> None:
    principal = toy_city.gateway_keys.sign(toy.CLERK, datetime.now(UTC), lifetime=None)
    counted = json.loads(event_body(toy.ThingCounted(what="x"), new_id(), 1)) | {"principal": principal}
    much = (16 if toy_city.broker_url.startswith("amqp") else 20) * MEGABYTE  # RabbitMQ 4 takes 16 MiB at the most
    poison = {
        "not JSON": b"x" * much,
        "a field nobody knows": json.dumps(counted | {"data": {"more": "x" * much}}).encode(),
        "a type of another version": json.dumps(counted | {"type": "thing.counted.v2"}).encode(),
        "a field of another type": json.dumps(counted | {"id": str(new_id()), "data": {"what": 7}}).encode(),
    }
    toy_city.publish(toy.ThingCounted(what="before"))
    toy_city.publish_bodies(*(("thing.counted", body) for body in poison.values()))
    toy_city.publish(toy.ThingCounted(what="after"))

    toy_city.wait_until(lambda: toy_city.held() == {"parked": len(poison)} and len(toy_city.effects()) == 2)
    reasons = [row[0] for row in toy_city.query("SELECT reason FROM held ORDER BY id")]
    assert all(reasons)
    assert not any("xxxx" in reason for reason in reasons)


def test_F9_an_event_whose_handler_always_raises_is_parked_after_its_pauses_while_others_flow(
    toy_city: ToyCity, consuming: InThreads
) -> None:
    toy_city.publish(toy.ThingCounted(what="fails"), toy.ThingCounted(what="after"))
    toy_city.wait_until(lambda: toy_city.effects() == ["after"], "the others did not flow")
    toy_city.wait_until(lambda: toy_city.held() == {"parked": 1}, "it was not parked")
    assert toy_city.query("SELECT attempts FROM held") == [(3,)]
