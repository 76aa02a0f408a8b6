"""Corrections and withdrawals: what they changed, and the editors' list of published items that were amended."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template

from contracts.rpc.amendments import (
    AmendedDecision,
    AmendedPublication,
    AmendedPublicationPage,
    Amendments,
    AmendmentShown,
)
from gateway.console.drafts import FIELD_WORDS
from gateway.console.forms import asked, asked_query, line, may_ask, paragraphs
from gateway.console.page import Answer, Page, go_to
from kernel.errors import Refusal

_WORDS = FIELD_WORDS | {
    "secrecy": "密级", "number": "文号", "dated": "日期", "pre_report_id": "电话预报",
    "commission_id": "所答约稿", "point_ids": "所答要点", "assignment_id": "所反馈交办",
}  # fmt: skip


def amendments_of(report_id: UUID, version: int) -> list[AmendmentShown]:
    """A report's corrections and withdrawals; none for a first version, and none while intake is away."""
    if version == 1 or not may_ask("intake", "list_amendments"):
        return []
    try:
        return asked("intake", "list_amendments", Amendments, report_id=report_id).items
    except Refusal:
        return []


def field_word(path: str) -> str:
    """A field's Chinese word; of a part of a field that of the part."""
    name = path.rpartition(".")[2]
    return _WORDS.get(name, name)


def list_amended_publications() -> Answer:
    query = asked_query("cursor")
    page = asked("review", "list_amended_publications", AmendedPublicationPage, **query)
    return render_template("console/amended.html", page=page, query=query, decisions=AmendedDecision)


def decide_amended(report_id: UUID) -> Answer:
    decided = asked(
        "review", "decide_amended", AmendedPublication, report_id=report_id, report_version=line("report_version"),
        decision=line("decision"), note=paragraphs("note"),
    )
    flash(f"已登记处理：{decided.decision.label if decided.decision else ''}。")
    return go_to("list_amended_publications")


PAGES = (
    Page("GET", "/issues/amended", list_amended_publications),
    Page("POST", "/issues/amended/<uuid:report_id>/decision", decide_amended),
)
