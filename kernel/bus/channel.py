"""A channel of the embedded bus: the methods of AMQP that kombu and nameko call, over `Session`."""

from __future__ import annotations

import threading
from collections import defaultdict
from collections.abc import Callable, Iterable
from itertools import count
from typing import TYPE_CHECKING, Any

from amqp.exceptions import AMQPNotImplementedError, ChannelError, PreconditionFailed
from amqp.protocol import queue_declare_ok_t
from kombu.transport import base

from kernel.bus import entities, statements
from kernel.bus.deliveries import Consumer, Held, Message, Taken, take
from kernel.bus.puts import Outgoing, put
from kernel.bus.session import BusConnectionLost, Session

if TYPE_CHECKING:
    from kernel.bus.postgres import Connection

NO_ROUTE = 312


class Channel(base.StdChannel):
    """One channel. Acknowledging and publishing may be called from any thread, the rest from one at a time."""

    no_ack_consumers = None

    def __init__(self, connection: Connection) -> None:
        self.connection: Connection | None = connection
        self.consumers: dict[str, Consumer] = {}
        self.events: defaultdict[str, set[Callable[..., None]]] = defaultdict(set)
        self.is_open = True
        self.channel_id = len(connection.channels) + 1
        self._prefetch = 0
        self._tags = count(1)
        self._held: dict[int, Held] = {}
        self._lock = threading.Lock()
        self._next_consumer = 0

    @property
    def session(self) -> Session:
        if self.connection is None:
            raise BusConnectionLost("PostgreSQL bus: the channel is closed")
        return self.connection.session

    # -- exchanges, queues, bindings

    def exchange_declare(
        self,
        exchange: str,
        type: str = "direct",  # noqa: A002  # kombu calls it by this name
        passive: bool = False,
        durable: bool = False,
        auto_delete: bool = False,
        **_: Any,
    ) -> None:
        if passive:
            entities.find_exchange(self.session, exchange)
        else:
            entities.declare_exchange(self.session, exchange, type, durable, auto_delete)

    def exchange_delete(self, exchange: str, **_: Any) -> None:
        self.session.run("DELETE FROM bus.exchange WHERE name = %s", (exchange,))

    def exchange_bind(self, *_: Any, **__: Any) -> None:
        raise AMQPNotImplementedError("the PostgreSQL bus binds no exchange to another")

    exchange_unbind = exchange_bind

    def queue_declare(
        self,
        queue: str = "",
        passive: bool = False,
        durable: bool = False,
        exclusive: bool = False,
        auto_delete: bool = True,
        arguments: dict[str, Any] | None = None,
        **_: Any,
    ) -> queue_declare_ok_t:
        if passive:
            return entities.inspect_queue(self.session, queue)
        declaration = entities.QueueDeclaration(durable, exclusive, auto_delete, arguments or {})
        return entities.declare_queue(self.session, queue, declaration)

    def queue_bind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        entities.bind(self.session, queue, exchange, routing_key)

    def queue_unbind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        entities.unbind(self.session, queue, exchange, routing_key)

    def queue_delete(self, queue: str, if_unused: bool = False, if_empty: bool = False, **_: Any) -> int:
        return entities.delete_queue(self.session, queue, if_unused, if_empty)

    def queue_purge(self, queue: str, **_: Any) -> int:
        return self.session.run(statements.PURGE, (entities.find_queue(self.session, queue),))

    def prepare_queue_arguments(self, arguments: dict[str, Any] | None, **options: Any) -> dict[str, Any]:
        return dict(base.to_rabbitmq_queue_arguments(arguments or {}, **options))

    # -- publishing

    def prepare_message(
        self,
        body: Any,
        priority: int | None = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        headers: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
    ) -> Outgoing:
        return Outgoing.prepare(body, priority, content_type, content_encoding, headers, properties)

    def basic_publish(
        self, message: Outgoing, exchange: str = "", routing_key: str = "", mandatory: bool = False, **_: Any
    ) -> None:
        """Put one message; when this returns it is on disk in every queue bound for it.

        With `mandatory` a message no queue is bound for is returned: to the `basic_return` handlers, else by raising.
        """
        routes = put(self.session, exchange, [(routing_key, message)])
        if not routes and exchange:
            entities.find_exchange(self.session, exchange)
        if not routes and mandatory:
            self._return(message, exchange, routing_key)

    def _return(self, message: Outgoing, exchange: str, routing_key: str) -> None:
        error = ChannelError("NO_ROUTE", (60, 50), "Basic.return", NO_ROUTE)
        handlers = self.events["basic_return"]
        if not handlers:
            raise error
        for handler in list(handlers):
            handler(error, exchange, routing_key, message)

    # -- consuming

    def basic_qos(self, prefetch_size: int = 0, prefetch_count: int = 0, a_global: bool = False, **_: Any) -> None:
        """Limit what each consumer started from now on holds unacknowledged; as quorum queues, never per channel."""
        if a_global or prefetch_size:
            raise AMQPNotImplementedError("prefetch counts messages of one consumer, as with quorum queues")
        self._prefetch = prefetch_count

    def basic_consume(
        self, queue: str, no_ack: bool = False, callback: Any = None, consumer_tag: str = "", **_: Any
    ) -> str:
        if self.connection is None:
            raise BusConnectionLost("PostgreSQL bus: the channel is closed")
        number = self.connection.next_consumer_number()
        tag = consumer_tag or f"ctag{self.channel_id}.{number}"
        if tag in self.consumers:
            raise PreconditionFailed(f"consumer tag '{tag}' is in use")
        queue_id = entities.find_queue(self.session, queue)
        # Listen before the first look, so that nothing put between the two is overlooked.
        self.connection.listen(queue_id)
        self.session.run(statements.START_CONSUMER, (self.session.number, number, queue_id))
        self.consumers[tag] = Consumer(number, tag, queue_id, bool(no_ack), self._prefetch, callback)
        return tag

    def basic_cancel(self, consumer_tag: str, **_: Any) -> None:
        """No further deliveries; what was delivered stays to be acknowledged."""
        consumer = self.consumers.pop(consumer_tag, None)
        if consumer is None:
            return
        self._give_back([(taken.id, consumer.queue_id) for taken in consumer.waiting], undelivered=1)
        number = self.session.number
        rows = self.session.rows(statements.END_CONSUMER, (number, consumer.number, number, consumer.number))
        if rows and rows[0][1]:
            self.session.run(statements.DELETE_QUEUES, ([rows[0][0]],))

    def deliver_one(self) -> bool:
        """Hand one message to a consumer, each in turn; answers whether there was any."""
        consumers = list(self.consumers.values())
        for step in range(len(consumers)):
            consumer = consumers[(self._next_consumer + step) % len(consumers)]
            consumer.refill(self.session)
            if consumer.waiting:
                self._next_consumer += step + 1
                self._deliver(consumer, consumer.waiting.popleft())
                return True
        return False

    def _deliver(self, consumer: Consumer, taken: Taken) -> None:
        message = self._receive(taken, consumer.queue_id, consumer, consumer.no_ack)
        consumer.callback(message)

    def _receive(self, taken: Taken, queue_id: int, consumer: Consumer | None, no_ack: bool) -> Message:
        with self._lock:
            tag = next(self._tags)
            if not no_ack:
                self._held[tag] = Held(taken.id, queue_id, consumer)
                if consumer:
                    consumer.unacknowledged += 1
        return Message(taken, tag, consumer.tag if consumer else "", self)

    def wake_consumers(self, queue_ids: set[int]) -> None:
        for consumer in self.consumers.values():
            if consumer.queue_id in queue_ids:
                consumer.perhaps_more = True

    def basic_get(self, queue: str, no_ack: bool = False, **_: Any) -> Message | None:
        """The next message of a queue, or None."""
        queue_id = entities.find_queue(self.session, queue)
        taken = take(self.session, queue_id, 1, no_ack)
        return self._receive(taken[0], queue_id, None, no_ack) if taken else None

    def message_to_python(self, message: Message) -> Message:
        return message

    # -- acknowledging

    def basic_ack(self, delivery_tag: int, multiple: bool = False, **_: Any) -> None:
        """Done with one delivery, or with `multiple` with all up to it (tag 0: all)."""
        self._drop(self._settle(delivery_tag, multiple))

    def basic_reject(self, delivery_tag: int, requeue: bool = False, **_: Any) -> None:
        self.basic_nack(delivery_tag, requeue=requeue)

    def basic_nack(self, delivery_tag: int, multiple: bool = False, requeue: bool = True, **_: Any) -> None:
        held = self._settle(delivery_tag, multiple)
        if requeue:
            self._give_back([(one.message_id, one.queue_id) for one in held], undelivered=0)
            self._wake()
        else:
            self._drop(held)

    def basic_recover(self, requeue: bool = True, **_: Any) -> None:
        """Give back everything unacknowledged on this channel."""
        self.basic_nack(0, multiple=True, requeue=requeue)

    def _settle(self, delivery_tag: int, multiple: bool) -> list[Held]:
        with self._lock:
            tags = [delivery_tag]
            if multiple:
                tags = [tag for tag in self._held if delivery_tag == 0 or tag <= delivery_tag]
            elif delivery_tag not in self._held:
                raise PreconditionFailed(f"unknown delivery tag {delivery_tag}")
            held = [self._held.pop(tag) for tag in tags]
            for one in held:
                if one.consumer:
                    one.consumer.unacknowledged -= 1
        return held

    def _drop(self, held: Iterable[Held]) -> None:
        ids = [one.message_id for one in held]
        if ids:
            self.session.run(statements.DROP, (ids, self.session.number))
            self._wake()

    def _give_back(self, messages: list[tuple[int, int]], undelivered: int) -> None:
        if not messages:
            return
        ids = [message_id for message_id, _ in messages]
        parameters = {"ids": ids, "holder": self.session.number, "undelivered": undelivered}
        self.session.run(statements.GIVE_BACK, parameters)
        self.session.rows(statements.WAKE, (sorted({queue_id for _, queue_id in messages}),))

    def _wake(self) -> None:
        # A consumer that was full has room again; its drain_events may be waiting in another thread.
        if self.connection is not None:
            self.connection.wake()

    # -- ending

    def flow(self, *_: Any, **__: Any) -> None:
        raise AMQPNotImplementedError("use prefetch to hold messages back")

    def close(self) -> None:
        """End the consumers and give back everything unacknowledged, in its old place."""
        if not self.is_open or self.connection is None:
            return
        self.is_open = False
        try:
            for tag in list(self.consumers):
                self.basic_cancel(tag)
            self.basic_recover(requeue=True)
        finally:
            self.detach()

    def detach(self) -> None:
        """Forget the connection; nothing can be acknowledged any more."""
        connection, self.connection = self.connection, None
        self.is_open = False
        self.consumers.clear()
        if connection is not None and self in connection.channels:
            connection.channels.remove(self)
