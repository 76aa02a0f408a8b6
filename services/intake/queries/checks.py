"""Findings in a text, and the writing rules as one's unit sees them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from contracts.rpc import checks as rpc
from contracts.rpc.drafts import DraftId
from kernel.clock import china_day
from kernel.service import Reading
from services.intake.model.checks.engine import check
from services.intake.model.checks.rule import Directory, PostHolder, Rule, UnitName
from services.intake.model.checks.rules import writing_rules
from services.intake.model.mutes import Mute
from services.intake.model.people import Person
from services.intake.model.units import Unit, UnitVersion
from services.intake.queries.drafts import own_draft


def check_text(reading: Reading, request: rpc.CheckText) -> rpc.Findings:
    """What the rules find in the text, by the directory and the day of now."""
    unit_id, day = reading.principal.unit_id, china_day(reading.now)
    unit = reading.session.get(Unit, unit_id) if unit_id else None
    if unit is None:
        return check(request, "", Directory(), day, writing_rules())
    directory = directory_of(reading.session, unit.id, day)
    return check(request, unit.name, directory, day, writing_rules(), mutes_of(reading.session, unit.id))


def draft_findings(reading: Reading, request: DraftId) -> rpc.Findings:
    """What the rules find in a draft of the reader's unit as it is saved. Raises `NotFound`."""
    content = own_draft(reading, request.draft_id).content
    return check_text(reading, rpc.CheckText(**{name: getattr(content, name) for name in rpc.CheckText.model_fields}))


def list_writing_rules(reading: Reading, request: rpc.ListWritingRules) -> rpc.WritingRules:
    """All rules in the order of their file, with what one's unit has muted."""
    muted = mutes_of(reading.session, reading.principal.unit_id)
    return rpc.WritingRules(items=[rule_reply(rule, muted.get(rule.id)) for rule in writing_rules().rules])


def rule_reply(rule: Rule, mute: Mute | None) -> rpc.WritingRule:
    return rpc.WritingRule(
        rule_id=rule.id,
        title_zh=rule.title,
        title_en=rule.title_en,
        why_zh=rule.why,
        why_en=rule.why_en,
        gravity=rule.gravity,
        kinds=list(rule.kinds),
        muted=rpc.MutedRule(reason=mute.reason, by_name=mute.by_name, at=mute.at) if mute else None,
    )


def mutes_of(session: Session, unit_id: UUID | None) -> dict[str, Mute]:
    """What the unit has muted, by rule."""
    return {mute.rule_id: mute for mute in session.scalars(select(Mute).where(Mute.unit_id == unit_id))}


def directory_of(session: Session, unit_id: UUID, day: date) -> Directory:
    """Names of all units, present and former, and the posts that people of one's own unit hold on `day`.

    Other units' people are left out: who holds which post there is not for every unit to ask (access.md).
    """
    return Directory(units=_unit_names(session, day), people=_post_holders(session, unit_id, day))


def _unit_names(session: Session, day: date) -> tuple[UnitName, ...]:
    valid = (Unit.valid_from <= day) & (Unit.valid_to.is_(None) | (Unit.valid_to >= day))
    names = session.execute(select(Unit.id, Unit.name).where(valid).order_by(Unit.id))
    present = dict(names.all())
    recorded = select(UnitVersion.unit_id, UnitVersion.name).distinct().order_by(UnitVersion.unit_id, UnitVersion.name)
    former = [
        UnitName(name=name, now=present[unit_id])
        for unit_id, name in session.execute(recorded)
        if unit_id in present and name not in present.values()
    ]
    return (*(UnitName(name=name) for name in present.values()), *former)


def _post_holders(session: Session, unit_id: UUID, day: date) -> tuple[PostHolder, ...]:
    people = session.scalars(select(Person).where(Person.unit_id == unit_id).order_by(Person.id))
    holders = [PostHolder(name=person.name, posts=_held(person, day)) for person in people]
    return tuple(holder for holder in holders if holder.posts)


def _held(person: Person, day: date) -> tuple[str, ...]:
    return tuple(post.title for post in person.posts_held() if post.valid_from <= day <= (post.valid_to or day))
