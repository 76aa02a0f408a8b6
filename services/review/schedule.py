"""Timed work of the city's desk."""

from __future__ import annotations

from contracts.events.evidence import CheckpointDeclared
from contracts.events.intake import RegistrationAdvanced
from kernel.audit.declarations import daily_checkpoint
from kernel.deadlines.calendar import WorkingCalendar
from kernel.schedule import Every
from kernel.superseded import forgetting_superseded
from services.review.commission_upward import sweep_upward
from services.review.deadlines import sweep_commissions, sweep_deadlines
from services.review.escalations import escalate_overdue
from services.review.guidance_clocks import sweep_guidance
from services.review.item_pictures import clear_unused_copies
from services.review.office_steps import tell_late_steps
from services.review.research import sweep_milestones


def schedule(calendar: WorkingCalendar) -> tuple[Every, ...]:
    """All of it; the office's own limits are counted by `calendar`."""
    return (
        Every(1.0, "feedback deadlines", sweep_deadlines),
        Every(1.0, "commission deadlines", sweep_commissions),
        Every(1.0, "commissions' due times upward", sweep_upward),
        Every(1.0, "research milestones", sweep_milestones),
        Every(1.0, "guidance deadlines", sweep_guidance),
        Every(30.0, "overdue assignments", escalate_overdue),
        Every(30.0, "late steps of the office", lambda work: tell_late_steps(work, calendar)),
        Every(3_600.0, "unused print copies", clear_unused_copies),
        forgetting_superseded(RegistrationAdvanced.TYPE),
        daily_checkpoint(CheckpointDeclared),
    )
