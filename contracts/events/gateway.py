"""Events the gateway publishes.

Grammar of an event type: `<noun>.<past participle>`, both lower case, words joined by `_`; the noun is a thing of
the glossary, the participle says what has happened to it.
"""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from pydantic import Field

from contracts.model import EventData
from contracts.vocabulary import (
    AmendmentAct,
    Element,
    IncidentCategory,
    Kind,
    Leaning,
    Secrecy,
    Severity,
    SignOffMethod,
    SourceChannel,
)


class SignOff(EventData):
    """Who wrote and who signed, in which post, when and how (notice 二(四), 五(一))."""

    TYPE: ClassVar[str] = ""
    author_id: UUID | None
    author_name: str
    signer_id: UUID | None
    signer_name: str
    signer_post: str
    signed_at: datetime
    method: SignOffMethod


class IncidentFigures(EventData):
    """Casualties and loss; what is absent was not stated."""

    TYPE: ClassVar[str] = ""
    dead: int | None = None
    missing: int | None = None
    seriously_hurt: int | None = None
    slightly_hurt: int | None = None
    loss_yuan: Decimal | None = None


class IncidentTold(EventData):
    """What an urgent report tells of its incident beside time, place and severity."""

    TYPE: ClassVar[str] = ""
    category: IncidentCategory | None = None
    learned_at: datetime | None = None
    figures: IncidentFigures | None = None
    elements: dict[Element, str] = Field(default_factory=dict)


class ReferenceTold(EventData):
    """The document of the city that a report answers."""

    TYPE: ClassVar[str] = ""
    title: str
    number: str | None = None
    dated: date | None = None
    commission_id: UUID | None = None
    point_ids: list[UUID] = Field(default_factory=list)


class AttachmentTold(EventData):
    """A file signed with a document; the gateway keeps its bytes under the digest."""

    TYPE: ClassVar[str] = ""
    digest: str
    size: int
    """Bytes."""
    media_type: str
    name: str


class AmendmentTold(EventData):
    """Why a submitted report is corrected or withdrawn."""

    TYPE: ClassVar[str] = ""
    act: AmendmentAct
    reason: str


class SignedVersion(EventData):
    """One signed version of a document, as acceptance and registration tell of it."""

    TYPE: ClassVar[str] = ""
    receipt_number: str
    report_id: UUID
    version: int
    """1 for the first signed version of this report; a revision after a return counts on."""
    kind: Kind
    unit_id: UUID
    title: str
    body: str
    topic: str | None = None
    secrecy: Secrecy = Secrecy.UNCLASSIFIED
    severity: Severity | None = None
    occurred_at: datetime | None = None
    place: str | None = None
    follows_report_id: UUID | None = None
    """The first report of the chain, for a follow-up or a final report."""
    assignment_id: UUID | None = None
    """The assignment that a feedback answers."""
    incident: IncidentTold | None = None
    pre_report_id: UUID | None = None
    drill: bool = False
    """An exercise: never scored nor sent to leaders."""
    leaning: Leaning | None = None
    source_channel: SourceChannel | None = None
    reference: ReferenceTold | None = None
    attachments: list[AttachmentTold] = Field(default_factory=list)
    amendment: AmendmentTold | None = None
    sign_off: SignOff
    received_at: datetime
    content_hash: str
    """`sha256:` and the hash of the canonical content, as on the receipt."""


class ReportAccepted(SignedVersion):
    """A signed document was accepted durably; `received_at` alone decides met or late (notice 五(一))."""

    TYPE: ClassVar[str] = "report.accepted"
    draft_id: UUID | None = None


class WatermarkAdvanced(EventData):
    """Every receipt with `received_at <= up_to` has been handed to the bus: `accepted_total` of them, ever.

    A consumer has caught up with the watermark once it has handled that many; events keep no order.
    """

    TYPE: ClassVar[str] = "watermark.advanced"
    SUPERSEDED: ClassVar[bool] = True
    up_to: datetime
    accepted_total: int


EVENTS: tuple[type[EventData], ...] = (ReportAccepted, WatermarkAdvanced)
