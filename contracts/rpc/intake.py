"""What intake answers: directory, drafts, registered reports, urgent deadlines."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc import urgent
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
from contracts.rpc.fields import Body, Name, Remarks, Title
from contracts.rpc.paging import ListQuery
from contracts.rpc.urgent import Count
from contracts.vocabulary import (
    DraftState,
    Element,
    IncidentCategory,
    Kind,
    ReportField,
    ReportFlag,
    ReportState,
    Role,
    Secrecy,
    Severity,
    UnitClass,
)

ToTell = ReportField | Element
"""What a step of a chain has to tell: a field or an element (`rules/chain-contents.yaml` of intake)."""


class Figures(Strict):
    """Casualties and loss as known when the report is signed; what is absent is not stated, which is not zero."""

    dead: Count | None = None
    missing: Count | None = None
    seriously_hurt: Count | None = None
    slightly_hurt: Count | None = None
    loss_yuan: Decimal | None = Field(default=None, ge=0, max_digits=18, decimal_places=2)


class Incident(Strict):
    """What an urgent report tells of its incident beside time, place and severity."""

    category: IncidentCategory | None = None
    learned_at: Instant | None = None
    """When the unit learned of it."""
    figures: Figures | None = None
    elements: dict[Element, Annotated[Text, Field(min_length=1, max_length=2_000)]] = Field(default_factory=dict)


class Content(Strict):
    """The content of a signed document, the same in a draft and in the sign-off act.

    Fields are only ever added, optional and with a default that never changes: see `document`.
    """

    kind: Kind
    title: Title
    body: Body
    topic: Text | None = Field(default=None, max_length=100)
    secrecy: Secrecy = Secrecy.UNCLASSIFIED
    severity: Severity | None = None
    occurred_at: Instant | None = None
    place: Text | None = Field(default=None, max_length=200)
    follows_report_id: UUID | None = None
    assignment_id: UUID | None = None
    report_id: UUID | None = None
    """Set when this is a new version of a returned report."""
    incident: Incident | None = None
    pre_report_id: UUID | None = None
    """The pre-report by phone that this first report makes good in writing."""
    drill: bool = False
    """An exercise: marked wherever it is seen, never scored nor sent to leaders."""

    def document(self) -> dict[str, Any]:
        """What is hashed and signed: without the fields left at their default, so that a field added later changes
        no hash given before."""
        return self.model_dump(mode="json", exclude_defaults=True)


# Directory


class Post(Strict):
    unit_id: UUID
    role: Role
    title: Name
    deputy: bool = False
    valid_from: date
    valid_to: date | None = None


class RecordUnit(Strict):
    """Create a unit, or change the one with this id."""

    unit_id: UUID
    name: Name
    unit_class: UnitClass
    parent_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None


class RecordPerson(Strict):
    """Create a person with posts, or change the one with this id; posts are given whole."""

    person_id: UUID
    name: Name
    unit_id: UUID
    posts: list[Post] = Field(max_length=20)


class Unit(RecordUnit):
    version: int


class Person(RecordPerson):
    version: int


class UnitPage(Strict):
    items: list[Unit]
    next_cursor: str | None = None


class PersonPage(Strict):
    items: list[Person]
    next_cursor: str | None = None


class ListUnits(ListQuery):
    q: Text | None = Field(default=None, max_length=100)


class ListPeople(ListQuery):
    unit_id: UUID | None = None


# Drafts


class SaveDraft(Strict):
    """Create a draft, or change the one with this id if it is still `version` (412 otherwise)."""

    draft_id: UUID
    version: int | None = Field(default=None, description="version the change builds on; absent for a new draft")
    content: Content


class Draft(Strict):
    draft_id: UUID
    version: int
    state: DraftState
    unit_id: UUID
    author_id: UUID
    author_name: str
    content: Content
    remarks: str | None
    """Of the signer who returned it."""
    created_at: Instant
    changed_at: Instant
    due_at: Instant | None
    """Of an urgent report: when it must have been received."""
    due_explanation_zh: str | None
    due_explanation_en: str | None
    receipt_number: str | None
    proposed_severity: Severity | None = None
    """What the figures of an accident say; None where a person must state the severity."""
    proposed_severity_explanation_zh: str | None = None
    """Why the figures say so; None while there is nothing to say it of."""
    proposed_severity_explanation_en: str | None = None
    offer_token: str | None
    """While offered: intake's sealed word on author, version and content hash, which the sign-off act carries."""
    missing: list[ToTell] = Field(default_factory=list)
    """Of an urgent document: what its step of the chain should tell and it does not; refuses nothing."""


class DraftId(Strict):
    draft_id: UUID


class OfferDraft(Strict):
    draft_id: UUID
    version: int


class ReturnDraft(Strict):
    draft_id: UUID
    version: int
    remarks: Remarks


class ListDrafts(ListQuery):
    state: DraftState | None = None


class DraftPage(Strict):
    items: list[Draft]
    next_cursor: str | None = None


# Reports


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


_UNIT = (Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.API_CLIENT)
_CITY = (
    Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER, Role.SUPERVISOR, Role.SCORING_OFFICER, Role.SECRETARY,
    Role.LEADER,
)
READERS = (*_UNIT, Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER)

METHODS: dict[str, Method] = {
    "record_unit": command(RecordUnit, Unit, Role.SYSTEM_ADMINISTRATOR),
    "record_person": command(RecordPerson, Person, Role.SYSTEM_ADMINISTRATOR),
    "list_units": query(
        ListUnits, UnitPage, *_UNIT, *_CITY, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR,
    ),
    "list_people": query(ListPeople, PersonPage, Role.SYSTEM_ADMINISTRATOR, Role.SECURITY_ADMINISTRATOR),
    "save_draft": command(SaveDraft, Draft, Role.INFORMATION_OFFICER, Role.API_CLIENT),
    "offer_draft": command(OfferDraft, Draft, Role.INFORMATION_OFFICER, Role.API_CLIENT),
    "return_draft": command(ReturnDraft, Draft, Role.RESPONSIBLE_LEADER),
    "drop_draft": command(DraftId, Draft, Role.INFORMATION_OFFICER),
    "get_draft": query(DraftId, Draft, *_UNIT),
    "list_drafts": query(ListDrafts, DraftPage, *_UNIT),
    "list_reports": query(ListReports, ReportPage, *READERS),
    "get_report": query(ReportId, Report, *READERS),
    "acknowledge_report": command(ReportId, Report, Role.DUTY_OFFICER),
    "list_deadlines": query(ListDeadlines, DeadlinePage, *READERS, Role.SUPERVISOR, Role.OPERATOR),
    "get_deadline": query(DeadlineId, LateCase, *READERS, Role.SUPERVISOR, Role.OPERATOR),
    "explain_lateness": command(ExplainLateness, LateCase, *_UNIT),
    "decide_lateness": command(DecideLateness, LateCase, Role.EDITOR, Role.CHIEF_EDITOR),
    "unit_timeliness": query(Deadlines, UnitTimelinessTable, *_UNIT, *_CITY, Role.OPERATOR),
    "urgent_timeliness": query(TimelinessQuery, TimelinessTable, *_UNIT, *_CITY, Role.OPERATOR),
    **urgent.METHODS,
}

