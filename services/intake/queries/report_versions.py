"""How two signed versions of a report differ, reckoned from the versions themselves (R07)."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.rpc import report_versions as rpc
from contracts.rpc.content import Content
from contracts.rpc.differences import Differences
from contracts.vocabulary import AmendmentAct
from kernel.errors import NotFound
from kernel.service import Reading
from services.intake.model.differences import between
from services.intake.model.reports import ReportVersion
from services.intake.queries.reports import visible_report

_ABOUT_ITSELF = frozenset({"kind", "report_id", "amendment"})
"""What names a version and is no statement of its."""


def report_differences(reading: Reading, request: rpc.ReportVersionPair) -> rpc.ReportDifferences:
    """Two versions compared, and all there are. Raises `NotFound`, for a version that does not exist too."""
    report = visible_report(reading.session, reading.principal, request.report_id)
    versions = versions_of(reading.session, report.id)
    later = request.later or len(versions)
    earlier = request.earlier or max(later - 1, 1)
    changed = changes(_counting(versions, earlier), _counting(versions, later))
    return rpc.ReportDifferences(
        report_id=report.id, number=report.number, earlier=earlier, later=later,
        versions=[_line(version) for version in reversed(versions)], **dict(changed),
    )  # fmt: skip


def versions_of(session: Session, report_id: UUID) -> Sequence[ReportVersion]:
    """All signed versions, oldest first."""
    query = select(ReportVersion).where(ReportVersion.report_id == report_id).order_by(ReportVersion.version)
    return session.scalars(query).all()


def changes(before: ReportVersion, after: ReportVersion) -> Differences:
    """What the later one states otherwise."""
    found = between(Content.model_validate(before.content), Content.model_validate(after.content))
    stated = [each for each in found.fields if each.field.partition(".")[0] not in _ABOUT_ITSELF]
    return found.model_copy(update={"fields": stated})


def _counting(versions: Sequence[ReportVersion], number: int) -> ReportVersion:
    """The version, or what a withdrawal takes back. Raises `NotFound`."""
    if number > len(versions):
        raise NotFound(f"该信息没有第{number}版。", f"The report has no version {number}.")
    return next(
        version for version in reversed(versions[:number]) if not _withdraws(version) or version.version == 1
    )


def _withdraws(version: ReportVersion) -> bool:
    return (version.content.get("amendment") or {}).get("act") == AmendmentAct.WITHDRAWAL


def _line(version: ReportVersion) -> rpc.SignedVersion:
    amendment = version.content.get("amendment") or {}
    return rpc.SignedVersion(
        version=version.version, receipt_number=version.receipt_number, received_at=version.received_at,
        signer_name=version.sign_off["signer_name"], act=amendment.get("act"), reason=amendment.get("reason"),
    )  # fmt: skip
