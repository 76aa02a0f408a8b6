"""Kept versions of a draft, their differences, and a typed text beside the stored one."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template

from contracts.rpc.draft_versions import DraftComparison, DraftDifferences, DraftVersion, DraftVersionPage
from gateway.console.forms import asked, asked_query, line, paragraphs
from gateway.console.page import Answer, Page
from gateway.console.signed_facts import signed_facts
from kernel.errors import Refusal

Changed = list[tuple[str, Any, Any]]
"""Word of a field, what it said, what it says."""


def list_draft_versions(draft_id: UUID) -> Answer:
    """The list, and two of its versions compared: those chosen, else the two newest."""
    page = asked("intake", "list_draft_versions", DraftVersionPage, draft_id=draft_id, **asked_query("cursor"))
    newest = [str(each.version) for each in page.items[:2]]
    chosen = {"from": newest[-1], "to": newest[0]} | asked_query("from", "to") if newest else {}
    found = _compared(draft_id, chosen) if len(set(chosen.values())) == 2 else None
    return render_template(
        "console/draft_versions.html", draft_id=draft_id, page=page, chosen=chosen, found=found,
        query={"draft_id": draft_id},
    )


def _compared(draft_id: UUID, chosen: dict[str, str]) -> dict[str, Any]:
    differences = asked("intake", "draft_differences", DraftDifferences, draft_id=draft_id, **chosen)
    earlier, later = (
        asked("intake", "get_draft_version", DraftVersion, draft_id=draft_id, version=chosen[end])
        for end in ("from", "to")
    )
    return {"differences": differences, "changed": changed_facts(earlier, later)}


def changed_facts(earlier: DraftVersion, later: DraftVersion) -> Changed:
    """The fields beside title and text that say something else, in the words of the signed document."""
    said = {fact.word: fact.value for fact in signed_facts(earlier.content)}
    says = {fact.word: fact.value for fact in signed_facts(later.content)}
    words = dict.fromkeys([*said, *says])
    return [(word, said.get(word), says.get(word)) for word in words if said.get(word) != says.get(word)]


def comparison(draft_id: UUID) -> DraftComparison | None:
    """The typed text against the stored one; None while intake is away, which the page survives."""
    try:
        return asked(
            "intake", "compare_draft", DraftComparison, draft_id=draft_id, title=line("title") or "",
            body=paragraphs("body"),
        )
    except Refusal:
        return None


def compare_draft(draft_id: UUID) -> Answer:
    """The comparison alone, for the script that saves by itself."""
    return render_template("console/draft_comparison.html", conflict=comparison(draft_id))


PAGES = (
    Page("GET", "/drafts/<uuid:draft_id>/versions", list_draft_versions),
    Page("POST", "/drafts/<uuid:draft_id>/comparison", compare_draft),
)
