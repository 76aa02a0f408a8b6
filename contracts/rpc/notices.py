"""Notices of supervision: issued once under a document number, printed as often as need be (R17, GB/T 9704 7.2.5)."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.roles import OVERSIGHT
from contracts.rpc.scoring import File
from contracts.vocabulary import Labelled, Role


class NoticeKind(Labelled):
    ASSIGNMENT = "assignment_notice", "交办通知单"
    CHASING = "chasing_notice", "催办单"


class Notice(Strict):
    """A notice as it was issued; a reprint bears the same number, text and date."""

    notice_id: UUID
    kind: NoticeKind
    number: str
    """Document number: 督〔2026〕5号."""
    issued_by: str
    issued_at: Instant
    content_hash: str
    """sha256 of the text as issued, in canonical JSON."""


class IssueNotice(Strict):
    assignment_id: UUID
    notice_id: UUID
    kind: NoticeKind


class NoticeOf(Strict):
    """A notice of one assignment, as an official paper: the one issued last, or the one named."""

    assignment_id: UUID
    notice_id: UUID | None = None
    format: Literal["pdf", "docx"] = "pdf"


_READERS = (*OVERSIGHT, Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER, Role.UNIT_HEAD, Role.API_CLIENT)

METHODS: dict[str, Method] = {
    "issue_notice": command(IssueNotice, Notice, Role.SUPERVISOR),
    "get_assignment_notice": query(NoticeOf, File, *_READERS),
    "get_chasing_notice": query(NoticeOf, File, *_READERS),
}
