"""hop: from a commit in one service to the committed effect in another, at 50 events a second, over RabbitMQ."""

from __future__ import annotations

import json
import threading
import time
from pathlib import Path
from statistics import median, quantiles
from typing import Any

import psycopg

from benchmarks import consume, relay
from benchmarks.comparison import Aim, Result, interleave
from benchmarks.events import envelopes, report
from benchmarks.ground import Ground
from benchmarks.peers import Peer
from contracts.events.gateway import ReportAccepted
from kernel.assembly import open_database
from kernel.bus.publisher import open_publisher
from kernel.clock import SystemClock
from kernel.principal import system_principal
from kernel.relay import Relay
from kernel.settings import Settings
from kernel.waker import CHANNEL

EVENTS = 250
PER_SECOND = 50
Times = dict[str, float]
"""Seconds of the machine's monotonic clock, which all its processes share, by report."""


class Source:
    """Commits an event every 20 ms and notes when each commit was done."""

    def emit(self, amount: int) -> Times:
        times: Times = {}
        due = time.monotonic()
        for _ in range(amount):
            due += 1 / PER_SECOND
            time.sleep(max(0.0, due - time.monotonic()))
            times[self.commit()] = time.monotonic()
        return times

    def commit(self) -> str:
        """Commit one event; returns its report."""
        raise NotImplementedError


class ProductSource(Source):
    """A service's database with its waker, and its relay beside it."""

    def __init__(self, database_url: str, broker_url: str, keys: str) -> None:
        folder = Path(keys)
        settings = Settings(database_url=database_url, broker_url=broker_url, keys_dir=folder, files_dir=folder)
        self.database = open_database("gateway", settings)
        running = Relay(database_url, "gateway", lambda: open_publisher(broker_url))
        threading.Thread(target=running.run, args=(threading.Event(),), daemon=True).start()

    def commit(self) -> str:
        data = report(SystemClock().now())
        with self.database.work(system_principal("gateway")) as work:
            work.emit(data, subject=data.report_id, version=1)
        return str(data.report_id)


class SourceByHand(Source):
    """An insert, a commit, a NOTIFY; a relay that listens beside it."""

    def __init__(self, database_url: str, broker_url: str, keys: str) -> None:
        self.database = psycopg.connect(database_url, autocommit=True)
        self.keys = Path(keys)
        self.relay = relay.ByHand(database_url, broker_url)
        self.relay.database.execute(f"LISTEN {CHANNEL}")
        threading.Thread(target=self._relay, daemon=True).start()

    def commit(self) -> str:
        event_id, envelope = next(envelopes(1, self.keys))
        self.database.execute(
            "INSERT INTO outbox (id, type, envelope) VALUES (%s, %s, %s)",
            (event_id, ReportAccepted.TYPE, json.dumps(envelope)), prepare=True,
        )
        self.database.execute(f"NOTIFY {CHANNEL}")
        return str(envelope["subject"])

    def _relay(self) -> None:
        while True:
            if not self.relay.batch():
                for _ in self.relay.database.notifies(timeout=0.1, stop_after=1):
                    pass


class TimedCounting(consume.Counting):
    """Notes when each effect was committed."""

    times: Times

    def committed(self, reports: list[str]) -> None:
        now = time.monotonic()
        self.times.update(dict.fromkeys(reports, now))
        super().committed(reports)


class ProductTarget(consume.Product):
    service_class = TimedCounting

    def receive(self, amount: int) -> Times:
        self.service.times = {}  # type: ignore[attr-defined]  # a TimedCounting
        self.consume(amount)
        return self.service.times  # type: ignore[attr-defined,no-any-return]


class TargetByHand(consume.ByHand):
    def receive(self, amount: int) -> Times:
        self.times: Times = {}
        self.consume(amount)
        return self.times

    def committed(self, reports: list[str]) -> None:
        now = time.monotonic()
        self.times.update(dict.fromkeys(reports, now))


class Side:
    """A source and a target, each a process of its own with a database of its own."""

    def __init__(self, ground: Ground, source: str, target: str, **target_needs: str) -> None:
        broker, keys = ground.rabbit_bus(), str(ground.keys)
        self.source = Peer(source, ground.log, database_url=ground.database(), broker_url=broker, keys=keys)
        self.target = Peer(target, ground.log, database_url=ground.database(), broker_url=broker, **target_needs)

    def round(self) -> list[float]:
        """Milliseconds of each hop."""
        self.target.begin("receive", amount=EVENTS)
        committed = self.source.ask("emit", amount=EVENTS)
        took_effect = self.target.result()
        return [(took_effect[one] - committed[one]) * 1000 for one in committed]


def run(ground: Ground) -> list[Result]:
    """p50 and p99 of each round's hops; 250 hops a round, so the p99 is the third worst."""
    our_side = Side(ground, "benchmarks.hop:ProductSource", "benchmarks.hop:ProductTarget", keys=str(ground.keys))
    their_side = Side(ground, "benchmarks.hop:SourceByHand", "benchmarks.hop:TargetByHand")
    with our_side.source, our_side.target, their_side.source, their_side.target:
        ours, theirs = interleave(our_side.round, their_side.round)
    return [
        _result("hop p50", median, ours, theirs),
        _result("hop p99", lambda hops: quantiles(hops, n=100)[98], ours, theirs),
    ]


def _result(name: str, figure: Any, ours: list[list[float]], theirs: list[list[float]]) -> Result:
    aim = Aim(1.5, at_least=False)
    return Result(name, "ms", aim, [figure(hops) for hops in ours], [figure(hops) for hops in theirs])
