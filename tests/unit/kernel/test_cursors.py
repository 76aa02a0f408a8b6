"""Cursors: what comes back is what went in; anything else is refused with the field named."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kernel.cursors import cursor_after, cut, read_cursor
from kernel.errors import Invalid

NOW = datetime(2026, 11, 25, 4, tzinfo=UTC)


def test_R11_a_cursor_holds_the_key_of_the_last_row() -> None:
    key = (3, NOW + timedelta(microseconds=17), date(2026, 11, 25), uuid4())
    assert read_cursor(cursor_after(*key), int, datetime, date, UUID) == key


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_R11_a_foreign_cursor_is_refused_with_its_field(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        read_cursor(text, int, datetime, UUID)
    assert refused.value.pointer == "/cursor"


@pytest.mark.parametrize("values", [(2**40, NOW, UUID(int=1)), (True, NOW, UUID(int=1)), (1, "no", UUID(int=1))])
def test_R11_a_cursor_made_up_is_refused(values: tuple[object, ...]) -> None:
    with pytest.raises(Invalid):
        read_cursor(cursor_after(*values), int, datetime, UUID)


def test_R11_a_cursor_with_text_no_database_stores_is_refused() -> None:
    for text in ("\ud800", "\x00"):
        with pytest.raises(Invalid) as refused:
            read_cursor(cursor_after(text), str)
        assert refused.value.pointer == "/cursor"


def test_R11_a_page_knows_whether_more_follow() -> None:
    assert cut([1, 2, 3], 2) == ([1, 2], 2)
    assert cut([1, 2], 2) == ([1, 2], None)
