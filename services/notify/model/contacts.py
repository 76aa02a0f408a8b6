"""People as the directory last told of them, and the addresses notify owns for them."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import Index, Text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from services.notify.model.base import Base


class Person(Base):
    """Projection of `person.recorded`; posts with their dates decide who is told (R26)."""

    __tablename__ = "people"
    __table_args__ = (
        Index("people_by_post", "posts", postgresql_using="gin", postgresql_ops={"posts": "jsonb_path_ops"}),
    )

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    unit_id: Mapped[UUID]
    posts: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)

    def roles(self, on: date) -> frozenset[str]:
        """Of the posts that are valid on that day, in whatever unit."""
        return frozenset(post["role"] for post in self.posts if self.holds(frozenset({post["role"]}), None, on))

    def holds(self, roles: frozenset[str], unit_id: UUID | None, on: date) -> bool:
        """Whether a post with one of `roles` (in `unit_id`, if given) is valid on that day."""
        return any(
            post["role"] in roles
            and (unit_id is None or post["unit_id"] == str(unit_id))
            and date.fromisoformat(post["valid_from"]) <= on
            and (post["valid_to"] is None or on <= date.fromisoformat(post["valid_to"]))
            for post in self.posts
        )


class Contact(Base):
    """Addresses of one person; kept apart from the directory because only notify may use them."""

    __tablename__ = "contacts"

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    version: Mapped[int]
    email: Mapped[str | None] = mapped_column(Text)
    mobile: Mapped[str | None] = mapped_column(Text)
