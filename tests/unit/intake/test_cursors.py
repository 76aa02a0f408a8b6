"""Cursors of intake's lists: what comes back is what went in; anything else is refused with the field named."""

from __future__ import annotations

import base64
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from kernel.errors import Invalid
from services.intake.queries.keyset import cursor_after, instant_after, name_after

ID = str(UUID(int=1))


def _made_up(values: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def test_R11_a_cursor_holds_the_key_of_the_last_row() -> None:
    row_id = uuid4()
    assert name_after(cursor_after("和平区", row_id)) == ("和平区", row_id)


@pytest.mark.parametrize("values", [["\ud800", ID], ["\x00", ID], [1, ID], ["a", "\ud800"], ["a"], "a", None])
def test_R11_a_cursor_made_up_is_refused(values: Any) -> None:
    with pytest.raises(Invalid) as refused:
        name_after(_made_up(values))
    assert refused.value.pointer == "/cursor"


@pytest.mark.parametrize("time", ["\ud800", "gestern", "2026-11-24T09:30:00"])
def test_R11_a_cursor_with_a_wrong_time_is_refused(time: str) -> None:
    with pytest.raises(Invalid) as refused:
        instant_after(_made_up([time, ID]))
    assert refused.value.pointer == "/cursor"
