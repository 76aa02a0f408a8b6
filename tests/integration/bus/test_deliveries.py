"""What consumers may rely on: leases, acknowledgements, order of urgency, expiry."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading

import pytest
from amqp.exceptions import ConsumerCancelled

from deploy.processes import wait_until
from tests.integration.bus.client import PATIENCE, Client


def fill(client: Client, count: int, name: str = "desk") -> None:
    client.declare(name)
    for number in range(count):
        client.publish(number, name)


def test_messages_come_in_the_order_of_their_putting(client: Client) -> None:
    fill(client, 20)
    client.consume("desk")
    client.collect(20)
    assert client.bodies() == list(range(20))


def test_an_acknowledged_message_never_comes_again(client: Client, bus_url: str) -> None:
    fill(client, 1)
    client.consume("desk")
    client.collect(1)[0].ack()
    with Client(bus_url) as another:
        another.consume("desk")
        assert another.nothing_more_comes()


def test_what_a_living_consumer_holds_goes_to_nobody_else(client: Client, bus_url: str) -> None:
    fill(client, 1)
    client.consume("desk")
    client.collect(1)
    with Client(bus_url) as another:
        another.consume("desk")
        assert another.nothing_more_comes(1.5)


def test_a_closed_channel_gives_back_in_the_old_place(client: Client, bus_url: str) -> None:
    fill(client, 3)
    client.consume("desk")
    client.collect(3)[1].ack()
    client.channel.close()
    with Client(bus_url) as another:
        another.consume("desk")
        another.collect(2)
        assert another.bodies() == [0, 2]


def test_a_killed_consumer_gives_back_within_seconds(client: Client, bus_url: str) -> None:
    fill(client, 5)
    holder = subprocess.Popen(
        [sys.executable, "-m", "tests.integration.bus.holder", bus_url, "desk", "5"], stdout=subprocess.PIPE
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"holding 5\n"
        client.consume("desk")
        assert client.nothing_more_comes(0.3)
        holder.send_signal(signal.SIGKILL)
    client.collect(5, patience=5)
    assert sorted(client.bodies()) == [0, 1, 2, 3, 4]
    # By this count an event that kills its process is found.
    assert {message.headers["x-delivery-count"] for message in client.messages} == {1}


def test_a_second_delivery_says_so_and_counts(client: Client) -> None:
    fill(client, 1)
    client.consume("desk")
    first = client.collect(1)[0]
    assert (first.delivery_info["redelivered"], first.headers.get("x-delivery-count", 0)) == (False, 0)
    first.requeue()
    second = client.collect(2)[1]
    second.requeue()
    third = client.collect(3)[2]
    assert (third.delivery_info["redelivered"], third.headers["x-delivery-count"]) == (True, 2)


def test_no_number_of_deliveries_loses_a_message(client: Client) -> None:
    fill(client, 1)
    client.consume("desk")
    for number in range(30):
        client.collect(number + 1)[number].requeue()
    assert len(client.collect(31)) == 31


def test_a_rejected_message_is_gone(client: Client) -> None:
    fill(client, 2)
    client.consume("desk", prefetch=1)
    client.collect(1)[0].reject()
    client.collect(2)[1].requeue()
    client.collect(3)
    assert client.bodies() == [0, 1, 1]


def test_multiple_acknowledges_all_up_to_the_tag(client: Client) -> None:
    fill(client, 5)
    client.consume("desk")
    client.collect(5)[2].ack(multiple=True)
    client.channel.close()
    assert wait_until(lambda: client.ready("desk") == 2, PATIENCE)


def test_prefetch_bounds_what_a_consumer_holds(client: Client) -> None:
    fill(client, 5)
    client.consume("desk", prefetch=2)
    client.collect(2)
    assert client.nothing_more_comes()
    assert client.ready("desk") == 3
    client.messages[0].ack()
    client.collect(3)
    assert client.bodies() == [0, 1, 2]


def test_prefetch_is_counted_per_consumer(client: Client) -> None:
    fill(client, 3, "one")
    fill(client, 3, "two")
    client.consume("one", prefetch=1)
    client.consume("two", prefetch=2)
    client.collect(3)
    assert client.nothing_more_comes()
    assert (client.ready("one"), client.ready("two")) == (2, 1)


def test_two_consumers_share_a_queue(client: Client, bus_url: str) -> None:
    client.declare("desk")
    client.consume("desk", prefetch=1)
    with Client(bus_url) as another:
        another.consume("desk", prefetch=1)
        for number in range(10):
            client.publish(number, "desk")
        seen = _work_off([client, another], 10)
    assert sorted(body for bodies in seen for body in bodies) == list(range(10))
    assert all(len(bodies) >= 2 for bodies in seen)


def _work_off(clients: list[Client], count: int) -> list[list[int]]:
    seen: list[list[int]] = [[] for _ in clients]

    def finished() -> bool:
        for client, bodies in zip(clients, seen, strict=True):
            client.drain(0.05)
            for message in client.messages:
                bodies.append(message.payload)
                message.ack()
            client.messages.clear()
        return sum(map(len, seen)) == count

    assert wait_until(finished, PATIENCE)
    return seen


def test_urgent_messages_overtake(client: Client, bus_url: str) -> None:
    client.declare("desk", arguments={"x-max-priority": 9})
    for number, priority in enumerate((0, 5, 9, 5)):
        client.publish(number, "desk", priority=priority)
    client.consume("desk")
    client.collect(4)
    assert client.bodies() == [2, 1, 3, 0]


def test_an_expired_message_is_not_delivered(client: Client) -> None:
    client.declare("desk")
    client.publish("late", "desk", expiration=0.2)
    client.publish("in time", "desk", expiration=60)
    assert wait_until(lambda: client.ready("desk") == 1, PATIENCE)
    client.consume("desk")
    client.collect(1)
    assert client.bodies() == ["in time"]


def test_a_held_message_does_not_expire(client: Client) -> None:
    client.declare("desk")
    client.publish("held", "desk", expiration=0.3)
    client.consume("desk")
    message = client.collect(1)[0]
    assert client.nothing_more_comes(1.5)
    message.ack()
    assert client.ready("desk") == 0


def test_without_acknowledgement_a_message_is_gone_when_delivered(client: Client) -> None:
    fill(client, 3)
    client.consume("desk", no_ack=True)
    client.collect(3)
    client.channel.close()
    assert client.ready("desk") == 0


def test_a_cancelled_consumer_gets_nothing_more_but_may_acknowledge(client: Client, bus_url: str) -> None:
    fill(client, 1)
    consumer = client.consume("desk", prefetch=1)
    held = client.collect(1)[0]
    consumer.cancel()
    client.publish(1, "desk")
    assert client.nothing_more_comes()
    held.ack()
    client.channel.close()
    assert client.ready("desk") == 1


def test_one_message_can_be_fetched(client: Client) -> None:
    fill(client, 1)
    message = client.channel.basic_get("desk")
    assert message is not None
    client.channel.basic_ack(message.delivery_tag)
    assert client.channel.basic_get("desk") is None


def test_another_thread_may_acknowledge_while_one_waits(client: Client) -> None:
    fill(client, 40)
    client.consume("desk", prefetch=1)
    for number in range(40):
        message = client.collect(number + 1)[number]
        timer = threading.Timer(0.005, message.ack)
        timer.start()
        # With prefetch 1 the next comes only after that acknowledgement, made while this thread is waiting.
    assert client.bodies() == list(range(40))
    timer.join()


def test_a_consumer_learns_that_its_queue_was_deleted(client: Client, bus_url: str) -> None:
    fill(client, 0)
    client.consume("desk")
    with Client(bus_url) as another:
        another.channel.queue_delete("desk")
    with pytest.raises(ConsumerCancelled):
        client.collect(1)
