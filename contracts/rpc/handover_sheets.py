"""The handover sheet of a shift at the editors' desk: what is open, in hand, promised, decided, verified."""

from __future__ import annotations

from uuid import UUID

from contracts.model import Instant, Method, Strict, query
from contracts.rpc.roles import DESK
from contracts.rpc.verifications import Conclusion, VerificationMeans
from contracts.vocabulary import Kind, ReportState, Severity


class HandoverQuery(Strict):
    """A shift, at most 7 days long."""

    begin: Instant
    end: Instant


class HandoverLine(Strict):
    report_id: UUID
    number: str
    title: str
    unit_name: str
    kind: Kind
    severity: Severity | None
    drill: bool
    received_at: Instant
    due_at: Instant | None
    person: str | None
    """Whoever has it in hand, or decided."""
    until: Instant | None
    """When the claim lapses."""
    note: str | None
    """What was said when it was handed over, or with what it was returned."""
    at: Instant | None
    """When it was decided."""


class HandoverPart(Strict):
    """The first 200, and how many there are."""

    total: int
    items: list[HandoverLine]


class HandoverVerification(Strict):
    """Whom somebody asked about a report; what was said stands in the report's record."""

    report_id: UUID
    number: str
    title: str
    unit_name: str
    asked_name: str
    asked_post: str | None
    asked_unit: str | None
    asked_phone: str | None
    asked_at: Instant
    means: VerificationMeans
    conclusion: Conclusion
    recorded_by: str


class HandoverVerifications(Strict):
    """The newest 200, and how many there are."""

    total: int
    items: list[HandoverVerification]


class DecidedCount(Strict):
    decision: ReportState
    number: int


class HandoverSheet(Strict):
    """As it stands now; `decided` counts what was decided in the shift."""

    begin: Instant
    end: Instant
    waiting: HandoverPart
    in_hand: HandoverPart
    promised: HandoverPart
    """Not decided yet, with a note of whoever handed it over, in whose hands ever it is now."""
    pre_adopted: HandoverPart
    returned: HandoverPart
    """Returned in the shift, not signed again yet."""
    decided: list[DecidedCount]
    verifications: HandoverVerifications
    """Asked in the shift and not corrected since, newest first."""


METHODS: dict[str, Method] = {"get_handover_sheet": query(HandoverQuery, HandoverSheet, *DESK)}
