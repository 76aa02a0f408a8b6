"""What intake answers about the kept versions of a draft."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import ConfigDict, Field

from contracts.model import Instant, Method, Strict, Text, query
from contracts.rpc.content import Content
from contracts.rpc.differences import Differences, Run
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import UNIT
from contracts.vocabulary import DraftState, Labelled

Version = Annotated[int, Field(ge=1, le=2**31 - 1)]


class VersionAct(Labelled):
    """What made a version worth keeping."""

    SAVED = "saved", "保存"
    OFFERED = "offered", "送签"
    RETURNED = "returned", "退改"
    SIGNED = "signed", "签发"


class DraftVersionLine(Strict):
    """A kept version in a list."""

    version: Version
    act: VersionAct
    person_id: UUID | None
    """Who saved, offered, returned or signed it; None where it was kept by a release that did not record it."""
    person_name: str | None
    at: Instant
    title: str
    characters: int
    """Of the text."""


class DraftVersion(DraftVersionLine):
    draft_id: UUID
    content: Content


class ListDraftVersions(ListQuery):
    draft_id: UUID


class DraftVersionPage(Strict):
    items: list[DraftVersionLine]
    """The newest first."""
    next_cursor: str | None = None


class DraftVersionId(Strict):
    draft_id: UUID
    version: Version


class DraftVersionPair(Strict):
    """Two kept versions of a draft."""

    model_config = ConfigDict(populate_by_name=True)

    draft_id: UUID
    earlier: Version = Field(alias="from")
    later: Version = Field(alias="to")


class DraftDifferences(Differences):
    draft_id: UUID
    earlier: DraftVersionLine
    later: DraftVersionLine


class CompareDraft(Strict):
    """A text that is not saved, to be compared with the draft as it is stored; half-written ones too."""

    draft_id: UUID
    title: Text = Field(default="", max_length=200)
    body: Text = Field(default="", max_length=50_000)


class DraftComparison(Strict):
    """The stored draft, and how title and text as sent differ from it (the stored one is the earlier)."""

    draft_id: UUID
    version: Version
    state: DraftState
    saved: DraftVersionLine
    content: Content
    title: list[Run]
    body: list[Run]


METHODS: dict[str, Method] = {
    "list_draft_versions": query(ListDraftVersions, DraftVersionPage, *UNIT),
    "get_draft_version": query(DraftVersionId, DraftVersion, *UNIT),
    "draft_differences": query(DraftVersionPair, DraftDifferences, *UNIT),
    "compare_draft": query(CompareDraft, DraftComparison, *UNIT),
}
