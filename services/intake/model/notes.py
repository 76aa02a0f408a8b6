"""Remarks at places of a text: checked against the version they are made on, found again in a later one (R09)."""

from __future__ import annotations

from collections.abc import Sequence

from contracts.rpc.content import Content
from contracts.rpc.drafts import Note, PlacedNote
from kernel.errors import Invalid


def check_notes(notes: Sequence[Note], content: Content) -> None:
    """Raise `Invalid` unless each note's place lies in the text and says what it quotes."""
    for number, note in enumerate(notes):
        text = _text(content, note)
        if not note.start < note.end <= len(text):
            raise Invalid(
                f"第{number + 1}条批注的位置不在{note.field.label}之内（{note.field.label}共{len(text)}字）。",
                f"Note {number + 1} lies outside the {note.field}, which has {len(text)} characters.",
                pointer=f"/notes/{number}/{'start' if note.start >= len(text) else 'end'}",
            )
        if text[note.start : note.end] != note.quote:
            raise Invalid(
                f"第{number + 1}条批注所引的文字与{note.field.label}该处不符。",
                f"The quote of note {number + 1} is not what stands at that place of the {note.field}.",
                pointer=f"/notes/{number}/quote",
            )


def placed(note: Note, content: Content) -> PlacedNote:
    """The note with the place of its quote in this text: where it was, else the nearest; None when it is gone."""
    start = _nearest(_text(content, note), note)
    end = None if start is None else start + len(note.quote)
    return PlacedNote(**note.model_dump(), placed_start=start, placed_end=end)


def _nearest(text: str, note: Note) -> int | None:
    before = text.rfind(note.quote, 0, note.start + len(note.quote))
    after = text.find(note.quote, note.start)
    found = [place for place in (before, after) if place >= 0]
    return min(found, key=lambda place: abs(place - note.start), default=None)


def _text(content: Content, note: Note) -> str:
    return str(getattr(content, note.field.value))
