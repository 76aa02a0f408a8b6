"""Issues of publications: composed, proofed, signed, then published exactly once; a published one may be withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.events.review import IssuePublished, IssueWithdrawn
from contracts.model import EventData
from contracts.vocabulary import IssueState
from kernel.errors import Conflict, Forbidden, StaleVersion
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.adoptions import Adoption
from services.review.model.base import Base

COMPOSING, PROOF, SIGNED = IssueState.COMPOSING, IssueState.PROOF, IssueState.SIGNED
PUBLISHED, WITHDRAWN = IssueState.PUBLISHED, IssueState.WITHDRAWN


@dataclass(frozen=True)
class Move:
    before: tuple[IssueState, ...]
    after: IssueState
    who: str
    event: type[EventData] | None


MOVES: dict[str, Move] = {
    # act         before                          after      who                       event
    "compose":   Move((COMPOSING,),               COMPOSING, "any editor",             None),
    "proof":     Move((COMPOSING,),               PROOF,     "any editor",             None),
    "recompose": Move((PROOF, SIGNED),            COMPOSING, "any editor",             None),
    "sign":      Move((PROOF,),                   SIGNED,    "the chain's next, last", None),
    "publish":   Move((COMPOSING, PROOF, SIGNED), PUBLISHED, "chief editor",           IssuePublished),
    "withdraw":  Move((PUBLISHED,),               WITHDRAWN, "chief editor",           IssueWithdrawn),
}  # fmt: skip
"""The issue's states and moves; composing is adopting into it, arranging it, withdrawing from it. A publication with a
sign-off chain is published from signed alone, one without from wherever it stands."""

NOT_NOW: dict[IssueState, tuple[str, str]] = {
    COMPOSING: ("该期还在编排，请先出校样。", "The issue is still being composed; make the proof first."),
    PROOF: ("该期正在校样，如需改动请先退回编排。", "The issue is in proof; take it back to composing first."),
    SIGNED: (
        "该期已完成签发，如需改动请先退回编排（签发随之作废）。",
        "The issue is signed; take it back to composing first, which voids the signatures.",
    ),
}
"""Why an act is refused in a state that lies before publication."""


class Issue(Base):
    """One issue. `version` counts every change of its composition, so the chief editor publishes what he saw."""

    __tablename__ = "issues"
    __table_args__ = (
        UniqueConstraint("publication_code", "year", "number", "supplement", name="issues_one_per_number"),
        Index("issues_newest", "opened_at", "issue_id"),
        Index("issues_corrections", "corrects_issue_id", postgresql_where=text("corrects_issue_id IS NOT NULL")),
    )

    issue_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    publication_code: Mapped[str] = mapped_column(ForeignKey("publications.code"))
    publication_name: Mapped[str]
    state: Mapped[IssueState] = mapped_column(Word(IssueState))
    opened_by: Mapped[str]
    opened_by_id: Mapped[str | None]
    """None for one opened before it was kept."""
    opened_at: Mapped[datetime]
    year: Mapped[int | None]
    number: Mapped[int | None]
    published_at: Mapped[datetime | None]
    published_by: Mapped[str | None]
    evidence: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    supplement: Mapped[bool]
    total_number: Mapped[int | None]
    number_line: Mapped[str | None]
    masthead: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    """Of a published issue: head, kind, columns and chain as they were; before that they are the publication's."""
    distribution: Mapped[list[dict[str, Any]] | None] = mapped_column(JSONB)
    """Of a published issue: who received it; None for one of before distribution lists."""
    round: Mapped[int]
    """Counts how often it came back to composing; signatures of earlier rounds are void."""
    corrects_issue_id: Mapped[UUID | None] = mapped_column(ForeignKey("issues.issue_id"))
    corrects_adoption_id: Mapped[UUID | None]
    correction_reason: Mapped[str | None]
    """Printed before its items: the words of whoever opened it."""
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None]
    withdrawal_reason: Mapped[str | None]

    def require(self, act: str) -> None:
        """Raises `Conflict` that says where the issue stands unless `act` may be done now."""
        if self.state in MOVES[act].before:
            return
        if self.state == WITHDRAWN:
            raise Conflict(
                f"该期已由{self.withdrawn_by}撤销。",
                f"{self.withdrawn_by} has withdrawn this issue.",
                extra={"state": self.state.value},
            )
        if self.state == PUBLISHED:
            raise Conflict(
                f"该期已由{self.published_by}刊发为{self.year}年第{self.number}期。",
                f"{self.published_by} has already published it as No. {self.number} of {self.year}.",
                extra={"year": self.year, "number": self.number},
            )
        if act == "withdraw":
            raise Conflict("该期尚未刊发，不必撤销。", "The issue is not published; there is nothing to withdraw.")
        raise Conflict(*NOT_NOW[self.state], extra={"state": self.state.value})

    def check_seen(self, seen_version: int) -> None:
        """Raises `StaleVersion` when the issue changed since it was seen."""
        if seen_version != self.version:
            raise StaleVersion(
                f"该期已更新到第{self.version}版，您看到的是第{seen_version}版。",
                f"The issue is at version {self.version}; you saw version {seen_version}.",
                extra={"version": self.version},
            )

    def compose(self) -> None:
        """Its composition changes. Raises `Conflict` unless it is being composed."""
        self.require("compose")
        self.version += 1

    def lose_item(self) -> None:
        """An adoption in it is withdrawn: from proof or signed it goes back to composing, signatures are void.

        Raises `Conflict` once published.
        """
        if self.state in MOVES["recompose"].before:
            self.recompose()
        else:
            self.compose()

    def recompose(self) -> None:
        """Back to composing; what was signed so far is void. Raises `Conflict`."""
        self.go("recompose")
        self.round += 1

    def go(self, act: str) -> None:
        """Into the state after `act`. Raises `Conflict`."""
        self.require(act)
        self.state = MOVES[act].after
        self.version += 1

    def check_publication(
        self, seen_version: int, adoptions: Sequence[Adoption], editor: Principal, chain: Sequence[str] = ()
    ) -> None:
        """Raises `Conflict` when published, empty or unsigned, `StaleVersion` when changed since, `Forbidden` for own
        words."""
        self.require("publish")
        self.check_seen(seen_version)
        if not adoptions and self.corrects_issue_id is None:
            raise Conflict("该期没有内容，不能刊发。", "An issue without items cannot be published.")
        self.refuse_own_words(adoptions, editor, "publishes")
        if chain and self.state != SIGNED:
            raise Conflict(
                "该期尚未完成签发程序，不能刊发：请先出校样，由签发程序中的各人依次签发。",
                "The issue has not been signed by its whole sign-off chain and cannot be published: make the proof and "
                "have it signed.",
                extra={"state": self.state.value},
            )

    def refuse_own_words(self, adoptions: Sequence[Adoption], signer: Principal, act: str) -> None:
        """Raises `Forbidden` naming what this person wrote himself: edit copies, the correction (access.md 2)."""
        own = [adoption.title for adoption in adoptions if adoption.edited_by_id == signer.id]
        if self.corrects_issue_id is not None and self.opened_by_id == signer.id:
            own.insert(0, "更正")
        if own:
            raise Forbidden(
                f"不得签发本人编辑的稿件，请由其他人办理：{'；'.join(own)}",
                f"Nobody {act} his own edit copy; let another person do it: {'; '.join(own)}",
            )

    def publish(self, year: int, number: int, editor: Principal, now: datetime) -> None:
        self.state = MOVES["publish"].after
        self.year, self.number = year, number
        self.published_by, self.published_at = editor.name, now
        self.version += 1

    def withdraw(self, editor: Principal, reason: str, now: datetime) -> None:
        """Taken back after publication; the text stays for the record. Raises `Conflict`."""
        self.go("withdraw")
        self.withdrawn_by, self.withdrawn_at, self.withdrawal_reason = editor.name, now, reason


class IssueNumber(Base):
    """The last number given per publication and year; its row lock keeps numbers without gaps and doubles."""

    __tablename__ = "issue_numbers"

    publication_code: Mapped[str] = mapped_column(ForeignKey("publications.code"), primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


class RunningNumber(Base):
    """The last number of a further series: the running total, the supplements of a year."""

    __tablename__ = "running_numbers"

    publication_code: Mapped[str] = mapped_column(ForeignKey("publications.code"), primary_key=True)
    series: Mapped[str] = mapped_column(primary_key=True)
    last: Mapped[int]
