"""How an edit copy of the city's desk differs from the report as it was signed."""

from __future__ import annotations

from contracts.rpc import edit_copies as rpc
from kernel.service import Reading
from services.intake.model.differences import differences
from services.intake.queries.reports import visible_report


def compare_edit_copy(reading: Reading, request: rpc.CompareEditCopy) -> rpc.EditCopyDifferences:
    """By character. Raises `NotFound`."""
    report = visible_report(reading.session, reading.principal, request.report_id)
    return rpc.EditCopyDifferences(
        title=differences(report.title, request.title), body=differences(report.body, request.body)
    )
