"""Reports passed upward to higher levels (上报); what became of them is entered later as outcomes (notice 三(三))."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import update

from contracts.events.review import ReportPassedUp
from contracts.rpc import desk as rpc
from contracts.vocabulary import ReportState
from kernel.database import Work
from kernel.ids import new_id
from services.review.desk_items import of_report, seen_item
from services.review.model.passings import Passing
from services.review.queries.desk import item_shown


def pass_up_report(work: Work, request: rpc.PassUp) -> rpc.DeskItem:
    """Pass it upward: of an adopted report a further fact, of any other one the decision on it."""
    item = seen_item(work, request.report_id)
    item.refuse_drill("上报", "passed up")
    passing = Passing(
        passing_id=new_id(), report_id=item.report_id, level=request.level, note=request.note,
        passed_by=work.principal.name, passed_at=work.now,
    )  # fmt: skip
    if item.decision is not ReportState.ADOPTED:
        item.decide("pass_up", work.principal, work.now, request.note)
        event = ReportPassedUp(**of_report(item), level=request.level, passed_by=work.principal.name)
        work.emit(event, subject=item.report_id, version=item.version)
    work.session.add(passing)
    work.audit("pass_up_report", item.report_id, item.version, level=request.level.value)
    work.session.flush()
    return item_shown(work.session, item)


def undo_passings(work: Work, report_id: UUID, since: datetime) -> None:
    """The decision to pass it upward was taken back; what was passed upward before it stands."""
    standing = update(Passing).where(
        Passing.report_id == report_id, Passing.undone_at.is_(None), Passing.passed_at >= since
    )
    work.session.execute(standing.values(undone_at=work.now))
