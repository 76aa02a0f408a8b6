"""The step a unit has put before the sign-off: as it was set, and who can take it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from contracts.rpc import endorsements as rpc
from contracts.vocabulary import Role
from kernel.clock import china_day
from kernel.service import Reading
from services.intake.model.endorsements import EndorsementRule, still_held
from services.intake.model.people import Person
from services.intake.queries.keyset import cursor_after, instant_after, page


def rule_in_force(session: Session, unit_id: UUID) -> EndorsementRule | None:
    """The unit's newest setting; None: it never put a step before the sign-off."""
    query = select(EndorsementRule).where(EndorsementRule.unit_id == unit_id)
    return session.scalar(query.order_by(EndorsementRule.recorded_at.desc(), EndorsementRule.id.desc()).limit(1))


def section_heads(session: Session, unit_id: UUID, day: date) -> Sequence[Person]:
    """Everybody with a post of section head in the unit that has not ended, by pinyin."""
    held = [{"role": Role.SECTION_HEAD, "unit_id": str(unit_id)}]
    people = session.scalars(select(Person).where(Person.posts.contains(held)).order_by(Person.sort_key, Person.id))
    return [person for person in people if still_held(person, unit_id, day)]


def list_endorsement_rules(reading: Reading, request: rpc.ListEndorsementRules) -> rpc.EndorsementRules:
    """The settings of the reader's unit, newest first; the first is in force."""
    unit_id, day = reading.principal.unit_id, china_day(reading.now)
    query = (
        select(EndorsementRule)
        .where(EndorsementRule.unit_id == unit_id)
        .order_by(EndorsementRule.recorded_at.desc(), EndorsementRule.id.desc())
        .limit(request.limit + 1)
    )
    if request.cursor:
        newest_first = tuple_(EndorsementRule.recorded_at, EndorsementRule.id)
        query = query.where(newest_first < instant_after(request.cursor))
    rules, last = page(list(reading.session.scalars(query)), request.limit)
    return rpc.EndorsementRules(
        items=[rule_reply(rule) for rule in rules],
        next_cursor=cursor_after(last.recorded_at, last.id) if last else None,
        section_heads=heads_reply(section_heads(reading.session, unit_id, day), unit_id, day) if unit_id else [],
    )


def rule_reply(rule: EndorsementRule) -> rpc.EndorsementRule:
    return rpc.EndorsementRule(
        rule_id=rule.id,
        required=rule.required,
        urgent_too=rule.urgent_too,
        endorser_ids=[UUID(person_id) for person_id in rule.endorser_ids],
        reason=rule.reason,
        recorded_by=rule.recorded_by,
        recorded_at=rule.recorded_at,
    )


def heads_reply(heads: Sequence[Person], unit_id: UUID, day: date) -> list[rpc.Endorser]:
    """Section heads by name and post, as far as the post has not ended."""
    return [
        rpc.Endorser(person_id=head.id, name=head.name, post=post.title)
        for head in heads
        if (post := still_held(head, unit_id, day))
    ]
