"""Similar reports: a line for whoever writes or signs, and both texts side by side for the editor."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from flask import render_template

from contracts.rpc.content import Content
from contracts.rpc.intake import Report
from contracts.rpc.similar import (
    SimilarGroups,
    SimilarHint,
    SimilarHints,
    SimilarReport,
    SimilarReports,
    SimilarToText,
    Span,
)
from contracts.services import RPC
from gateway.console.forms import asked, line, paragraphs
from gateway.console.page import Answer, Page
from gateway.entrance import present
from kernel.errors import NotFound, Refusal

READERS = RPC["intake"]["similar_reports"].roles


def hint_similar() -> Answer:
    """A part of the draft's form: what is like it as it is typed now."""
    typed = {
        "kind": line("kind"), "title": line("title") or "", "body": paragraphs("body"),
        "drill": line("drill") == "true", "report_id": line("report_id"),
        "follows_report_id": line("follows_report_id"),
    }  # fmt: skip
    return render_template("console/similar_hints.html", similar=_hints(typed))


def hints_for(content: Content | None) -> list[SimilarHint]:
    """What is like the draft as it is saved; nothing before there is one."""
    return _hints({name: getattr(content, name) for name in SimilarToText.model_fields}) if content else []


def _hints(text: Mapping[str, Any]) -> list[SimilarHint]:
    """None while intake is away or nothing can be compared: a hint holds nobody up."""
    try:
        return asked("intake", "similar_to_text", SimilarHints, **text).items
    except Refusal:
        return []


def similar_to(report_id: UUID) -> list[SimilarReport]:
    """For an editor's page: the reports like this one; none while intake is away, which the page survives."""
    if not present().principal.holds(*READERS):
        return []
    try:
        return asked("intake", "similar_reports", SimilarReports, report_id=report_id).items
    except Refusal:
        return []


def similar_groups(report_ids: list[UUID]) -> list[list[UUID]]:
    """Which of these reports are alike; nothing while intake is away, which the list survives."""
    if len(report_ids) < 2:
        return []
    try:
        return asked("intake", "similar_among", SimilarGroups, report_ids=report_ids).groups
    except Refusal:
        return []


def compare_similar(report_id: UUID, other_id: UUID) -> Answer:
    """Both texts side by side, their equal sentences marked."""
    here = asked("intake", "get_report", Report, report_id=report_id)
    there = asked("intake", "get_report", Report, report_id=other_id)
    found = asked("intake", "similar_reports", SimilarReports, report_id=report_id).items
    similar = next((each for each in found if each.report_id == other_id), None)
    if similar is None:
        raise NotFound("这两条报送没有相似之处。", "These two reports are not similar.")
    return render_template(
        "console/similar.html", similar=similar, here=here, there=there,
        here_parts=parts(here.body, (pair.here for pair in similar.equal)),
        there_parts=parts(there.body, (pair.there for pair in similar.equal)),
    )


def parts(text: str, spans: Iterable[Span]) -> list[tuple[str, int | None]]:
    """The text in pieces; a span's piece has its number, from 1 in the order given."""
    pieces: list[tuple[str, int | None]] = []
    end = 0
    for number, span in sorted(enumerate(spans, 1), key=lambda each: each[1].begin):
        pieces += [(text[end : span.begin], None), (text[span.begin : span.end], number)]
        end = span.end
    return [(piece, number) for piece, number in (*pieces, (text[end:], None)) if piece]


PAGES = (
    Page("POST", "/similarities", hint_similar),
    Page("GET", "/reports/<uuid:report_id>/similar/<uuid:other_id>", compare_similar),
)
