"""Who is told of what is overdue: one after the other, and nobody twice for one thing (R17)."""

from __future__ import annotations

import pytest

from contracts.vocabulary import EscalationLevel
from services.notify.recipients.audience import AUDIENCES, concerns


@pytest.mark.parametrize("level", list(EscalationLevel))
def test_R17_every_step_of_escalation_tells_somebody(level: EscalationLevel) -> None:
    assert concerns(AUDIENCES["assignment.escalated"], {"level": level.value})


@pytest.mark.parametrize(
    ("kind", "told"),
    [("feedback", False), ("assignment_receipt", True), ("urgent_report", True), ("follow_up", True)],
)
def test_R17_a_miss_of_feedback_is_told_by_its_steps_alone(kind: str, told: bool) -> None:
    assert concerns(AUDIENCES["deadline.missed"], {"kind": kind}) is told
