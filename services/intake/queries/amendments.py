"""Corrections and withdrawals of a report, each with what it changes, reckoned from the signed versions themselves."""

from __future__ import annotations

from itertools import pairwise

from sqlalchemy import select

from contracts.rpc import amendments as rpc
from contracts.rpc.content import Content
from contracts.rpc.differences import Differences
from contracts.rpc.intake import ReportId
from contracts.vocabulary import AmendmentAct
from kernel.service import Reading
from services.intake.model.differences import between
from services.intake.model.reports import ReportVersion
from services.intake.queries.reports import visible_report

_ABOUT_ITSELF = frozenset({"kind", "report_id", "amendment"})
"""What names a version and is no statement of its."""
_NONE = Differences(title=[], body=[], fields=[])


def list_amendments(reading: Reading, request: ReportId) -> rpc.Amendments:
    """Oldest first. Raises `NotFound`."""
    report = visible_report(reading.session, reading.principal, request.report_id)
    query = select(ReportVersion).where(ReportVersion.report_id == report.id).order_by(ReportVersion.version)
    versions = list(reading.session.scalars(query))
    return rpc.Amendments(
        items=[_shown(before, after) for before, after in pairwise(versions) if after.content.get("amendment")]
    )


def _shown(before: ReportVersion, after: ReportVersion) -> rpc.AmendmentShown:
    amendment = after.content["amendment"]
    return rpc.AmendmentShown(
        version=after.version,
        receipt_number=after.receipt_number,
        act=amendment["act"],
        reason=amendment["reason"],
        signer_name=after.sign_off["signer_name"],
        received_at=after.received_at,
        **dict(_changes(before, after) if amendment["act"] == AmendmentAct.CORRECTION else _NONE),
    )


def _changes(before: ReportVersion, after: ReportVersion) -> Differences:
    found = between(Content.model_validate(before.content), Content.model_validate(after.content))
    stated = [each for each in found.fields if each.field.partition(".")[0] not in _ABOUT_ITSELF]
    return found.model_copy(update={"fields": stated})
