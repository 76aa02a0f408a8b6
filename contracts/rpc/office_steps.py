"""The supervision office's own time: what lies with it, since when, until when it is to be done (R17)."""

from __future__ import annotations

from uuid import UUID

from contracts.model import Instant, Method, Strict, query
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import OFFICE_TIME
from contracts.vocabulary import Labelled


class OfficeStep(Labelled):
    """What the supervision office has to do next; its time counts for nobody else."""

    ASSIGN = "assign", "批示待交办"
    DECIDE_FEEDBACK = "decide_feedback", "反馈待审核"
    DECIDE_EXTENSION = "decide_extension", "延期待审批"
    PRESENT = "present", "结果待呈阅"


class OfficeMatter(Strict):
    """One thing that lies, or lay, with the office."""

    step: OfficeStep
    subject_id: UUID
    """Of the instruction, the assignment or the extension."""
    instruction_id: UUID
    assignment_id: UUID | None
    leader: str
    report_title: str
    unit_name: str | None
    """Of the unit whose feedback or extension it is."""
    since: Instant
    due_at: Instant
    late: bool
    explanation_zh: str
    explanation_en: str


class OfficeCase(OfficeMatter):
    """It lies there still."""

    told_at: Instant | None
    """When supervisors and the office's head were told that it is late."""


class ListOfficeCases(ListQuery):
    step: OfficeStep | None = None
    late: bool = False


class OfficeCasePage(Strict):
    """What has waited longest stands first."""

    items: list[OfficeCase]
    next_cursor: str | None = None


class OfficeFigure(Strict):
    """The metrics say the same; `list_office_cases` opens the cases."""

    step: OfficeStep
    open: int
    late: int
    oldest_seconds: float
    """Time that the oldest has waited; 0 when there is none."""


METHODS: dict[str, Method] = {
    "list_office_cases": query(ListOfficeCases, OfficeCasePage, *OFFICE_TIME),
}
