"""Outcomes: what higher levels did with reports that were passed upward (notice 三(三))."""

from __future__ import annotations

from contracts.events.review import OutcomeRecorded
from contracts.rpc import desk as rpc
from kernel.database import Work
from kernel.errors import Invalid
from kernel.ids import new_id
from services.review.model.base import CLOCK_TOLERANCE
from services.review.model.outcomes import ReportOutcome
from services.review.queries.desk import visible_item


def record_outcome(work: Work, request: rpc.RecordOutcome) -> rpc.RecordedOutcome:
    """Record one outcome of a report. Raises `NotFound`; `Conflict` for a drill; `Invalid` for a time in the future."""
    item = visible_item(work.session, work.principal, request.report_id)
    item.refuse_drill("上报或登记上级采用、批示", "passed up or have an outcome up there")
    if request.happened_at > work.now + CLOCK_TOLERANCE:
        raise Invalid("发生时间不能晚于现在。", "An outcome cannot lie in the future.", pointer="/happened_at")
    outcome = ReportOutcome(
        outcome_id=new_id(),
        version=1,
        report_id=item.report_id,
        level=request.level,
        outcome=request.outcome,
        publication=request.publication,
        happened_at=request.happened_at,
        recorded_by=work.principal.name,
        recorded_at=work.now,
    )
    work.session.add(outcome)
    event = OutcomeRecorded(
        report_id=item.report_id,
        receipt_number=item.receipt_number,
        unit_id=item.unit_id,
        title=item.told_title,
        outcome_id=outcome.outcome_id,
        unit_class=item.unit_class,
        report_kind=item.kind,
        level=request.level,
        outcome=request.outcome,
        publication=request.publication,
        item_kind=request.item_kind,
        happened_at=request.happened_at,
    )
    work.emit(event, subject=outcome.outcome_id, version=outcome.version)
    work.audit("record_outcome", outcome.outcome_id, 1, report_id=str(item.report_id), outcome=request.outcome.value)
    return rpc.RecordedOutcome(outcome_id=outcome.outcome_id)
