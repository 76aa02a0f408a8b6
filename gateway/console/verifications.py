"""The verification record on a report's pages: a line typed during a call, and a correction as a further entry."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import flash, request

from contracts.rpc.verifications import (
    Verification,
    Verifications,
    VerifiedConclusion,
    VerifiedConclusions,
)
from contracts.vocabulary import UNIT_ROLES
from gateway.console.forms import asked, beijing_time, form_key, line, paragraphs
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from gateway.console.queue_places import item_again
from gateway.entrance import present
from kernel.errors import Refusal


def verifications_of(report_id: UUID | str) -> Verifications | None:
    """For whoever may verify; None for others, and while the desk is away, which the page survives."""
    if not may("record_verification"):
        return None
    try:
        return asked("review", "list_verifications", Verifications, report_id=report_id)
    except Refusal:
        return None


def conclusions_of(report_id: UUID) -> list[VerifiedConclusion]:
    """What the unit is told; nothing before the report lies on the desk, and none while the desk is away."""
    if not present().principal.holds(*UNIT_ROLES):
        return []
    try:
        return asked("review", "list_conclusions", VerifiedConclusions, report_id=report_id).items
    except Refusal:
        return []


def record_verification(report_id: UUID) -> Answer:
    asked(
        "review", "record_verification", Verification, verification_id=uuid5(form_key(), "verification_id"),
        report_id=report_id, asked_name=line("asked_name"), asked_post=line("asked_post"),
        asked_unit=line("asked_unit"), asked_phone=line("asked_phone"),
        asked_at=beijing_time("asked_at"), means=line("means"),
        question=paragraphs("question"), answer=paragraphs("answer"),
        documents=[named for row in paragraphs("documents").split("\n") if (named := row.strip())],
        attachments=request.form.getlist("attachments"), conclusion=line("conclusion"), corrects_id=line("corrects_id"),
    )
    flash("已登记核实。")
    return item_again(report_id) if may("show_desk_item") else go_to("show_report", report_id=report_id)


PAGES = (Page("POST", "/reports/<uuid:report_id>/verifications", record_verification),)
