"""Research projects with milestones, notes, report and the use made of it; rising topics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Select, and_, func, select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import research as rpc
from contracts.rpc.roles import CITY, DESK
from contracts.vocabulary import DeadlineKind, DeadlineOutcome, Level, Secrecy
from kernel.cursors import cursor_after, cut, read_cursor
from kernel.deadlines.model import Deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.review.model.adoptions import Adoption
from services.review.model.desk import DeskItem
from services.review.model.instructions import Instruction
from services.review.model.issues import Issue
from services.review.model.outcomes import ReportOutcome
from services.review.model.passings import Passing
from services.review.model.research import ResearchChange, ResearchMilestone, ResearchNote, ResearchProject

_KEY = (ResearchProject.started_at, ResearchProject.project_id)
_ENDED = ("ended_by", "ended_at", "dropped_because")
_COPIED = ("project_id", "version", "state", "topic", "plan", "started_by", "started_at", *_ENDED)
WEEK = timedelta(days=7)
WEEKS_BEFORE = 4
LEAST = 3
"""Fewer reports are no tendency, whatever there was before."""


def list_projects(reading: Reading, request: rpc.ListProjects) -> rpc.ProjectPage:
    """Newest first; a unit's people see those their unit leads or takes part in."""
    statement = _visible(reading.principal).order_by(*(column.desc() for column in _KEY)).limit(request.limit + 1)
    if request.state:
        statement = statement.where(ResearchProject.state == request.state)
    if request.cursor:
        statement = statement.where(tuple_(*_KEY) < read_cursor(request.cursor, datetime, UUID))
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    return rpc.ProjectPage(
        items=_all_shown(reading.session, reading.principal, page),
        next_cursor=cursor_after(last.started_at, last.project_id) if last else None,
    )


def get_project(reading: Reading, request: rpc.ProjectId) -> rpc.ResearchProject:
    """One project. Raises `NotFound`, also for one the reader's unit has no part in."""
    project = visible_project(reading.session, reading.principal, request.project_id)
    return project_shown(reading.session, reading.principal, project)


def list_plan_changes(reading: Reading, request: rpc.ListPlanChanges) -> rpc.PlanChangePage:
    """What was changed after the start, newest first. Raises `NotFound`."""
    project = visible_project(reading.session, reading.principal, request.project_id)
    key = (ResearchChange.at, ResearchChange.change_id)
    statement = select(ResearchChange).where(ResearchChange.project_id == project.project_id)
    if request.cursor:
        statement = statement.where(tuple_(*key) < read_cursor(request.cursor, datetime, UUID))
    statement = statement.order_by(*(column.desc() for column in key)).limit(request.limit + 1)
    page, last = cut(reading.session.scalars(statement).all(), request.limit)
    return rpc.PlanChangePage(
        items=[
            rpc.PlanChange(**{name: getattr(change, name) for name in rpc.PlanChange.model_fields}) for change in page
        ],
        next_cursor=cursor_after(last.at, last.change_id) if last else None,
    )


def rising_topics(reading: Reading, _request: rpc.AskRising) -> rpc.RisingTopics:
    """Topics of which the last seven days brought more than a week of the four before on average, at least three
    reports; drills and what is above the reader's clearance left out."""
    since, before = reading.now - WEEK, reading.now - (WEEKS_BEFORE + 1) * WEEK
    recent = DeskItem.received_at > since
    readable = and_(
        DeskItem.received_at > before, ~DeskItem.drill, DeskItem.secrecy.in_(Secrecy.up_to(reading.principal.clearance))
    )
    now, then = func.count().filter(recent), func.count().filter(~recent)
    units = func.count(func.distinct(DeskItem.unit_id)).filter(recent)
    rows = reading.session.execute(
        select(DeskItem.topic, now, then, units)
        .where(readable, DeskItem.topic.is_not(None))
        .group_by(DeskItem.topic)
        .having(now >= LEAST, now * WEEKS_BEFORE > then)
        .order_by(now.desc(), DeskItem.topic)
        .limit(20)
    )
    items = [
        rpc.RisingTopic(topic=topic, reports=number, before=earlier, units=of)
        for topic, number, earlier, of in rows
        if topic is not None
    ]
    without = select(func.count()).select_from(DeskItem).where(readable, recent, DeskItem.topic.is_(None))
    return rpc.RisingTopics(items=items, without_topic=reading.session.scalars(without).one())


