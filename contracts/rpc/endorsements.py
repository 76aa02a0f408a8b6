"""What intake answers about the step that a unit may put before the sign-off: a section head endorses first."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import NOT_BLANK, Instant, Method, Strict, Text, command, query
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import UNIT
from contracts.vocabulary import Labelled, Role


class Unendorsed(Labelled):
    """Why a draft of a unit that wants an endorsement first goes to the signer without one."""

    URGENT = "urgent", "紧急信息不经核稿，直接送签"
    NOBODY = "nobody", "送签时没有可以核稿的科室负责人（执笔人本人不能核稿）"
    STEP_ENDED = "step_ended", "本单位已停用核稿，或已免去本类稿件的核稿"


class Endorsement(Strict):
    endorsed_by_id: UUID
    endorsed_by: str
    endorsed_at: Instant


class Endorser(Strict):
    """A person with a post of section head in the unit."""

    person_id: UUID
    name: str
    post: str


class RecordEndorsementRule(Strict):
    """Set the unit's step from now on; what waits and needs no endorsement any more is offered to the signer."""

    required: bool = Field(description="whether a draft is endorsed before it is offered to the responsible leader")
    urgent_too: bool = Field(default=False, description="whether urgent reports wait too; a minute counts")
    endorser_ids: list[UUID] = Field(default_factory=list, max_length=50)
    """Persons who endorse, each with a post of section head in the unit; none: whoever holds such a post."""
    reason: Text = Field(min_length=1, pattern=NOT_BLANK, max_length=500)


class EndorsementRule(RecordEndorsementRule):
    """The step as it was set once; in force until the next."""

    rule_id: UUID
    recorded_by: str
    recorded_at: Instant


class EndorsementRules(Strict):
    """The unit's settings, newest first: the first is in force. None: no step before the sign-off."""

    items: list[EndorsementRule]
    next_cursor: str | None = None
    section_heads: list[Endorser]
    """Who can be named as endorser."""


class ListEndorsementRules(ListQuery):
    pass


METHODS: dict[str, Method] = {
    "record_endorsement_rule": command(RecordEndorsementRule, EndorsementRule, Role.RESPONSIBLE_LEADER),
    "list_endorsement_rules": query(ListEndorsementRules, EndorsementRules, *UNIT),
}
