"""The proof of an issue: comments at a place of it, and the signatures of the sign-off chain."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.publications import SignerRole
from kernel.errors import Conflict, Forbidden
from kernel.principal import Principal
from kernel.words import Word
from services.review.model.base import Base


class IssueComment(Base):
    """A remark on the proof, open until somebody says what became of it."""

    __tablename__ = "issue_comments"
    __table_args__ = (Index("issue_comments_by_issue", "issue_id", "at"),)

    comment_id: Mapped[UUID] = mapped_column(primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.issue_id"))
    adoption_id: Mapped[UUID | None] = mapped_column(ForeignKey("adoptions.adoption_id"))
    quote: Mapped[str | None]
    text: Mapped[str]
    by_id: Mapped[str]
    by_name: Mapped[str]
    at: Mapped[datetime]
    resolved_by: Mapped[str | None]
    resolved_at: Mapped[datetime | None]
    resolution: Mapped[str | None]

    def resolve(self, editor: Principal, resolution: str, now: datetime) -> None:
        """Raises `Conflict` when it is resolved already."""
        if self.resolved_at is not None:
            raise Conflict(
                f"该意见已由{self.resolved_by}处理。", f"{self.resolved_by} has already resolved this comment."
            )
        self.resolved_by, self.resolved_at, self.resolution = editor.name, now, resolution


class IssueSignature(Base):
    """One step of the chain in one round of proof; the key lets nobody take a step twice."""

    __tablename__ = "issue_signatures"

    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.issue_id"), primary_key=True)
    round: Mapped[int] = mapped_column(primary_key=True)
    step: Mapped[int] = mapped_column(primary_key=True)
    role: Mapped[SignerRole] = mapped_column(Word(SignerRole))
    signer_id: Mapped[str]
    signed_by: Mapped[str]
    content_hash: Mapped[str]
    signed_at: Mapped[datetime]


def next_step(chain: Sequence[str], signatures: Sequence[IssueSignature], signer: Principal) -> SignerRole:
    """The role whose turn it is, held by this person, who has not signed yet. Raises `Conflict`, `Forbidden`."""
    if not chain:
        raise Conflict(
            "该刊物没有设置签发程序，由总编辑直接刊发。",
            "The publication has no sign-off chain; the chief editor publishes it.",
        )
    if any(signature.signer_id == signer.id for signature in signatures):
        raise Conflict("您已签发过该期，一人不得签发两次。", "You have signed this issue; nobody signs twice.")
    role = SignerRole(chain[len(signatures)])
    if not signer.holds(role.value):
        raise Forbidden(
            f"现在应由{role.label}签发。", f"It is the turn of the {role.value}; your role does not allow this act."
        )
    return role
