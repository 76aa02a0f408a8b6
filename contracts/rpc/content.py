"""The content of signed documents: what is written, checked, signed, hashed and kept."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Strict, Text
from contracts.rpc.attachments import Attachments
from contracts.rpc.fields import Body, Remarks, Title
from contracts.rpc.urgent import Count
from contracts.vocabulary import (
    AmendmentAct,
    Element,
    IncidentCategory,
    Kind,
    Leaning,
    ReportField,
    Secrecy,
    Severity,
    SourceChannel,
)

ToTell = ReportField | Element
"""What a step of a chain has to tell: a field or an element (`rules/chain-contents.yaml` of intake)."""

MOST_POINTS = 20
"""Points of guidance that one report answers at the most."""


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


class Reference(Strict):
    """A document of the city that a report answers: a decision, a point of guidance, a commission
    (notice 一(二), 五(三))."""

    title: Title
    number: Text | None = Field(default=None, min_length=1, pattern=NOT_BLANK, max_length=100)
    """Document number (发文字号) or number of the point."""
    dated: date | None = None
    commission_id: UUID | None = None
    """The commission that it answers (`/v1/commissions`)."""
    point_ids: list[UUID] = Field(default=[], max_length=MOST_POINTS)
    """The points of guidance that it answers (`/v1/guidance`)."""


class Amendment(Strict):
    """Why a submitted report is corrected or withdrawn. A withdrawal repeats the content, which stays as it was."""

    act: AmendmentAct
    reason: Remarks


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
    """Set when this is a new version of a report: after its return, or with `amendment` at any time."""
    incident: Incident | None = None
    pre_report_id: UUID | None = None
    """The pre-report by phone that this first report makes good in writing."""
    drill: bool = False
    """An exercise: marked wherever it is seen, never scored nor sent to leaders."""
    leaning: Leaning | None = None
    source_channel: SourceChannel | None = None
    reference: Reference | None = None
    """What a report that answers names; only kinds of `REFERRING` have it, and these need it."""
    attachments: Attachments = Field(default=[])
    """Files that are signed with the text, by their digests; the gateway keeps their bytes."""

    amendment: Amendment | None = None
    """Set when this version corrects or withdraws the report named by `report_id`."""

    def document(self) -> dict[str, Any]:
        """What is hashed and signed: without the fields left at their default, so that a field added later changes
        no hash given before."""
        return self.model_dump(mode="json", exclude_defaults=True)
