"""The editors' desk: its queue, claims, decisions, adoption and what higher levels did (notice 三(一))."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc.attachments import Attachment
from contracts.rpc.fields import Remarks
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import DESK
from contracts.vocabulary import AmendmentAct, DeskState, Kind, Level, Outcome, Severity, UnitClass


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


class ListQueue(ListQuery):
    """Urgent first, then the oldest. Among decided ones `q` looks back 400 days; reports are searched for all time."""

    state: DeskState | None = None
    q: Text | None = Field(default=None, max_length=100)


class QueuePage(Strict):
    items: list[DeskItem]
    next_cursor: str | None = None


class Adopt(Strict):
    """Adopt a report into a composing issue. `title` and `body` are the edit copy; absent = as submitted."""

    report_id: UUID
    issue_id: UUID
    item_kind: Text = Field(default="item", max_length=40)
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


METHODS: dict[str, Method] = {
    "list_queue": query(ListQueue, QueuePage, *DESK),
    "get_desk_item": query(ReportId, DeskItem, *DESK),
    "open_desk_item": command(ReportId, DeskItem, *DESK),
    "claim_report": command(ReportId, DeskItem, *DESK),
    "release_report": command(ReportId, DeskItem, *DESK),
    "return_report": command(ReturnReport, DeskItem, *DESK),
    "keep_report": command(ReportId, DeskItem, *DESK),
    "decline_report": command(DeclineReport, DeskItem, *DESK),
    "adopt_report": command(Adopt, DeskItem, *DESK),
    "withdraw_adoption": command(WithdrawAdoption, DeskItem, *DESK),
    "record_outcome": command(RecordOutcome, RecordedOutcome, *DESK),
}
