"""Corrections and withdrawals after submission: signed versions like every other, shown with what they change (R07)."""

from __future__ import annotations

from uuid import UUID

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.differences import Differences
from contracts.rpc.fields import Remarks
from contracts.rpc.intake import ReportId
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import UNIT
from contracts.vocabulary import AmendmentAct, Labelled, Role

_EDITORS = (Role.EDITOR, Role.CHIEF_EDITOR)


class AmendmentShown(Differences):
    """One correction or withdrawal: who signed it, why, and what it changes against the version before; a withdrawal
    changes nothing."""

    version: int
    receipt_number: str
    act: AmendmentAct
    reason: str
    signer_name: str
    received_at: Instant


class Amendments(Strict):
    items: list[AmendmentShown]


class AmendedDecision(Labelled):
    """What the editors do about a published item whose report was corrected or withdrawn afterwards."""

    WITHDRAW_ADOPTION = "withdraw_adoption", "撤销采用"
    CORRECTION_ISSUE = "correction_issue", "另出更正"
    NO_ACTION = "no_action", "不作处理"


class AmendedPublication(Strict):
    """A published item whose report was amended afterwards and about which nobody has decided yet; or just decided."""

    report_id: UUID
    report_version: int
    receipt_number: str
    unit_name: str
    title: str
    issue_id: UUID
    publication_name: str
    year: int
    number: int
    act: AmendmentAct
    reason: str
    received_at: Instant
    decision: AmendedDecision | None = None
    decided_by: str | None = None


class AmendedPublicationPage(Strict):
    items: list[AmendedPublication]
    next_cursor: str | None = None


class DecideAmended(Strict):
    """Decide about a published item at the version of the report that the editor saw."""

    report_id: UUID
    report_version: int
    decision: AmendedDecision
    note: Remarks


METHODS: dict[str, Method] = {"list_amendments": query(ReportId, Amendments, *UNIT, *_EDITORS)}
REVIEW_METHODS: dict[str, Method] = {
    "list_amended_publications": query(ListQuery, AmendedPublicationPage, *_EDITORS),
    "decide_amended": command(DecideAmended, AmendedPublication, *_EDITORS),
}
