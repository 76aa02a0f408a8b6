"""The parts that kinds of report have."""

from __future__ import annotations

from contracts.rpc import structures as rpc
from kernel.service import Reading
from services.intake.model.report_structures import structures_of


def list_report_structures(_reading: Reading, request: rpc.ListReportStructures) -> rpc.ReportStructureList:
    """All structures, or the one of a kind."""
    return rpc.ReportStructureList(items=[each.shown() for each in structures_of(request.kind)])
