"""The gateway's projection of units, people and posts: all that acceptance needs to know who may sign."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Column, Date, Integer, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from contracts.vocabulary import Role
from gateway.model.metadata import metadata

units = Table(
    "units",
    metadata,
    Column("unit_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit_class", Text, nullable=False),
    Column("parent_id", Uuid),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("version", Integer, nullable=False),
)

people = Table(
    "people",
    metadata,
    Column("person_id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("unit_id", Uuid, nullable=False),
    Column("posts", JSONB, nullable=False),
    Column("version", Integer, nullable=False),
)


@dataclass(frozen=True)
class HeldPost:
    """A post with its days; both ends are included."""

    unit_id: UUID
    role: Role
    title: str
    deputy: bool
    valid_from: date
    valid_to: date | None

    def valid_on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    @property
    def signed_as(self) -> str:
        """As it stands beside a signature: a deputy signs as one, whatever the directory calls the post."""
        return f"{self.title}（代）" if self.deputy and "代" not in self.title else self.title

    def off_day(self, day: date) -> tuple[str, str]:
        """Why a post is not valid on a day, in Chinese and in English."""
        if day < self.valid_from:
            return f"“{self.signed_as}”岗位自 {self.valid_from} 起才生效", f"begins on {self.valid_from} only"
        return f"“{self.signed_as}”岗位已于 {self.valid_to} 到期", f"ended on {self.valid_to}"


def posts_of(posts: Iterable[Mapping[str, Any]] | None) -> list[HeldPost]:
    """The posts of a person's record, of all times."""
    return [
        HeldPost(
            UUID(post["unit_id"]), Role(post["role"]), post["title"], post["deputy"],
            date.fromisoformat(post["valid_from"]), post["valid_to"] and date.fromisoformat(post["valid_to"]),
        )
        for post in posts or ()
    ]


def posts_on(posts: Iterable[Mapping[str, Any]] | None, day: date) -> list[HeldPost]:
    """The posts of a person's record that are valid on `day`."""
    return [post for post in posts_of(posts) if post.valid_on(day)]


def nearest_off(posts: Iterable[HeldPost], day: date) -> HeldPost | None:
    """Of posts that are not valid on a day the one nearest to it, which is what its holder should be told of."""
    return min((post for post in posts if not post.valid_on(day)), key=lambda post: _days_off(post, day), default=None)


def _days_off(post: HeldPost, day: date) -> int:
    return abs((post.valid_from if day < post.valid_from else post.valid_to or day).toordinal() - day.toordinal())


def signing_post(posts: Iterable[HeldPost], unit_id: UUID) -> HeldPost | None:
    """The post by which a person may sign for `unit_id`: the leader's own before a deputy's (notice 二(四))."""
    held = [post for post in posts if post.unit_id == unit_id and post.role is Role.RESPONSIBLE_LEADER]
    return min(held, key=lambda post: post.deputy, default=None)
