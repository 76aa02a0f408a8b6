"""Notices of supervision as issued: number, text and date stand from then on (R17)."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.notices import NoticeKind
from kernel.canonical import canonical
from kernel.papers.official.content import document_number
from kernel.words import Word
from services.review.model.base import Base


class Notice(Base):
    """One notice; rows are never deleted, so that no number is given twice."""

    __tablename__ = "notices"
    __table_args__ = (
        UniqueConstraint("number_word", "year", "serial", name="notices_one_per_number"),
        Index("notices_of", "assignment_id", "issued_at"),
        Index(
            "notices_one_to_assign", "assignment_id", unique=True, postgresql_where=text("kind = 'assignment_notice'")
        ),
    )

    notice_id: Mapped[UUID] = mapped_column(primary_key=True)
    assignment_id: Mapped[UUID] = mapped_column(ForeignKey("assignments.assignment_id"))
    kind: Mapped[NoticeKind] = mapped_column(Word(NoticeKind))
    number_word: Mapped[str]
    year: Mapped[int]
    serial: Mapped[int]
    issued_by: Mapped[str]
    issued_by_id: Mapped[str]
    issued_at: Mapped[datetime]
    content: Mapped[dict[str, Any]] = mapped_column(JSONB)
    """The text that is printed, see `model/notice_texts.py`."""
    content_hash: Mapped[str]
    """Of the text as issued; a title that is withheld since changes the text and not the hash."""

    @property
    def number(self) -> str:
        return document_number(self.number_word, self.year, self.serial)


class NoticeNumber(Base):
    """The last number given by word and year; its row lock keeps numbers without gaps and doubles."""

    __tablename__ = "notice_numbers"

    number_word: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True)
    last: Mapped[int]


def hash_of(content: dict[str, Any]) -> str:
    return "sha256:" + hashlib.sha256(canonical(content)).hexdigest()
