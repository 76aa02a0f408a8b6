"""Research projects: started, noted, milestones completed, the report linked, ended (R12, notice 三(二))."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from contracts.events.research import ResearchProjectStarted
from contracts.rpc import research as rpc
from contracts.vocabulary import DeadlineKind, Kind
from kernel.clock import china_day
from kernel.database import Work
from kernel.deadlines.due import stated_due
from kernel.deadlines.engine import open_deadline, settle, sweep, waive
from kernel.deadlines.model import OPEN, Deadline
from kernel.errors import Conflict, Invalid, NotFound
from kernel.ids import new_id
from services.review.deadlines import announce
from services.review.model.research import ResearchMilestone, ResearchNote, ResearchProject, milestone_id
from services.review.model.units import Unit
from services.review.queries.desk import visible_item
from services.review.queries.research import project_shown, visible_project

MILESTONE = DeadlineKind.RESEARCH_MILESTONE.value
RULE, RULE_VERSION = "津政办发〔2008〕146号三（二）", "2008"


def start_project(work: Work, request: rpc.StartProject) -> rpc.ResearchProject:
    """Start it and the clocks of its milestones. Raises `Invalid` (units, times), `Conflict` when started already."""
    for place, milestone in enumerate(request.milestones):
        check_due(work, milestone.due_at, f"/milestones/{place}/due_at", f"节点“{milestone.name}”")
    if request.from_report_id is not None:
        visible_item(work.session, work.principal, request.from_report_id)
    lead = _unit(work, request.lead_unit_id, "/lead_unit_id")
    wanted = [unit_id for unit_id in dict.fromkeys(request.partner_unit_ids) if unit_id != lead.unit_id]
    units = [lead, *(_unit(work, unit_id, f"/partner_unit_ids/{place}") for place, unit_id in enumerate(wanted))]
    if work.session.get(ResearchProject, request.project_id):
        raise Conflict("该课题已立项。", "This project has been started already.")
    project = ResearchProject(
        **request.model_dump(exclude={"lead_unit_id", "partner_unit_ids", "milestones"}), version=1,
        state=rpc.ProjectState.RUNNING, started_by=work.principal.name, started_at=work.now,
        units=[{"unit_id": str(unit.unit_id), "unit_name": unit.name} for unit in units],
    )  # fmt: skip
    work.session.add(project)
    work.session.flush()
    for place, milestone in enumerate(request.milestones):
        set_milestone(work, project, lead, place, milestone.name, milestone.due_at)
    told = ResearchProjectStarted(
        project_id=project.project_id, title=project.topic, unit_ids=[unit.unit_id for unit in units],
        lead_unit_name=lead.name, started_by=work.principal.name, about_report_id=project.from_report_id,
    )  # fmt: skip
    work.emit(told, subject=project.project_id, version=project.version)
    work.audit("start_project", project.project_id, project.version, units=len(units))
    return shown(work, project)


def note_project(work: Work, request: rpc.NoteProject) -> rpc.ResearchProject:
    """Add a note; nobody changes it afterwards. Raises `NotFound`, `Conflict` once it has ended."""
    project = locked_project(work, request.project_id)
    project.require_running()
    note = ResearchNote(
        note_id=new_id(), project_id=project.project_id, by_id=work.principal.id, by_name=work.principal.name,
        text=request.text, at=work.now,
    )  # fmt: skip
    work.session.add(note)
    project.version += 1
    work.audit("note_project", project.project_id, project.version)
    return shown(work, project)


def complete_milestone(work: Work, request: rpc.CompleteMilestone) -> rpc.ResearchProject:
    """Done now. Raises `NotFound`, `Conflict` when done already or the project has ended."""
    project = locked_project(work, request.project_id)
    project.require_running()
    milestone, deadline = milestone_of(work, project, request.milestone_id)
    milestone.complete(work.principal, work.now)
    project.version += 1
    settle(work, deadline, work.now, announce)
    work.audit("complete_milestone", milestone.milestone_id, project.version, name=milestone.name)
    return shown(work, project)


def link_result(work: Work, request: rpc.LinkResult) -> rpc.ResearchProject:
    """The resulting research report, of a unit that takes part. Raises `NotFound`, `Invalid`, `Conflict`."""
    project = locked_project(work, request.project_id)
    item = visible_item(work.session, work.principal, request.report_id)
    if item.kind is not Kind.RESEARCH:
        raise Invalid(
            f"关联的须是调研报告，这条是{item.kind.label}。", f"A research report is linked, not one of {item.kind}.",
            pointer="/report_id",
        )
    if not project.involves(item.unit_id):
        raise Invalid(
            f"{item.unit_name}不是牵头或参加单位。", f"{item.unit_name} takes no part in it.", pointer="/report_id"
        )
    project.link(item.report_id)
    work.audit("link_result", project.project_id, project.version, report_id=str(item.report_id))
    return shown(work, project)


def finish_project(work: Work, request: rpc.ProjectId) -> rpc.ResearchProject:
    """Its report is in. Raises `Conflict` without one."""
    project = locked_project(work, request.project_id)
    project.finish(work.principal, work.now)
    _stop_clocks(work, project, "课题已结题 (the project is finished)")
    work.audit("finish_project", project.project_id, project.version)
    return shown(work, project)


def drop_project(work: Work, request: rpc.DropProject) -> rpc.ResearchProject:
    """Not pursued, with the reason. Raises `Conflict` once it has ended."""
    project = locked_project(work, request.project_id)
    project.drop(work.principal, work.now, request.reason)
    _stop_clocks(work, project, f"课题已中止 (the project was dropped): {request.reason}")
    work.audit("drop_project", project.project_id, project.version, reason=request.reason)
    return shown(work, project)


def sweep_milestones(work: Work) -> None:
    """Nothing but an act here completes a milestone: what is due and not done is missed."""
    sweep(work, MILESTONE, announce, decided_up_to=work.now)


def milestone_of(work: Work, project: ResearchProject, milestone_id: UUID) -> tuple[ResearchMilestone, Deadline]:
    """The project's milestone with its deadline, locked. Raises `NotFound`."""
    milestone = work.session.get(ResearchMilestone, milestone_id)
    if milestone is None or milestone.project_id != project.project_id:
        raise NotFound("没有这个节点。", "There is no such milestone.")
    return milestone, _deadlines(work, [milestone_id])[0]


