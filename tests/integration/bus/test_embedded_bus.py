"""How the embedded bus keeps its word: tables made once, wake-ups, leases that end with their session, sweeping."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import psycopg
import pytest
from amqp.exceptions import NotFound, PreconditionFailed
from psycopg.conninfo import conninfo_to_dict

from deploy.processes import wait_until
from kernel.bus import postgres, statements, sweep
from kernel.bus.schema import create_bus, postgres_url
from kernel.bus.session import BusConnectionLost, Session
from tests.integration.bus.client import PATIENCE, Client
from tests.integration.bus.proxy import Link
from tests.support.servers import NewDatabase


@pytest.fixture
def client(pgbus_url: str) -> Iterator[Client]:
    with Client(pgbus_url) as client:
        yield client


@pytest.fixture
def session(pgbus_url: str) -> Iterator[Session]:
    session = Session(conninfo_to_dict(postgres_url(pgbus_url)))
    yield session
    session.close()


def fill(client: Client, count: int) -> int:
    """`count` messages in the queue `desk`; its id."""
    client.declare("desk")
    for number in range(count):
        client.publish(number, "desk")
    return int(client.connection.connection.session.rows(statements.FIND_QUEUE, ("desk",))[0][0])


def test_two_processes_may_make_the_tables_at_once(new_database: NewDatabase) -> None:
    url = new_database("bus").replace("postgresql://", "pgbus://", 1)
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(create_bus, [url] * 4))
    with Client(url) as client:
        fill(client, 1)


def test_without_tables_the_remedy_is_named(new_database: NewDatabase) -> None:
    url = new_database("bus").replace("postgresql://", "pgbus://", 1)
    with Client(url) as client, pytest.raises(NotFound, match="chengbao topology apply"):
        client.declare("desk")


def test_a_notification_wakes_a_waiting_consumer(
    client: Client, pgbus_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "POLL_SECONDS", 60.0)
    fill(client, 0)
    client.consume("desk")
    client.drain(0.1)
    with Client(pgbus_url) as another:
        timer = threading.Timer(0.2, another.publish, ("x", "desk"))
        timer.start()
        assert len(client.collect(1)) == 1
        timer.join()


def test_a_message_without_its_notification_is_found_by_the_poll(client: Client, session: Session) -> None:
    queue = fill(client, 0)
    client.consume("desk")
    client.drain(0.1)
    _put_silently(session, queue)
    assert len(client.collect(1)) == 1


def _put_silently(session: Session, queue: int) -> None:
    session.run(
        "INSERT INTO bus.message (queue, priority, exchange, routing_key, properties, body)"
        " VALUES (%s, 0, '', 'desk', '{}', 'x')",
        (queue,),
    )


@pytest.mark.parametrize(
    "arguments",
    [
        {"x-dead-letter-exchange": "x"},
        {"x-delivery-limit": 20},
        {"x-max-length": 10},
        {"x-queue-type": "quorum", "x-single-active-consumer": True},
    ],
)
def test_what_it_cannot_do_is_refused_rather_than_ignored(client: Client, arguments: dict[str, Any]) -> None:
    with pytest.raises(PreconditionFailed):
        client.declare("desk", arguments=arguments)


def test_an_unknown_delivery_tag_is_refused(client: Client) -> None:
    fill(client, 1)
    client.consume("desk")
    message = client.collect(1)[0]
    client.channel.basic_ack(message.delivery_tag)
    with pytest.raises(PreconditionFailed):
        client.channel.basic_ack(message.delivery_tag)


def test_leases_of_a_session_the_server_ended_are_given_back(client: Client, pgbus_url: str, session: Session) -> None:
    fill(client, 3)
    client.consume("desk")
    client.collect(3)
    session.rows(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        " AND datname = current_database()"
    )
    with pytest.raises(BusConnectionLost):
        client.drain(1)
    with Client(pgbus_url) as another:
        another.consume("desk")
        another.collect(3)
        assert another.bodies() == [0, 1, 2]


def test_what_was_taken_but_never_handed_over_counts_as_no_delivery(client: Client, pgbus_url: str) -> None:
    fill(client, 3)
    client.consume("desk")
    client.collect(1)
    client.connection.release()
    with Client(pgbus_url) as another:
        another.consume("desk")
        another.collect(3)
        assert [message.headers.get("x-delivery-count", 0) for message in another.messages] == [1, 0, 0]


def test_a_frozen_link_is_given_up(client: Client, pgbus_url: str) -> None:
    fill(client, 1)
    with Link(pgbus_url) as link:
        session = Session(conninfo_to_dict(postgres_url(link.url)))
        session.be_patient(0.5)
        session.rows("SELECT 1")
        link.freeze_answers()
        with pytest.raises(BusConnectionLost):
            session.rows("SELECT 1")
        assert not session.alive


def test_messages_put_while_their_queue_was_deleted_are_swept(
    client: Client, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue = fill(client, 1)
    _put_silently(session, 4711)
    monkeypatch.setattr(sweep, "ORPHAN_SECONDS", 0)
    sweep.sweep(session)
    assert session.rows("SELECT DISTINCT queue FROM bus.message") == [(queue,)]


def test_nothing_is_left_of_what_was_acknowledged_and_of_who_left(client: Client, session: Session) -> None:
    fill(client, 5)
    client.consume("desk")
    client.collect(5)[-1].ack(multiple=True)
    client.connection.release()
    left = "SELECT (SELECT count(*) FROM bus.message), (SELECT count(*) FROM bus.session)"
    assert wait_until(lambda: session.rows(left) == [(0, 0)], PATIENCE)


def test_taking_goes_by_the_index_whatever_the_statistics_say(pgbus_url: str, client: Client) -> None:
    queue = fill(client, 0)
    with psycopg.connect(postgres_url(pgbus_url), autocommit=True) as owner:
        owner.execute("ANALYZE bus.message")
        owner.execute(
            "INSERT INTO bus.message (queue, priority, exchange, routing_key, properties, body)"
            " SELECT %s, 0, '', '', '{}', 'x' FROM generate_series(1, 5000)",
            (queue,),
        )
    session: Session = client.connection.connection.session
    parameters = {"queue": queue, "limit": 200, "holder": session.number}
    plan = "\n".join(row[0] for row in session.rows("EXPLAIN " + statements.TAKE, parameters))
    assert "message_next" in plan
    assert "Seq Scan" not in plan
    assert "Sort" not in plan


@pytest.mark.parametrize(("delivery_mode", "flushes"), [(1, "off"), (2, "on")])
def test_a_put_is_flushed_unless_it_is_transient(
    client: Client, session: Session, delivery_mode: int, flushes: str
) -> None:
    fill(client, 0)
    _note_how_each_put_is_committed(session)
    client.publish("x", "desk", delivery_mode=delivery_mode)
    assert session.rows("SELECT mode FROM bus.noted") == [(flushes,)]


def _note_how_each_put_is_committed(session: Session) -> None:
    session.run("CREATE TABLE bus.noted (mode text)")
    session.run(
        "CREATE FUNCTION bus.note() RETURNS trigger LANGUAGE plpgsql AS"
        " $$BEGIN INSERT INTO bus.noted VALUES (current_setting('synchronous_commit')); RETURN NEW; END$$"
    )
    # Deferred to the commit, which is when it counts.
    session.run(
        "CREATE CONSTRAINT TRIGGER note AFTER INSERT ON bus.message DEFERRABLE INITIALLY DEFERRED"
        " FOR EACH ROW EXECUTE FUNCTION bus.note()"
    )
