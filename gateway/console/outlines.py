"""The outline of a kind put into the text that is being written."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import flash

from contracts.rpc.structures import ReportStructureList
from gateway.console.drafts import retyped
from gateway.console.forms import asked, form_key, line, paragraphs
from gateway.console.page import Answer, Page
from kernel.errors import Refusal


def outline_new_draft() -> Answer:
    """The form may have saved itself meanwhile: then it has a version, and the id that its key makes."""
    return _outlined(uuid5(form_key(), "draft_id") if line("version") else None)


def outline_draft(draft_id: UUID) -> Answer:
    return _outlined(draft_id)


def _outlined(draft_id: UUID | None) -> Answer:
    """The form again with everything that was typed, and those headings below that the text does not have yet."""
    body = paragraphs("body")
    missing = [heading for heading in _headings() if heading.partition("、")[2] not in body]
    return retyped(draft_id, line("version"), body="\n\n".join([*([body] if body else []), *missing]))


def _headings() -> list[str]:
    try:
        found = asked("intake", "list_report_structures", ReportStructureList, kind=line("kind")).items
    except Refusal:
        flash("暂时取不到提纲，请稍后再试；您写的文字都在。")
        return []
    if not found:
        flash("这一种类没有提纲。")
    return [heading for structure in found for heading in structure.outline.split("\n") if heading]


PAGES = (
    Page("POST", "/drafts/outline", outline_new_draft),
    Page("POST", "/drafts/<uuid:draft_id>/outline", outline_draft),
)
