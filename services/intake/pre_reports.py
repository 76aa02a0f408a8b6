"""Pre-reports by phone: recorded, taken up by a draft, made good in writing by one first report."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from contracts.rpc import urgent as rpc
from contracts.vocabulary import CallSide, Kind, ReportFlag, StatedBy
from kernel.database import Work
from kernel.errors import Conflict, Invalid, NotFound
from services.intake import urgent
from services.intake.model.contents import CLOCK_TOLERANCE
from services.intake.model.drafts import Draft
from services.intake.model.occurrences import Occurrence, load_occurrence
from services.intake.model.pre_reports import PreReport, lock_pre_report
from services.intake.model.reports import Report
from services.intake.model.time_limits import time_limits
from services.intake.model.units import Unit
from services.intake.queries.pre_reports import pre_report_replies
from services.intake.queries.visibility import own_unit_only

_RECORDED_LATER = "补登电话预报 (the pre-report was recorded after the report)"


def record_pre_report(work: Work, request: rpc.RecordPreReport) -> rpc.PreReport:
    """Keep a call; it starts the clock. Raises `Refusal`."""
    unit, side = _unit_and_side(work, request.unit_id)
    _check_times(request, work.now)
    lock_pre_report(work.session, request.pre_report_id)
    if work.session.get(PreReport, request.pre_report_id) is not None:
        raise Conflict("该预报已登记。", "This pre-report is recorded already.", pointer="/pre_report_id")
    pre_report = PreReport.new(request, unit, side, work.principal, work.now)
    work.session.add(pre_report)
    work.session.flush()
    _start_clock(work, pre_report)
    work.audit(
        "pre_report.recorded", pre_report.id, 1, unit_id=str(unit.id), called_at=pre_report.called_at.isoformat(),
        occurred_at=pre_report.occurred_at.isoformat(), side=str(side), caller=pre_report.caller_name,
    )  # fmt: skip
    return pre_report_replies(work.session, work.principal, [pre_report])[0]


def take_up(work: Work, draft: Draft) -> None:
    """A new draft is to make its pre-report good: it takes statements and clock over. Raises `Refusal`."""
    pre_report = _named_by(work, draft)
    if pre_report is None or pre_report.case_id in (draft.id, draft.content.report_id):
        return
    if pre_report.report_id is not None or pre_report.draft_id is not None:
        what_zh, what_en = ("首报", "a report") if pre_report.report_id else ("稿件", "a draft")
        raise Conflict(
            f"该预报已有{what_zh}书面报送，一次预报只对应一条首报。",
            f"This pre-report is being made good by {what_en} already; one pre-report serves one first report.",
            pointer="/content/pre_report_id",
        )
    pre_report.draft_id = draft.id
    work.session.flush()
    load_occurrence(work.session, draft.id).absorb(load_occurrence(work.session, pre_report.id))
    urgent.carry_over(work, draft.id, [pre_report.id])


def give_back(work: Work, draft: Draft) -> bool:
    """A draft was dropped: what it took over from its pre-report goes back and chases on. Whether there was one."""
    pre_report = work.session.scalar(select(PreReport).where(PreReport.draft_id == draft.id).with_for_update())
    if pre_report is None or pre_report.report_id is not None:
        return False
    pre_report.draft_id = None
    work.session.flush()
    occurrence = load_occurrence(work.session, pre_report.id)
    occurrence.absorb(load_occurrence(work.session, draft.id))
    urgent.carry_over(work, pre_report.id, [draft.id])
    urgent.begin_for_pre_report(work, pre_report, occurrence)
    return True


def make_good(
    report: Report, occurrence: Occurrence, pre_report: PreReport | None, others: dict[UUID, Occurrence]
) -> list[ReportFlag]:
    """A registered first report makes its pre-report good; one that cannot is marked, never refused."""
    if report.kind is not Kind.URGENT_FIRST or (report.pre_report_id is None and pre_report is None):
        return []
    if pre_report is None or pre_report.unit_id != report.unit_id:
        return [ReportFlag.PRE_REPORT_UNKNOWN]
    if pre_report.report_id not in (None, report.id):
        return [ReportFlag.PRE_REPORT_TAKEN]
    if pre_report.drill != report.drill:
        return [ReportFlag.DRILL_DIFFERS]  # an exercise must not stop the clock of what really happened
    for case_id in pre_report.cases:
        if case_id in others:
            occurrence.absorb(others[case_id], said_in=pre_report.id)
    pre_report.report_id, occurrence.pre_report = report.id, pre_report
    return []


def _start_clock(work: Work, pre_report: PreReport) -> None:
    """Its own clock, or that of the report which came before it was recorded."""
    occurrence = load_occurrence(work.session, pre_report.id)
    occurrence.add(
        work.session,
        StatedBy.PRE_REPORT,
        pre_report.id,
        (pre_report.occurred_at, pre_report.learned_at),
        by=(None, pre_report.caller_name),
        unit=(pre_report.unit_id, pre_report.unit_name),
        at=pre_report.called_at,
    )
    work.session.flush()
    naming = select(Report).where(
        Report.pre_report_id == pre_report.id,
        Report.unit_id == pre_report.unit_id,
        Report.kind == Kind.URGENT_FIRST,
    )
    reports = work.session.scalars(naming.order_by(Report.first_received_at, Report.id).with_for_update()).all()
    if not reports:
        urgent.begin_for_pre_report(work, pre_report, occurrence)
        return
    first = load_occurrence(work.session, reports[0].id)
    if differing := make_good(reports[0], first, pre_report, {pre_report.id: occurrence}):
        for flag in differing:
            reports[0].mark(flag, marked=True)
        urgent.begin_for_pre_report(work, pre_report, occurrence)
        return
    urgent.count_report(work, reports[0], first, _RECORDED_LATER)
    if reports[0].occurred_at is not None and pre_report.occurred_at < reports[0].occurred_at:
        reports[0].mark(ReportFlag.OCCURRENCE_MOVED_LATER, marked=True)
    for report in reports:
        report.mark(ReportFlag.PRE_REPORT_UNKNOWN, marked=False)
        report.mark(ReportFlag.PRE_REPORT_TAKEN, marked=report is not reports[0])


def _named_by(work: Work, draft: Draft) -> PreReport | None:
    """The pre-report of the draft's own unit that its content names, locked. Raises `Invalid`."""
    wanted = draft.content.pre_report_id
    if wanted is None:
        return None
    if draft.content.kind is not Kind.URGENT_FIRST:
        raise Invalid(
            "只有紧急信息首报可以对应预报。", "Only a first urgent report makes a pre-report good.",
            pointer="/content/pre_report_id",
        )
    found = work.session.get(PreReport, wanted, with_for_update=True)
    if found is None or found.unit_id != draft.unit_id:
        raise Invalid(
            f"本单位没有编号为 {wanted} 的预报。", f"Your unit has no pre-report {wanted}.",
            pointer="/content/pre_report_id",
        )
    if found.drill != draft.content.drill:
        raise Invalid(
            "该预报是演练，首报也须标为演练。" if found.drill else "该预报不是演练，首报不得标为演练。",
            f"The pre-report is {'a drill, so this must be one' if found.drill else 'no drill, so this must not be'}.",
            pointer="/content/drill",
        )
    return found


