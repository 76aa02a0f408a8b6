"""Reports sent to leaders for reading (送阅): no issue, no points."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.desk import DeskItem
from contracts.rpc.fields import Name, Remarks
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import DESK
from contracts.vocabulary import Role

READERS = (Role.LEADER, Role.SECRETARY)


class Reader(Strict):
    person_id: UUID
    name: Name


class SendForReading(Strict):
    """Send the report to these leaders, with a word why."""

    report_id: UUID
    readers: list[Reader] = Field(min_length=1, max_length=30)
    note: Remarks | None = None


class ReadBy(Reader):
    read_at: Instant | None


class Reading(Strict):
    """A report as it lies before its readers: its newest signed text."""

    reading_id: UUID
    report_id: UUID
    number: str
    unit_name: str
    title: str
    body: str
    note: str | None
    sent_by: str
    sent_at: Instant
    readers: list[ReadBy]


class ListReadings(ListQuery):
    """Of a leader: what was sent to him. Of the desk: all, or those of one report."""

    report_id: UUID | None = None


class ReadingPage(Strict):
    items: list[Reading]
    next_cursor: str | None = None


class ReadingId(Strict):
    reading_id: UUID


METHODS: dict[str, Method] = {
    "send_for_reading": command(SendForReading, DeskItem, *DESK),
    "list_readings": query(ListReadings, ReadingPage, *DESK, *READERS),
    "get_reading": query(ReadingId, Reading, *DESK, *READERS),
    "open_reading": command(ReadingId, Reading, *READERS),
}
