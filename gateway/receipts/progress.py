"""What became of a receipt: a projection of the report's events, and the plain answer beside each receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import func
from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import ReportAcknowledged, ReportReclassified, ReportRegistered
from contracts.events.review import (
    AdoptionWithdrawn,
    DecisionUndone,
    ReadingRequested,
    ReportAdopted,
    ReportKept,
    ReportNotUsed,
    ReportPassedUp,
    ReportPreAdopted,
    ReportQueued,
    ReportReturned,
    ReportSeen,
)
from gateway.model.receipts import receipt_progress, report_acknowledgements, report_classes
from kernel.clock import SHANGHAI, china_day
from kernel.database import Work
from kernel.service import Event

Decision = (
    ReportReturned | ReportAdopted | ReportKept | ReportNotUsed | ReportPreAdopted | ReportPassedUp | ReadingRequested
    | AdoptionWithdrawn | DecisionUndone
)


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


def note_acknowledged(work: Work, event: Event[ReportAcknowledged]) -> None:
    """The city's duty officer took note of it; intake tells that once for a report, so what is known stays."""
    known = event.data.model_dump(include={"report_id", "acknowledged_by", "acknowledged_at"})
    work.session.execute(insert(report_acknowledgements).values(known).on_conflict_do_nothing())


def note_reclassified(work: Work, event: Event[ReportReclassified]) -> None:
    """Its class was raised; of several raisings the highest stands, in whatever order they come."""
    raised = event.data
    known_as = sorted({raised.report_id, *raised.known_as})
    row = {"secrecy": str(raised.secrecy), "rank": raised.secrecy.rank, "raised_at": raised.raised_at}
    statement = insert(report_classes).values([{"report_id": each, **row} for each in known_as])
    changes = {name: statement.excluded[name] for name in row}
    higher = report_classes.c.rank < statement.excluded.rank
    work.session.execute(
        statement.on_conflict_do_update(index_elements=["report_id"], set_=changes, where=higher)
    )


def note_decision(work: Work, event: Event[Decision], decision: str | None, remarks: str | None = None) -> None:
    """What the desk decided; of two decisions the one of the later version stands, in whatever order they come. None:
    it is undone, or the adoption was withdrawn, and the report is in hand again."""
    row = {
        "number": event.data.receipt_number,
        "decision": decision,
        "decided_at": event.time if decision else None,
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


def acknowledged_words(
    by: str | None, at: datetime | None, received_at: datetime, urgent: bool
) -> tuple[str | None, str | None]:
    """ "The duty officer, name, acknowledged it at 17:35" or "not yet"; None for what needs no acknowledgement."""
    if by is None or at is None:
        return ("市值班员尚未签收", "the duty officer has not acknowledged it yet") if urgent else (None, None)
    same_day = china_day(at) == china_day(received_at)
    shown = f"{at.astimezone(SHANGHAI):{'%H:%M' if same_day else '%Y-%m-%d %H:%M'}}"
    return f"市值班员 {by} 于 {shown} 签收", f"acknowledged by duty officer {by} at {shown}"