def _unit_and_side(work: Work, unit_id: UUID | None) -> tuple[Unit, CallSide]:
    """Whose call it is, and who noted it: the unit's people for their own unit, the city's duty officer for any."""
    own = work.principal.unit_id if own_unit_only(work.principal) else None
    if own is not None and unit_id not in (None, own):
        raise NotFound(f"没有找到单位 {unit_id}。", f"There is no unit {unit_id}.", pointer="/unit_id")
    if own is None and unit_id is None:
        raise Invalid("请选择来电单位。", "State the unit that called.", pointer="/unit_id")
    unit = work.session.get(Unit, own or unit_id)
    if unit is None:
        raise NotFound(f"没有找到单位 {unit_id or own}。", f"There is no unit {unit_id or own}.", pointer="/unit_id")
    return unit, CallSide.UNIT if own else CallSide.CITY


def _check_times(request: rpc.RecordPreReport, now: datetime) -> None:
    if request.called_at > now + CLOCK_TOLERANCE:
        raise Invalid("来电时间不能晚于当前时间。", "The call cannot lie in the future.", pointer="/called_at")
    for name, value in (("occurred_at", request.occurred_at), ("learned_at", request.learned_at)):
        if value is not None and value > request.called_at + CLOCK_TOLERANCE:
            raise Invalid(
                "发生时间、得知时间都不能晚于来电时间。", "It occurred, and was learnt of, before the call.",
                pointer=f"/{name}",
            )
    if time_limits().in_force(request.occurred_at, request.severity) is None:
        raise Invalid(
            "事件发生时没有该等级的报送时限规定，请核对发生时间和事件等级。",
            "No time limit for this severity was in force when the event occurred; check time and severity.",
            pointer="/occurred_at",
        )
