"""An issue as an official paper, for print."""

from __future__ import annotations

from typing import Literal
from uuid import UUID

from contracts.model import Method, Strict, query
from contracts.rpc.scoring import File
from contracts.vocabulary import Role


class IssuePaper(Strict):
    """Which issue, in which format. A composing issue is a proof, marked as such on every page."""

    issue_id: UUID
    format: Literal["pdf", "docx"] = "pdf"


METHODS: dict[str, Method] = {
    "get_issue_file": query(
        IssuePaper, File, Role.EDITOR, Role.CHIEF_EDITOR, Role.SUPERVISOR, Role.SECRETARY, Role.LEADER, seconds=60
    ),
}
