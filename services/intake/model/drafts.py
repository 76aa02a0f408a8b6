"""Drafts: what a unit writes, until its responsible leader signs it (notice 二(四), 五(一))."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from contracts.receipts import digest
from contracts.rpc.content import Content
from contracts.vocabulary import DraftState, Kind, Role
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, StaleVersion
from kernel.principal import Principal
from services.intake.model.base import Base, Word

Act = Literal["save", "autosave", "offer", "return", "sign", "drop"]


@dataclass(frozen=True)
class Move:
    """One row of the life cycle: from where, to where, who may, and which event tells of it."""

    act: Act
    before: frozenset[DraftState]
    after: DraftState
    who: frozenset[Role]
    emits: str | None


_EDITING, _OFFERED, _RETURNED = DraftState.EDITING, DraftState.OFFERED, DraftState.RETURNED
_SIGNED, _DROPPED = DraftState.SIGNED, DraftState.DROPPED
_WRITERS = frozenset({Role.INFORMATION_OFFICER, Role.API_CLIENT})
_OFFICER, _SIGNER = frozenset({Role.INFORMATION_OFFICER}), frozenset({Role.RESPONSIBLE_LEADER})
_ACCEPTANCE = frozenset({Role.SYSTEM})
_ANY = frozenset(DraftState)

MOVES: tuple[Move, ...] = (
    # act      before                             after      who          emits
    Move("save", frozenset({_EDITING, _OFFERED, _RETURNED}), _EDITING, _WRITERS, None),  # voids an offer
    Move("autosave", frozenset({_EDITING, _RETURNED}), _EDITING, _WRITERS, None),  # takes no offer back
    Move("offer", frozenset({_EDITING}), _OFFERED, _WRITERS, "draft.offered"),
    Move("return", frozenset({_OFFERED}), _RETURNED, _SIGNER, "draft.returned"),
    # The signature is a fact the gateway holds: it is never refused, even if the draft was changed meanwhile.
    Move("sign", _ANY - {_SIGNED}, _SIGNED, _ACCEPTANCE, None),  # report.registered tells of it
    Move("drop", frozenset({_EDITING, _OFFERED, _RETURNED}), _DROPPED, _OFFICER, None),
)
"""The life cycle of a draft; nothing else changes its state."""

_BY_ACT = {move.act: move for move in MOVES}

_ACT_WORDS: dict[str, tuple[str, str]] = {
    "save": ("修改", "be changed"),
    "autosave": ("自动保存", "be saved by itself"),
    "offer": ("送签", "be offered for sign-off"),
    "return": ("退改", "be returned"),
    "sign": ("签发", "be signed"),
    "drop": ("放弃", "be dropped"),
}


class Draft(Base):
    """A draft of a unit. Every change counts `version` on."""

    __tablename__ = "drafts"
    __table_args__ = (
        Index("drafts_of_unit", "unit_id", "changed_at", "id"),
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
    remarks: Mapped[str | None]
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
        self._go(move, now)

    def offer(self, writer: Principal, version: int, now: datetime) -> dict[str, Any]:
        """Offer it for sign-off; answers with the claims to seal. Raises `Refusal`."""
        self._go(self._may("offer", writer, version), now)
        return {
            "draft_id": str(self.id),
            "version": self.version,
            "unit_id": str(self.unit_id),
            "author_id": str(self.author_id),
            "author_name": self.author_name,
            "content_hash": digest(self.content.document()),
        }

    def send_back(self, signer: Principal, version: int, remarks: str, now: datetime) -> None:
        """The signer returns it with remarks. Raises `Refusal`."""
        self._go(self._may("return", signer, version), now)
        self.remarks = remarks

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
        self._changed(now)

    def _changed(self, now: datetime) -> None:
        self.changed_at = now
        self.version += 1


_ADVICE_ZH: dict[tuple[Act, DraftState], str] = {
    ("autosave", DraftState.OFFERED): "如需撤回送签再改，请点“只保存”。",
    ("offer", DraftState.RETURNED): "请先按退改意见修改并保存。",
    ("offer", DraftState.OFFERED): "请等待分管负责人签发。",
    ("return", DraftState.EDITING): "起草人已在修改，请等待其重新送签。",
}


def draft_not_found(draft_id: UUID) -> NotFound:
    return NotFound(f"没有找到稿件 {draft_id}。", f"There is no draft {draft_id}.")
