"""What intake answers about registered reports and urgent deadlines, and the table of all it answers."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc import checks, directory, draft_versions, drafts, endorsements, structures, urgent
from contracts.rpc.attachments import Attachment
from contracts.rpc.content import Amendment, Incident, Reference, ToTell
from contracts.rpc.deadlines import (
    DeadlineId,
    DeadlinePage,
    Deadlines,
    DecideLateness,
    ExplainLateness,
    LateCase,
    ListDeadlines,
    TimelinessQuery,
    TimelinessTable,
    UnitTimelinessTable,
)
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import CITY, READERS, UNIT
from contracts.vocabulary import (
    Kind,
    Leaning,
    ReportFlag,
    ReportState,
    Role,
    Secrecy,
    Severity,
    SourceChannel,
    UnitClass,
)


class Report(Strict):
    """A registered report as its unit and the city see it; the duty officer gets no text, topic, place, names and
    remarks (empty)."""

    report_id: UUID
    number: str
    version: int
    kind: Kind
    state: ReportState
    unit_id: UUID
    unit_name: str
    unit_class: UnitClass
    title: str
    body: str
    topic: str | None
    secrecy: Secrecy
    severity: Severity | None
    occurred_at: Instant | None
    place: str | None
    author_name: str
    signer_name: str
    signer_post: str
    signed_at: Instant
    received_at: Instant
    receipt_numbers: list[str]
    late: bool | None
    deadline_id: UUID | None
    due_at: Instant | None
    due_explanation_zh: str | None
    due_explanation_en: str | None
    remarks: str | None
    """Of the editor who returned it."""
    follows_report_id: UUID | None
    assignment_id: UUID | None
    incident: Incident | None
    pre_report_id: UUID | None
    drill: bool
    leaning: Leaning | None = None
    source_channel: SourceChannel | None = None
    reference: Reference | None = None
    endorsed_by: str | None = None
    """Section head of the unit who endorsed this version before it was signed; the unit's own step."""
    endorsed_at: Instant | None = None
    attachments: list[Attachment] = Field(default_factory=list)
    amendment: Amendment | None = None
    """Of the newest version, if it corrects or withdraws."""
    acknowledged_by: str | None
    """Name of the duty officer who took note of this urgent report first."""
    acknowledged_at: Instant | None
    flags: list[ReportFlag] = Field(default_factory=list)
    missing: list[ToTell] = Field(default_factory=list)
    """Of an urgent document: what its step of the chain should tell and it does not."""


class ReportId(Strict):
    report_id: UUID


class ListReports(ListQuery):
    """Newest first; `q` finds by number, words of the title and unit name."""

    q: Text | None = Field(default=None, max_length=100)
    state: ReportState | None = None
    kind: Kind | None = None
    unit_id: UUID | None = None
    acknowledged: bool | None = None
    """False: urgent reports that still wait for the duty officer, longest waiting first; true: acknowledged ones."""


class ReportPage(Strict):
    items: list[Report]
    next_cursor: str | None = None


METHODS: dict[str, Method] = {
    "list_reports": query(ListReports, ReportPage, *READERS),
    "get_report": query(ReportId, Report, *READERS),
    "acknowledge_report": command(ReportId, Report, Role.DUTY_OFFICER),
    "list_deadlines": query(ListDeadlines, DeadlinePage, *READERS, Role.SUPERVISOR, Role.OPERATOR),
    "get_deadline": query(DeadlineId, LateCase, *READERS, Role.SUPERVISOR, Role.OPERATOR),
    "explain_lateness": command(ExplainLateness, LateCase, *UNIT),
    "decide_lateness": command(DecideLateness, LateCase, Role.EDITOR, Role.CHIEF_EDITOR),
    "unit_timeliness": query(Deadlines, UnitTimelinessTable, *UNIT, *CITY, Role.OPERATOR),
    "urgent_timeliness": query(TimelinessQuery, TimelinessTable, *UNIT, *CITY, Role.OPERATOR),
    **directory.METHODS,
    **draft_versions.METHODS,
    **drafts.METHODS,
    **endorsements.METHODS,
    **structures.METHODS,
    **checks.METHODS,
    **urgent.METHODS,
}

