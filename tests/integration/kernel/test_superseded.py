"""Events of which the newest alone counts do not fill the disk."""

from __future__ import annotations

import re
import time
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from sqlalchemy import text
from structlog.testing import capture_logs

from kernel.database import Database
from kernel.ids import new_id
from kernel.outbox import kernel_metadata
from kernel.principal import system_principal
from kernel.superseded import HANDLED, SENT, forget_superseded
from kernel.testing import ServiceHarness, SettableClock, keyring_for
from tests.support import toy
from tests.support.servers import NewDatabase

TOLD = text("INSERT INTO outbox (id, type, envelope, sent) VALUES (:id, :type, '{}', :sent)")
HEARD = text("INSERT INTO inbox (event_id, type) VALUES (:id, :type)")


def id_of(ago: timedelta) -> UUID:
    """A UUIDv7 as it was made so long ago."""
    milliseconds = int((time.time() - ago.total_seconds()) * 1_000)
    return UUID(int=milliseconds << 80 | 7 << 76 | uuid4().int & (1 << 76) - 1)


def test_superseded_events_are_forgotten_after_an_hour_and_nothing_else(new_database: NewDatabase) -> None:
    database = Database(
        new_database("superseded"), service="intake", clock=SettableClock(), keyring=keyring_for("intake")
    )
    kernel_metadata.create_all(database.engine)
    old, new = id_of(timedelta(minutes=61)), id_of(timedelta(minutes=59))
    waits, other = id_of(timedelta(days=6)), id_of(timedelta(days=5))
    with database.work(system_principal("intake")) as work:
        for id_, type_, sent in (
            (old, "mark.advanced", True), (new, "mark.advanced", True), (waits, "mark.advanced", False),
            (other, "report.accepted", True),
        ):  # fmt: skip
            work.session.execute(TOLD, {"id": id_, "type": type_, "sent": sent})
            work.session.execute(HEARD, {"id": id_, "type": type_})
        forget_superseded(work, ("mark.advanced",))

    with database.glancing() as session:
        assert {*session.scalars(text("SELECT id FROM outbox"))} == {new, waits, other}
        assert {*session.scalars(text("SELECT event_id FROM inbox"))} == {new, other}
    database.close()


def test_what_is_forgotten_is_found_by_its_key(new_database: NewDatabase) -> None:
    database = Database(new_database("keys"), service="intake", clock=SettableClock(), keyring=keyring_for("intake"))
    kernel_metadata.create_all(database.engine)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("SET enable_seqscan = off")
        for statement in (SENT, HANDLED):
            asked = text(f"EXPLAIN {statement.text}")  # the product's own
            plan = "\n".join(connection.scalars(asked, {"types": ["mark.advanced"]}))
            assert re.search(r"Index Cond: \(\((event_)?id >= .*\) AND \((event_)?id <= ", plan), plan
    database.close()


def test_superseded_events_take_effect_without_a_line_in_the_log(
    harness: ServiceHarness, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(toy.ThingListed, "SUPERSEDED", True)
    with capture_logs() as lines:
        harness.deliver(toy.ThingListed(what="mark"), new_id())
        harness.deliver(toy.ThingCounted(what="fact"), new_id())

    with harness.database.glancing() as session:
        assert {*session.scalars(text("SELECT what FROM effects"))} == {"mark", "fact"}
    assert [line["type"] for line in lines if line["event"] == "event"] == ["thing.counted"]
