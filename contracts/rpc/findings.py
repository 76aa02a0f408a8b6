"""Findings late, omitted, false, concealed, understated: proposed, answered by the unit, decided by a second person
(R07, notice 五(一))."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.fields import Remarks
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import UNIT
from contracts.rpc.verifications import VerifiedConclusion
from contracts.vocabulary import FindingKind, Labelled, Role


class FindingState(Labelled):
    PROPOSED = "proposed", "待认定"
    CONFIRMED = "confirmed", "已认定"
    DROPPED = "dropped", "不予认定"


class FindingDecision(Labelled):
    CONFIRMED = "confirmed", "认定"
    DROPPED = "dropped", "不予认定"


class ProposeFinding(Strict):
    """On a report of the unit; omitted or concealed also without one, by what happened and the incident, if known.

    That an urgent report was late is found by its deadline (`/v1/deadlines/{id}/finding`), not here.
    """

    finding_id: UUID
    kind: FindingKind
    unit_id: UUID
    report_id: UUID | None = None
    incident_number: Text | None = Field(default=None, pattern=NOT_BLANK, max_length=40)
    facts: Remarks
    """What happened, in a sentence; the unit is told it."""
    grounds: Remarks
    """How it is known: source, documents, what was asked."""
    verification_id: UUID | None = None
    """An entry of the report's verification record that counts among the grounds."""


class FindingReply(Strict):
    """What the unit said, beside the finding for ever."""

    at: Instant
    by_name: str
    text: str


class Finding(Strict):
    finding_id: UUID
    version: int
    kind: FindingKind
    state: FindingState
    unit_id: UUID
    unit_name: str
    report_id: UUID | None
    report_number: str | None
    incident_number: str | None
    facts: str
    grounds: str
    verification: VerifiedConclusion | None = None
    """What the entry named among the grounds concluded, and when somebody was asked."""
    proposed_by: str
    proposed_at: Instant
    reply_due_at: Instant
    """Until then it is not decided unless the unit has replied."""
    replies: list[FindingReply]
    decided_by: str | None
    decided_at: Instant | None
    reason: str | None
    """Of the decision."""


class FindingId(Strict):
    finding_id: UUID


class ReplyToFinding(Strict):
    finding_id: UUID
    text: Remarks


class DecideFinding(Strict):
    finding_id: UUID
    decision: FindingDecision
    reason: Remarks


class ListFindings(ListQuery):
    """Newest first; a unit sees those about itself."""

    state: FindingState | None = None
    unit_id: UUID | None = None


class FindingPage(Strict):
    items: list[Finding]
    next_cursor: str | None = None


_READERS = (*UNIT, Role.EDITOR, Role.CHIEF_EDITOR, Role.SCORING_OFFICER)

METHODS: dict[str, Method] = {
    "propose_finding": command(ProposeFinding, Finding, Role.EDITOR, Role.CHIEF_EDITOR),
    "list_findings": query(ListFindings, FindingPage, *_READERS),
    "get_finding": query(FindingId, Finding, *_READERS),
    "reply_to_finding": command(ReplyToFinding, Finding, *UNIT),
    "decide_finding": command(DecideFinding, Finding, Role.CHIEF_EDITOR),
}
