"""Chasing: after each report of a chain the next one is due, until the final report has come (notice 二(一))."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from sqlalchemy import select

from contracts.vocabulary import DeadlineKind
from kernel.database import Work
from kernel.deadlines.engine import find_deadline, open_deadline, reassess, reinstate, settle, sweep, waive
from kernel.deadlines.model import OPEN, Deadline
from services.intake.model.chain_contents import chain_contents
from services.intake.model.chain_steps import ChainStepRow
from services.intake.model.chains import ChainOfReports
from services.intake.model.chases import Chase, chases
from services.intake.model.follow_up_limits import follow_up_limits
from services.intake.model.reports import Report
from services.intake.queries.watermark import applied_up_to
from services.intake.urgent import announce, deadline_facts

FOLLOW_UP = DeadlineKind.FOLLOW_UP.value
_CORRECTED = "链中各件补齐或更正，重新计算 (documents of the chain became known or were corrected)"
_TAKEN_BACK = "续报或终报已撤回，自撤回起重新计时 (a step of the chain was withdrawn)"
_FINAL_CAME = "终报已收到 (the final report was received)"
"""What came after the final report was chased until that one became known."""
_FINAL_WITHDRAWN = "终报已撤回，重新计算 (the final report was withdrawn)"
_WITHDRAWN = "首报已由报送单位撤回 (the first report was withdrawn by its unit)"


def chase_chain(work: Work, first: Report, chain: ChainOfReports) -> None:
    """Bring the chain's deadlines to what its documents say; the receipts' times decide, not the order of arrival."""
    owed = list(chases(chain, chain_contents(), follow_up_limits()))
    for chase in owed:
        _bring(work, first, chase)
    _void(work, {step.report_id for step in chain.steps} - {chase.report_id for chase in owed}, _FINAL_CAME)


def sweep_follow_ups(work: Work) -> None:
    """Remind at the thresholds; decide *missed* behind the applied watermark only."""
    sweep(work, FOLLOW_UP, announce, applied_up_to(work.session))


def settle_given_up(work: Work, root: UUID, unit_id: UUID | None, received_at: datetime) -> None:
    """A follow-up whose acceptance was given up: its receipt settles what its unit owed in this chain all the same."""
    first = work.session.get(Report, root)
    if first is None or first.unit_id != unit_id:
        return
    steps = select(ChainStepRow.report_id).where(ChainStepRow.first_report_id == root)
    query = select(Deadline).where(
        Deadline.kind == FOLLOW_UP, Deadline.outcome == OPEN, Deadline.started_at <= received_at,
        Deadline.subject_id.in_(steps),
    )  # fmt: skip
    for deadline in work.session.scalars(query.order_by(Deadline.id)):
        settle(work, deadline, received_at, announce)


def _bring(work: Work, first: Report, chase: Chase) -> None:
    facts = deadline_facts(first) | {"severity": str(chase.severity) if chase.severity else None}
    deadline = find_deadline(work.session, FOLLOW_UP, chase.report_id, lock=True)
    if deadline is None:
        open_deadline(
            work, kind=FOLLOW_UP, subject_id=chase.report_id, started_at=chase.started_at, started_by="report",
            due=chase.due, facts=facts, announce=announce, settled_at=chase.settled_at,
        )  # fmt: skip
        return
    deadline.facts = facts
    if deadline.waived_for(_FINAL_CAME):
        reinstate(work, deadline, _FINAL_WITHDRAWN, announce)
    if (deadline.due_at, deadline.rule) != (chase.due.due_at, chase.due.rule):
        reason = _CORRECTED if chase.started_at == deadline.started_at else _TAKEN_BACK
        reassess(work, deadline, started_at=chase.started_at, due=chase.due, reason=reason, announce=announce)
    if chase.settled_at is not None:
        settle(work, deadline, chase.settled_at, announce)


def waive_chain(work: Work, chain: ChainOfReports) -> None:
    """The first report was withdrawn: nothing is owed after it any more; what was missed stays missed."""
    _void(work, {step.report_id for step in chain.steps}, _WITHDRAWN)


def _void(work: Work, report_ids: set[UUID], reason: str) -> None:
    """Waive what is open after these documents."""
    query = select(Deadline).where(
        Deadline.kind == FOLLOW_UP, Deadline.outcome == OPEN, Deadline.subject_id.in_(report_ids)
    )
    for deadline in work.session.scalars(query.order_by(Deadline.id)):
        waive(work, deadline, reason)
