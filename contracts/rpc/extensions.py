"""Extensions of an assignment's time: asked by the unit before it is due, granted or refused (R17)."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Strict, Text
from contracts.rpc.fields import Remarks
from contracts.vocabulary import Labelled


class ExtensionState(Labelled):
    ASKED = "asked", "延期待批"
    GRANTED = "granted", "已准延期"
    REFUSED = "refused", "不予延期"
    LAPSED = "lapsed", "已反馈，无需延期"


class Extension(Strict):
    extension_id: UUID
    state: ExtensionState
    reason: str
    progress: str
    wanted_due_at: Instant
    asked_by: str
    asked_at: Instant
    granted_due_at: Instant | None
    decided_by: str | None
    decided_at: Instant | None
    remarks: str | None


class AskExtension(Strict):
    """More time, asked before the time is over: why, how far it is, until when."""

    assignment_id: UUID
    extension_id: UUID
    reason: Remarks
    progress: Remarks
    wanted_due_at: Instant


class GrantExtension(Strict):
    """Granted until the time asked for, or another one."""

    assignment_id: UUID
    extension_id: UUID
    due_at: Instant | None = None
    remarks: Text = Field(default="", max_length=2_000)


class RefuseExtension(Strict):
    assignment_id: UUID
    extension_id: UUID
    remarks: Remarks
