"""The signed versions of a report and how two of them differ (R07)."""

from __future__ import annotations

from uuid import UUID

from pydantic import ConfigDict, Field

from contracts.model import Instant, Method, Strict, query
from contracts.rpc.differences import Differences
from contracts.rpc.draft_versions import Version
from contracts.rpc.roles import DESK, UNIT
from contracts.vocabulary import AmendmentAct


class SignedVersion(Strict):
    """One signed version: its receipt, who signed it, and what it did to the one before."""

    version: int
    receipt_number: str
    received_at: Instant
    signer_name: str
    act: AmendmentAct | None
    """None for the first one and for one signed again after a return."""
    reason: str | None


class ReportVersionPair(Strict):
    """Two versions of a report; without them the newest and the one before."""

    model_config = ConfigDict(populate_by_name=True)

    report_id: UUID
    earlier: Version | None = Field(default=None, alias="from")
    later: Version | None = Field(default=None, alias="to")


class ReportDifferences(Differences):
    """A withdrawal changes nothing: it stands for the text it takes back."""

    report_id: UUID
    number: str
    earlier: int
    later: int
    """Equal where there is one version only."""
    versions: list[SignedVersion]
    """All of them, newest first."""


METHODS: dict[str, Method] = {"report_differences": query(ReportVersionPair, ReportDifferences, *UNIT, *DESK)}
