"""Corrections and withdrawals of a report, each with what it changes, reckoned from the signed versions themselves."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from sqlalchemy import select

from contracts.rpc import amendments as rpc
from contracts.rpc.content import Content
from contracts.rpc.intake import ReportId
from kernel.service import Reading
from services.intake.model.reports import ReportVersion
from services.intake.queries.reports import visible_report

_ABOUT_ITSELF = frozenset({"kind", "report_id", "amendment"})
"""What names a version and is no statement of its."""


def list_amendments(reading: Reading, request: ReportId) -> rpc.Amendments:
    """Oldest first. Raises `NotFound`."""
    report = visible_report(reading.session, reading.principal, request.report_id)
    query = select(ReportVersion).where(ReportVersion.report_id == report.id).order_by(ReportVersion.version)
    versions = list(reading.session.scalars(query))
    return rpc.Amendments(
        items=[_shown(before, after) for before, after in pairwise(versions) if after.content.get("amendment")]
    )


def changes_between(before: dict[str, Any], after: dict[str, Any]) -> list[rpc.FieldChange]:
    """The fields in which two contents differ, in the order of the contract; a part of a field by its path."""
    found = []
    for name in Content.model_fields:
        if name not in _ABOUT_ITSELF:
            found += _changes(name, before.get(name), after.get(name))
    return found


def _changes(path: str, before: Any, after: Any) -> list[rpc.FieldChange]:
    if isinstance(before, dict) or isinstance(after, dict):
        old, new = before or {}, after or {}
        return [
            change
            for name in dict.fromkeys((*old, *new))
            for change in _changes(f"{path}.{name}", old.get(name), new.get(name))
        ]
    if before == after:
        return []
    return [rpc.FieldChange(field=path, before=_words(before), after=_words(after))]


def _words(value: Any) -> str | None:
    return None if value is None else str(value)


def _shown(before: ReportVersion, after: ReportVersion) -> rpc.AmendmentShown:
    amendment = after.content["amendment"]
    withdrawn = amendment["act"] == "withdrawal"
    return rpc.AmendmentShown(
        version=after.version,
        receipt_number=after.receipt_number,
        act=amendment["act"],
        reason=amendment["reason"],
        signer_name=after.sign_off["signer_name"],
        received_at=after.received_at,
        changes=[] if withdrawn else changes_between(before.content, after.content),
    )
