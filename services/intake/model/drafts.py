"""Drafts: what a unit writes, until its responsible leader signs it (notice 二(四), 五(一))."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.receipts import digest
from contracts.rpc.content import Content
from contracts.rpc.drafts import Note
from contracts.rpc.endorsements import Unendorsed
from contracts.vocabulary import DraftState, Kind, Role
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from kernel.principal import Principal
from kernel.words import Word
from services.intake.model.base import Base
from services.intake.model.notes import check_notes

Act = Literal["save", "autosave", "offer", "submit", "endorse", "release", "return", "decline", "sign", "drop"]


@dataclass(frozen=True)
class Move:
    """One row of the life cycle: from where, to where, who may, and which event tells of it."""

    act: Act
    before: frozenset[DraftState]
    after: DraftState
    who: frozenset[Role]
    emits: str | None


_EDITING, _OFFERED, _RETURNED = DraftState.EDITING, DraftState.OFFERED, DraftState.RETURNED
_AWAITING = DraftState.AWAITING_ENDORSEMENT
_SIGNED, _DROPPED = DraftState.SIGNED, DraftState.DROPPED
_WRITERS = frozenset({Role.INFORMATION_OFFICER, Role.API_CLIENT})
_OFFICER, _SIGNER = frozenset({Role.INFORMATION_OFFICER}), frozenset({Role.RESPONSIBLE_LEADER})
_ENDORSER = frozenset({Role.SECTION_HEAD})
_ACCEPTANCE = frozenset({Role.SYSTEM})
_ANY = frozenset(DraftState)

MOVES: tuple[Move, ...] = (
    # act      before                             after      who          emits
    Move("save", frozenset({_EDITING, _AWAITING, _OFFERED, _RETURNED}), _EDITING, _WRITERS, None),  # voids an offer
    Move("autosave", frozenset({_EDITING, _RETURNED}), _EDITING, _WRITERS, None),  # takes no offer back
    Move("offer", frozenset({_EDITING}), _OFFERED, _WRITERS, "draft.offered"),
    # The earlier step, in a unit that has put one before the sign-off (`model/endorsements.py`).
    Move("submit", frozenset({_EDITING}), _AWAITING, _WRITERS, "endorsement.requested"),
    Move("endorse", frozenset({_AWAITING}), _OFFERED, _ENDORSER, "draft.endorsed"),
    Move("release", frozenset({_AWAITING}), _OFFERED, _SIGNER, "draft.offered"),  # the leader ended the step
    Move("decline", frozenset({_AWAITING}), _RETURNED, _ENDORSER, "draft.returned"),
    Move("return", frozenset({_AWAITING, _OFFERED}), _RETURNED, _SIGNER, "draft.returned"),
    # The signature is a fact the gateway holds: it is never refused, even if the draft was changed meanwhile.
    Move("sign", _ANY - {_SIGNED}, _SIGNED, _ACCEPTANCE, None),  # report.registered tells of it
    Move("drop", frozenset({_EDITING, _AWAITING, _OFFERED, _RETURNED}), _DROPPED, _OFFICER, None),
)
"""The life cycle of a draft; nothing else changes its state."""

_BY_ACT = {move.act: move for move in MOVES}

_ACT_WORDS: dict[str, tuple[str, str]] = {
    "save": ("修改", "be changed"),
    "autosave": ("自动保存", "be saved by itself"),
    "offer": ("送签", "be offered for sign-off"),
    "submit": ("送签", "be offered for sign-off"),
    "endorse": ("核稿", "be endorsed"),
    "release": ("送签", "be offered for sign-off"),
    "decline": ("退改", "be returned"),
    "return": ("退改", "be returned"),
    "sign": ("签发", "be signed"),
    "drop": ("放弃", "be dropped"),
}


class Draft(Base):
    """A draft of a unit. Every change counts `version` on."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index("drafts_of_unit", "unit_id", "changed_at", "id"),
        Index("drafts_awaiting", "unit_id", postgresql_where=text("state = 'awaiting_endorsement'")),
        Index("drafts_offered", "changed_at", postgresql_where=text("state = 'offered'")),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    state: Mapped[DraftState] = mapped_column(Word(DraftState))
    author_id: Mapped[UUID]
    author_name: Mapped[str]
    content_data: Mapped[dict[str, Any]] = mapped_column("content")
    occurrence_claims: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Empty since `occurrence_statements`; goes with the next contracting migration."""
    hands: Mapped[list[str]] = mapped_column(server_default=text("'[]'"))
    """Ids of everybody who wrote in it beside its author: none of them may endorse it."""
    endorsed_by_id: Mapped[UUID | None]
    endorsed_by: Mapped[str | None]
    endorsed_at: Mapped[datetime | None]
    unendorsed: Mapped[Unendorsed | None] = mapped_column(Word(Unendorsed))
    """Why it was offered without the endorsement that its unit wants."""
    remarks: Mapped[str | None]
    notes: Mapped[list[dict[str, Any]]] = mapped_column(server_default=text("'[]'"))
    """Remarks at places of the version that was returned; `contracts.rpc.drafts.Note`."""
    returned_by: Mapped[str | None]
    offer_token: Mapped[str | None]
    report_id: Mapped[UUID | None]
    """The report it became; before that, of a new version, the returned report."""
    receipt_number: Mapped[str | None]
    overtaken_content: Mapped[dict[str, Any] | None]
    """What the officer had written when the signature on an earlier text arrived; kept so that no work is lost."""
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]
    version: Mapped[int]

    @classmethod
    def new(cls, draft_id: UUID, author: Principal, unit_id: UUID, content: Content, now: datetime) -> Draft:
        draft = cls(
            id=draft_id,
            unit_id=unit_id,
            state=DraftState.EDITING,
            author_id=author.person_id,
            author_name=author.name,
            hands=[],
            notes=[],
            created_at=now,
            version=0,
        )
        draft._take(content)
        draft._changed(now)
        return draft

    @property
    def content(self) -> Content:
        return Content.model_validate(self.content_data)

    @property
    def deadline_subject(self) -> UUID:
        """Whose deadline this draft shares: the report's once there is one."""
        return self.report_id or self.id

    @property
    def offered_version(self) -> int | None:
        """The version that waits for its signature; None when none does."""
        return self.version if self.offer_token is not None else None

    def check_reader(self, reader: Principal) -> None:
        """Raise `NotFound` for another unit's draft: absent and foreign answer alike."""
        if reader.unit_id is None or reader.unit_id != self.unit_id:
            raise draft_not_found(self.id)

    def save(
        self, writer: Principal, content: Content, version: int | None, now: datetime, act: Act = "save"
    ) -> None:
        """Change the content; an offer that waits is void (an `autosave` is refused instead). Raises `Refusal`."""
        move = self._may(act, writer, version)
        self._check_hand(writer)
        self._check_kind(content)
        self._take(content)
        self.hands = sorted({*self.hands, writer.id})
        self._go(move, now)

    def offer(
        self, writer: Principal, version: int, now: datetime, left_out: Unendorsed | None = None
    ) -> dict[str, Any]:
        """Offer it for sign-off; answers with the claims to seal. Raises `Refusal`."""
        self._go(self._may("offer", writer, version), now)
        self.unendorsed = left_out
        return self.claims()

    def submit(self, writer: Principal, version: int, now: datetime) -> None:
        """Ask for the endorsement that comes before the offer. Raises `Refusal`."""
        self._go(self._may("submit", writer, version), now)

    def endorse(self, endorser: Principal, version: int, now: datetime) -> dict[str, Any]:
        """A section head finds it fit for the signer; answers with the claims to seal. Raises `Refusal`."""
        move = self._may("endorse", endorser, version)
        if not self.may_endorse(endorser.id):
            raise Forbidden(
                "您起草或修改过这篇稿件，须由另一位科室负责人核稿。",
                "You wrote in this draft; another section head must endorse it.",
                problem="own-draft",
            )
        self._go(move, now)
        self.endorsed_by_id, self.endorsed_by, self.endorsed_at = endorser.person_id, endorser.name, now
        return self.claims()

    def release(self, leader: Principal, why: Unendorsed, now: datetime) -> dict[str, Any]:
        """It waits for an endorsement that its unit does not want any more; answers with the claims to seal."""
        self._go(self._may("release", leader, self.version), now)
        self.unendorsed = why
        return self.claims()

    def may_endorse(self, person_id: UUID | str) -> bool:
        """Nobody endorses what he wrote, not even a part of it."""
        return str(person_id) != str(self.author_id) and str(person_id) not in self.hands

    def claims(self) -> dict[str, Any]:
        """What the sign-off act carries, sealed, of the text that is offered."""
        return {
            "draft_id": str(self.id),
            "version": self.version,
            "unit_id": str(self.unit_id),
            "author_id": str(self.author_id),
            "author_name": self.author_name,
            "content_hash": digest(self.content.document()),
        }

    def send_back(
        self, reader: Principal, version: int, remarks: str, now: datetime, notes: Sequence[Note] = ()
    ) -> None:
        """The signer, or the section head it waits for, returns it with remarks and notes. Raises `Refusal`."""
        act: Act = "return" if reader.holds(Role.RESPONSIBLE_LEADER) else "decline"
        move = self._may(act, reader, version)
        check_notes(notes, self.content)
        self._go(move, now)
        self.remarks, self.returned_by = remarks, reader.name
        self.notes = [note.model_dump(mode="json") for note in notes]

    def returned_notes(self) -> list[Note]:
        return [Note.model_validate(note) for note in self.notes]

    def drop(self, writer: Principal, now: datetime) -> None:
        """Give it up. Raises `Refusal`."""
        move = self._may("drop", writer, self.version)
        self._check_hand(writer)
        self._go(move, now)

    def sign(self, report_id: UUID, receipt_number: str, content: Content, now: datetime) -> bool:
        """The signed document was accepted. The first acceptance counts; what was signed is what the draft shows.

        Returns whether this is the first.
        """
        if self.state is DraftState.SIGNED:
            return False
        if content.document() != self.content.document():
            self.overtaken_content = self.content_data
            self._take(content)
        self.report_id, self.receipt_number = report_id, receipt_number
        self._go(_BY_ACT["sign"], now)
        return True

    def _take(self, content: Content) -> None:
        self.content_data = content.model_dump(mode="json")
        self.report_id = content.report_id

    def _may(self, act: Act, who: Principal, version: int | None) -> Move:
        """The move, if it is allowed now. The unit is checked first, so that a stranger learns nothing."""
        self.check_reader(who)
        move = _BY_ACT[act]
        who.require(*move.who)
        self._check_state(move)
        if version != self.version:
            read_zh, read_en = (f"第{version}版", f"version {version}") if version else ("新建", "a new draft")
            raise StaleVersion(
                f"该稿件已是第{self.version}版，您依据的是{read_zh}，请重新打开后再操作。",
                f"The draft is at version {self.version}; your act builds on {read_en}. Read it again.",
                extra={"version": self.version},
            )
        return move

    def _check_state(self, move: Move) -> None:
        if self.state in move.before:
            return
        zh, en = _ACT_WORDS[move.act]
        raise Conflict(
            f"该稿件{self.state.label}，不能{zh}。" + _ADVICE_ZH.get((move.act, self.state), ""),
            f"The draft is {self.state}; it cannot {en} now.",
            problem="already-signed" if self.state is DraftState.SIGNED else None,
            extra={"state": str(self.state)},
        )

    def _check_hand(self, writer: Principal) -> None:
        """A colleague may go on with a draft, the one who signs may not: he would sign off his own words (二(四))."""
        if writer.holds(Role.RESPONSIBLE_LEADER) and not writer.same_person(self.author_id):
            raise Forbidden(
                "分管负责人不能修改他人起草的稿件；如需修改，请填写意见退改。",
                "A responsible leader cannot change another's draft; return it with remarks instead.",
            )

    def _check_kind(self, content: Content) -> None:
        """Once a first urgent report has stated an occurrence its clock runs; another kind would stop it unseen."""
        if self.content.kind is Kind.URGENT_FIRST and content.kind is not Kind.URGENT_FIRST:
            raise Invalid(
                "紧急信息首报已开始计时，不能改为其他种类；如属误建，请放弃本稿并另建。",
                "The clock of this first urgent report runs; its kind cannot change. Drop it and write another.",
                pointer="/content/kind",
            )
        if self.content.pre_report_id != content.pre_report_id:
            raise Invalid(
                "稿件所对应的预报不能更改，请另建稿件。",
                "The pre-report that a draft makes good cannot change; write another draft.",
                pointer="/content/pre_report_id",
            )
        if self.content.report_id != content.report_id:
            raise Invalid(
                "稿件所对应的报送编号不能更改，请另建稿件。",
                "The report that a draft revises cannot change; write another draft.",
                pointer="/content/report_id",
            )

    def _go(self, move: Move, now: datetime) -> None:
        self.state = move.after
        self.offer_token = None
        if move.act != "sign":  # an endorsement is of one text on its way to one signature
            self.endorsed_by_id = self.endorsed_by = self.endorsed_at = self.unendorsed = None
        self._changed(now)

    def _changed(self, now: datetime) -> None:
        self.changed_at = now
        self.version += 1


