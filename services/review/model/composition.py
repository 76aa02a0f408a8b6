"""How an issue is composed: where each item stands, its content hash, and how many pages it may have."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from math import ceil
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.receipts import digest
from kernel.errors import Invalid
from services.review.model.adoptions import Adoption
from services.review.model.base import Base
from services.review.model.issues import Issue

LINE, PAGE = 28, 22
"""Characters a line, lines a page (GB/T 9704-2012, 5.2.3)."""
TITLE_LINE = 20
"""Characters of a title's line: size 2 in the same type area."""
INDENT = 2
CONTENTS_LINE = 25
HEAD_LINES, CONTENTS_SPACE, ABOVE_TITLE, BELOW_TITLE, SOURCE, IMPRINT_LINES = 10, 2, 2, 1, 1, 4


class IssuePlace(Base):
    """Where an item stands in its column; one without a place follows behind the others, in the order of adoption."""

    __tablename__ = "issue_places"
    __table_args__ = (Index("issue_places_by_issue", "issue_id"),)

    adoption_id: Mapped[UUID] = mapped_column(ForeignKey("adoptions.adoption_id"), primary_key=True)
    issue_id: Mapped[UUID] = mapped_column(ForeignKey("issues.issue_id"))
    position: Mapped[int]


def in_order(
    adoptions: Iterable[Adoption], places: dict[UUID, IssuePlace], columns: Sequence[str]
) -> list[tuple[Adoption, str | None]]:
    """Items with their columns: by the order of the columns, then by place, then as they were adopted."""
    rank = {name: number for number, name in enumerate(columns)}

    def key(adoption: Adoption) -> tuple[Any, ...]:
        column, place = adoption.column_name, places.get(adoption.adoption_id)
        known = rank.get(column, len(rank)) if column else len(rank) + 1
        position = place.position if place else len(places)
        return known, column or "", position, adoption.adopted_at, adoption.adoption_id

    return [(adoption, adoption.column_name) for adoption in sorted(adoptions, key=key)]


def check_arrangement(columns: Sequence[str], wanted: Sequence[tuple[str | None, Sequence[UUID]]],
                      present: Iterable[UUID]) -> None:  # fmt: skip
    """Raises `Invalid`: unknown or doubled column, an item named twice, left out or not of this issue."""
    seen: set[UUID] = set()
    for number, (column, adoption_ids) in enumerate(wanted):
        pointer = f"/places/{number}"
        if column is not None and column not in columns:
            raise Invalid(
                f"该刊物没有“{column}”栏目。", f"The publication has no column {column}.", pointer=f"{pointer}/column"
            )
        if column in [earlier for earlier, _ in wanted[:number]]:
            raise Invalid("同一栏目写了两次。", "A column is named twice.", pointer=f"{pointer}/column")
        for place, adoption_id in enumerate(adoption_ids):
            if adoption_id in seen:
                raise Invalid(
                    "同一条信息排了两次。", "An item is placed twice.", pointer=f"{pointer}/adoption_ids/{place}"
                )
            seen.add(adoption_id)
    if seen != set(present):
        raise Invalid(
            "编排须包含该期的每一条信息，且不得包含其他信息。",
            "The arrangement must name each item of the issue, and no other.",
            pointer="/places",
            extra={"absent": sorted(map(str, set(present) - seen)), "foreign": sorted(map(str, seen - set(present)))},
        )


def composition_hash(issue: Issue, items: Sequence[tuple[Adoption, str | None]]) -> str:
    """What a signature covers: order, columns, words and pictures of all items, and the words of a correction."""
    return digest({"items": [content_of(adoption, column) for adoption, column in items]} | correction_of(issue))


def correction_of(issue: Issue) -> dict[str, Any]:
    """What it corrects, and its words on it, as it is covered by hashes; nothing for one that corrects none."""
    if issue.corrects_issue_id is None:
        return {}
    item = issue.corrects_adoption_id
    words = {"adoption_id": str(item) if item else None, "reason": issue.correction_reason}
    return {"corrects": {"issue_id": str(issue.corrects_issue_id), **words}}


def content_of(adoption: Adoption, column: str | None) -> dict[str, Any]:
    """An item as it is covered by hashes; one without pictures as before there were any."""
    pictures = {"pictures": adoption.pictures} if adoption.pictures else {}
    return {
        "adoption_id": str(adoption.adoption_id), "column": column, "title": adoption.title, "body": adoption.body,
    } | pictures


def estimated_pages(items: Sequence[tuple[str, str]], columns: int = 0, picture_lines: int = 0) -> int:
    """Pages of titles, bodies and pictures, at least one: an estimate, the typesetter alone knows.

    Set line by line as the paper is: contents where there are several items, a title never without text below it, each
    column's name once, who reported below the text, the imprint whole.
    """
    line = _together(0, HEAD_LINES)
    if len(items) > 1:
        line += CONTENTS_SPACE + sum(_lines(title, CONTENTS_LINE, 0) for title, _ in items)
    for number, (title, body) in enumerate(items):
        column = 1 if number < columns else 0
        line = _together(line, ABOVE_TITLE + column + _lines(title, TITLE_LINE, 0) + BELOW_TITLE + 1) - 1
        text = sum(_lines(paragraph, LINE, INDENT) for paragraph in body.split("\n") if paragraph.strip())
        line = _together(line + text - 1, 1 + SOURCE)
    return ceil(_together(line + picture_lines, IMPRINT_LINES) / PAGE)


def _together(line: int, height: int) -> int:
    """The line behind something of so many lines that is not parted between pages (unless it is longer than one)."""
    left = -line % PAGE
    return line + height + (left if left < height <= PAGE else 0)


def _lines(text: str, per_line: int, indent: int) -> int:
    """Lines of one paragraph; what is not full width counts half, an empty one still takes its line."""
    width = indent + sum(1 if unicodedata.east_asian_width(character) in "WFA" else 0.5 for character in text.strip())
    return max(1, ceil(width / per_line))
