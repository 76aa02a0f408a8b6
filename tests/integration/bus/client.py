"""A client of the bus with a memory, for tests: declares, publishes, consumes, and says what came."""

from __future__ import annotations

from time import monotonic
from typing import Any, Self

from amqp.exceptions import ChannelError
from kombu import Connection, Consumer, Exchange, Queue
from kombu.message import Message

import kernel.bus  # noqa: F401  # makes pgbus:// known to kombu
from kernel.bus.topology import queue_arguments

EXCHANGE = Exchange("test.events", "topic", durable=True)
PATIENCE = 30.0


class Client:
    """One connection with one channel; closed at the end of a `with` block."""

    def __init__(self, url: str) -> None:
        self.url = url
        # Each publish waits for its confirm, so that what a test published is there.
        self.connection = Connection(url, heartbeat=10, transport_options={"confirm_publish": True})
        self.connection.connect()
        self.channel = self.connection.channel()
        self.messages: list[Message] = []
        self._declared: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.release()

    def declare(self, name: str, *routing_keys: str, arguments: dict[str, Any] | None = None) -> Queue:
        """A durable quorum queue bound to the test's exchange; `arguments` replace those of a quorum queue."""
        arguments = queue_arguments(self.connection) if arguments is None else arguments
        self._declared.append(name)
        queue = Queue(name, durable=True, queue_arguments=arguments)
        queue(self.channel).declare()
        EXCHANGE(self.channel).declare()
        for routing_key in routing_keys or (name,):
            queue(self.channel).bind_to(EXCHANGE, routing_key)
        return queue

    def publish(self, body: Any, routing_key: str, **properties: Any) -> None:
        with self.connection.Producer(self.channel, auto_declare=False) as producer:
            properties = {"exchange": EXCHANGE.name, "delivery_mode": 2, **properties}
            producer.publish(body, routing_key=routing_key, **properties)

    def consume(self, name: str, prefetch: int = 100, no_ack: bool = False) -> Consumer:
        """Consume from a queue into `messages`."""
        self.channel.basic_qos(0, prefetch, False)
        queue = Queue(name, no_declare=True)
        consumer = Consumer(self.channel, [queue], on_message=self.messages.append, auto_declare=False, no_ack=no_ack)
        consumer.consume()
        return consumer

    def collect(self, count: int, patience: float = PATIENCE) -> list[Message]:
        """Wait until `count` messages are there; those that came, should it take longer than `patience`."""
        deadline = monotonic() + patience
        while len(self.messages) < count and monotonic() < deadline:
            self.drain(0.2)
        return self.messages

    def drain(self, seconds: float) -> bool:
        """Wait for one message; whether one came."""
        try:
            self.connection.drain_events(timeout=seconds)
        except TimeoutError:
            self.connection.heartbeat_check()
            return False
        return True

    def remove_queues(self) -> None:
        """Delete what this client declared; on a connection of its own, as a test may have lost the first."""
        with Client(self.url) as client:
            for name in self._declared:
                client.channel.queue_delete(name)

    def bodies(self) -> list[Any]:
        return [message.payload for message in self.messages]

    def ready(self, name: str) -> int:
        """Messages of a queue that nobody holds."""
        return int(self.connection.channel().queue_declare(name, passive=True).message_count)

    def leads_nowhere(self, routing_key: str, exchange: str = EXCHANGE.name) -> bool:
        """Whether no queue takes what is published so."""
        try:
            self.publish("probe", routing_key, exchange=exchange, mandatory=True)
        except ChannelError as error:
            return "NO_ROUTE" in str(error)
        return False

    def nothing_more_comes(self, seconds: float = 0.7) -> bool:
        """Whether nothing is delivered for a while; for claims that something does *not* happen."""
        return not self.drain(seconds)
