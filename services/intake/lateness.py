"""Late findings: a receipt's time says late; the unit says why, and an editor decides whether it counts (R04, R07)."""

from __future__ import annotations

from uuid import UUID

from contracts.events.intake import LatenessDecided
from contracts.rpc import deadlines as deadline_rpc
from contracts.vocabulary import DeadlineOutcome, LateDecision
from kernel.database import Work
from kernel.deadlines.engine import excuse, reinstate
from kernel.deadlines.model import MISSED, WAIVED, Deadline
from kernel.errors import Conflict, Forbidden
from kernel.ids import new_id
from services.intake.model.late_statements import LateStatement
from services.intake.queries.deadlines import late_case, visible_deadline
from services.intake.queries.lateness import newest_decision
from services.intake.urgent import announce


def explain_lateness(work: Work, request: deadline_rpc.ExplainLateness) -> deadline_rpc.LateCase:
    """Keep the unit's reason. Raises `NotFound` for another unit's deadline, `Conflict` unless it was missed."""
    deadline = _locked(work, request.deadline_id)
    if deadline.outcome != MISSED:
        raise Conflict(
            f"该时限目前{_outcome_zh(deadline)}，不是超时，无需说明原因。",
            f"This deadline is {deadline.outcome}, not missed; no reason is wanted.",
            extra={"outcome": deadline.outcome},
        )
    _keep(work, deadline, None, request.reason)
    work.audit("lateness.explained", deadline.id, deadline.version, reason=request.reason)
    return late_case(work.session, work.principal, work.now, deadline)


def decide_lateness(work: Work, request: deadline_rpc.DecideLateness) -> deadline_rpc.LateCase:
    """Hold the missed limit against the unit or excuse it; points and figures follow by the deadline's own events.

    Raises `NotFound`; `Forbidden` for a report of one's own unit; `Conflict` unless it was missed, or when it was
    decided so already.
    """
    deadline = _locked(work, request.deadline_id)
    if work.principal.unit_id is not None and str(work.principal.unit_id) == deadline.facts["unit_id"]:
        raise Forbidden("不能认定本单位的迟报。", "Nobody decides on a late report of his own unit.")
    decided = newest_decision(work.session, deadline.id)
    excused = deadline.outcome == WAIVED and decided is LateDecision.EXCUSED
    if deadline.outcome != MISSED and not excused:
        raise Conflict(
            f"该时限目前{_outcome_zh(deadline)}，只有超时的才需认定。",
            f"This deadline is {deadline.outcome}; only a missed one is decided on.",
            extra={"outcome": deadline.outcome},
        )
    if decided is request.decision:
        raise Conflict(
            f"已经{request.decision.label}，无需重复。", f"It is {request.decision} already.",
            extra={"decision": str(decided)},
        )
    if request.decision is LateDecision.EXCUSED:
        excuse(work, deadline, request.grounds, announce)
    elif excused:
        reinstate(work, deadline, request.grounds, announce)
    _keep(work, deadline, request.decision, request.grounds)
    _tell(work, deadline, request)
    return late_case(work.session, work.principal, work.now, deadline)


def _locked(work: Work, deadline_id: UUID) -> Deadline:
    """The deadline a statement is about. Raises `NotFound`, `Conflict` for a drill's, which counts for nothing."""
    deadline = visible_deadline(work.session, work.principal, deadline_id)
    work.session.refresh(deadline, with_for_update=True)
    if deadline.facts.get("drill"):
        raise Conflict(
            "演练不计时限，无需说明原因，也不作迟报认定。",
            "A drill's time limit counts for nothing: no reason is wanted and nobody decides on it.",
            extra={"drill": True},
        )
    return deadline


def _keep(work: Work, deadline: Deadline, decision: LateDecision | None, text: str) -> None:
    said = LateStatement(
        id=new_id(), deadline_id=deadline.id, decision=decision, text=text, by_id=work.principal.id,
        by_name=work.principal.name, at=work.now,
    )
    work.session.add(said)
    work.session.flush()


def _tell(work: Work, deadline: Deadline, request: deadline_rpc.DecideLateness) -> None:
    decided = LatenessDecided(
        deadline_id=deadline.id, subject_id=deadline.subject_id, unit_id=UUID(deadline.facts["unit_id"]),
        title=deadline.facts["title"], decision=request.decision, grounds=request.grounds,
        decided_by=work.principal.name,
    )
    work.emit(decided, subject=deadline.id, version=deadline.version)
    said = {"decision": str(request.decision), "grounds": request.grounds}
    work.audit("lateness.decided", deadline.id, deadline.version, **said)


def _outcome_zh(deadline: Deadline) -> str:
    return DeadlineOutcome(deadline.outcome).label
