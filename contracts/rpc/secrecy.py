"""Raising the secrecy class of what was reported: at once, by the unit or an editor; never lowered here (R07)."""

from __future__ import annotations

from uuid import UUID

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.fields import Remarks
from contracts.rpc.intake import ReportId
from contracts.rpc.roles import UNIT
from contracts.vocabulary import Channel, DeliveryState, Role, Secrecy

WITHHELD_TITLE = "（密级已调整，标题不予显示）"
"""Stands where a title stood that its reader, or anybody, may no longer be told."""
WITHHELD_TEXT = "（密级已调整，内容不予显示）"

RAISERS = (*UNIT, Role.EDITOR, Role.CHIEF_EDITOR)
"""Who raises a class: needs no signature, as every minute counts."""
OVERSEERS = (*RAISERS, Role.SECURITY_ADMINISTRATOR)
"""Who is shown what was done about it and who had been told; without a word of the content."""


class RaiseSecrecy(Strict):
    """Raise the class of a registered report. The class must be higher than the present one."""

    report_id: UUID
    secrecy: Secrecy
    reason: Remarks


class Reclassification(Strict):
    """The newest raising of a report's class, without anything of its content; the reason stays with intake."""

    report_id: UUID
    number: str
    receipt_numbers: list[str]
    unit_id: UUID
    unit_name: str
    secrecy: Secrecy
    raised_by: str
    raised_at: Instant


class Told(Strict):
    """A message about the report that had left, or was in the air, before its class was raised: it cannot be
    recalled."""

    person_name: str
    message: str
    channel: Channel
    state: DeliveryState
    sent_at: Instant | None


class ToldPeople(Strict):
    told: list[Told]
    cancelled: int
    """Messages that had not left yet and were cancelled."""


METHODS: dict[str, Method] = {
    "raise_secrecy": command(RaiseSecrecy, Reclassification, *RAISERS),
    "get_reclassification": query(ReportId, Reclassification, *OVERSEERS),
}
NOTIFY_METHODS: dict[str, Method] = {"list_told": query(ReportId, ToldPeople, *OVERSEERS)}
