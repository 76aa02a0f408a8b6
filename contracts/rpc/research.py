"""Research projects: topic, lead unit and partners, plan, milestones with due times, notes, report, use (R12)."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.fields import Remarks, Title
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import CITY, DESK, UNIT
from contracts.vocabulary import DeadlineOutcome, Labelled, Level


class ProjectState(Labelled):
    RUNNING = "running", "进行中"
    FINISHED = "finished", "已结题"
    DROPPED = "dropped", "已中止"


class PlanChangeKind(Labelled):
    PLAN = "plan", "修改计划"
    MILESTONE_ADDED = "milestone_added", "增设节点"
    MILESTONE_MOVED = "milestone_moved", "调整时限"
    MILESTONE_DROPPED = "milestone_dropped", "取消节点"


class NewMilestone(Strict):
    name: Title
    due_at: Instant


Plan = Annotated[Text, Field(min_length=1, pattern=NOT_BLANK, max_length=10_000, description="plan, characters")]


class StartProject(Strict):
    """Topic from a subject on the desk (`from_report_id`) or free."""

    project_id: UUID
    topic: Title
    plan: Plan
    lead_unit_id: UUID
    partner_unit_ids: list[UUID] = Field(default_factory=list, max_length=20)
    milestones: list[NewMilestone] = Field(default_factory=list, max_length=20)
    from_report_id: UUID | None = None


class Milestone(Strict):
    milestone_id: UUID
    name: str
    due_at: Instant
    outcome: DeadlineOutcome
    done_at: Instant | None
    done_by: str | None
    dropped_at: Instant | None
    dropped_by: str | None
    dropped_because: str | None
    """Why it is no step of the plan any more; its deadline is waived, or stays missed."""


class ProjectNote(Strict):
    at: Instant
    by_name: str
    text: str


class ResearchUnit(Strict):
    unit_id: UUID
    unit_name: str


class ResearchResult(Strict):
    """The resulting research report and the use made of it, as the desk's own records tell."""

    report_id: UUID
    number: str
    title: str
    received_at: Instant
    adopted_in: list[str]
    """Published issues that hold it, by name and number."""
    instructed_by: list[str]
    """Leaders who wrote an instruction on it."""
    passed_up_to: list[Level]
    """Levels it was passed upward to, the earliest first; not what was taken back. Told to the desk only."""
    outcomes: list[str]
    """What became of it there, in words: 国家级采用. Told to the desk only."""


class ResearchProject(Strict):
    project_id: UUID
    version: int
    state: ProjectState
    topic: str
    plan: str
    lead: ResearchUnit
    partners: list[ResearchUnit]
    milestones: list[Milestone]
    notes: list[ProjectNote]
    """Oldest first; never changed."""
    result: ResearchResult | None
    from_report_id: UUID | None
    """Told to editors only."""
    started_by: str
    started_at: Instant
    ended_by: str | None
    ended_at: Instant | None
    dropped_because: str | None


class ProjectId(Strict):
    project_id: UUID


class ListProjects(ListQuery):
    """Newest first."""

    state: ProjectState | None = None


class ProjectPage(Strict):
    items: list[ResearchProject]
    next_cursor: str | None = None


class NoteProject(ProjectId):
    text: Remarks


class CompleteMilestone(ProjectId):
    milestone_id: UUID


class ChangesPlan(ProjectId):
    """What every change of a running project's plan states."""

    reason: Remarks
    version: int = Field(description="version of the project that was seen; 412 when it changed since")


class ChangePlan(ChangesPlan):
    plan: Plan


class AddMilestone(ChangesPlan):
    name: Title
    due_at: Instant


class MoveMilestone(ChangesPlan):
    milestone_id: UUID
    due_at: Instant


class DropMilestone(ChangesPlan):
    milestone_id: UUID


class PlanChange(Strict):
    """What was changed after the start: old and new text of the plan, or old and new due time of a milestone."""

    change_id: UUID
    what: PlanChangeKind
    at: Instant
    by_name: str
    reason: str
    milestone: str | None
    old_plan: str | None
    new_plan: str | None
    old_due_at: Instant | None
    new_due_at: Instant | None


class ListPlanChanges(ListQuery):
    """Newest first."""

    project_id: UUID


class PlanChangePage(Strict):
    items: list[PlanChange]
    next_cursor: str | None = None


class LinkResult(ProjectId):
    report_id: UUID


class DropProject(ProjectId):
    reason: Remarks


class RisingTopic(Strict):
    """A topic of which more is reported in the last seven days than in a week of the four before."""

    topic: str
    reports: int
    """In the last seven days."""
    before: int
    """In the four weeks before those."""
    units: int
    """That reported it in the last seven days."""


class RisingTopics(Strict):
    items: list[RisingTopic]
    without_topic: int
    """Reports of the last seven days that state no topic, and so count nowhere."""


class AskRising(Strict):
    pass


METHODS: dict[str, Method] = {
    "start_project": command(StartProject, ResearchProject, *DESK),
    "note_project": command(NoteProject, ResearchProject, *DESK, *UNIT),
    "complete_milestone": command(CompleteMilestone, ResearchProject, *DESK, *UNIT),
    "change_plan": command(ChangePlan, ResearchProject, *DESK),
    "add_milestone": command(AddMilestone, ResearchProject, *DESK),
    "move_milestone": command(MoveMilestone, ResearchProject, *DESK),
    "drop_milestone": command(DropMilestone, ResearchProject, *DESK),
    "list_plan_changes": query(ListPlanChanges, PlanChangePage, *CITY, *UNIT),
    "link_result": command(LinkResult, ResearchProject, *DESK),
    "finish_project": command(ProjectId, ResearchProject, *DESK),
    "drop_project": command(DropProject, ResearchProject, *DESK),
    "get_project": query(ProjectId, ResearchProject, *CITY, *UNIT),
    "list_projects": query(ListProjects, ProjectPage, *CITY, *UNIT),
    "rising_topics": query(AskRising, RisingTopics, *DESK),
}
