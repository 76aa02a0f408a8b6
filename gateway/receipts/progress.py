"""What became of a receipt: a projection of the report's events, and the plain answer beside each receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import ReportRegistered
from contracts.events.review import ReportAdopted, ReportKept, ReportNotUsed, ReportQueued, ReportReturned, ReportSeen
from gateway.model.receipts import receipt_progress
from kernel.database import Work
from kernel.service import Event

Decision = ReportReturned | ReportAdopted | ReportKept | ReportNotUsed


def note_registered(work: Work, events: list[Event[ReportRegistered]]) -> None:
    """Intake has it."""
    _note(work, {event.data.receipt_number: {"registered_at": event.time} for event in events}, "registered_at")


def note_queued(work: Work, events: list[Event[ReportQueued]]) -> None:
    """It stands on the desk."""
    _note(work, {event.data.receipt_number: {"queued_at": event.time} for event in events}, "queued_at")


def note_seen(work: Work, events: list[Event[ReportSeen]]) -> None:
    """An editor opened it; the first one counts."""
    rows = {
        event.data.receipt_number: {"seen_by": event.data.seen_by, "seen_at": event.data.seen_at} for event in events
    }
    _note(work, rows, "seen_by", "seen_at")


def note_decision(work: Work, event: Event[Decision], decision: str, remarks: str | None = None) -> None:
    """What the desk decided; of two decisions the one of the later version stands, in whatever order they come."""
    row = {
        "number": event.data.receipt_number,
        "decision": decision,
        "decided_at": event.time,
        "decision_version": event.version,
        "remarks": remarks,
    }
    statement = insert(receipt_progress).values(row)
    changes = {name: statement.excluded[name] for name in row if name != "number"}
    work.session.execute(
        statement.on_conflict_do_update(
            index_elements=["number"],
            set_=changes,
            where=receipt_progress.c.decision_version < statement.excluded.decision_version,
        )
    )


def _note(work: Work, rows: dict[str, dict[str, Any]], *columns: str) -> None:
    """Write what is not known yet; a double changes nothing."""
    statement = insert(receipt_progress).values([{"number": number, **row} for number, row in sorted(rows.items())])
    kept = {name: func.coalesce(receipt_progress.c[name], statement.excluded[name]) for name in columns}
    work.session.execute(statement.on_conflict_do_update(index_elements=["number"], set_=kept))


def seen_words(seen_by: str | None, seen_at: datetime | None, shown: str) -> tuple[str, str]:
    """ "The city has seen it: name, time" or "not yet"; `shown` is the time as shown in Asia/Shanghai."""
    if seen_by is None or seen_at is None:
        return "市里尚未阅看", "not yet"
    return f"市里已阅：{seen_by}，{shown}", f"the city has seen it: {seen_by}, {shown}"