def check_due(work: Work, due_at: datetime, pointer: str, which: str = "节点") -> None:
    """Raises `Invalid` for a time that has passed."""
    if due_at <= work.now:
        raise Invalid(f"{which}的时限必须晚于现在。", "A milestone is due in the future.", pointer=pointer)


def _unit(work: Work, unit_id: UUID, pointer: str) -> Unit:
    unit = work.session.get(Unit, unit_id)
    if unit is None or not unit.can_be_assigned(china_day(work.now)):
        raise Invalid(
            "没有这个单位，或该单位已撤销。", "There is no such unit, or it has been dissolved.", pointer=pointer
        )
    return unit


def set_milestone(
    work: Work, project: ResearchProject, lead: Unit, place: int, name: str, due_at: datetime
) -> ResearchMilestone:
    """Make it a step of the plan and start its clock."""
    milestone = ResearchMilestone(
        milestone_id=milestone_id(project.project_id, place), project_id=project.project_id, place=place,
        name=name, due_at=due_at,
    )  # fmt: skip
    work.session.add(milestone)
    facts = {
        "unit_id": str(lead.unit_id), "unit_name": lead.name, "unit_class": lead.unit_class.value,
        "title": f"{project.topic}：{name}",
    } | ({"report_id": str(project.from_report_id)} if project.from_report_id else {})
    open_deadline(
        work, kind=MILESTONE, subject_id=milestone.milestone_id, started_at=work.now, started_by="plan",
        due=stated_due(due_at, RULE, RULE_VERSION), facts=facts, announce=announce,
    )  # fmt: skip
    return milestone


def _stop_clocks(work: Work, project: ResearchProject, reason: str) -> None:
    milestones = select(ResearchMilestone.milestone_id).where(ResearchMilestone.project_id == project.project_id)
    for deadline in _deadlines(work, list(work.session.scalars(milestones))):
        if deadline.outcome == OPEN:
            waive(work, deadline, reason)


def _deadlines(work: Work, milestones: list[UUID]) -> list[Deadline]:
    statement = select(Deadline).where(Deadline.kind == MILESTONE, Deadline.subject_id.in_(milestones))
    return list(work.session.scalars(statement.order_by(Deadline.id).with_for_update()))


def locked_project(work: Work, project_id: UUID) -> ResearchProject:
    """The project, before its milestones: the order of locks. Raises `NotFound`."""
    return visible_project(work.session, work.principal, project_id, lock=True)


def shown(work: Work, project: ResearchProject) -> rpc.ResearchProject:
    """As the contract tells it to whoever acts."""
    work.session.flush()
    return project_shown(work.session, work.principal, project)
