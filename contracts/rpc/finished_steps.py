"""How long finished steps of the supervision office took, each kept when it ended (R17)."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, query
from contracts.rpc.office_steps import OfficeMatter, OfficeStep
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import OFFICE_TIME
from contracts.vocabulary import Labelled


class StepOutcome(Labelled):
    """What ended a step; from then on it lay with the office no more."""

    ASSIGNED = "assigned", "已交办"
    FOR_REFERENCE = "for_reference", "参阅，无需交办"
    WITHDRAWN = "withdrawn", "登记已撤销"
    ACCEPTED = "accepted", "反馈通过"
    RETURNED = "returned", "反馈退回"
    GRANTED = "granted", "准予延期"
    REFUSED = "refused", "不予延期"
    LAPSED = "lapsed", "单位已反馈，无需审批"
    PRESENTED = "presented", "已呈阅"
    CLOSED = "closed", "已办结"


class FinishedStep(OfficeMatter):
    """It lies there no more; kept with the limit that was in force and never changed afterwards."""

    step_id: UUID
    finished_at: Instant
    finished_by: str
    outcome: StepOutcome
    seconds: float
    """From `since` until `finished_at`."""


class FinishedIn(Strict):
    """A period by when steps were finished; empty for all that is kept."""

    since: Instant | None = Field(default=None, description="finished at or after")
    until: Instant | None = Field(default=None, description="finished before")


class ListFinishedSteps(ListQuery, FinishedIn):
    step: OfficeStep | None = None
    late: bool | None = Field(default=None, description="only late ones, or only those in time")


class FinishedStepPage(Strict):
    """What was finished last stands first."""

    items: list[FinishedStep]
    next_cursor: str | None = None


class OfficeTime(Strict):
    """Of one step in a period; `list_finished_steps` opens the cases, the metrics say the same of this month."""

    step: OfficeStep
    in_time: int
    late: int
    median_seconds: float | None
    """Holidays counted; none when nothing was finished."""


class OfficeTimeTable(Strict):
    rows: list[OfficeTime]


METHODS: dict[str, Method] = {
    "list_finished_steps": query(ListFinishedSteps, FinishedStepPage, *OFFICE_TIME),
    "office_time": query(FinishedIn, OfficeTimeTable, *OFFICE_TIME),
}
