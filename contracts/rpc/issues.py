"""Issues of publications: composed at the desk, proofed, signed, published once, read by leaders (R23)."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, Text, command, query
from contracts.rpc.fields import Name, Remarks
from contracts.rpc.item_pictures import PictureShown
from contracts.rpc.paging import ListQuery
from contracts.rpc.publications import METHODS as PUBLICATION_METHODS
from contracts.rpc.publications import Code, PublicationKind, Recipient, SignerRole
from contracts.rpc.roles import DESK, ISSUE_READERS
from contracts.vocabulary import AmendmentAct, InstructionClass, IssueState, Labelled, Level, Role, Secrecy


class MissingKind(Labelled):
    """What an issue still lacks."""

    NO_ITEMS = "no_items", "没有内容"
    NO_TITLE = "no_title", "没有标题"
    AMENDED = "amended", "报送单位已更正或撤回"
    OPEN_COMMENT = "open_comment", "意见未处理"
    SIGN_OFF = "sign_off", "尚未签发"
    NO_COLUMN = "no_column", "未归入栏目"
    EMPTY_COLUMN = "empty_column", "栏目没有内容"
    TOO_LONG = "too_long", "超过规定篇幅"
    NO_PICTURE = "no_picture", "图片缺失"


class Missing(Strict):
    """One thing an issue lacks; `blocks` the act that would be next, or is only pointed out."""

    kind: MissingKind
    blocks: bool
    text: str
    text_en: str
    adoption_id: UUID | None = None
    column: str | None = None


class Correction(Strict):
    """An issue that corrects another, or one item of it, with the reason (published is never rewritten)."""

    issue_id: UUID
    adoption_id: UUID | None = None
    reason: Remarks


class CorrectionShown(Correction):
    """The other issue as it is called, and the item's title."""

    publication_name: str
    number_line: str | None
    item_title: str | None = None
    published_at: Instant | None = None


class OpenIssue(Strict):
    """Begin the next issue of a publication, or a supplement (增刊); its number is given at publication."""

    issue_id: UUID
    publication_code: Code
    supplement: bool = False
    corrects: Correction | None = None


class ItemInstruction(Strict):
    """That an instruction was written on an item, for those who follow them."""

    instruction_id: UUID
    leader: str
    instruction_class: InstructionClass
    given_at: Instant


class Credit(Strict):
    """One report in an item, with its unit's share of the credit."""

    adoption_id: UUID
    report_id: UUID
    receipt_number: str
    unit_name: str
    share: Decimal
    withdrawn_at: Instant | None = None
    """When its adoption was withdrawn after publication: the issue keeps the text, the unit gets no credit."""


class IssueItem(Strict):
    """An item is named by its adoption, a combined one (综合) by the leading one."""

    adoption_id: UUID
    report_id: UUID
    receipt_number: str
    unit_id: UUID | None = None
    unit_name: str
    item_kind: str
    title: str
    body: str
    share: Decimal
    column: str | None = None
    """Column it stands in; items come in the order of the columns."""
    instructions: list[ItemInstruction] = Field(default_factory=list)
    amended: AmendmentAct | None = None
    """For those who compose: the report, or one of a combined item, was corrected or withdrawn after its adoption."""
    version: int = 1
    """Counts the changes of this item, as its edit copy."""
    credits: list[Credit] = Field(default_factory=list)
    """Of a combined item all reports, the leading one first; of a single one that report alone."""
    pictures: list[PictureShown] = Field(default_factory=list)
    """Set in it, in the order of the paper."""


class Comment(Strict):
    """A remark at a place of the proof: an item, and words quoted from it."""

    comment_id: UUID
    adoption_id: UUID | None
    quote: str | None
    text: str
    by_name: str
    at: Instant
    resolved_by: str | None
    resolved_at: Instant | None
    resolution: str | None


class Signature(Strict):
    """One step of the sign-off: it covers the composition's hash."""

    role: SignerRole
    signed_by: str
    signed_at: Instant
    content_hash: str


