"""What the report on an editor's page answers, told beside it."""

from __future__ import annotations

from contracts.rpc.answered import Answered
from contracts.rpc.desk import DeskItem
from contracts.vocabulary import Kind
from gateway.console.forms import asked

ANSWERING = frozenset({Kind.COMMISSION_ANSWER, Kind.GUIDANCE_ANSWER})


def answered_by(item: DeskItem) -> Answered | None:
    """Commissions and points of guidance; None for a report of a kind that answers none."""
    if item.kind not in ANSWERING:
        return None
    return asked("review", "answered_by_report", Answered, report_id=item.report_id)
