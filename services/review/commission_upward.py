"""The city's own due time upward: a clock that reminds the desk until somebody says that it was delivered (R18)."""

from __future__ import annotations

from uuid import UUID

from contracts.rpc import commissions as rpc
from contracts.vocabulary import UnitClass
from kernel.database import Work
from kernel.deadlines.due import stated_due
from kernel.deadlines.engine import find_deadline, open_deadline, settle, sweep, waive
from kernel.deadlines.model import OPEN
from kernel.errors import Conflict
from services.review.commission_clocks import RULE, RULE_VERSION
from services.review.deadlines import UPWARD, announce
from services.review.model.commissions import Commission
from services.review.model.units import Unit
from services.review.queries.commissions import commission_shown, visible_commission

NOBODY = UUID(int=0)
"""Unit of an editor whom the directory names none; whoever is at the desk is told all the same."""


def open_upward_clock(work: Work, commission: Commission) -> None:
    """Where the city must deliver upward itself."""
    if commission.upward_due_at is None:
        return
    unit_id = work.principal.unit_id or NOBODY
    unit = work.session.get(Unit, unit_id)
    facts = {
        "unit_id": str(unit_id), "unit_name": unit.name if unit else "市政府办公厅",
        "unit_class": (unit.unit_class if unit else UnitClass.CITY_OFFICE).value, "title": commission.subject,
    } | ({"report_id": str(commission.from_report_id)} if commission.from_report_id else {})
    open_deadline(
        work, kind=UPWARD, subject_id=commission.commission_id, started_at=work.now, started_by="commission",
        due=stated_due(commission.upward_due_at, RULE, RULE_VERSION), facts=facts, announce=announce,
    )  # fmt: skip


def deliver_upward(work: Work, request: rpc.DeliverUpward) -> rpc.Commission:
    """Done now. Raises `NotFound`, `Conflict`: nothing to deliver, delivered already, or withdrawn."""
    commission = visible_commission(work.session, work.principal, request.commission_id, lock=True)
    commission.deliver_upward(work.principal, work.now, request.note)
    deadline = find_deadline(work.session, UPWARD, commission.commission_id, lock=True)
    if deadline is not None:
        settle(work, deadline, work.now, announce)
    work.audit("deliver_upward", commission.commission_id, commission.version, note=request.note)
    work.session.flush()
    return commission_shown(work.session, work.principal, commission, work.now)


def require_delivered(work: Work, commission: Commission) -> None:
    """Raises `Conflict` while the city's own time runs and nothing was delivered."""
    deadline = find_deadline(work.session, UPWARD, commission.commission_id, lock=True)
    if deadline is not None and deadline.outcome == OPEN:
        raise Conflict(
            "市里尚未向上报送，请先登记“已上报”；不再上报的，请撤回约稿。",
            "The city has not delivered upward yet: record that it has, or withdraw the commission.",
            extra={"upward_due_at": deadline.due_at.isoformat()},
        )


def stop_upward_clock(work: Work, commission: Commission, reason: str) -> None:
    """Nothing is to be delivered any more."""
    deadline = find_deadline(work.session, UPWARD, commission.commission_id, lock=True)
    if deadline is not None and deadline.outcome == OPEN:
        waive(work, deadline, reason)


def sweep_upward(work: Work) -> None:
    """Nothing but an act here says that the city has delivered: what is due and not delivered is missed."""
    sweep(work, UPWARD, announce, decided_up_to=work.now)
