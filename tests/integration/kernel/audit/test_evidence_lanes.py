from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from random import Random
from threading import Barrier

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, select, update

from kernel.audit.checkpoints import checkpoint, oldest_unwitnessed
from kernel.audit.entries import entries
from kernel.audit.evidence import Evidence
from kernel.audit.keys import key_id
from kernel.audit.lanes import LANES, NoLanes, lanes
from kernel.audit.verdict import Verdict
from kernel.audit.verification import verify
from kernel.database import Database
from kernel.outbox import kernel_metadata
from kernel.principal import Keyring
from kernel.testing import SettableClock
from tests.factories.evidence import BEGAN, PEOPLE


@pytest.fixture
def database(new_database: Callable[[str], str]) -> Iterator[Database]:
    keyring = Keyring("review", Ed25519PrivateKey.generate(), {})
    database = Database(
        new_database("review"),
        service="review",
        clock=SettableClock(BEGAN),
        keyring=keyring,
        evidence=Evidence(keyring),
        pool_size=LANES + 4,
    )
    kernel_metadata.create_all(database.engine)
    yield database
    database.close()


def verdict_on(database: Database) -> Verdict:
    public = database.keyring.private_key.public_key()
    with database.engine.connect() as connection:
        return verify(connection, {key_id("review", public): public})


def held(database: Database, how_many: int) -> Callable[[], None]:
    """As many transactions as that, each holding a lane; call the result to let them commit."""
    pool = ThreadPoolExecutor(how_many)
    all_held, let_go = Barrier(how_many + 1), Barrier(how_many + 1)

    def hold() -> None:
        with database.work(PEOPLE[0]) as work:
            work.audit_now("issue.published", "a")
            all_held.wait(timeout=20)
            let_go.wait(timeout=20)

    running = [pool.submit(hold) for _ in range(how_many)]
    all_held.wait(timeout=20)

    def release() -> None:
        let_go.wait(timeout=20)
        for one in running:
            one.result(timeout=20)
        pool.shutdown()

    return release


def test_sixteen_transactions_hold_sixteen_lanes_at_once(database: Database) -> None:
    held(database, LANES)()

    with database.reading() as session:
        places = session.execute(select(entries.c.lane, entries.c.number)).all()
    assert sorted(map(tuple, places)) == [(lane, 1) for lane in range(LANES)]


def test_the_seventeenth_waits_for_a_lane(database: Database) -> None:
    release = held(database, LANES)
    with ThreadPoolExecutor(1) as pool:

        def act() -> int:
            with database.work(PEOPLE[0]) as work:
                return work.audit_now("report.accepted", "b").number

        late = pool.submit(act)
        until_blocked(database)
        assert not late.done()
        release()
        assert late.result(timeout=10) == 2


def until_blocked(database: Database) -> None:
    """Return once some transaction waits for another's lock."""
    query = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    for _ in range(2_000):
        with database.engine.connect() as connection:
            if connection.exec_driver_sql(query).scalar():
                return
    raise AssertionError("nobody waits")


def test_several_appends_of_one_transaction_follow_each_other_in_one_lane(database: Database) -> None:
    with database.work(PEOPLE[0]) as work:
        first = work.audit_now("report.accepted", "a")
        second = work.audit_now("report.accepted", "b")
        work.audit("deadline.settled", "c", 3)
        work.audit("deadline.settled", "d", 3)

    with database.reading() as session:
        rows = session.execute(select(entries.c.lane, entries.c.subject).order_by(entries.c.number)).all()
    assert list(map(tuple, rows)) == [(first.lane, subject) for subject in "abcd"]
    assert second.number == first.number + 1
    assert verdict_on(database).status == "intact"


def test_what_is_rolled_back_leaves_no_gap(database: Database) -> None:
    for _ in range(8):
        with pytest.raises(ZeroDivisionError), database.work(PEOPLE[0]) as work:
            _ = work.audit_now("report.accepted", "a").number / 0
        with database.work(PEOPLE[0]) as work:
            work.audit("report.accepted", "a")

    assert (verdict_on(database).status, verdict_on(database).entries) == ("intact", 8)


def test_a_savepoint_that_is_rolled_back_leaves_no_gap_either(database: Database) -> None:
    with database.work(PEOPLE[0]) as work:
        savepoint = work.session.begin_nested()
        work.audit_now("report.accepted", "lost")
        savepoint.rollback()
        work.audit_now("report.accepted", "kept")

    assert (verdict_on(database).status, verdict_on(database).entries) == ("intact", 1)


def test_eight_threads_with_a_checkpointer_beside_them_leave_sound_evidence(database: Database) -> None:
    def act(seed: int) -> None:
        random = Random(seed)
        for _ in range(25):
            with database.work(random.choice(PEOPLE)) as work:
                for _ in range(random.randrange(1, 4)):
                    work.audit("report.accepted", str(random.randrange(9)), 1, 标题="火情", 数=random.random())

    def watch() -> None:
        for _ in range(30):
            with database.work(PEOPLE[0]) as work:
                checkpoint(work, database.clock, database.keyring)

    with ThreadPoolExecutor(10) as pool:
        for running in [pool.submit(watch), pool.submit(watch), *(pool.submit(act, seed) for seed in range(8))]:
            running.result(timeout=60)

    verdict = verdict_on(database)
    assert (verdict.status, verdict.findings) == ("intact", ())
    assert verdict.checkpoints > 1


def test_without_lanes_no_act_is_done_and_the_error_says_why(database: Database) -> None:
    with database.engine.begin() as connection:
        connection.execute(delete(lanes))

    with pytest.raises(NoLanes, match="restore"), database.work(PEOPLE[0]) as work:
        work.audit_now("report.accepted", "a")


def test_a_head_that_was_set_back_is_found(database: Database) -> None:
    with database.work(PEOPLE[0]) as work:
        work.audit("report.accepted", "a")
        work.audit("report.accepted", "b")
    with database.engine.begin() as connection:
        connection.execute(update(lanes).values(number=0))

    bad = verdict_on(database).first_bad
    assert bad is not None
    assert "head of its lane" in bad.reason.en


def test_an_entry_tells_who_by_name_key_and_hash_of_his_token(database: Database) -> None:
    with database.work(PEOPLE[0]) as work:
        work.audit("report.accepted", "a", 1)

    with database.reading() as session:
        row = session.execute(select(entries)).one()
    assert (row.principal_id, row.principal_name, row.principal_key) == (PEOPLE[0].id, "王", "review")
    assert len(row.principal_token_hash) == 64
    assert row.at == BEGAN


def test_the_oldest_entry_without_a_checkpoint_is_known(database: Database) -> None:
    def oldest() -> object:
        with database.reading() as session:
            return oldest_unwitnessed(session)

    assert oldest() is None
    with database.work(PEOPLE[0]) as work:
        work.audit_now("issue.published", "a")
    assert oldest() == BEGAN
    with database.work(PEOPLE[0]) as work:
        checkpoint(work, database.clock, database.keyring)
    assert oldest() is None
    database.clock.advance(timedelta(seconds=7))  # type: ignore[attr-defined]  # the settable one of the fixture
    with database.work(PEOPLE[0]) as work:
        work.audit_now("issue.published", "b")
    assert oldest() == BEGAN + timedelta(seconds=7)