class Issue(Strict):
    issue_id: UUID
    version: int
    publication_code: str
    publication_name: str
    state: IssueState
    year: int | None
    number: int | None
    published_at: Instant | None
    published_by: str | None
    items: list[IssueItem]
    opened_by: str | None = None
    """With `opened_at` for those who make issues: before they have a number, two of one publication are told apart by
    it."""
    opened_at: Instant | None = None
    evidence: dict[str, str] | None
    """Of a published issue: its audit entry and the newest checkpoint."""
    kind: PublicationKind = PublicationKind.DAILY_DIGEST
    head_text: str = ""
    issuing_body: str | None = None
    secrecy: Secrecy = Secrecy.UNCLASSIFIED
    level: Level = Level.CITY
    supplement: bool = False
    total_number: int | None = None
    number_line: str | None = None
    """How the issue is called under its name: 2026年第12期（总第345期）."""
    columns: list[str] = Field(default_factory=list)
    distribution: list[Recipient] = Field(default_factory=list)
    """Who receives it; of a published issue, who received it."""
    sign_off_chain: list[SignerRole] = Field(default_factory=list)
    signed_by: list[Signature] = Field(default_factory=list)
    content_hash: str | None = None
    """Of the composition as it stands; what a signature covers."""
    comments: list[Comment] = Field(default_factory=list)
    missing: list[Missing] = Field(default_factory=list)
    """For those who compose or sign: what it lacks."""
    estimated_pages: int | None = None
    """An estimate by 22 lines of 28 characters a page (GB/T 9704)."""
    corrects: CorrectionShown | None = None
    corrected_by: list[CorrectionShown] = Field(default_factory=list)
    withdrawn_at: Instant | None = None
    withdrawn_by: str | None = None
    withdrawal_reason: str | None = None
    read_at: Instant | None = None
    """When whoever asks opened it first."""


class IssueId(Strict):
    issue_id: UUID


class SeenIssue(Strict):
    """An act on an issue as it was seen."""

    issue_id: UUID
    version: int = Field(description="version that was seen; 412 when it changed since")


class PublishIssue(SeenIssue):
    """Publish once; the version is the one the chief editor saw."""


class ColumnPlaces(Strict):
    """The items of one column, in order; no column for what stands outside of them."""

    column: Name | None = None
    adoption_ids: list[UUID] = Field(max_length=1_000)


class ArrangeIssue(SeenIssue):
    """The whole order of an issue: each item exactly once."""

    places: list[ColumnPlaces] = Field(max_length=21)


class RecomposeIssue(SeenIssue):
    """Back from proof or signed to composing; signatures given so far are void."""

    reason: Remarks


class CommentOnIssue(Strict):
    """A remark on the proof, at an item and words quoted from it, or on the whole."""

    issue_id: UUID
    comment_id: UUID
    adoption_id: UUID | None = None
    quote: Text | None = Field(default=None, min_length=1, max_length=500)
    text: Remarks


class ResolveComment(Strict):
    issue_id: UUID
    comment_id: UUID
    resolution: Remarks


class WithdrawIssue(SeenIssue):
    """Take a published issue back: its adoptions no longer count, readers are told, its text stays for the record."""

    reason: Remarks


class ListIssues(ListQuery):
    """`with_text` false: without the items' text, which is much of a long issue."""

    state: IssueState | None = None
    publication_code: Code | None = None
    with_text: bool = True


class IssuePage(Strict):
    items: list[Issue]
    next_cursor: str | None = None


class IssueReader(Strict):
    """Who opened an issue, and when first."""

    person_name: str
    unit_id: UUID | None
    read_at: Instant


class ListIssueReaders(ListQuery):
    issue_id: UUID


class IssueReaders(Strict):
    items: list[IssueReader]
    next_cursor: str | None = None


PROOF = (*DESK, Role.RESPONSIBLE_LEADER, Role.LEADER)
"""Who may stand in a sign-off chain."""

METHODS: dict[str, Method] = PUBLICATION_METHODS | {
    "open_issue": command(OpenIssue, Issue, *DESK),
    "get_issue": query(IssueId, Issue, *ISSUE_READERS),
    "list_issues": query(ListIssues, IssuePage, *ISSUE_READERS),
    "arrange_issue": command(ArrangeIssue, Issue, *DESK),
    "proof_issue": command(SeenIssue, Issue, *DESK),
    "recompose_issue": command(RecomposeIssue, Issue, *DESK),
    "comment_on_issue": command(CommentOnIssue, Issue, *PROOF),
    "resolve_comment": command(ResolveComment, Issue, *DESK),
    "sign_issue": command(SeenIssue, Issue, *PROOF),
    "publish_issue": command(PublishIssue, Issue, Role.CHIEF_EDITOR),
    "withdraw_issue": command(WithdrawIssue, Issue, Role.CHIEF_EDITOR),
    "read_issue": command(IssueId, Issue, *ISSUE_READERS),
    "list_issue_readers": query(ListIssueReaders, IssueReaders, *DESK),
}
