"""How two versions of a content differ."""

from __future__ import annotations

from typing import Any

from contracts.model import Strict
from contracts.vocabulary import Labelled


class RunKind(Labelled):
    """Of a piece of text: in both versions, only in the later one, only in the earlier one."""

    SAME = "same", "相同"
    ADDED = "added", "增加"
    REMOVED = "removed", "删去"


class Run(Strict):
    """Characters that go together."""

    kind: RunKind
    text: str


class FieldDifference(Strict):
    """A field beside title and text that differs, a part of a field by its path; None where it is not stated."""

    field: str
    earlier: Any
    later: Any


class Differences(Strict):
    """Title and text by character, the other fields by their values; `same` and `removed` runs together are the earlier
    text, `same` and `added` the later one."""

    title: list[Run]
    body: list[Run]
    fields: list[FieldDifference]
