"""Plans with the progress of units, reckoned from registered reports and decided deadlines."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from contracts.rpc import plans as rpc
from contracts.rpc.deadlines import Deadlines
from contracts.rpc.scoring import File
from contracts.vocabulary import Kind, ReportState
from kernel.clock import SHANGHAI, china_day
from kernel.errors import NotFound
from kernel.papers.xlsx import Cell, Sheet
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.plans import Plan, progress_of, rate
from services.intake.model.reports import Report
from services.intake.model.units import Unit
from services.intake.queries.deadlines import timeliness_of_units
from services.intake.queries.directory_export import xlsx_file
from services.intake.queries.trainings import hours_of_units
from services.intake.queries.visibility import cleared, in_reach, own_unit_only

Reached = dict[tuple[UUID, rpc.Measure], Decimal | None]

_COUNTED: dict[rpc.Measure, ColumnElement[bool]] = {
    rpc.Measure.REPORTS: Report.kind != Kind.FEEDBACK,
    rpc.Measure.ADOPTED: Report.state == ReportState.ADOPTED,
    rpc.Measure.RESEARCH: Report.kind == Kind.RESEARCH,
    rpc.Measure.PUBLIC_OPINION: Report.kind == Kind.PUBLIC_OPINION,
}


def list_plans(reading: Reading, request: rpc.ListPlans) -> rpc.PlanList:
    plans = reading.session.scalars(select(Plan).order_by(Plan.year.desc()))
    return rpc.PlanList(
        items=[
            rpc.PlanInShort(
                year=plan.year, published_by=plan.published_by, published_at=plan.published_at, version=plan.version
            )
            for plan in plans
        ]
    )


def get_plan(reading: Reading, request: rpc.PlanOfYear) -> rpc.YearPlan:
    """The plan with the progress of the units that the reader may see. Raises `NotFound`."""
    plan = reading.session.get(Plan, request.year)
    if plan is None:
        raise NotFound(f"还没有 {request.year} 年计划。", f"There is no plan of {request.year}.")
    day = china_day(reading.now)
    return rpc.YearPlan(
        year=plan.year,
        text=plan.text,
        published_by=plan.published_by,
        published_at=plan.published_at,
        version=plan.version,
        as_of=day,
        units=_units(reading, plan),
    )


def export_plan(reading: Reading, request: rpc.PlanOfYear) -> File:
    """The same as a spreadsheet. Raises `NotFound`."""
    plan = get_plan(reading, request)
    header = ["单位", "类别", "指标", "年度目标", "已完成", "按进度应完成", "是否落后"]
    rows: list[list[Cell]] = [
        [
            unit.unit_name, unit.unit_class.label, each.measure.label, each.target, each.reached, each.expected,
            "落后" if each.behind else "",
        ]
        for unit in plan.units
        for each in unit.progress
    ]
    above = (f"{plan.year} 年政务信息工作计划进度（截至 {plan.as_of}）",)
    sheet = Sheet("进度", header, rows, above=above, widths=(30, 12, 22, 12, 12, 14, 12))
    return xlsx_file(f"{plan.year}年计划进度.xlsx", [sheet], reading.now)


def _units(reading: Reading, plan: Plan) -> list[rpc.UnitProgress]:
    targets: dict[UUID, list[rpc.Target]] = {}
    for target in plan.targets_set():
        targets.setdefault(target.unit_id, []).append(target)
    shown = _shown(reading.session, reading.principal, targets)
    reached = _reached(reading, plan.year, [unit.id for unit in shown])
    day = china_day(reading.now)
    found = []
    for unit in shown:
        progress = [
            progress_of(target, reached.get((unit.id, target.measure), _nothing(target.measure)), plan.year, day)
            for target in sorted(targets[unit.id], key=lambda each: list(rpc.Measure).index(each.measure))
        ]
        behind = sum(each.behind for each in progress)
        found.append(
            rpc.UnitProgress(
                unit_id=unit.id, unit_name=unit.name, unit_class=unit.unit_class, progress=progress, behind=behind
            )
        )
    return sorted(found, key=lambda each: -each.behind)


def _shown(session: Session, reader: Principal, unit_ids: Iterable[UUID]) -> list[Unit]:
    """In the official order; a unit itself only."""
    query = select(Unit).where(Unit.id.in_(list(unit_ids))).order_by(Unit.sort_key, Unit.id)
    if own_unit_only(reader):
        query = query.where(Unit.id == reader.unit_id)
    return list(session.scalars(query))


def _nothing(measure: rpc.Measure) -> Decimal | None:
    return None if measure is rpc.Measure.URGENT_IN_TIME else Decimal(0)


def _reached(reading: Reading, year: int, unit_ids: list[UUID]) -> Reached:
    """What units have reached in the year, of what the reader is cleared for."""
    since, until = (datetime(each, 1, 1, tzinfo=SHANGHAI) for each in (year, year + 1))
    counts = [func.count().filter(condition).label(measure.value) for measure, condition in _COUNTED.items()]
    statement = (
        select(Report.unit_id, *counts)
        .where(
            Report.unit_id.in_(unit_ids),
            Report.first_received_at >= since,
            Report.first_received_at < until,
            ~Report.drill,
            Report.state != ReportState.WITHDRAWN,
            Report.secrecy.in_(cleared(reading.principal)),
            in_reach(reading.principal, Report.unit_id),
        )
        .group_by(Report.unit_id)
    )
    found: Reached = {}
    for row in reading.session.execute(statement):
        for measure in _COUNTED:
            found[row.unit_id, measure] = Decimal(row._mapping[measure.value])
    for unit_id, (_, _, hours) in hours_of_units(reading, year).items():
        found[unit_id, rpc.Measure.TRAINING_HOURS] = hours
    for unit in timeliness_of_units(reading, Deadlines(since=since, until=until)):
        found[unit.unit_id, rpc.Measure.URGENT_IN_TIME] = rate(unit.met, unit.missed)
    return found
