"""R09: remarks at places of the text: checked where they are made, found again where the text has changed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.rpc.content import Content
from contracts.rpc.drafts import Note, NoteField
from kernel.errors import Invalid
from services.intake.model.notes import check_notes, placed
from tests.factories.intake import ContentFactory

LETTERS = st.text("甲乙丙，。x🙂", min_size=1, max_size=40)


def content(body: str) -> Content:
    return ContentFactory.development().model_copy(update={"body": body})


def note(start: int, end: int, quote: str, field: NoteField = NoteField.BODY) -> Note:
    return Note(field=field, start=start, end=end, quote=quote, remark="请核实。")


@given(body=LETTERS, data=st.data())
def test_R09_a_note_on_an_unchanged_text_stands_where_it_was_made(body: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(body) - 1))
    end = data.draw(st.integers(start + 1, len(body)))
    made = note(start, end, body[start:end])
    check_notes([made], content(body))
    found = placed(made, content(body))
    assert (found.placed_start, found.placed_end) == (start, end)


@given(body=LETTERS, later=LETTERS, data=st.data())
def test_R09_a_note_on_a_changed_text_stands_at_its_quote_or_nowhere(
    body: str, later: str, data: st.DataObject
) -> None:
    start = data.draw(st.integers(0, len(body) - 1))
    end = data.draw(st.integers(start + 1, len(body)))
    quote = body[start:end]
    found = placed(note(start, end, quote), content(later))
    if quote in later:
        assert later[found.placed_start : found.placed_end] == quote
    else:
        assert (found.placed_start, found.placed_end) == (None, None)


def test_R09_of_several_equal_places_the_nearest_is_taken() -> None:
    found = placed(note(10, 12, "改造"), content("改造、改造和这里的再一次改造。"))
    assert found.placed_start == 12


@pytest.mark.parametrize(
    ("made", "pointer"),
    [
        (note(4, 6, "小区"), "/notes/1/end"),
        (note(5, 9, "小区"), "/notes/1/start"),
        (note(3, 3, "区"), "/notes/1/end"),
        (note(0, 2, "小区"), "/notes/1/quote"),
        (note(0, 2, "小区", NoteField.TITLE), "/notes/1/quote"),
    ],
    ids=["beyond the end", "behind the text", "empty", "another place", "another field"],
)
def test_R09_a_note_outside_the_text_is_refused_with_its_pointer(made: Note, pointer: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_notes([note(0, 1, "改"), made], content("改造小区。"))
    assert refused.value.pointer == pointer
