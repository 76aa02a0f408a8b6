"""consume: 20,000 events waiting on RabbitMQ take effect exactly once, events a second."""

from __future__ import annotations

import json
import threading
from collections import deque
from pathlib import Path
from typing import Any

import amqp
import psycopg

from benchmarks.comparison import Aim, Result, interleave, throughput
from benchmarks.events import envelopes
from benchmarks.ground import SERVICE, Ground, analyse
from benchmarks.peers import Peer, timed
from benchmarks.relay import connect
from contracts.events.gateway import ReportAccepted
from kernel.assembly import open_database
from kernel.bus.publisher import open_publisher
from kernel.bus.topology import queue_name
from kernel.consumer import BatchConsumer
from kernel.database import Work
from kernel.inbox import Inbox
from kernel.retries import Retries
from kernel.service import Event, Service, consumes
from kernel.settings import Settings

BACKLOG = 20_000
BATCH = 200
"""What the setting `prefetch` is by default."""
IDS = """
    INSERT INTO inbox (event_id, type) SELECT * FROM unnest(%s::uuid[], %s::text[])
    ON CONFLICT DO NOTHING RETURNING event_id
"""
EFFECT = """
    INSERT INTO effects (report_id, unit_id, title, received_at)
    SELECT * FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::timestamptz[])
"""


class Counting(Service):
    """A service with one effect: a row per report."""

    name = SERVICE
    consumes_types = (ReportAccepted.TYPE,)
    effects = 0

    @consumes(ReportAccepted, batch=True)
    def count_reports(self, work: Work, events: list[Event[ReportAccepted]]) -> None:
        data = [event.data for event in events]
        columns = (
            [one.report_id for one in data], [one.unit_id for one in data], [one.title for one in data],
            [one.received_at for one in data],
        )
        work.session.connection().exec_driver_sql(EFFECT, columns)
        work.after_commit(lambda: self.committed([str(one.report_id) for one in data]))

    def committed(self, reports: list[str]) -> None:
        """What is called after each commit; says when there is enough."""
        self.effects += len(reports)
        if self.effects >= self.wanted:
            self.stopping.set()

    def expect(self, amount: int) -> threading.Event:
        """Set once so many more effects are committed."""
        self.effects, self.wanted, self.stopping = 0, amount, threading.Event()
        return self.stopping


class Product:
    """The kernel's consumer with its inbox, as a service process has them."""

    service_class = Counting

    def __init__(self, database_url: str, broker_url: str, keys: str) -> None:
        folder = Path(keys)
        settings = Settings(database_url=database_url, broker_url=broker_url, keys_dir=folder, files_dir=folder)
        self.service = self.service_class(settings, open_database(SERVICE, settings))
        inbox = Inbox(self.service, {"gateway": [ReportAccepted]})
        Retries(inbox)
        self.consumer = BatchConsumer(broker_url, inbox)

    def consume(self, amount: int) -> dict[str, float]:
        return timed(lambda: self.consumer.run(self.service.expect(amount)))


class ByHand:
    """A batch by hand: take what has arrived, note the ids, make the effect of the new ones, commit, acknowledge."""

    def __init__(self, database_url: str, broker_url: str) -> None:
        self.database = psycopg.connect(database_url)
        self.broker_url = broker_url
        self.arrived: deque[Any] = deque()

    def consume(self, amount: int) -> dict[str, float]:
        return timed(lambda: self._consume(amount))

    def _consume(self, amount: int) -> None:
        connection: Any = connect(self.broker_url)
        channel = connection.channel()
        channel.basic_qos(0, BATCH, False)
        channel.basic_consume(queue_name(SERVICE), callback=self.arrived.append)
        while amount > 0:
            messages = self._batch(connection)
            if messages:
                reports = take_effect(self.database, [message.body for message in messages])
                self.committed(reports)
                amount -= len(reports)
                channel.basic_ack(messages[-1].delivery_tag, multiple=True)
        connection.close()

    def committed(self, reports: list[str]) -> None:
        """Nothing to do here; the row `hop` looks at the clock."""

    def _batch(self, connection: amqp.Connection) -> list[Any]:
        timeout = 0.5
        while len(self.arrived) < BATCH:
            try:
                connection.drain_events(timeout=timeout)
            except TimeoutError:
                break
            timeout = 0
        messages = list(self.arrived)
        self.arrived.clear()
        return messages


def take_effect(database: psycopg.Connection[Any], bodies: list[Any]) -> list[str]:
    """Ids and effects of a batch in one transaction. Returns the reports that were new."""
    events = {event["id"]: event for event in map(json.loads, bodies)}
    types = [event["type"] for event in events.values()]
    written = database.execute(IDS, (list(events), types), prepare=True)
    data = [events[str(row[0])]["data"] for row in written]
    columns = [[one[name] for one in data] for name in ("report_id", "unit_id", "title", "received_at")]
    database.execute(EFFECT, columns, prepare=True)
    database.commit()
    return [one["report_id"] for one in data]


def run(ground: Ground) -> list[Result]:
    """Each side has its own queue and database; both are given a backlog of the same size before each of its turns."""
    places = [(ground.database(), ground.rabbit_bus()) for _ in range(2)]
    (our_database, our_broker), (their_database, their_broker) = places
    peers = [
        Peer(
            "benchmarks.consume:Product", ground.log, database_url=our_database, broker_url=our_broker,
            keys=str(ground.keys),
        ),
        Peer("benchmarks.consume:ByHand", ground.log, database_url=their_database, broker_url=their_broker),
    ]
    with peers[0], peers[1]:
        ours, theirs = interleave(
            lambda: _round(ground, peers[0], *places[0]),
            lambda: _round(ground, peers[1], *places[1]),
        )
    return [throughput("consume", "events/s", Aim(0.8), BACKLOG, (ours, theirs), "the consuming process")]


def _round(ground: Ground, peer: Peer, database_url: str, broker_url: str) -> Any:
    publish_backlog(broker_url, BACKLOG, ground.keys)
    analyse(database_url)
    return peer.ask("consume", amount=BACKLOG)


def publish_backlog(broker_url: str, amount: int, keys: Path) -> None:
    """So many fresh events waiting in the queue."""
    publisher = open_publisher(broker_url)
    events = [
        (ReportAccepted.TYPE, event_id, json.dumps(envelope, ensure_ascii=False).encode())
        for event_id, envelope in envelopes(amount, keys)
    ]
    for start in range(0, amount, 2_000):
        publisher.publish(events[start : start + 2_000], timeout=60)
    publisher.close()
