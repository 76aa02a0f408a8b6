"""Reporting guidance: points the city wants reports on in a period, and who answered which (R03, notice 一(三))."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.commissions import Addressees
from contracts.rpc.deadlines import Deadline
from contracts.rpc.fields import Title
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import CITY, DESK, UNIT
from contracts.vocabulary import Labelled, Role

Period = Text
PERIOD = r"^20[0-9]{2}-(0[1-9]|1[0-2]|Q[1-4])$"
"""A month, 2026-11, or a quarter, 2026-Q4."""


def begins(period: str) -> tuple[int, int]:
    """Year and month in which it begins."""
    year, _, part = period.partition("-")
    return int(year), int(part[1:]) * 3 - 2 if part.startswith("Q") else int(part)


def next_period(period: str) -> str:
    """The month after a month, the quarter after a quarter."""
    year, month = begins(period)
    quarter = "Q" in period
    years, following = divmod(month - 1 + (3 if quarter else 1), 12)
    part = f"Q{following // 3 + 1}" if quarter else f"{following + 1:02}"
    return f"{year + years}-{part}"


class GuidanceState(Labelled):
    DRAFT = "draft", "拟制中"
    ISSUED = "issued", "已下发"


class NewPoint(Strict):
    text: Text = Field(min_length=1, pattern=NOT_BLANK, max_length=1_000)
    topic: Text | None = Field(default=None, min_length=1, pattern=NOT_BLANK, max_length=100)
    carried_from: UUID | None = None
    """The point of an earlier period that nobody answered."""
    due_at: Instant | None = None
    """By when this point is to be answered; without it as the guidance says."""


class SaveGuidance(Addressees):
    """Create it, or change what is still being drawn up, if it is still `version` (412 otherwise)."""

    guidance_id: UUID
    version: int | None = Field(default=None, description="version the change builds on; absent for a new one")
    period: Period = Field(pattern=PERIOD, max_length=7)
    title: Title
    points: list[NewPoint] = Field(min_length=1, max_length=50)
    due_at: Instant | None = None
    """By when the points are to be answered; without it, and without one of the point's own, there is no hurry."""


class GuidanceId(Strict):
    guidance_id: UUID


class IssueGuidance(GuidanceId):
    version: int


class CarryOver(Strict):
    """Draw up the next period's guidance with the points of this one that nobody answered."""

    guidance_id: UUID
    into_id: UUID
    period: Period = Field(pattern=PERIOD, max_length=7)
    due_at: Instant | None = None
    """That of the next period's guidance, for the points carried over as for those added."""


class UnitAnswers(Strict):
    """How many reports of a unit answer the point, or how many points the unit answered."""

    unit_id: UUID
    unit_name: str
    number: int
    late: bool = False
    """Of a point with a due time: whether the unit's first answer came after it."""


class OwingUnit(Strict):
    unit_id: UUID
    unit_name: str


class GuidancePoint(Strict):
    point_id: UUID
    number: int
    """1 for the first."""
    text: str
    topic: str | None
    carried_from: UUID | None
    answered_by: list[UnitAnswers]
    """Units with reports that answer it; of the reader's unit only, for one of a unit."""
    due_at: Instant | None
    own_due_at: Instant | None
    """Stated for this point; None where the guidance's holds, if any."""
    overdue: bool
    """Whether its due time has passed: what is owed then is late."""
    owed_by: list[OwingUnit]
    """Of a point with a due time: units it was issued to that have not answered; the reader's own at the most."""


class ListPointAnswers(ListQuery):
    """By point, oldest receipt first."""

    guidance_id: UUID
    point_id: UUID | None = None
    unit_id: UUID | None = None


class PointAnswer(Strict):
    """A standing report that answers a point; only those of the reader's unit, for one of a unit."""

    point_id: UUID
    point_number: int
    report_id: UUID
    number: str
    title: str
    unit_id: UUID
    unit_name: str
    received_at: Instant
    """Of the first version that names the point."""
    late: bool
    """Whether that was after the point's due time."""


class PointAnswerPage(Strict):
    items: list[PointAnswer]
    next_cursor: str | None = None


class Guidance(Strict):
    guidance_id: UUID
    version: int
    state: GuidanceState
    period: str
    title: str
    saved_by: str
    issued_by: str | None
    issued_at: Instant | None
    unit_ids: list[UUID]
    unit_classes: list[str]
    """As addressed by whoever drew it up; empty for readers of a unit."""
    points: list[GuidancePoint]
    due_at: Instant | None
    deadlines: list[Deadline]
    """One for each unit and due time, with the sentence that explains it; met when the unit has answered every point
    due then. Those of the reader's unit only, for one of a unit."""
    units: list[UnitAnswers]
    """Whom it was issued to, with the number of points answered; the reader's own unit only, for one of a unit."""


class GuidanceRow(Strict):
    guidance_id: UUID
    state: GuidanceState
    period: str
    title: str
    points: int
    issued_at: Instant | None
    due_at: Instant | None


class GuidancePage(Strict):
    items: list[GuidanceRow]
    next_cursor: str | None = None


METHODS: dict[str, Method] = {
    "save_guidance": command(SaveGuidance, Guidance, *DESK),
    "issue_guidance": command(IssueGuidance, Guidance, Role.CHIEF_EDITOR),
    "carry_over_points": command(CarryOver, Guidance, *DESK),
    "get_guidance": query(GuidanceId, Guidance, *CITY, *UNIT),
    "list_guidance": query(ListQuery, GuidancePage, *CITY, *UNIT),
    "list_point_answers": query(ListPointAnswers, PointAnswerPage, *CITY, *UNIT),
}
