"""The severity that figures say, for whoever fills in a report or looks at one."""

from __future__ import annotations

from contracts.rpc import urgent as rpc
from kernel.clock import china_day
from kernel.service import Reading
from services.intake.model.severity import Stated, severity_rules


def propose_severity(reading: Reading, request: rpc.ProposeSeverity) -> rpc.SeverityProposal:
    """The severity by the rule in force on the day of the incident, today without one."""
    stated = Stated(request.dead, request.seriously_hurt, request.loss_yuan)
    found = severity_rules().propose(request.category, stated, request.day or china_day(reading.now))
    return rpc.SeverityProposal(
        severity=found.severity,
        rule=found.rule,
        rule_version=found.rule_version,
        explanation_zh=found.explanation_zh,
        explanation_en=found.explanation_en,
    )
