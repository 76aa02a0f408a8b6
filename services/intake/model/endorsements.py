"""The step that a unit may put before the sign-off: a section head endorses first (notice 二(四)).

The responsible leader's own step can neither be removed nor replaced by it (lifecycles.md, "Signed documents").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from contracts.rpc.directory import Post
from contracts.rpc.endorsements import RecordEndorsementRule, Unendorsed
from contracts.vocabulary import URGENT_KINDS, Role
from kernel.errors import Invalid
from kernel.ids import new_id
from kernel.principal import Principal
from services.intake.model.base import Base
from services.intake.model.drafts import Draft
from services.intake.model.people import Person


class EndorsementRule(Base):
    """The step as a unit's leader set it; in force from then until the next. None is ever changed or taken away."""

    __tablename__ = "endorsement_rules"
    __table_args__ = (Index("endorsement_rules_of_unit", "unit_id", "recorded_at", "id"),)

    id: Mapped[UUID] = mapped_column(primary_key=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    required: Mapped[bool]
    urgent_too: Mapped[bool]
    endorser_ids: Mapped[list[str]]
    """Persons named to endorse; none: whoever holds a post of section head."""
    reason: Mapped[str]
    recorded_by_id: Mapped[UUID]
    recorded_by: Mapped[str]
    recorded_at: Mapped[datetime]

    @classmethod
    def new(
        cls, request: RecordEndorsementRule, unit_id: UUID, leader: Principal, heads: Sequence[Person], now: datetime
    ) -> EndorsementRule:
        """Raises `Invalid` for a step that nobody in the unit could take. `heads`: see `section_heads`."""
        _check_endorsers(request, heads)
        return cls(
            id=new_id(),
            unit_id=unit_id,
            required=request.required,
            urgent_too=request.urgent_too,
            endorser_ids=sorted({str(person_id) for person_id in request.endorser_ids}),
            reason=request.reason,
            recorded_by_id=leader.person_id,
            recorded_by=leader.name,
            recorded_at=now,
        )

    def names(self, person_id: UUID | str) -> bool:
        """Whether this person is among those who endorse."""
        return not self.endorser_ids or str(person_id) in self.endorser_ids


@dataclass(frozen=True)
class Step:
    """What stands before the offer of one draft: who may endorse it, or why nobody is asked."""

    endorsers: list[Person]
    left_out: Unendorsed | None = None


def step_before(rule: EndorsementRule | None, draft: Draft, heads: Sequence[Person], day: date) -> Step:
    """The step for this draft on this day. A step that nobody could take is left out, so that nothing waits for
    nobody; the signer is told so."""
    if rule is None or not rule.required:
        return Step([])
    if draft.content.kind in URGENT_KINDS and not rule.urgent_too:
        return Step([], Unendorsed.URGENT)
    free = [head for head in heads if rule.names(head.id) and draft.may_endorse(head.id)]
    endorsers = [head for head in free if post_on(head, draft.unit_id, day)]
    return Step(endorsers, None if endorsers else Unendorsed.NOBODY)


def post_on(person: Person, unit_id: UUID, day: date) -> Post | None:
    """The person's post of section head in the unit that is valid on the day."""
    return next((post for post in posts_of(person, unit_id) if _reaches(post, day) and post.valid_from <= day), None)


def posts_of(person: Person, unit_id: UUID) -> list[Post]:
    return [post for post in person.posts_held() if post.role is Role.SECTION_HEAD and post.unit_id == unit_id]


def still_held(person: Person, unit_id: UUID, day: date) -> Post | None:
    """A post of section head that has not ended by the day; it may begin later."""
    return next((post for post in posts_of(person, unit_id) if _reaches(post, day)), None)


def _reaches(post: Post, day: date) -> bool:
    return post.valid_to is None or day <= post.valid_to


def _check_endorsers(request: RecordEndorsementRule, heads: Sequence[Person]) -> None:
    if not request.required:
        return
    if not heads:
        raise Invalid(
            "本单位名录中没有科室负责人，无法启用核稿；请先由系统管理员登记科室负责人岗位。",
            "The directory has no section head of your unit; have such a post recorded first.",
            pointer="/required",
        )
    known = {head.id for head in heads}
    for number, person_id in enumerate(request.endorser_ids):
        if person_id not in known:
            raise Invalid(
                "所选核稿人不在本单位科室负责人岗位上。",
                "This person holds no post of section head in your unit.",
                pointer=f"/endorser_ids/{number}",
            )
