"""The city's plan of a year: its text, targets for units, and how far each unit has come (notice 四(一))."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.roles import CITY, UNIT
from contracts.rpc.scoring import File
from contracts.vocabulary import Labelled, Role, UnitClass

Year = Annotated[int, Field(ge=2000, le=2200)]


class Measure(Labelled):
    """What a target is about; all but the last two count reports received in the year, drills left out."""

    REPORTS = "reports", "报送（条）"
    ADOPTED = "adopted", "采用（条）"
    RESEARCH = "research", "调研报告（篇）"
    PUBLIC_OPINION = "public_opinion", "社情民意（条）"
    TRAINING_HOURS = "training_hours", "培训交流（学时）"
    URGENT_IN_TIME = "urgent_in_time", "紧急信息及时率（%）"


class Target(Strict):
    unit_id: UUID
    measure: Measure
    value: Decimal = Field(ge=0, le=100_000, max_digits=8, decimal_places=1)
    """Reports in the year, hours of training summed over persons, or percent."""


class RecordPlan(Strict):
    """Make the plan of a year or change it; text and targets are given whole."""

    year: Year
    text: Annotated[Text, Field(min_length=1, pattern=NOT_BLANK, max_length=20_000)]
    targets: list[Target] = Field(max_length=5_000)
    version: int | None = None
    """The version that the change builds on; 0 for a plan that must be new."""


class Progress(Strict):
    """One target of a unit and what has been reached; None where nothing has been decided yet."""

    measure: Measure
    target: Decimal
    reached: Decimal | None
    expected: Decimal
    """What an even pace would have reached by the day; for a rate the target itself."""
    behind: bool


class UnitProgress(Strict):
    unit_id: UUID
    unit_name: str
    """As it is called now."""
    unit_class: UnitClass
    progress: list[Progress]
    behind: int
    """How many of its targets are behind."""


class YearPlan(Strict):
    year: int
    text: str
    published_by: str
    published_at: Instant
    version: int
    as_of: date
    units: list[UnitProgress]
    """Most targets behind first, then in the official order; a unit sees itself only."""


class PlanOfYear(Strict):
    year: Year


class PlanInShort(Strict):
    year: int
    published_by: str
    published_at: Instant
    version: int


class ListPlans(Strict):
    pass


class PlanList(Strict):
    items: list[PlanInShort]
    """Newest year first."""


READERS = (*UNIT, *CITY)

METHODS: dict[str, Method] = {
    "record_plan": command(RecordPlan, YearPlan, Role.CHIEF_EDITOR),
    "get_plan": query(PlanOfYear, YearPlan, *READERS),
    "list_plans": query(ListPlans, PlanList, *READERS),
    "export_plan": query(PlanOfYear, File, *READERS),
}