_ADVICE_ZH: dict[tuple[Act, DraftState], str] = {
    ("autosave", DraftState.OFFERED): "如需撤回送签再改，请点“只保存”。",
    ("autosave", DraftState.AWAITING_ENDORSEMENT): "如需撤回送签再改，请点“只保存”。",
    ("offer", DraftState.RETURNED): "请先按退改意见修改并保存。",
    ("offer", DraftState.OFFERED): "请等待分管负责人签发。",
    ("submit", DraftState.RETURNED): "请先按退改意见修改并保存。",
    ("submit", DraftState.AWAITING_ENDORSEMENT): "请等待科室负责人核稿。",
    ("offer", DraftState.AWAITING_ENDORSEMENT): "请等待科室负责人核稿。",
    ("endorse", DraftState.OFFERED): "该稿件已核稿或不需核稿，正在等待分管负责人签发。",
    ("endorse", DraftState.EDITING): "起草人已在修改，请等待其重新送签。",
    ("decline", DraftState.OFFERED): "该稿件已到分管负责人处，请由分管负责人退改。",
    ("return", DraftState.EDITING): "起草人已在修改，请等待其重新送签。",
}


def draft_not_found(draft_id: UUID) -> NotFound:
    return NotFound(f"没有找到稿件 {draft_id}。", f"There is no draft {draft_id}.")
