"""Causes: what happened that may score. The ledger can be recomputed from them and the rules alone."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from services.scoring.model.base import Base


class CauseKind(StrEnum):
    """Which section of the rules scores a cause."""

    ADOPTION = "adoption"
    OUTCOME = "outcome"
    INSTRUCTION = "instruction"
    DEDUCTION = "deduction"


class Cause(Base):
    """One happening of one unit as the events last told of it.

    `stands` is false once it no longer counts (adoption withdrawn, deadline met after all). Causes of one
    `group_key` are scored together: those of a report compete where the rules let only the highest count.
    """

    __tablename__ = "causes"
    __table_args__ = (Index("causes_by_group", "group_key"), Index("causes_by_time", "happened_at"))

    cause: Mapped[str] = mapped_column(Text, primary_key=True)
    """`adoption:<id>`, `outcome:<id>`, `instruction:<id>`, `deadline:<id>` or `finding:<id>`."""
    version: Mapped[int]
    """Version of the event's subject; an older event changes nothing."""
    kind: Mapped[str] = mapped_column(Text)
    group_key: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID]
    stands: Mapped[bool]
    reason: Mapped[str | None] = mapped_column(Text)
    """Why it no longer stands."""
    title: Mapped[str] = mapped_column(Text)
    happened_at: Mapped[datetime]
    facts: Mapped[dict[str, Any]]
    """By criterion of the rules the values it answers to, each a list."""
    told: Mapped[dict[str, Any]]
    """What only the explanation needs, and the unit's share."""


class WithdrawnAdoption(Base):
    """Adoptions withdrawn, kept because the withdrawal may be heard of before the issue is."""

    __tablename__ = "withdrawn_adoptions"

    adoption_id: Mapped[UUID] = mapped_column(primary_key=True)
    reason: Mapped[str] = mapped_column(Text)
    withdrawn_at: Mapped[datetime]


class WithheldTitle(Base):
    """A group whose causes keep no title, as the report's secrecy class was raised; heard of before or after them."""

    __tablename__ = "withheld_titles"

    group_key: Mapped[str] = mapped_column(Text, primary_key=True)


class PublishedIssue(Base):
    """Projection of `issue.published`: in which publication an instruction's item stood."""

    __tablename__ = "issues"

    issue_id: Mapped[UUID] = mapped_column(primary_key=True)
    publication_code: Mapped[str] = mapped_column(Text)
    publication_name: Mapped[str] = mapped_column(Text)
    year: Mapped[int]
    number: Mapped[int]
    published_at: Mapped[datetime]
