"""The network of the tests: whatever order and doubles it makes, a scenario ends in the same state."""

from __future__ import annotations

from collections.abc import Callable
from typing import ClassVar

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.model import EventData
from kernel.ids import new_id
from kernel.testing import Network, ServiceHarness, keyring_for
from tests.support import toy
from tests.support.toy_city import event_body


class Elsewhere(toy.ToyService):
    """Publishes what the toy service consumes."""

    name = "elsewhere"
    publishes: ClassVar[tuple[type[EventData], ...]] = toy.PUBLISHES["elsewhere"]


@settings(max_examples=8, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.permutations(range(1, 7)), doubled=st.lists(st.integers(1, 6), max_size=6))
def test_any_order_with_doubles_ends_in_the_newest_version(
    harness: ServiceHarness, order: list[int], doubled: list[int]
) -> None:
    subject = new_id()
    bodies = {n: event_body(toy.ThingRenamed(name=f"v{n}"), subject, n) for n in range(1, 7)}

    for number in [*order, *doubled]:
        harness.deliver_body(bodies[number])

    assert harness.held() == []
    assert harness.call("get_thing", toy.GetThing(thing_id=subject), toy.CLERK).name == "v6"


def test_the_network_carries_events_until_quiet(new_database: Callable[[str], str]) -> None:
    source = ServiceHarness(Elsewhere, new_database("elsewhere"), metadata=toy.metadata)
    target = ServiceHarness(toy.ToyService, new_database("toy"), metadata=toy.metadata)
    subject = new_id()
    with source.database.work(toy.CLERK, token=keyring_for("gateway").sign(toy.CLERK, source.clock.now())) as work:
        for version in range(1, 9):
            work.emit(toy.ThingRenamed(name=f"v{version}"), subject=subject, version=version)

    Network([source, target], seed=7, doubles=0.5).settle()

    assert target.held() == []
    assert target.call("get_thing", toy.GetThing(thing_id=subject), toy.CLERK).name == "v8"
    source.close()
    target.close()
