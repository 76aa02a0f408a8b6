"""Events the city's desk publishes: decisions, issues, instructions, assignments, feedback."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.events.commissions import COMMISSION_EVENTS
from contracts.events.deadlines import DEADLINE_EVENTS
from contracts.events.guidance import GUIDANCE_EVENTS
from contracts.events.issues import ISSUE_EVENTS
from contracts.events.research import RESEARCH_EVENTS
from contracts.events.supervision import SUPERVISION_EVENTS
from contracts.model import EventData
from contracts.vocabulary import (
    AmendmentAct,
    DeskPlace,
    EscalationLevel,
    FindingKind,
    InstructionClass,
    Kind,
    Level,
    Outcome,
    ReportState,
    Role,
    UnitClass,
)


class _OfReport(EventData):
    TYPE: ClassVar[str] = ""
    report_id: UUID
    receipt_number: str
    unit_id: UUID
    title: str


class ReportQueued(_OfReport):
    """The report stands on the editors' desk."""

    TYPE: ClassVar[str] = "report.queued"


class ReportSeen(_OfReport):
    """An editor opened the report for the first time: "the city has seen it: name, time"."""

    TYPE: ClassVar[str] = "report.seen"
    seen_by: str
    seen_at: datetime


class AmendmentReceived(_OfReport):
    """A correction or withdrawal reached the desk: whoever has the report in hand must hear of it."""

    TYPE: ClassVar[str] = "amendment.received"
    act: AmendmentAct
    reason: str
    held_by_id: UUID | None = None
    """The editor who claimed it or decided on it."""
    place: DeskPlace
    drill: bool = False


class ReportReturned(_OfReport):
    """Returned for revision; a new signed version of the same report may follow."""

    TYPE: ClassVar[str] = "report.returned"
    remarks: str
    returned_by: str
    drill: bool = False


class ReportAdopted(_OfReport):
    """Adopted into an issue; points follow when the issue is published."""

    TYPE: ClassVar[str] = "report.adopted"
    adoption_id: UUID
    publication_code: str
    issue_id: UUID
    adopted_by: str


class AdoptionWithdrawn(_OfReport):
    """The adoption no longer counts; the desk item waits again."""

    TYPE: ClassVar[str] = "adoption.withdrawn"
    adoption_id: UUID
    reason: str


class ReportKept(_OfReport):
    """Kept on file."""

    TYPE: ClassVar[str] = "report.kept"


class ReportNotUsed(_OfReport):
    TYPE: ClassVar[str] = "report.not_used"
    reason: str


class ReportPreAdopted(_OfReport):
    """Chosen for an issue to come; it is adopted into one or released later."""

    TYPE: ClassVar[str] = "report.pre_adopted"


class ReportPassedUp(_OfReport):
    """Passed upward to a higher level; what became of it there is told by `outcome.recorded`."""

    TYPE: ClassVar[str] = "report.passed_up"
    level: Level
    passed_by: str


class ReadingRequested(_OfReport):
    """Sent to leaders for reading (送阅); it scores nothing."""

    TYPE: ClassVar[str] = "reading.requested"
    reading_id: UUID
    reader_ids: list[UUID]
    unit_name: str
    sent_by: str


class DecisionUndone(_OfReport):
    """The decision named was taken back: the report is in hand at the desk again, as if it had not been decided."""

    TYPE: ClassVar[str] = "decision.undone"
    decision: ReportState
    undone_by: str


class ReportHandedOver(_OfReport):
    """An editor handed a claimed report to another one, who now has the claim."""

    TYPE: ClassVar[str] = "report.handed_over"
    to_id: UUID
    handed_by: str
    note: str
    drill: bool = False


class OutcomeRecorded(_OfReport):
    """What a higher level did with a report that was passed upward, as recorded by an editor."""

    TYPE: ClassVar[str] = "outcome.recorded"
    outcome_id: UUID
    unit_class: UnitClass
    report_kind: Kind
    level: Level
    outcome: Outcome
    publication: str | None = None
    item_kind: str | None = None
    """Kind of item in that publication, where its rules tell kinds apart."""
    happened_at: datetime


class PublishedItem(EventData):
    """One adopted report in a published issue, with the unit's share of the credit."""

    TYPE: ClassVar[str] = ""
    adoption_id: UUID
    report_id: UUID
    receipt_number: str
    unit_id: UUID
    unit_class: UnitClass
    report_kind: Kind
    item_kind: str
    title: str
    share: Decimal


class IssuePublished(EventData):
    """An issue was published, once; the adoptions in it count from `published_at`."""

    TYPE: ClassVar[str] = "issue.published"
    issue_id: UUID
    publication_code: str
    publication_name: str
    level: Level
    year: int
    number: int
    published_at: datetime
    items: list[PublishedItem]
    number_line: str = ""
    supplement: bool = False
    reader_ids: list[UUID] = Field(default_factory=list)
    """Persons, units and posts that the distribution list wants told by e-mail."""
    unit_ids: list[UUID] = Field(default_factory=list)
    reader_roles: list[Role] = Field(default_factory=list)


