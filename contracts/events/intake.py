"""Events intake publishes: directory, drafts, registered reports, urgent deadlines."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar, Literal
from uuid import UUID

from contracts.events.deadlines import DEADLINE_EVENTS
from contracts.events.gateway import SignedVersion
from contracts.model import EventData
from contracts.vocabulary import Kind, LateDecision, Role, Secrecy, UnitClass


class UnitRecorded(EventData):
    """A unit as the directory holds it now; later versions replace earlier ones."""

    TYPE: ClassVar[str] = "unit.recorded"
    unit_id: UUID
    name: str
    unit_class: UnitClass
    parent_id: UUID | None = None
    valid_from: date
    valid_to: date | None = None
    code: str | None = None
    position: int | None = None
    """Place in the city's official order."""
    named_since: date | None = None
    """From which day name and class hold."""


class PostHeld(EventData):
    """A post in a unit with its dates; `deputy` marks the dated deputy of the responsible leader."""

    TYPE: ClassVar[str] = ""
    unit_id: UUID
    role: Role
    title: str
    deputy: bool = False
    valid_from: date
    valid_to: date | None = None
    full_time: bool | None = None
    """Of an information officer."""


class PersonRecorded(EventData):
    """A person and the posts held, as the directory holds them now; later versions replace earlier ones."""

    TYPE: ClassVar[str] = "person.recorded"
    person_id: UUID
    name: str
    unit_id: UUID
    posts: list[PostHeld]
    code: str | None = None


class DraftWaiting(EventData):
    """A draft that waits for somebody of its unit."""

    TYPE: ClassVar[str] = ""
    draft_id: UUID
    unit_id: UUID
    kind: Kind
    title: str
    author_id: UUID
    author_name: str
    drill: bool = False


class DraftOffered(DraftWaiting):
    """A draft waits for the sign-off of the unit's responsible leader."""

    TYPE: ClassVar[str] = "draft.offered"


class EndorsementRequested(DraftWaiting):
    """A draft waits for the endorsement of a section head before it is offered for sign-off."""

    TYPE: ClassVar[str] = "endorsement.requested"
    endorser_ids: list[UUID]
    """Who may endorse it on that day."""


class DraftEndorsed(DraftWaiting):
    """A section head endorsed the draft; it waits for the sign-off of the responsible leader."""

    TYPE: ClassVar[str] = "draft.endorsed"
    endorsed_by: str


class OfferVoided(EventData):
    """What was offered of a draft up to this version may not be signed any more: changed, returned or dropped."""

    TYPE: ClassVar[str] = "offer.voided"
    draft_id: UUID
    unit_id: UUID
    offered_version: int


class DraftReturned(EventData):
    """The signer or endorser sent the draft back to its author."""

    TYPE: ClassVar[str] = "draft.returned"
    draft_id: UUID
    unit_id: UUID
    title: str
    author_id: UUID
    remarks: str
    returned_by: str
    drill: bool = False


class ReportRegistered(SignedVersion):
    """Intake registered an accepted document; the unit is named as it was then (R14)."""

    TYPE: ClassVar[str] = "report.registered"
    number: str
    """Number of the report: that of its first receipt."""
    unit_name: str
    unit_class: UnitClass
    late: bool | None = None
    """For an urgent first report: whether the receipt's time passed the due time. None for other kinds."""


class ChainClosed(EventData):
    """The city closed a chain after its final report (notice 二(一)); what is accepted later opens it again."""

    TYPE: ClassVar[str] = "chain.closed"
    report_id: UUID
    """The first report."""
    number: str
    unit_id: UUID
    title: str
    closed_by: str
    closed_at: datetime
    drill: bool = False


class IncidentChanged(EventData):
    """An incident was opened, or a unit's first report joined it or left it; a person judged so, with reason."""

    TYPE: ClassVar[str] = "incident.changed"
    incident_id: UUID
    number: str
    change: Literal["opened", "joined", "left"]
    report_id: UUID
    """The first report."""
    unit_id: UUID
    reason: str
    drill: bool = False


class LatenessDecided(EventData):
    """An editor decided whether a missed time limit is held against the unit."""

    TYPE: ClassVar[str] = "lateness.decided"
    deadline_id: UUID
    subject_id: UUID
    unit_id: UUID
    title: str
    decision: LateDecision
    grounds: str
    decided_by: str


class ReportAcknowledged(EventData):
    """The city's duty officer took note of an urgent report; told once for each report, whatever its versions (R04)."""

    TYPE: ClassVar[str] = "report.acknowledged"
    report_id: UUID
    receipt_number: str
    """That of the newest version when it was acknowledged."""
    unit_id: UUID
    title: str
    kind: Kind
    acknowledged_by: str
    acknowledged_at: datetime
    drill: bool = False


class _OfAmendment(EventData):
    TYPE: ClassVar[str] = ""
    report_id: UUID
    number: str
    receipt_number: str
    version: int
    unit_id: UUID
    title: str
    reason: str
    signed_by: str
    received_at: datetime
    drill: bool = False


class ReportCorrected(_OfAmendment):
    """A signed version corrects the report; what it changes by field is read from intake (`list_amendments`)."""

    TYPE: ClassVar[str] = "report.corrected"


class ReportWithdrawn(_OfAmendment):
    """A signed version withdraws the report; its text and its history are kept."""

    TYPE: ClassVar[str] = "report.withdrawn"


class ReportReclassified(EventData):
    """The secrecy class of a report was raised: whoever keeps its title or text hides it from those not cleared.

    It carries nothing of the content, not even the reason, which may speak of it.
    """

    TYPE: ClassVar[str] = "report.reclassified"
    report_id: UUID
    number: str
    unit_id: UUID
    secrecy: Secrecy
    known_as: list[UUID]
    """Ids under which messages may have spoken of it: the report's, its drafts', its pre-reports'."""
    deadline_ids: list[UUID]
    """Deadlines that were told by its title."""
    raised_by: str
    raised_at: datetime


class RegistrationAdvanced(EventData):
    """Intake's own watermark: every feedback with `received_at <= up_to` has been registered and published,
    `feedback_total` of them, ever; and every answer to a commission, `answer_total` of them. Review decides *missed*
    behind it."""

    TYPE: ClassVar[str] = "registration.advanced"
    SUPERSEDED: ClassVar[bool] = True
    up_to: datetime
    feedback_total: int
    answer_total: int = 0


EVENTS: tuple[type[EventData], ...] = (
    UnitRecorded,
    PersonRecorded,
    DraftOffered,
    EndorsementRequested,
    DraftEndorsed,
    OfferVoided,
    DraftReturned,
    ReportRegistered,
    ChainClosed,
    IncidentChanged,
    LatenessDecided,
    ReportAcknowledged,
    ReportCorrected,
    ReportWithdrawn,
    ReportReclassified,
    RegistrationAdvanced,
    *DEADLINE_EVENTS,
)
