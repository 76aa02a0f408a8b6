"""Corrections and withdrawals of a report, each with what it changes, reckoned from the signed versions themselves."""

from __future__ import annotations

from itertools import pairwise

from contracts.rpc import amendments as rpc
from contracts.rpc.differences import Differences
from contracts.rpc.intake import ReportId
from contracts.vocabulary import AmendmentAct
from kernel.service import Reading
from services.intake.model.reports import ReportVersion
from services.intake.queries.report_versions import changes, versions_of
from services.intake.queries.reports import visible_report

_NONE = Differences(title=[], body=[], fields=[])


def list_amendments(reading: Reading, request: ReportId) -> rpc.Amendments:
    """Oldest first. Raises `NotFound`."""
    report = visible_report(reading.session, reading.principal, request.report_id)
    pairs = pairwise(versions_of(reading.session, report.id))
    return rpc.Amendments(items=[_shown(before, after) for before, after in pairs if after.content.get("amendment")])


def _shown(before: ReportVersion, after: ReportVersion) -> rpc.AmendmentShown:
    amendment = after.content["amendment"]
    return rpc.AmendmentShown(
        version=after.version,
        receipt_number=after.receipt_number,
        act=amendment["act"],
        reason=amendment["reason"],
        signer_name=after.sign_off["signer_name"],
        received_at=after.received_at,
        **dict(changes(before, after) if amendment["act"] == AmendmentAct.CORRECTION else _NONE),
    )
