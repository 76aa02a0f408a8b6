"""People of the units and the posts they hold, each post with its dates."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.directory import Post, RecordPerson
from services.intake.model.base import Base
from services.intake.model.search import sort_key
from services.intake.model.units import check_dates


class Person(Base):
    """A person and the posts held, as the directory holds them now."""

    __tablename__ = "people"
    __table_args__ = (Index("people_by_name", "sort_key", "id"), Index("people_of_unit", "unit_id"))

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    sort_key: Mapped[str]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    posts: Mapped[list[dict[str, Any]]]
    version: Mapped[int]

    @classmethod
    def new(cls, request: RecordPerson) -> Person:
        person = cls(id=request.person_id, version=0)
        person.record(request)
        return person

    def posts_held(self) -> list[Post]:
        return [Post.model_validate(post) for post in self.posts]

    def holds(self, request: RecordPerson) -> bool:
        """Whether this is what the directory holds already."""
        return (self.name, self.unit_id, self.posts_held()) == (request.name, request.unit_id, request.posts)

    def record(self, request: RecordPerson) -> None:
        """Take over what was recorded. Raises `Invalid`."""
        for place, post in enumerate(request.posts):
            check_dates(post.valid_from, post.valid_to, f"/posts/{place}/valid_to")
        self.name = request.name
        self.sort_key = sort_key(request.name)
        self.unit_id = request.unit_id
        self.posts = [post.model_dump(mode="json") for post in request.posts]
        self.version += 1
