"""Inbox and consumer in a real process: at least once from the bus, exactly once in the database."""

from __future__ import annotations

from collections import Counter

import psycopg
from prometheus_client import REGISTRY
from psycopg import sql

from deploy.postgres import EmbeddedPostgres
from kernel.bus.publisher import open_publisher
from kernel.ids import new_id
from tests.support import toy
from tests.support.toy_city import InThreads, ToyCity, event_body


def test_a_process_killed_in_the_middle_of_a_batch_leaves_each_effect_exactly_once(toy_city: ToyCity) -> None:
    wanted = [f"c{n:03}" for n in range(300)]
    toy_city.publish(*[toy.ThingCounted(what=what) for what in wanted])
    # The lock holds the consumer in the middle of its first batch, with effects written and nothing committed.
    with psycopg.connect(toy_city.database_url) as blocker:
        blocker.execute("LOCK TABLE effects IN SHARE MODE")
        process = toy_city.start()
        toy_city.wait_until(lambda: toy_city.query("SELECT 1 FROM pg_locks WHERE NOT granted"))
        toy_city.kill(process)
    toy_city.start(wait=False)

    toy_city.wait_until(lambda: len(toy_city.effects()) >= 300)

    assert toy_city.effects() == wanted
    assert toy_city.held() == {}


def test_doubles_have_one_effect(toy_city: ToyCity, consuming: InThreads) -> None:
    evidence = toy_city.evidence
    bodies = [event_body(toy.ThingCounted(what=f"c{n}"), new_id(), 1, principal=evidence) for n in range(10)]

    for _ in range(3):
        toy_city.publish_bodies(*[("thing.counted", body) for body in bodies * 2])
        # The next ones come when these are committed: doubles of one batch fall out before the database is asked.
        toy_city.wait_until(lambda: len(toy_city.effects()) >= len(bodies))
    toy_city.publish(toy.ThingCounted(what="last"))
    toy_city.wait_until(lambda: "last" in toy_city.effects())

    assert Counter(toy_city.effects()) == Counter([*(f"c{n}" for n in range(10)), "last"])


def test_an_event_that_kills_the_process_is_parked_and_the_others_flow(toy_city: ToyCity) -> None:
    events = [toy.ThingCounted(what=f"c{n}") for n in range(6)]
    toy_city.publish(*events[:3], toy.ThingCounted(what="kills"), *events[3:])

    for _ in range(6):
        toy_city.start(wait=False)
        toy_city.wait_until(lambda: toy_city.processes[-1].poll() is not None or toy_city.held())
        if toy_city.processes[-1].poll() is None:
            break

    toy_city.wait_until(lambda: len(toy_city.effects()) == 6)
    assert toy_city.effects() == [f"c{n}" for n in range(6)]
    assert toy_city.held() == {"parked": 1}
    assert "died" in toy_city.query("SELECT reason FROM held")[0][0]


def test_poison_is_parked_with_its_reason_while_others_flow(toy_city: ToyCity, consuming: InThreads) -> None:
    counted = event_body(toy.ThingCounted(what="x"), new_id(), 1, principal=toy_city.evidence)
    much = 16_000_000 if toy_city.broker_url.startswith("amqp") else 20_000_000  # RabbitMQ 4 takes 16 MiB at the most
    poison = [
        b"this is not JSON",
        b'{"id": 1}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        counted.replace(b'"what": "x"', b'"other": "x"'),
        counted.replace(b"thing.counted", b"thing.unknown"),
        counted.replace(b"/chengbao/elsewhere", b"/chengbao/toy"),
        event_body(toy.ThingCounted(what="x"), new_id(), 1, principal="forged"),
        counted.replace(b'"specversion": "1.0"', b'"specversion": "2.0"'),
        b"x" * much,
    ]

    for body in poison:
        toy_city.publish_bodies(("thing.counted", body))
        toy_city.publish(toy.ThingCounted(what="fine"))
    toy_city.publish(toy.ThingCounted(what="bad"), toy.ThingCounted(what="fails"), toy.ThingCounted(what="fine"))

    toy_city.wait_until(lambda: toy_city.held().get("parked") == len(poison) + 2)
    assert toy_city.effects() == ["fine"] * (len(poison) + 1)
    assert all(reason for (reason,) in toy_city.query("SELECT reason FROM held"))


def test_events_survive_a_database_that_goes_away(toy_city: ToyCity, consuming: InThreads) -> None:
    with psycopg.connect(toy_city.database_url, autocommit=True) as killer:
        for number in range(20):
            toy_city.publish(*[toy.ThingCounted(what=f"c{number:02}{n}") for n in range(10)])
            killer.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
            )

    toy_city.wait_until(lambda: len(toy_city.effects()) >= 200)

    assert toy_city.effects() == sorted(f"c{number:02}{n}" for number in range(20) for n in range(10))


def test_a_consumer_cut_off_from_its_database_says_so(
    toy_city: ToyCity, consuming: InThreads, postgres: EmbeddedPostgres
) -> None:
    def connected() -> float | None:
        return REGISTRY.get_sample_value("chengbao_consumer_connected")

    database = toy_city.database_url.rpartition("/")[2]
    name = sql.Identifier(database)
    toy_city.wait_until(lambda: connected() == 1)
    with psycopg.connect(postgres.admin_url, autocommit=True) as admin:
        admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(name))
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])
        toy_city.publish(toy.ThingCounted(what="late"))
        toy_city.wait_until(lambda: connected() == 0)
        admin.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(name))
    toy_city.wait_until(lambda: connected() == 1)
    toy_city.wait_until(lambda: toy_city.effects() == ["late"])


def test_an_event_without_an_effect_so_far_waits_for_the_earlier_one(toy_city: ToyCity, consuming: InThreads) -> None:
    subject = new_id()
    for version in (5, 3, 4, 2):
        toy_city.publish(toy.ThingRenamed(name=f"v{version}"), subject=subject, version=version)
    toy_city.wait_until(lambda: toy_city.held() == {"waiting": 4})

    toy_city.publish(toy.ThingRenamed(name="v1"), subject=subject, version=1)

    toy_city.wait_until(lambda: toy_city.held() == {})
    assert toy_city.query("SELECT name, version FROM things") == [("v5", 5)]


def test_a_publisher_leaves_no_event_of_an_unknown_queue_for_sent(toy_city: ToyCity) -> None:
    publisher = open_publisher(toy_city.broker_url)
    assert publisher.publish([("thing.nobody", str(new_id()), b"{}")], 5.0) == set()
    publisher.close()
