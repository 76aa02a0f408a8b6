"""What intake answers about urgent information beside drafts and reports: severity from figures, occurrence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.fields import Remarks
from contracts.vocabulary import IncidentCategory, Role, Severity, StatedBy

Count = Annotated[int, Field(ge=0, le=100_000_000, description="number of people")]



class ProposeSeverity(Strict):
    """Figures of an incident, and the day it occurred (in Shanghai; today without one). Missing people do not count."""

    category: IncidentCategory
    day: date | None = None
    dead: Count | None = None
    seriously_hurt: Count | None = None
    loss_yuan: Decimal | None = Field(default=None, ge=0, max_digits=18, decimal_places=2)


class SeverityProposal(Strict):
    """What the figures say; without a severity the sentence tells why there is none."""

    severity: Severity | None
    rule: str | None
    rule_version: str | None
    explanation_zh: str
    explanation_en: str


# Occurrence


class ReportOccurrenceQuery(Strict):
    report_id: UUID


class CorrectOccurrence(Strict):
    """State another time of the occurrence of an urgent first report; all statements are kept."""

    report_id: UUID
    occurred_at: Instant
    reason: Remarks


class RuleOccurrence(Strict):
    """Say which statement counts; without one the ruling in force is withdrawn and the earliest counts again."""

    report_id: UUID
    statement_id: UUID | None = None
    reason: Remarks


class OccurrenceStatement(Strict):
    statement_id: UUID
    occurred_at: Instant
    learned_at: Instant | None
    how: StatedBy
    stated_by: UUID | None
    stated_by_name: str
    unit_name: str
    """Of the person; empty for the city's people."""
    stated_at: Instant
    reason: str | None
    receipt_number: str | None
    counts: bool


class OccurrenceRuling(Strict):
    number: int
    statement_id: UUID | None
    """None: the ruling before was withdrawn."""
    occurred_at: Instant | None
    ruled_by_name: str
    ruled_at: Instant
    reason: str
    in_force: bool


class ReportOccurrence(Strict):
    """Everything stated of a report's occurrence, in the order of its statements; which counts and why."""

    report_id: UUID
    occurred_at: Instant | None
    why_zh: str
    why_en: str
    statements: list[OccurrenceStatement]
    rulings: list[OccurrenceRuling]
    due_at: Instant | None
    due_explanation_zh: str | None
    due_explanation_en: str | None


class HeapingQuery(Strict):
    """The last 90 days, all units."""


class Heaping(Strict):
    """Urgent first reports received of a unit, and how many of them in the last 5 % of their limit."""

    unit_id: UUID
    unit_name: str
    reports: int
    just_below_limit: int
    share: Decimal
    striking: bool
    """At least five reports and a share of a quarter or more: a person looks at it, nothing is decided."""


class HeapingTable(Strict):
    rows: list[Heaping]


_UNIT = (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.API_CLIENT)
_READERS = (*_UNIT, Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER)

METHODS: dict[str, Method] = {
    "propose_severity": query(ProposeSeverity, SeverityProposal, *_READERS),
    "get_occurrence": query(ReportOccurrenceQuery, ReportOccurrence, *_READERS),
    "correct_occurrence": command(
        CorrectOccurrence, ReportOccurrence, Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.EDITOR,
        Role.DUTY_OFFICER,
    ),
    "rule_occurrence": command(RuleOccurrence, ReportOccurrence, Role.CHIEF_EDITOR),
    "occurrence_heaping": query(
        HeapingQuery, HeapingTable, Role.DUTY_OFFICER, Role.EDITOR, Role.CHIEF_EDITOR, Role.SUPERVISOR
    ),
}