def visible_project(
    session: Session, reader: Principal, project_id: UUID, *, lock: bool = False
) -> ResearchProject:
    """The project if this person may see it. Raises `NotFound`."""
    statement = _visible(reader).where(ResearchProject.project_id == project_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    project = session.scalar(statement)
    if project is None:
        raise NotFound("没有这个课题。", "There is no such project.")
    return project


def project_shown(session: Session, reader: Principal, project: ResearchProject) -> rpc.ResearchProject:
    """As the contract tells it."""
    return _all_shown(session, reader, [project])[0]


def _visible(reader: Principal) -> Select[ResearchProject]:
    statement = select(ResearchProject)
    if reader.holds(*CITY):
        return statement
    return statement.where(ResearchProject.units.contains([{"unit_id": str(reader.unit_id)}]))


def _all_shown(
    session: Session, reader: Principal, projects: Sequence[ResearchProject]
) -> list[rpc.ResearchProject]:
    ids = [project.project_id for project in projects]
    milestones, notes = _milestones(session, ids), _notes(session, ids)
    results = _results(session, reader, [project.report_id for project in projects if project.report_id])
    of_desk = reader.holds(*DESK)
    return [
        rpc.ResearchProject(
            **{name: getattr(project, name) for name in _COPIED},
            lead=rpc.ResearchUnit(**project.units[0]),
            partners=[rpc.ResearchUnit(**unit) for unit in project.units[1:]],
            milestones=milestones[project.project_id],
            notes=notes[project.project_id],
            result=results.get(project.report_id) if project.report_id else None,
            from_report_id=project.from_report_id if of_desk else None,
        )
        for project in projects
    ]


def _milestones(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[rpc.Milestone]]:
    kind = DeadlineKind.RESEARCH_MILESTONE.value
    rows = session.execute(
        select(ResearchMilestone, Deadline.due_at, Deadline.outcome)
        .join(Deadline, and_(Deadline.subject_id == ResearchMilestone.milestone_id, Deadline.kind == kind))
        .where(ResearchMilestone.project_id.in_(ids))
        .order_by(ResearchMilestone.place)
    )
    found: dict[UUID, list[rpc.Milestone]] = defaultdict(list)
    for row, due_at, outcome in rows:
        shown = rpc.Milestone(
            milestone_id=row.milestone_id, name=row.name, due_at=due_at, outcome=DeadlineOutcome(outcome),
            done_at=row.done_at, done_by=row.done_by, dropped_at=row.dropped_at, dropped_by=row.dropped_by,
            dropped_because=row.dropped_because,
        )  # fmt: skip
        found[row.project_id].append(shown)
    return found


def _notes(session: Session, ids: Sequence[UUID]) -> dict[UUID, list[rpc.ProjectNote]]:
    statement = select(ResearchNote).where(ResearchNote.project_id.in_(ids))
    found: dict[UUID, list[rpc.ProjectNote]] = defaultdict(list)
    for row in session.scalars(statement.order_by(ResearchNote.at, ResearchNote.note_id)):
        found[row.project_id].append(rpc.ProjectNote(at=row.at, by_name=row.by_name, text=row.text))
    return found


def _results(session: Session, reader: Principal, report_ids: Sequence[UUID]) -> dict[UUID, rpc.ResearchResult]:
    """Reports within the reader's clearance, with published adoptions in force and instructions; the desk alone reads
    what came of them above, here as beside the report."""
    readable = DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance))
    items = session.scalars(select(DeskItem).where(DeskItem.report_id.in_(report_ids), readable)).all()
    adopted: dict[UUID, list[str]] = defaultdict(list)
    rows: Any = session.execute(
        select(Adoption.report_id, Issue.publication_name, Issue.year, Issue.number)
        .join(Issue, Issue.issue_id == Adoption.issue_id)
        .where(
            Adoption.report_id.in_(report_ids), Adoption.published_at.is_not(None), Adoption.withdrawn_at.is_(None)
        )
        .order_by(Issue.year, Issue.number)
    )
    for report_id, name, year, number in rows:
        adopted[report_id].append(f"{name} {year}年第{number}期")
    instructed: dict[UUID, list[str]] = defaultdict(list)
    given = (
        select(DeskItem.report_id, Instruction.leader)
        .join(Instruction, Instruction.report_id == DeskItem.report_id)
        .where(DeskItem.report_id.in_(report_ids), ~Instruction.awaits_confirmation)
        .order_by(Instruction.given_at, Instruction.recorded_at, Instruction.instruction_id)
    )
    for report_id, leader in session.execute(given):
        instructed[report_id].append(leader)
    told_of = report_ids if reader.holds(*DESK) else []
    passed_up, outcomes = _passed_up(session, told_of), _outcomes(session, told_of)
    return {
        item.report_id: rpc.ResearchResult(
            report_id=item.report_id, number=item.number, title=item.title, received_at=item.received_at,
            adopted_in=adopted[item.report_id], instructed_by=instructed[item.report_id],
            passed_up_to=passed_up[item.report_id], outcomes=outcomes[item.report_id],
        )
        for item in items
    }  # fmt: skip


def _passed_up(session: Session, report_ids: Sequence[UUID]) -> dict[UUID, list[Level]]:
    """Each level once."""
    passed = select(Passing).where(Passing.report_id.in_(report_ids), Passing.undone_at.is_(None))
    found: dict[UUID, list[Level]] = defaultdict(list)
    for passing in session.scalars(passed.order_by(Passing.passed_at, Passing.passing_id)):
        if passing.level not in found[passing.report_id]:
            found[passing.report_id].append(passing.level)
    return found


def _outcomes(session: Session, report_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    told = select(ReportOutcome).where(ReportOutcome.report_id.in_(report_ids))
    found: dict[UUID, list[str]] = defaultdict(list)
    for one in session.scalars(told.order_by(ReportOutcome.happened_at, ReportOutcome.outcome_id)):
        words = f"{one.level.label}{one.outcome.label}" + (f"（{one.publication}）" if one.publication else "")
        found[one.report_id].append(words)
    return found
