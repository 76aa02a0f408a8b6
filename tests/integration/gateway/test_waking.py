"""An accepted report need not wait for the courier's next poll: its commit wakes the relay."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from sqlalchemy import text

from tests.factories.gateway_office import Office

UNSENT = text("SELECT count(*) FROM outbox WHERE type = 'report.accepted' AND NOT sent")


@pytest.fixture
def wakings(office: Office) -> Iterator[list[int]]:
    """How many events were unsent at each waking."""
    database, seen = office.parts.database, list[int]()

    def note() -> None:
        with database.reading() as session:
            seen.append(session.scalar(UNSENT) or 0)

    before, database.wake = database.wake, note
    yield seen
    database.wake = before


def test_the_relay_is_woken_once_the_event_is_committed(office: Office, wakings: list[int]) -> None:
    leader = office.leader()
    wakings.clear()

    answer = office.signed_report(leader)

    assert (answer.status_code, wakings) == (202, [1])
