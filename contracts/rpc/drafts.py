"""What intake answers about drafts: written, offered, returned, dropped."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.content import Content, ToTell
from contracts.rpc.endorsements import Endorsement, Endorser, Unendorsed
from contracts.rpc.fields import Remarks
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import UNIT
from contracts.vocabulary import DraftState, Labelled, Role, Severity


class NoteField(Labelled):
    """Where in a draft a remark may stand."""

    TITLE = "title", "标题"
    BODY = "body", "正文"


class Note(Strict):
    """A remark at a place of the version that is returned: characters `start` up to, not including, `end`."""

    field: NoteField = NoteField.BODY
    start: int = Field(ge=0, le=50_000)
    end: int = Field(ge=1, le=50_000)
    quote: Text = Field(min_length=1, max_length=2_000, description="the text of that place, to the letter")
    remark: Text = Field(min_length=1, pattern=NOT_BLANK, max_length=500)


class PlacedNote(Note):
    """A remark and where its quote stands in the text as it is now."""

    placed_start: int | None
    """None: the quoted text is no longer there."""
    placed_end: int | None


class SaveDraft(Strict):
    """Create a draft, or change the one with this id if it is still `version` (412 otherwise)."""

    draft_id: UUID
    version: int | None = Field(default=None, description="version the change builds on; absent for a new draft")
    content: Content
    automatic: bool = False
    """Saved without anybody's asking: never takes back an offer that waits for the signer (409)."""


class MissingPart(Strict):
    """A part that reports of the kind have and this text lacks (`rules/report-structures.yaml` of intake)."""

    heading: str
    required: bool


class Draft(Strict):
    draft_id: UUID
    version: int
    state: DraftState
    unit_id: UUID
    author_id: UUID
    author_name: str
    content: Content
    remarks: str | None
    """Of the signer or endorser who returned it."""
    created_at: Instant
    changed_at: Instant
    due_at: Instant | None
    """Of an urgent report: when it must have been received."""
    due_explanation_zh: str | None
    due_explanation_en: str | None
    receipt_number: str | None
    proposed_severity: Severity | None = None
    """What the figures of an accident say; None where a person must state the severity."""
    proposed_severity_explanation_zh: str | None = None
    """Why the figures say so; None while there is nothing to say it of."""
    proposed_severity_explanation_en: str | None = None
    offer_token: str | None
    """While offered: intake's sealed word on author, version and content hash, which the sign-off act carries. Absent
    while it waits for an endorsement."""
    notes: list[PlacedNote] = Field(default_factory=list)
    """Remarks at places of the text, of whoever returned it last."""
    returned_by: str | None = None
    endorsement: Endorsement | None = None
    """Of the section head, on exactly this text; a change voids it."""
    endorsers: list[Endorser] = Field(default_factory=list)
    """While it waits for an endorsement: those who may endorse it today."""
    unendorsed: Unendorsed | None = None
    """Why a draft of a unit with this step was offered without it."""
    missing: list[ToTell] = Field(default_factory=list)
    """Of an urgent document: what its step of the chain should tell and it does not; refuses nothing."""
    missing_parts: list[MissingPart] = Field(default_factory=list)
    """What reports of its kind have and this text lacks; refuses nothing."""


class DraftId(Strict):
    draft_id: UUID


class OfferDraft(Strict):
    draft_id: UUID
    version: int


class ReturnDraft(Strict):
    draft_id: UUID
    version: int
    remarks: Remarks
    notes: list[Note] = Field(default_factory=list, max_length=50)


class EndorseDraft(Strict):
    draft_id: UUID
    version: int


class ListDrafts(ListQuery):
    state: DraftState | None = None


class DraftPage(Strict):
    items: list[Draft]
    next_cursor: str | None = None


METHODS: dict[str, Method] = {
    "save_draft": command(SaveDraft, Draft, Role.INFORMATION_OFFICER, Role.API_CLIENT),
    "offer_draft": command(OfferDraft, Draft, Role.INFORMATION_OFFICER, Role.API_CLIENT),
    "endorse_draft": command(EndorseDraft, Draft, Role.SECTION_HEAD),
    "return_draft": command(ReturnDraft, Draft, Role.RESPONSIBLE_LEADER, Role.SECTION_HEAD),
    "drop_draft": command(DraftId, Draft, Role.INFORMATION_OFFICER),
    "get_draft": query(DraftId, Draft, *UNIT),
    "list_drafts": query(ListDrafts, DraftPage, *UNIT),
}
