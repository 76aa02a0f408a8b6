"""Entries of a report's verification record: added, corrected by a further entry, never changed (R07)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.verifications import Conclusion, VerificationMeans
from kernel.errors import Conflict, Invalid
from kernel.words import Word
from services.review.model.base import CLOCK_TOLERANCE, Base


class Verification(Base):
    """Whom somebody asked about the report, and what was said."""

    __tablename__ = "verifications"
    __table_args__ = (Index("verifications_of", "report_id", "asked_at", "verification_id"),)

    verification_id: Mapped[UUID] = mapped_column(primary_key=True)
    report_id: Mapped[UUID] = mapped_column(ForeignKey("desk_items.report_id"))
    report_version: Mapped[int]
    asked_name: Mapped[str]
    asked_post: Mapped[str | None]
    asked_unit: Mapped[str | None]
    asked_phone: Mapped[str | None]
    asked_at: Mapped[datetime]
    means: Mapped[VerificationMeans] = mapped_column(Word(VerificationMeans))
    question: Mapped[str]
    answer: Mapped[str]
    documents: Mapped[list[str]] = mapped_column(JSONB)
    attachments: Mapped[list[str]] = mapped_column(JSONB)
    conclusion: Mapped[Conclusion] = mapped_column(Word(Conclusion))
    corrects_id: Mapped[UUID | None] = mapped_column(ForeignKey("verifications.verification_id"), unique=True)
    recorded_by_id: Mapped[str]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]


def in_force(entries: Sequence[Verification]) -> list[Verification]:
    """Those that no other corrects, in the order given."""
    corrected = {entry.corrects_id for entry in entries}
    return [entry for entry in entries if entry.verification_id not in corrected]


def to_correct(entries: Sequence[Verification], corrects_id: UUID) -> Verification:
    """The entry with this id. Raises `Invalid` when the report has none, `Conflict` when it is corrected already."""
    named = next((entry for entry in entries if entry.verification_id == corrects_id), None)
    if named is None:
        raise Invalid(
            "该信息没有这条核实记录。", "The report has no such verification.", pointer="/corrects_id"
        )
    later = next((entry for entry in entries if entry.corrects_id == corrects_id), None)
    if later is not None:
        raise Conflict(
            f"这条核实记录已由{later.recorded_by}更正，请更正最新的一条。",
            f"{later.recorded_by} has already corrected this entry; correct the newest one.",
            extra={"corrected_by_id": str(later.verification_id)},
        )
    return named


def check_asked_at(asked_at: datetime, now: datetime) -> None:
    """Raises `Invalid` for a question that lies in the future."""
    if asked_at > now + CLOCK_TOLERANCE:
        raise Invalid("核实时间不能晚于现在。", "The time of asking lies in the future.", pointer="/asked_at")


def check_attachments(named: Sequence[str], signed: Iterable[str]) -> None:
    """Raises `Invalid` for a digest that is none of the report's files."""
    known = set(signed)
    for place, digest in enumerate(named):
        if digest not in known:
            raise Invalid(
                "该信息没有这个附件。", "The report has no such attachment.", pointer=f"/attachments/{place}"
            )
