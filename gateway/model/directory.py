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
    """A post that is valid on the day asked about."""

    unit_id: UUID
    role: Role
    title: str
    deputy: bool


def posts_on(posts: Iterable[Mapping[str, Any]] | None, day: date) -> list[HeldPost]:
    """The posts of a person's record that are valid on `day`; both ends are included."""
    return [
        HeldPost(UUID(post["unit_id"]), Role(post["role"]), post["title"], post["deputy"])
        for post in posts or ()
        if date.fromisoformat(post["valid_from"]) <= day
        and (post["valid_to"] is None or day <= date.fromisoformat(post["valid_to"]))
    ]


def signing_post(posts: Iterable[HeldPost], unit_id: UUID) -> HeldPost | None:
    """The post by which a person may sign for `unit_id`: the leader's own before a deputy's (notice 二(四))."""
    held = [post for post in posts if post.unit_id == unit_id and post.role is Role.RESPONSIBLE_LEADER]
    return min(held, key=lambda post: post.deputy, default=None)
