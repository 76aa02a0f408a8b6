"""A research plan after the start: its text changed, milestones added, moved, dropped; each change is kept (R12)."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from contracts.events.research import ResearchProjectChanged
from contracts.rpc import research as rpc
from contracts.rpc.research import PlanChangeKind
from kernel.database import Work
from kernel.deadlines.due import stated_due
from kernel.deadlines.engine import reassess, waive
from kernel.deadlines.model import OPEN, Passing
from kernel.deadlines.state import DeadlineState
from kernel.errors import Conflict, Invalid, refuse_stale
from kernel.ids import new_id
from services.review.deadlines import announce
from services.review.model.research import ResearchChange, ResearchMilestone, ResearchProject
from services.review.model.units import Unit
from services.review.research import (
    RULE,
    RULE_VERSION,
    check_due,
    locked_project,
    milestone_of,
    set_milestone,
    shown,
)

ACTS = {
    PlanChangeKind.PLAN: "change_plan", PlanChangeKind.MILESTONE_ADDED: "add_milestone",
    PlanChangeKind.MILESTONE_MOVED: "move_milestone", PlanChangeKind.MILESTONE_DROPPED: "drop_milestone",
}  # fmt: skip
"""What the evidence calls them."""

MOST_MILESTONES = 20
"""Of those that were not dropped; as many as a project can begin with."""


def change_plan(work: Work, request: rpc.ChangePlan) -> rpc.ResearchProject:
    """Another text. Raises `NotFound`, `StaleVersion`, `Conflict` once it has ended, `Invalid` for the same text."""
    project = _opened(work, request)
    old, project.plan = project.plan, request.plan
    if old == request.plan:
        raise Invalid("计划没有变化。", "The plan is the same as before.", pointer="/plan")
    return _changed(work, project, PlanChangeKind.PLAN, request.reason, old_plan=old, new_plan=request.plan)


def add_milestone(work: Work, request: rpc.AddMilestone) -> rpc.ResearchProject:
    """A further step with its clock. Raises `NotFound`, `StaleVersion`, `Conflict`, `Invalid`."""
    project = _opened(work, request)
    check_due(work, request.due_at, "/due_at")
    milestones = work.session.scalars(
        select(ResearchMilestone).where(ResearchMilestone.project_id == project.project_id)
    ).all()
    if sum(one.dropped_at is None for one in milestones) >= MOST_MILESTONES:
        raise Conflict(
            f"一个课题至多 {MOST_MILESTONES} 个节点，请先取消不再需要的。",
            f"A project has {MOST_MILESTONES} milestones at the most; drop one first.",
        )
    lead = work.session.get_one(Unit, UUID(project.units[0]["unit_id"]))
    set_milestone(work, project, lead, len(milestones), request.name, request.due_at)
    what = PlanChangeKind.MILESTONE_ADDED
    return _changed(work, project, what, request.reason, milestone=request.name, new_due_at=request.due_at)


def move_milestone(work: Work, request: rpc.MoveMilestone) -> rpc.ResearchProject:
    """Another due time, earlier or later; a missed one is open again. Raises `Conflict` once it is reached."""
    project = _opened(work, request)
    milestone, deadline = milestone_of(work, project, request.milestone_id)
    old = milestone.due_at
    milestone.move(request.due_at)
    check_due(work, request.due_at, "/due_at")
    reassess(
        work, deadline, started_at=deadline.started_at, due=stated_due(request.due_at, RULE, RULE_VERSION),
        reason=f"调整计划 (the plan was changed): {request.reason}", announce=_announce_outcome,
    )  # fmt: skip
    return _changed(
        work, project, PlanChangeKind.MILESTONE_MOVED, request.reason, milestone=milestone.name, old_due_at=old,
        new_due_at=request.due_at,
    )  # fmt: skip


def drop_milestone(work: Work, request: rpc.DropMilestone) -> rpc.ResearchProject:
    """No step of the plan any more; what was missed until then stays missed. Raises `Conflict` once it is reached."""
    project = _opened(work, request)
    milestone, deadline = milestone_of(work, project, request.milestone_id)
    milestone.drop(work.principal, work.now, request.reason)
    if deadline.outcome == OPEN:
        waive(work, deadline, f"节点已取消 (the milestone was dropped): {request.reason}")
    what = PlanChangeKind.MILESTONE_DROPPED
    return _changed(work, project, what, request.reason, milestone=milestone.name, old_due_at=milestone.due_at)


def _opened(work: Work, request: rpc.ChangesPlan) -> ResearchProject:
    """Locked, running, and as it was when the change was thought of."""
    project = locked_project(work, request.project_id)
    project.require_running()
    refuse_stale(project.version, request.version, "该课题", "This project")
    return project


def _announce_outcome(work: Work, deadline: DeadlineState, passing: Passing) -> None:
    """That it is due at another time, the change itself tells the lead unit and the partners."""
    if passing.old_outcome != deadline.outcome:
        announce(work, deadline, passing)


def _changed(
    work: Work, project: ResearchProject, what: PlanChangeKind, reason: str, *, milestone: str | None = None,
    old_plan: str | None = None, new_plan: str | None = None, old_due_at: datetime | None = None,
    new_due_at: datetime | None = None,
) -> rpc.ResearchProject:  # fmt: skip
    """Keep the change and tell the units."""
    project.version += 1
    change = ResearchChange(
        change_id=new_id(), project_id=project.project_id, what=what, by_id=work.principal.id,
        by_name=work.principal.name, reason=reason, at=work.now, milestone=milestone, old_plan=old_plan,
        new_plan=new_plan, old_due_at=old_due_at, new_due_at=new_due_at,
    )  # fmt: skip
    work.session.add(change)
    told = ResearchProjectChanged(
        project_id=project.project_id, title=project.topic, change=what.value, milestone=milestone,
        old_due_at=old_due_at, new_due_at=new_due_at, reason=reason,
        unit_ids=[UUID(unit["unit_id"]) for unit in project.units], lead_unit_name=project.units[0]["unit_name"],
        changed_by=work.principal.name, about_report_id=project.from_report_id,
    )  # fmt: skip
    work.emit(told, subject=project.project_id, version=project.version)
    work.audit(ACTS[what], project.project_id, project.version, milestone=milestone or "", reason=reason)
    return shown(work, project)
