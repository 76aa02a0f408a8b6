"""A report's adoptions, those that were withdrawn too: what became of it at the desk is history and stays (R11)."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, query
from contracts.rpc.desk import ReportId
from contracts.rpc.roles import DESK


class ToldAdoption(Strict):
    """Once in one issue, in force until withdrawn."""

    adoption_id: UUID
    issue_id: UUID
    publication_name: str
    number_line: str | None
    """Of the issue; null before it is published."""
    report_version: int
    item_kind: str
    column: str | None
    adopted_by: str
    adopted_at: Instant
    published_at: Instant | None
    withdrawn_by: str | None
    withdrawn_at: Instant | None
    withdrawal_reason: str | None
    title: str | None
    body: str | None
    """The edit copy of one withdrawn in the last 7 days, to go on from; null as well where it stood as submitted."""


MOST = 50


class Adoptions(Strict):
    """The newest first, 50 at the most."""

    items: list[ToldAdoption] = Field(max_length=MOST)


METHODS: dict[str, Method] = {"list_adoptions": query(ReportId, Adoptions, *DESK)}
