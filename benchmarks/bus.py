"""bus: 20,000 events from an outbox over the embedded bus to their effects, events a second."""

from __future__ import annotations

import time
from time import monotonic
from typing import Any

import psycopg

from benchmarks.comparison import Aim, Result, interleave, throughput
from benchmarks.consume import BATCH, take_effect
from benchmarks.events import fill_outbox
from benchmarks.ground import SERVICE, Ground, analyse
from benchmarks.peers import Peer, timed
from benchmarks.relay import BATCH as RELAYED_AT_ONCE
from benchmarks.relay import ByHand as RelayByHand
from kernel.bus.schema import postgres_url
from kernel.bus.session import CONNECTION_OPTIONS
from kernel.bus.topology import EVENTS_EXCHANGE, queue_name

BACKLOG = 20_000
PUT = """
    INSERT INTO bus.message (queue, priority, exchange, routing_key, properties, body)
    SELECT %(queue)s, 0, %(exchange)s, event.*
      FROM unnest(%(keys)s::text[], %(properties)s::text[], %(bodies)b::bytea[]) AS event
"""
TAKE = """
    DELETE FROM bus.message WHERE id = ANY(ARRAY(
      SELECT id FROM bus.message WHERE queue = %s ORDER BY priority DESC, id LIMIT %s FOR UPDATE SKIP LOCKED
    )) RETURNING body
"""


class RelayOverTables(RelayByHand):
    """Select, one insert into the bus' table, mark."""

    def __init__(self, database_url: str, broker_url: str) -> None:
        self.database = psycopg.connect(database_url, autocommit=True)
        self.bus, self.queue = bus_by_hand(broker_url, autocommit=True)

    def publish(self, rows: list[Any]) -> None:
        values = {
            "queue": self.queue,
            "exchange": EVENTS_EXCHANGE,
            "keys": [event_type for event_type, _, _ in rows],
            "properties": ['{"delivery_mode": 2}'] * len(rows),
            "bodies": [envelope.encode() for _, _, envelope in rows],
        }
        self.bus.execute(PUT, values, prepare=True)


class ConsumerOverTables:
    """Take a batch, commit its effects, then commit the taking, which is not flushed, as the product's is not."""

    def __init__(self, database_url: str, broker_url: str) -> None:
        self.database = psycopg.connect(database_url)
        self.bus, self.queue = bus_by_hand(broker_url, autocommit=False)
        self.bus.execute("SET synchronous_commit = off")
        self.bus.commit()

    def consume(self, amount: int) -> dict[str, float]:
        return timed(lambda: self._consume(amount))

    def _consume(self, amount: int) -> None:
        while amount > 0:
            bodies = [row[0] for row in self.bus.execute(TAKE, (self.queue, BATCH), prepare=True)]
            if bodies:
                amount -= len(take_effect(self.database, bodies))
            self.bus.commit()
            if not bodies:
                time.sleep(0.005)


def bus_by_hand(broker_url: str, *, autocommit: bool) -> tuple[psycopg.Connection[Any], int]:
    """A connection to the bus' database with the planner's settings of the product's, and the number of the queue."""
    connection = psycopg.connect(postgres_url(broker_url), autocommit=autocommit, **CONNECTION_OPTIONS)
    row = connection.execute("SELECT id FROM bus.queue WHERE name = %s", (queue_name(SERVICE),)).fetchone()
    assert row is not None
    connection.rollback()
    return connection, int(row[0])


class Side:
    """A relay and a consumer, each in a process of its own as in a city, with databases of their own."""

    def __init__(self, ground: Ground, relay: str, consumer: str, **more: str) -> None:
        self.ground = ground
        self.outbox, self.effects, self.bus = ground.database(), ground.database(), ground.embedded_bus()
        self.relay = Peer(relay, ground.log, database_url=self.outbox, broker_url=self.bus)
        self.consumer = Peer(consumer, ground.log, database_url=self.effects, broker_url=self.bus, **more)

    def round(self) -> dict[str, float]:
        """Seconds until the last effect is committed, and the CPU seconds of both processes."""
        fill_outbox(self.outbox, BACKLOG, self.ground.keys)
        for url in (self.outbox, self.effects, postgres_url(self.bus)):
            analyse(url)
        began = monotonic()
        self.consumer.begin("consume", amount=BACKLOG)
        self.relay.begin("relay", amount=BACKLOG)
        relayed, consumed = self.relay.result(), self.consumer.result()
        return {"seconds": monotonic() - began, "cpu": relayed["cpu"] + consumed["cpu"]}


def run(ground: Ground) -> list[Result]:
    """Both sides on one PostgreSQL; the bus has a database of its own on each."""
    ours_side = Side(ground, "benchmarks.relay:Product", "benchmarks.consume:Product", keys=str(ground.keys))
    their_side = Side(ground, "benchmarks.bus:RelayOverTables", "benchmarks.bus:ConsumerOverTables")
    with ours_side.relay, ours_side.consumer, their_side.relay, their_side.consumer:
        ours, theirs = interleave(ours_side.round, their_side.round)
    return [
        throughput(
            "bus", "events/s", Aim(0.7), BACKLOG, (ours, theirs), "relay and consumer",
            f"{RELAYED_AT_ONCE} relayed and {BATCH} consumed at once on both sides",
        )
    ]
