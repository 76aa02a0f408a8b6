"""The editors' desk: its queue, claims, decisions, adoption and what higher levels did (notice 三(一))."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc.attachments import Attachment
from contracts.rpc.fields import Name, Remarks
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import DESK
from contracts.vocabulary import (
    AmendmentAct,
    DeskState,
    Kind,
    Leaning,
    Level,
    Outcome,
    ReportState,
    Severity,
    UnitClass,
)

UNDO_WITHIN = timedelta(minutes=10)
"""How long whoever decided may undo it."""


class ReportId(Strict):
    report_id: UUID


class DeskItem(Strict):
    """A report on the editors' desk; `adoption_id` names the adoption in force."""

    report_id: UUID
    receipt_number: str
    number: str
    version: int
    kind: Kind
    severity: Severity | None
    unit_id: UUID
    unit_name: str
    unit_class: UnitClass
    title: str
    body: str
    occurred_at: Instant | None
    received_at: Instant
    signer_name: str
    late: bool | None
    state: DeskState
    decision: str | None
    claimed_by: str | None
    seen_by: str | None
    seen_at: Instant | None
    adoption_id: UUID | None
    issue_id: UUID | None
    assignment_id: UUID | None
    amended_act: AmendmentAct | None = None
    """What the newest signed version does to the report."""
    amended_reason: str | None = None
    report_version: int = 1
    """The signed version lying on the desk; `version` counts the changes of the item itself."""
    drill: bool = False
    """An exercise: it can be returned, kept on file or not used, never adopted or passed up."""
    attachments: list[Attachment] = Field(default_factory=list)
    topic: str | None = None
    leaning: Leaning | None = None
    due_at: Instant | None = None
    """By when the desk wants it decided."""
    claimed_by_id: str | None = None
    claimed_until: Instant | None = None
    """When the claim lapses: from then on another editor may take it over."""
    taken_from: str | None = None
    """Whose claim the claimer took over."""
    handed_by: str | None = None
    handover_note: str | None = None
    decided_at: Instant | None = None


class QueueFilters(Strict):
    """What narrows the queue, all together."""

    state: DeskState | None = None
    decision: ReportState | None = None
    """Decided ones of this decision: pre-adopted ones, say."""
    mine: bool = False
    """Only what I have claimed; of decided ones what I decided in the last 24 hours."""
    unit_id: UUID | None = None
    unit_class: UnitClass | None = None
    kind: Kind | None = None
    severity: Severity | None = None
    leaning: Leaning | None = None
    topic: Text | None = Field(default=None, max_length=100)
    q: Text | None = Field(default=None, max_length=100)


class ListQueue(QueueFilters, ListQuery):
    """Urgent first, then what is due soonest, then the oldest. Among decided ones `q` looks back 400 days; reports are
    searched for all time."""


class QueuePage(Strict):
    items: list[DeskItem]
    next_cursor: str | None = None


class ClaimReport(Strict):
    """Claim it, or renew one's own claim. A claim that has lapsed is taken over; `take_over` lets the chief editor take
    over one that has not."""

    report_id: UUID
    take_over: bool = False


class HandOver(Strict):
    """Give the claim to the editor named, with a note: what was promised, what is still to be asked."""

    report_id: UUID
    to_id: UUID
    to_name: Name
    note: Remarks


class SetDue(Strict):
    """By when the desk wants it decided; null for no time."""

    report_id: UUID
    due_at: Instant | None


class PassUp(Strict):
    """Passed upward to this level. An adopted report stays adopted."""

    report_id: UUID
    level: Level
    note: Remarks | None = None


class Adopt(Strict):
    """Adopt a report into a composing issue. `title` and `body` are the edit copy; absent = as submitted."""

    report_id: UUID
    issue_id: UUID
    item_kind: Text = Field(default="item", max_length=40)
    column: Name | None = None
    """One of the publication's columns."""
    title: Text | None = Field(default=None, min_length=1, max_length=200)
    body: Text | None = Field(default=None, min_length=1, max_length=50_000)


class WithdrawAdoption(Strict):
    report_id: UUID
    reason: Remarks


class ReturnReport(Strict):
    report_id: UUID
    remarks: Remarks


class DeclineReport(Strict):
    report_id: UUID
    reason: Remarks


class RecordOutcome(Strict):
    """What a higher level did with a report that was passed upward."""

    report_id: UUID
    level: Level
    outcome: Outcome
    publication: Text | None = Field(default=None, max_length=100)
    item_kind: Text | None = Field(default=None, max_length=40)
    happened_at: Instant


class RecordedOutcome(Strict):
    outcome_id: UUID


class Passing(Strict):
    """The report was passed upward; `undone_at` where that was taken back."""

    level: Level
    note: str | None
    passed_by: str
    passed_at: Instant
    undone_at: Instant | None


class ToldOutcome(Strict):
    level: Level
    outcome: Outcome
    publication: str | None
    happened_at: Instant
    recorded_by: str


class Passings(Strict):
    """Where the report was passed upward to, and what became of it there; the earliest first."""

    passings: list[Passing]
    outcomes: list[ToldOutcome]


METHODS: dict[str, Method] = {
    "list_queue": query(ListQueue, QueuePage, *DESK),
    "get_desk_item": query(ReportId, DeskItem, *DESK),
    "open_desk_item": command(ReportId, DeskItem, *DESK),
    "claim_report": command(ClaimReport, DeskItem, *DESK),
    "hand_over_report": command(HandOver, DeskItem, *DESK),
    "set_due": command(SetDue, DeskItem, *DESK),
    "release_report": command(ReportId, DeskItem, *DESK),
    "return_report": command(ReturnReport, DeskItem, *DESK),
    "keep_report": command(ReportId, DeskItem, *DESK),
    "decline_report": command(DeclineReport, DeskItem, *DESK),
    "pre_adopt_report": command(ReportId, DeskItem, *DESK),
    "pass_up_report": command(PassUp, DeskItem, *DESK),
    "list_passings": query(ReportId, Passings, *DESK),
    "reopen_report": command(ReportId, DeskItem, *DESK),
    "undo_decision": command(ReportId, DeskItem, *DESK),
    "adopt_report": command(Adopt, DeskItem, *DESK),
    "withdraw_adoption": command(WithdrawAdoption, DeskItem, *DESK),
    "record_outcome": command(RecordOutcome, RecordedOutcome, *DESK),
}
