"""Remarks at places of a text: read from the form that returns it, and shown to its author in the text."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any
from uuid import UUID

from flask import Flask, request
from markupsafe import Markup

from contracts.rpc.drafts import Draft, NoteField
from gateway.console.forms import asked
from kernel.errors import Invalid

NAMES = ("field", "start", "quote", "remark")


def install(app: Flask) -> None:
    """Make `draft|marked("body")` known to the templates."""
    app.jinja_env.filters["marked"] = marked


def typed_notes(draft_id: UUID) -> list[dict[str, Any]]:
    """The notes of the form. One chosen in the text brings its place; one that was typed (no script) is looked up by
    its quote in the text as it stands. Raises `Invalid` when the quote is not there."""
    rows = list(zip(*(_column(name) for name in NAMES), strict=False))
    typed = [dict(zip(NAMES, row, strict=True)) for row in rows if row[2].strip() or row[3].strip()]
    draft = None
    for number, note in enumerate(typed):
        if note["start"] == "":
            draft = draft or asked("intake", "get_draft", Draft, draft_id=draft_id)
            note.update(_looked_up(number, note["quote"].strip(), draft))
    return [note | {"end": _end(note)} for note in typed]


def _end(note: dict[str, Any]) -> int:
    """0, which is refused as no place, when what came as `start` is no number."""
    start = str(note["start"])
    return int(start) + len(note["quote"]) if start.isascii() and start.isdecimal() and len(start) < 9 else 0


def _column(name: str) -> list[str]:
    return [value.replace("\r\n", "\n") for value in request.form.getlist(f"note_{name}")]


def _looked_up(number: int, quote: str, draft: Draft) -> dict[str, Any]:
    for field in (NoteField.BODY, NoteField.TITLE):
        start = str(getattr(draft.content, field.value)).find(quote) if quote else -1
        if start >= 0:
            return {"field": field.value, "start": start, "quote": quote}
    raise Invalid(
        f"第{number + 1}条批注：标题和正文中没有“{quote[:30]}”，请照原文抄录。",
        f"Note {number + 1}: the quote stands neither in the title nor in the text.",
        pointer=f"/notes/{number}/quote",
    )


def marked(draft: Draft, field: str) -> Markup:
    """Title or text with the places of the notes marked, each with the number of its remark."""
    text = str(getattr(draft.content, field))
    places = [(number, note) for number, note in enumerate(draft.notes, 1) if note.field == field]
    found = [(number, note.placed_start, note.placed_end) for number, note in places if note.placed_start is not None]
    cuts = sorted({0, len(text), *(place for _, *span in found for place in span if place is not None)})
    pieces = [_piece(text, start, end, found) for start, end in pairwise(cuts)]
    return Markup("").join(pieces)


def _piece(text: str, start: int, end: int, found: Sequence[tuple[int, int | None, int | None]]) -> Markup:
    covering = [number for number, first, last in found if (first or 0) <= start and end <= (last or 0)]
    if not covering:
        return Markup.escape(text[start:end])
    begun = [number for number, first, _ in found if first == start]
    numbers = Markup("").join(
        Markup('<sup><a href="#note-{0}" aria-label="批注{0}">{0}</a></sup>').format(number) for number in begun
    )
    return Markup("<mark>{}</mark>{}").format(text[start:end], numbers)

