"""relay: outbox rows published on RabbitMQ and marked, events a second."""

from __future__ import annotations

from typing import Any

import amqp
import psycopg

from benchmarks.comparison import Aim, Result, interleave, throughput
from benchmarks.events import fill_outbox
from benchmarks.ground import SERVICE, Ground, analyse
from benchmarks.peers import Peer, timed
from kernel.bus.publisher import open_publisher
from kernel.bus.topology import EVENTS_EXCHANGE, queue_name
from kernel.connections import connect_broker, connect_database
from kernel.relay import Round

EVENTS = 3_000
ROUNDS = 7
BATCH = 500


class Product:
    """The kernel's relay: batch after batch until nothing is unsent."""

    def __init__(self, database_url: str, broker_url: str) -> None:
        self.round = Round(connect_database(database_url, "bench"), open_publisher(broker_url))

    def relay(self, amount: int) -> dict[str, float]:
        return timed(lambda: self._relay(amount))

    def _relay(self, amount: int) -> None:
        while amount > 0:
            amount -= self.round.relay()


class ByHand:
    """What one would write for this one purpose: select, publish with pipelined confirms, mark."""

    def __init__(self, database_url: str, broker_url: str) -> None:
        self.database = psycopg.connect(database_url, autocommit=True)
        self.broker = connect(broker_url)
        self.channel = self.broker.channel()
        self.channel.confirm_select()
        self.channel.events["basic_ack"].add(self._on_ack)
        self.last_tag = 0
        self.unconfirmed: set[int] = set()

    def _on_ack(self, tag: int, multiple: bool) -> None:
        self.unconfirmed -= {one for one in self.unconfirmed if one <= tag} if multiple else {tag}

    def relay(self, amount: int) -> dict[str, float]:
        return timed(lambda: self._relay(amount))

    def _relay(self, amount: int) -> None:
        while amount > 0:
            amount -= self.batch()

    def batch(self) -> int:
        rows = self.database.execute(
            "SELECT type, id::text, envelope::text FROM outbox WHERE NOT sent ORDER BY id LIMIT %s", (BATCH,),
            prepare=True,
        ).fetchall()
        if rows:
            self.publish(rows)
            ids = [event_id for _, event_id, _ in rows]
            self.database.execute("UPDATE outbox SET sent = true WHERE id = ANY(%s::uuid[])", (ids,), prepare=True)
        return len(rows)

    def publish(self, rows: list[Any]) -> None:
        for event_type, event_id, envelope in rows:
            message = amqp.Message(
                envelope, message_id=event_id, content_type="application/json", content_encoding="utf-8",
                delivery_mode=2,
            )
            self.last_tag += 1
            self.unconfirmed.add(self.last_tag)
            self.channel.basic_publish(message, EVENTS_EXCHANGE, event_type)
        while self.unconfirmed:
            self.broker.drain_events(timeout=10)


def connect(broker_url: str) -> Any:
    """An AMQP connection by hand, without the notices that would be looked for before each message."""
    address = broker_url.removeprefix("amqp://")
    login, _, place = address.partition("@")
    user, _, password = login.partition(":")
    host, _, virtual_host = place.partition("/")
    connection: Any = amqp.Connection(
        host, user, password, virtual_host=virtual_host,
        client_properties={"capabilities": {"connection.blocked": False}},
    )
    connection.connect()
    return connection


def empty_queue(broker_url: str) -> None:
    """Throw away what was published, so that the broker holds as much for one side as for the other."""
    with connect_broker(broker_url, "bench") as connection:
        connection.channel().queue_purge(queue_name(SERVICE))


def run(ground: Ground) -> list[Result]:
    """Fill an outbox, then empty it onto a quorum queue; both sides have a database and a virtual host each."""
    places = [(ground.database(), ground.rabbit_bus()) for _ in range(2)]
    peers = [
        Peer(f"benchmarks.relay:{side}", ground.log, database_url=database, broker_url=broker)
        for side, (database, broker) in zip(("Product", "ByHand"), places, strict=True)
    ]
    with peers[0], peers[1]:
        ours, theirs = interleave(
            lambda: _round(ground, peers[0], *places[0]),
            lambda: _round(ground, peers[1], *places[1]),
            ROUNDS,
        )
    return [throughput("relay", "events/s", Aim(0.85), EVENTS, (ours, theirs), "the relaying process")]


def _round(ground: Ground, peer: Peer, database_url: str, broker_url: str) -> Any:
    fill_outbox(database_url, EVENTS, ground.keys)
    analyse(database_url)
    measured = peer.ask("relay", amount=EVENTS)
    empty_queue(broker_url)
    return measured
