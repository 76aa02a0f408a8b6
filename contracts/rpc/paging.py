"""Cursor pages: a list answers with `next_cursor`; None means there is no more."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from contracts.model import Strict, Text

Limit = Annotated[int, Field(ge=1, le=200, description="rows at the most")]


class ListQuery(Strict):
    """What every list takes."""

    cursor: Text | None = Field(default=None, max_length=200)
    limit: Limit = 50


class Done(Strict):
    """Reply of a command whose effect needs no further words."""

    done: bool = True