class IssueWithdrawn(EventData):
    """A published issue was taken back; the withdrawal of each of its adoptions is told by itself."""

    TYPE: ClassVar[str] = "issue.withdrawn"
    issue_id: UUID
    publication_code: str
    publication_name: str
    number_line: str
    reason: str
    withdrawn_by: str
    withdrawn_at: datetime
    reader_ids: list[UUID] = Field(default_factory=list)
    unit_ids: list[UUID] = Field(default_factory=list)
    reader_roles: list[Role] = Field(default_factory=list)


class InstructionGiven(EventData):
    """A leader's instruction on a published item was confirmed (notice 五(二))."""

    TYPE: ClassVar[str] = "instruction.given"
    instruction_id: UUID
    issue_id: UUID
    report_id: UUID
    unit_id: UUID
    unit_class: UnitClass
    report_kind: Kind
    level: Level
    leader: str
    text: str
    instruction_class: InstructionClass
    given_at: datetime


class InstructionClosed(EventData):
    TYPE: ClassVar[str] = "instruction.closed"
    instruction_id: UUID
    closed_by: str


class _OfAssignment(EventData):
    TYPE: ClassVar[str] = ""
    assignment_id: UUID
    instruction_id: UUID
    unit_id: UUID
    title: str
    due_at: datetime
    about_report_id: UUID | None = None
    """The report that is told by `title`."""


class AssignmentGiven(_OfAssignment):
    """A unit has to act on an instruction and give feedback by `due_at`."""

    TYPE: ClassVar[str] = "assignment.given"
    requirement: str


class AssignmentReceived(_OfAssignment):
    TYPE: ClassVar[str] = "assignment.received"
    received_by: str


class FeedbackGiven(_OfAssignment):
    """A signed feedback of the unit arrived; its receipt's time decides."""

    TYPE: ClassVar[str] = "feedback.given"
    report_id: UUID
    receipt_number: str
    received_at: datetime


class FeedbackAccepted(_OfAssignment):
    TYPE: ClassVar[str] = "feedback.accepted"
    report_id: UUID
    accepted_by: str


class FeedbackReturned(_OfAssignment):
    TYPE: ClassVar[str] = "feedback.returned"
    report_id: UUID
    remarks: str
    returned_by: str


class FeedbackFlagged(_OfReport):
    """A unit answered an assignment that is another unit's: kept, never counted, and told to the unit that sent it."""

    TYPE: ClassVar[str] = "feedback.flagged"


class AssignmentEscalated(_OfAssignment):
    """Overdue: the next in line is told, once (R17)."""

    TYPE: ClassVar[str] = "assignment.escalated"
    unit_name: str
    level: EscalationLevel
    overdue_since: datetime


class _OfExtension(_OfAssignment):
    TYPE: ClassVar[str] = ""
    extension_id: UUID
    unit_name: str
    wanted_due_at: datetime


class ExtensionAsked(_OfExtension):
    """The unit asks for more time, before its time is over."""

    TYPE: ClassVar[str] = "extension.asked"
    reason: str
    progress: str
    asked_by: str


class ExtensionGranted(_OfExtension):
    """`due_at` is the new due time."""

    TYPE: ClassVar[str] = "extension.granted"
    remarks: str
    granted_by: str


class ExtensionRefused(_OfExtension):
    TYPE: ClassVar[str] = "extension.refused"
    remarks: str
    refused_by: str


class _OfFinding(EventData):
    TYPE: ClassVar[str] = ""
    finding_id: UUID
    kind: FindingKind
    unit_id: UUID
    unit_class: UnitClass
    report_id: UUID | None = None
    title: str
    reply_due_at: datetime


class FindingProposed(_OfFinding):
    """An editor proposes a finding against a unit, which may reply until `reply_due_at`."""

    TYPE: ClassVar[str] = "finding.proposed"


class FindingConfirmed(_OfFinding):
    """A second person confirmed it; rules may take points for its kind."""

    TYPE: ClassVar[str] = "finding.confirmed"
    reason: str
    decided_by: str
    decided_at: datetime


class FindingDropped(_OfFinding):
    TYPE: ClassVar[str] = "finding.dropped"
    reason: str
    decided_by: str
    decided_at: datetime


EVENTS: tuple[type[EventData], ...] = (
    ReportQueued,
    ReportSeen,
    AmendmentReceived,
    ReportReturned,
    ReportAdopted,
    AdoptionWithdrawn,
    ReportKept,
    ReportNotUsed,
    ReportPreAdopted,
    ReportPassedUp,
    ReadingRequested,
    DecisionUndone,
    ReportHandedOver,
    OutcomeRecorded,
    IssuePublished,
    IssueWithdrawn,
    InstructionGiven,
    InstructionClosed,
    AssignmentGiven,
    AssignmentReceived,
    FeedbackGiven,
    FeedbackAccepted,
    FeedbackReturned,
    FeedbackFlagged,
    AssignmentEscalated,
    ExtensionAsked,
    ExtensionGranted,
    ExtensionRefused,
    FindingProposed,
    FindingConfirmed,
    FindingDropped,
    *COMMISSION_EVENTS,
    *GUIDANCE_EVENTS,
    *ISSUE_EVENTS,
    *RESEARCH_EVENTS,
    *SUPERVISION_EVENTS,
    *DEADLINE_EVENTS,
)
