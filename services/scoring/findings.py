"""Findings that a second person confirmed: points are taken where a rule names their kind, else none (R07)."""

from __future__ import annotations

from contracts.events.review import FindingConfirmed
from contracts.vocabulary import FindingKind
from kernel.database import Work
from kernel.service import Event
from services.scoring.causes import record
from services.scoring.ledger import lock_groups, settle
from services.scoring.model.causes import Cause, CauseKind
from services.scoring.model.rulebook import DeductionEvent

DEDUCTIONS = {
    FindingKind.LATE: DeductionEvent.REPORT_LATE,
    FindingKind.OMITTED: DeductionEvent.REPORT_OMITTED,
    FindingKind.FALSE: DeductionEvent.REPORT_FALSE,
    FindingKind.CONCEALED: DeductionEvent.REPORT_CONCEALED,
    FindingKind.UNDERSTATED: DeductionEvent.FIGURES_UNDERSTATED,
}


def post_finding(work: Work, event: Event[FindingConfirmed]) -> None:
    """Points taken for a confirmed finding."""
    groups = lock_groups(work, [f"finding:{event.data.finding_id}"])
    record(work, finding_cause(event.data, event.version))
    settle(work, groups)


def finding_cause(data: FindingConfirmed, version: int) -> Cause:
    about = {"about_report_id": str(data.report_id)} if data.report_id else {}
    return Cause(
        cause=f"finding:{data.finding_id}",
        version=version,
        kind=CauseKind.DEDUCTION,
        group_key=f"finding:{data.finding_id}",
        unit_id=data.unit_id,
        stands=True,
        reason=None,
        title=data.title,
        happened_at=data.decided_at,
        facts={"event": [DEDUCTIONS[data.kind]], "severity": [], "unit_class": [data.unit_class]},
        told={"finding": data.kind.label, "decided_by": data.decided_by} | about,
    )
