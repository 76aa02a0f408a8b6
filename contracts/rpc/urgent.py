"""What intake answers about urgent information beside drafts and reports: severity, occurrence, pre-reports."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc.fields import Remarks
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import CallSide, DeadlineOutcome, IncidentCategory, Role, Severity, StatedBy

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


# Pre-reports


class RecordPreReport(Strict):
    """Note a call that told of an incident. The unit is one's own; the city's duty officer states it."""

    pre_report_id: UUID
    unit_id: UUID | None = None
    title: Annotated[Text, Field(min_length=1, max_length=200, description="what happened, characters")]
    place: Text | None = Field(default=None, max_length=200)
    occurred_at: Instant
    learned_at: Instant | None = None
    severity: Severity
    category: IncidentCategory | None = None
    caller_name: Annotated[Text, Field(min_length=1, max_length=100)]
    caller_number: Annotated[Text, Field(min_length=3, max_length=40, pattern=r"^[0-9+ ()转-]+$")]
    called_at: Instant
    read_back: bool = False
    """Whether what was noted was read back to the caller."""
    reason: Remarks | None = None
    """Why the report in writing needs longer."""
    drill: bool = False
    """An exercise begins with a call, too; the report that makes it good is one as well."""


class PreReport(RecordPreReport):
    """A call as kept, with the clock it shares with the draft or report that makes it good in writing."""

    unit_id: UUID
    unit_name: str
    side: CallSide
    recorded_by: UUID
    recorded_by_name: str
    recorded_at: Instant
    draft_id: UUID | None
    report_id: UUID | None
    phone_due_at: Instant | None
    """When the call must have come; None where the rule asks for no call."""
    phone_in_time: bool | None
    due_at: Instant | None
    """Of the report in writing."""
    outcome: DeadlineOutcome | None
    due_explanation_zh: str | None
    due_explanation_en: str | None


class PreReportId(Strict):
    pre_report_id: UUID


class ListPreReports(ListQuery):
    waiting: bool | None = None
    """True: those that no report has made good in writing."""
    unit_id: UUID | None = None


class PreReportPage(Strict):
    items: list[PreReport]
    next_cursor: str | None = None


# Receipts just below the limit


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
    "record_pre_report": command(RecordPreReport, PreReport, *_UNIT, Role.DUTY_OFFICER),
    "get_pre_report": query(PreReportId, PreReport, *_READERS),
    "list_pre_reports": query(ListPreReports, PreReportPage, *_READERS),
    "rule_occurrence": command(RuleOccurrence, ReportOccurrence, Role.CHIEF_EDITOR),
    "occurrence_heaping": query(
        HeapingQuery, HeapingTable, Role.DUTY_OFFICER, Role.EDITOR, Role.CHIEF_EDITOR, Role.SUPERVISOR
    ),
}
