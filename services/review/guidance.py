"""Reporting guidance: drawn up, issued, answered by signed reports, carried over (R03, notice 一(三))."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select

from contracts.events.guidance import GuidanceIssued
from contracts.events.intake import ReportRegistered
from contracts.rpc import guidance as rpc
from contracts.rpc.commissions import Addressees
from contracts.vocabulary import UnitClass
from kernel.database import Work
from kernel.errors import Conflict, Invalid
from services.review.addressees import addressed_units
from services.review.guidance_clocks import check_due_times, open_clocks, settle_clocks
from services.review.model.desk import DeskItem
from services.review.model.guidance import Guidance, GuidancePoint, GuidanceUnit, PointAnswer, point_id
from services.review.queries.guidance import (
    carried_into,
    guidance_shown,
    issued_points,
    points_of,
    unanswered_points,
    visible_guidance,
)


def save_guidance(work: Work, request: rpc.SaveGuidance) -> rpc.Guidance:
    """Draw it up or change it. Raises `Conflict` once issued, `StaleVersion`, `Invalid` (due times, what a point is
    said to be carried over from)."""
    check_due_times(work.now, request)
    _check_carried(work, request)
    guidance = work.session.get(Guidance, request.guidance_id, with_for_update=True, populate_existing=True)
    if guidance is None:
        guidance = _new(work, request)
    else:
        guidance.save(request, work.principal)
        work.session.execute(delete(GuidancePoint).where(GuidancePoint.guidance_id == guidance.guidance_id))
    for number, point in enumerate(request.points, start=1):
        work.session.add(
            GuidancePoint(
                point_id=point_id(guidance.guidance_id, number), guidance_id=guidance.guidance_id, number=number,
                **point.model_dump(),
            )
        )  # fmt: skip
    work.audit("save_guidance", guidance.guidance_id, guidance.version, points=len(request.points))
    return _shown(work, guidance)


def _check_carried(work: Work, request: rpc.SaveGuidance) -> None:
    named = {place: point.carried_from for place, point in enumerate(request.points) if point.carried_from}
    known = issued_points(work.session, named.values())
    for place, point in named.items():
        if point not in known:
            raise Invalid(
                "没有这条已下发的要点，不能写作由它结转。", "No issued guidance has this point to be carried over.",
                pointer=f"/points/{place}/carried_from",
            )


def issue_guidance(work: Work, request: rpc.IssueGuidance) -> rpc.Guidance:
    """To the units as they stand today, once; starts their clocks. Raises `Conflict`, `StaleVersion`, `Invalid`."""
    guidance = visible_guidance(work.session, work.principal, request.guidance_id, lock=True)
    guidance.issue(work.principal, work.now, request.version)
    asked = Addressees(
        unit_ids=[UUID(unit_id) for unit_id in guidance.unit_ids],
        unit_classes=[UnitClass(word) for word in guidance.unit_classes],
    )
    units = addressed_units(work, asked)
    for unit in units:
        work.session.add(
            GuidanceUnit(guidance_id=guidance.guidance_id, unit_id=unit.unit_id, unit_name=unit.name)
        )
    open_clocks(work, guidance, units)
    told = GuidanceIssued(
        guidance_id=guidance.guidance_id, period=guidance.period, title=guidance.title,
        points=len(points_of(work.session, guidance)), unit_ids=[unit.unit_id for unit in units],
        issued_by=work.principal.name, due_at=guidance.due_at,
    )  # fmt: skip
    work.emit(told, subject=guidance.guidance_id, version=guidance.version)
    work.audit("issue_guidance", guidance.guidance_id, guidance.version, units=len(units))
    return _shown(work, guidance)


def carry_over_points(work: Work, request: rpc.CarryOver) -> rpc.Guidance:
    """The next period's draft, with what nobody answered, each point once whoever presses. Raises `Conflict` when all
    was answered or carried over already, or nothing was issued, or the new one is there already; `Invalid`."""
    guidance = visible_guidance(work.session, work.principal, request.guidance_id, lock=True)
    if rpc.begins(request.period) <= rpc.begins(guidance.period):
        raise Invalid(
            f"新一期须在本期（{guidance.period}）之后。", f"It is carried into a period after {guidance.period}.",
            pointer="/period",
        )
    if work.session.get(Guidance, request.into_id):
        raise Conflict("已经结转过。", "It has been carried over already.")
    wanted = rpc.SaveGuidance(
        guidance_id=request.into_id, period=request.period, title=f"{request.period} 信息报送要点",
        points=[
            rpc.NewPoint(text=row.text, topic=row.topic, carried_from=row.point_id)
            for row in _points_to_carry(work, guidance)
        ],
        unit_ids=[UUID(unit_id) for unit_id in guidance.unit_ids],
        unit_classes=[UnitClass(word) for word in guidance.unit_classes], due_at=request.due_at,
    )  # fmt: skip
    work.audit("carry_over_points", guidance.guidance_id, guidance.version, into=str(request.into_id))
    return save_guidance(work, wanted)


def _points_to_carry(work: Work, guidance: Guidance) -> list[GuidancePoint]:
    """Points that nobody answered and that stand in no later guidance yet. Raises `Conflict` where there are none."""
    left = unanswered_points(work.session, guidance) if guidance.issued_at else []
    if not left:
        raise Conflict("没有无人回应的要点可以结转。", "There is no unanswered point to carry over.")
    carried = carried_into(work.session, [point.point_id for point in left])
    fresh = [point for point in left if point.point_id not in carried]
    if not fresh:
        into = carried[left[0].point_id]
        raise Conflict(
            f"无人回应的要点已由{into.saved_by}结转到“{into.title}”（{into.period}），请打开那一份修改。",
            f"{into.saved_by} has carried them over into the guidance of {into.period} already; change that one.",
            extra={"guidance_id": str(into.guidance_id)},
        )
    return fresh


def note_points(work: Work, report: ReportRegistered) -> None:
    """Which points the report answers, as its newest version says, and since when; doubled ones change nothing."""
    item = work.session.get(DeskItem, report.report_id)
    if item is None:
        return
    kept = {row.point_id: row for row in _answers_of(work, report.report_id)}
    named = set(report.reference.point_ids if report.reference else [])
    if item.report_version == report.version:
        for point in kept.keys() - named:
            work.session.delete(kept[point])
        for point in named - kept.keys():
            answer = PointAnswer(
                point_id=point, report_id=report.report_id, unit_id=report.unit_id, received_at=report.received_at
            )
            work.session.add(answer)
    for point in named & kept.keys():
        kept[point].received_at = min(kept[point].received_at or report.received_at, report.received_at)
    settle_clocks(work, report.unit_id, named)


def _answers_of(work: Work, report_id: UUID) -> Sequence[PointAnswer]:
    return work.session.scalars(select(PointAnswer).where(PointAnswer.report_id == report_id)).all()


def _new(work: Work, request: rpc.SaveGuidance) -> Guidance:
    guidance = Guidance(
        guidance_id=request.guidance_id, version=0, state=rpc.GuidanceState.DRAFT, saved_by=work.principal.name
    )
    guidance.save(request.model_copy(update={"version": 0}), work.principal)
    work.session.add(guidance)
    work.session.flush()
    return guidance


def _shown(work: Work, guidance: Guidance) -> rpc.Guidance:
    work.session.flush()
    return guidance_shown(work.session, work.principal, guidance, work.now)
