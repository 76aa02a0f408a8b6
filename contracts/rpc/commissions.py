"""Commissions: reports the city asks of some or all units, with content and time limit (R18, notice 五(三))."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.deadlines import Deadline
from contracts.rpc.fields import Body, Remarks, Title
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import CITY, DESK, UNIT
from contracts.vocabulary import Labelled, UnitClass

MOST_UNITS = 500
"""One commission names no more: it is told to each of them in one act."""


class Origin(Labelled):
    """Who wants it in the end."""

    CITY = "city", "市里约稿"
    PROVINCE = "province", "省（市）里约稿"
    STATE_COUNCIL = "state_council", "国务院办公厅约稿"


class CommissionState(Labelled):
    ISSUED = "issued", "约稿中"
    WITHDRAWN = "withdrawn", "已撤回"
    CLOSED = "closed", "已办结"


class TaskState(Labelled):
    """Where one unit's answer stands; the receipt's time alone decides between delivered and late."""

    OWED = "owed", "待交稿"
    DELIVERED = "delivered", "已交稿"
    LATE = "late", "迟交"
    MISSED = "missed", "逾期未交"
    EXCUSED = "excused", "免交"
    WITHDRAWN = "withdrawn", "约稿已撤回"


class Quality(Labelled):
    """The editor's mark for what a unit delivered."""

    A = "A", "优"
    B = "B", "良"
    C = "C", "差"


class Addressees(Strict):
    """Units by name, or by class as they stand on the day; both together count each unit once."""

    unit_ids: list[UUID] = Field(default_factory=list, max_length=MOST_UNITS)
    unit_classes: list[UnitClass] = Field(default_factory=list, max_length=len(UnitClass))


class IssueCommission(Addressees):
    """Due at a stated time, or at the end of the n-th working day after today."""

    commission_id: UUID
    subject: Title
    requirements: Text = Field(min_length=1, pattern=NOT_BLANK, max_length=5_000)
    length: int | None = Field(default=None, ge=1, le=50_000, description="characters at the most")
    due_at: Instant | None = None
    working_days: int | None = Field(default=None, ge=1, le=250)
    template: Body | None = None
    """What the units' drafts begin with."""
    origin: Origin = Origin.CITY
    upward_due_at: Instant | None = Field(default=None, description="when the city itself must deliver upward")
    from_report_id: UUID | None = None
    """The report on the desk from which the subject came."""


class Commission(Strict):
    commission_id: UUID
    version: int
    state: CommissionState
    subject: str
    requirements: str
    length: int | None
    due_at: Instant
    template: str | None
    origin: Origin
    upward_due_at: Instant | None
    """Told to the city's people only, like the three that follow."""
    upward_deadline: Deadline | None
    """The city's own clock; None where there is no due time upward, or of before there was a clock."""
    delivered_upward_at: Instant | None
    delivered_upward_by: str | None
    upward_note: str | None
    """What was delivered upward: its document number, title, or remarks."""
    from_report_id: UUID | None
    """Told to editors only."""
    issued_by: str
    issued_at: Instant
    ended_by: str | None
    """Who withdrew or closed it."""
    ended_at: Instant | None
    withdrawn_because: str | None
    counts: dict[TaskState, int]
    """Tasks by state: of the reader's own unit only, for one of a unit."""


class CommissionId(Strict):
    commission_id: UUID


class ListCommissions(ListQuery):
    """Newest first."""

    state: CommissionState | None = None
    owed_upward: bool = False
    """Only those that the city itself has not delivered upward yet; told to the city's people alone."""


class CommissionPage(Strict):
    items: list[Commission]
    next_cursor: str | None = None


class WithdrawCommission(CommissionId):
    reason: Remarks


class DeliverUpward(CommissionId):
    """The city has delivered upward what the commission was for."""

    note: Text | None = Field(default=None, min_length=1, pattern=NOT_BLANK, max_length=2_000)


class AnswerShown(Strict):
    """A signed report that answers the commission, by its newest version."""

    report_id: UUID
    receipt_number: str
    title: str
    received_at: Instant
    """Of its first version, which stops the clock."""
    withdrawn: bool
    """The unit has taken it back since."""


class CommissionTask(Strict):
    """One unit's part of a commission."""

    task_id: UUID
    commission_id: UUID
    version: int
    subject: str
    requirements: str
    length: int | None
    unit_id: UUID
    unit_name: str
    state: TaskState
    due_at: Instant
    answers: list[AnswerShown]
    deadline: Deadline
    excused_by: str | None
    excused_because: str | None
    quality: Quality | None
    quality_remark: str | None
    marked_by: str | None


class TaskId(Strict):
    task_id: UUID


class ListCommissionTasks(ListQuery):
    """Next due first."""

    commission_id: UUID | None = None
    unit_id: UUID | None = None
    state: TaskState | None = None


class CommissionTaskPage(Strict):
    items: list[CommissionTask]
    next_cursor: str | None = None


class ExcuseUnit(TaskId):
    reason: Remarks


class MarkAnswer(TaskId):
    quality: Quality
    remark: Text | None = Field(default=None, min_length=1, pattern=NOT_BLANK, max_length=2_000)


METHODS: dict[str, Method] = {
    "issue_commission": command(IssueCommission, Commission, *DESK),
    "withdraw_commission": command(WithdrawCommission, Commission, *DESK),
    "close_commission": command(CommissionId, Commission, *DESK),
    "deliver_upward": command(DeliverUpward, Commission, *DESK),
    "get_commission": query(CommissionId, Commission, *CITY, *UNIT),
    "list_commissions": query(ListCommissions, CommissionPage, *CITY, *UNIT),
    "list_commission_tasks": query(ListCommissionTasks, CommissionTaskPage, *CITY, *UNIT),
    "get_commission_task": query(TaskId, CommissionTask, *CITY, *UNIT),
    "excuse_unit": command(ExcuseUnit, CommissionTask, *DESK),
    "mark_answer": command(MarkAnswer, CommissionTask, *DESK),
}
