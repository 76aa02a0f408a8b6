"""One cut through all databases: no effect without its cause, however busy they are, and nobody is held up for long."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from uuid import UUID

import psycopg
import pytest

from deploy.operations.cut import snapshots
from deploy.operations.installation import OperationFailed
from deploy.operations.redelivery import send_again
from kernel.database import make_engine
from kernel.ids import new_id
from kernel.tables import kernel_metadata

CUTS = 25
WRITE = "INSERT INTO outbox (id, type, envelope, sent) VALUES (%s, 'report.accepted', '{}', true)"
TAKE_IN = "INSERT INTO inbox (event_id, type) VALUES (%s, 'report.accepted')"


@pytest.fixture
def urls(new_database: Callable[[str], str]) -> dict[str, str]:
    found = {owner: new_database(owner) for owner in ("gateway", "intake")}
    for url in found.values():
        engine = make_engine(url, pool_size=1)
        kernel_metadata.create_all(engine)
        engine.dispose()
    return found


@contextmanager
def busy(sender_url: str, receiver_url: str) -> Iterator[None]:
    """Events go from one database to the other as fast as they can, as if the bus took no time at all."""
    stopping = threading.Event()

    def carry() -> None:
        with (
            psycopg.connect(sender_url, autocommit=True) as sender,
            psycopg.connect(receiver_url, autocommit=True) as receiver,
        ):
            while not stopping.is_set():
                event_id = new_id()
                sender.execute(WRITE, (event_id,))
                receiver.execute(TAKE_IN, (event_id,))

    thread = threading.Thread(target=carry)
    thread.start()
    try:
        yield
    finally:
        stopping.set()
        thread.join()


def seen(url: str, snapshot: str, statement: str) -> set[UUID]:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        connection.execute(f"SET TRANSACTION SNAPSHOT '{snapshot}'")
        return {row[0] for row in connection.execute(statement)}


def test_F19_no_snapshot_holds_an_effect_whose_cause_another_lacks(urls: dict[str, str]) -> None:
    one, other = urls["gateway"], urls["intake"]
    with busy(one, other), busy(other, one):
        for _ in range(CUTS):
            with snapshots(urls) as taken:
                for sender, receiver in (("gateway", "intake"), ("intake", "gateway")):
                    causes = seen(urls[sender], taken[sender], "SELECT id FROM outbox")
                    effects = seen(urls[receiver], taken[receiver], "SELECT event_id FROM inbox")
                    assert effects <= causes


def test_work_goes_on_while_the_snapshots_are_copied(urls: dict[str, str]) -> None:
    with snapshots(urls) as taken:
        with psycopg.connect(urls["intake"], autocommit=True) as intake:
            intake.execute("SET lock_timeout = '1s'")
            intake.execute(TAKE_IN, (new_id(),))
        assert seen(urls["intake"], taken["intake"], "SELECT event_id FROM inbox") == set()


def test_an_act_that_does_not_end_makes_the_backup_give_up_and_say_so(urls: dict[str, str]) -> None:
    with psycopg.connect(urls["intake"]) as intake:
        intake.execute(TAKE_IN, (new_id(),))
        with pytest.raises(OperationFailed, match="有事务长时间未结束"), snapshots(urls):
            pass
        intake.rollback()


def test_F19_exactly_what_has_no_effect_anywhere_is_sent_again(urls: dict[str, str]) -> None:
    handled, lost, held, unsent = (new_id() for _ in range(4))
    with psycopg.connect(urls["gateway"], autocommit=True) as gateway:
        for event_id in (handled, lost, held):
            gateway.execute(WRITE, (event_id,))
        gateway.execute(WRITE.replace("true", "false"), (unsent,))
    with psycopg.connect(urls["intake"], autocommit=True) as intake:
        intake.execute(TAKE_IN, (handled,))
        intake.execute(
            "INSERT INTO held (id, key, event_id, state, body, reason) VALUES (%s, %s, %s, 'parked', '', 'x')",
            (new_id(), str(held), held),
        )
    assert send_again(urls, {"intake": ("report.accepted",), "review": ("report.accepted",)}) == 1
    with psycopg.connect(urls["gateway"]) as gateway:
        assert {row[0] for row in gateway.execute("SELECT id FROM outbox WHERE NOT sent")} == {lost, unsent}
