"""People of the units and the posts they hold, each post with its dates."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.directory import Post, RecordPerson, StaffingGap
from contracts.vocabulary import Role
from services.intake.model.base import AT_COMMIT, Base
from services.intake.model.search import sort_key


class Person(Base):
    """A person and the posts held, as the directory holds them now."""

    __tablename__ = "people"
    __table_args__ = (
        UniqueConstraint("code", name="people_code_once", **AT_COMMIT),
        Index("people_by_name", "sort_key", "id"),
        Index("people_of_unit", "unit_id"),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    sort_key: Mapped[str]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    posts: Mapped[list[dict[str, Any]]]
    code: Mapped[str | None]
    version: Mapped[int]

    @classmethod
    def new(cls, request: RecordPerson) -> Person:
        return cls(id=request.person_id, version=0)

    def posts_held(self) -> list[Post]:
        return [Post.model_validate(post) for post in self.posts]

    def recorded(self) -> RecordPerson:
        """What was recorded of this person."""
        return RecordPerson(
            person_id=self.id, name=self.name, unit_id=self.unit_id, posts=self.posts_held(), code=self.code
        )

    def record(self, request: RecordPerson) -> None:
        """Take over what was recorded; it was checked before (`model/directory.py`)."""
        self.name = request.name
        self.sort_key = sort_key(request.name)
        self.unit_id = request.unit_id
        self.posts = [post.model_dump(mode="json") for post in request.posts]
        self.code = request.code
        self.version += 1


def holds_on(post: Post, day: date) -> bool:
    """Whether the post is held on that day; both ends are included."""
    return post.valid_from <= day and (post.valid_to is None or day <= post.valid_to)


def staffing_gaps(posts: Iterable[Post], day: date) -> list[StaffingGap]:
    """What is missing in a unit whose posts these are (notice 四(一): full- and part-time staff; 二(四): a leader)."""
    held = [post for post in posts if holds_on(post, day)]
    leaders = [post for post in held if post.role is Role.RESPONSIBLE_LEADER and not post.deputy]
    deputies = [post for post in held if post.role is Role.RESPONSIBLE_LEADER and post.deputy]
    officers = [post for post in held if post.role is Role.INFORMATION_OFFICER]
    found = {
        StaffingGap.NO_LEADER: not leaders,
        StaffingGap.SEVERAL_LEADERS: len(leaders) > 1,
        StaffingGap.NO_DEPUTY: not deputies,
        StaffingGap.NO_OFFICER: not officers,
        StaffingGap.NO_FULL_TIME_OFFICER: bool(officers) and not any(post.full_time for post in officers),
    }
    return [gap for gap in StaffingGap if found[gap]]
