"""The edit copy beside the original: how they differ, by character."""

from __future__ import annotations

from uuid import UUID

from contracts.model import Method, Strict, query
from contracts.rpc.differences import Run
from contracts.rpc.fields import Body, Title
from contracts.rpc.roles import DESK


class CompareEditCopy(Strict):
    """An edit copy of a report as it is typed now."""

    report_id: UUID
    title: Title
    body: Body


class EditCopyDifferences(Strict):
    """`same` and `removed` runs together are the report as signed, `same` and `added` the edit copy."""

    title: list[Run]
    body: list[Run]


METHODS: dict[str, Method] = {"compare_edit_copy": query(CompareEditCopy, EditCopyDifferences, *DESK)}
