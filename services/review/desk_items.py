"""A report on the desk in the hands of whoever acts on it, and what every event of it tells."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from contracts.events.review import ReportSeen
from kernel.database import Work
from services.review.model.desk import DeskItem
from services.review.queries.desk import visible_item


def locked_item(work: Work, report_id: UUID) -> DeskItem:
    """The item, locked until the transaction ends. Raises `NotFound`."""
    return visible_item(work.session, work.principal, report_id, lock=True)


def seen_item(work: Work, report_id: UUID) -> DeskItem:
    """The item, locked, in the hands of an editor: whoever acts on a report has seen it, opened or not."""
    item = locked_item(work, report_id)
    if item.open(work.principal, work.now):
        seen = ReportSeen(**of_report(item), seen_by=work.principal.name, seen_at=work.now)
        work.emit(seen, subject=item.report_id, version=item.version)
    return item


def of_report(item: DeskItem) -> dict[str, Any]:
    """What every event of a report tells."""
    return {
        "report_id": item.report_id,
        "receipt_number": item.receipt_number,
        "unit_id": item.unit_id,
        "title": item.told_title,
    }
