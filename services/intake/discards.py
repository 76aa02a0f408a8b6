"""Acceptances an operator gave up: they count for the watermark, and their receipts stop the clock all the same.

Two persons discarded the event, not the receipt (decision 0061): the unit holds it, and nobody may say that nothing
came.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from contracts.events.gateway import ReportAccepted
from kernel.database import Work
from kernel.deadlines.engine import find_deadline, settle
from kernel.parking import GivenUp, given_up
from services.intake.follow_ups import settle_given_up
from services.intake.urgent import URGENT_REPORT, announce

RECEIVED = "received_at"


def discarded_between(session: Session, after: datetime | None, up_to: datetime) -> list[GivenUp]:
    """Discarded acceptances received in (after, up_to]."""
    return [
        event
        for event in given_up(session, ReportAccepted.TYPE)
        if event.instant(RECEIVED) <= up_to and (after is None or event.instant(RECEIVED) > after)
    ]


def pass_discarded(work: Work, events: list[GivenUp]) -> None:
    """The watermark passes them: recorded in the evidence, and a draft's or a chain's clock stops at the receipt."""
    for event in events:
        receipt = str(event.data.get("receipt_number", ""))
        work.audit("discarded_report.passed", event.event_id, 1, receipt_number=receipt)
        draft_id = event.id_of("draft_id")
        deadline = find_deadline(work.session, URGENT_REPORT, draft_id, lock=True) if draft_id else None
        if deadline is not None:
            settle(work, deadline, event.instant(RECEIVED), announce)
        if root := event.id_of("follows_report_id"):
            settle_given_up(work, root, event.id_of("unit_id"), event.instant(RECEIVED))
