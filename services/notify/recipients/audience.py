"""Who is told of what: one table, event type -> audience (R26; people are found by post, never by name)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from contracts.vocabulary import URGENT_KINDS, AmendmentAct, DeadlineKind, DeadlineOutcome, ReportState, Role
from kernel.clock import china_day
from services.notify.model.contacts import Person

CHIEFS = frozenset({Role.CHIEF_EDITOR})
EDITORS = CHIEFS | {Role.EDITOR}
OFFICE = frozenset({Role.INFORMATION_OFFICER, Role.RESPONSIBLE_LEADER})
SUPERVISION = frozenset({Role.SUPERVISOR})
UNITS_DEADLINES = tuple((kind, OFFICE) for kind in DeadlineKind if kind is not DeadlineKind.COMMISSION_UPWARD)
"""The city's own due time bears the issuing editor's office as its unit, whose people it does not concern (0137)."""
CITYS_DEADLINE = (DeadlineKind.COMMISSION_UPWARD, EDITORS)


NOT_OF_DRILLS = frozenset({Role.LEADER, Role.SECRETARY})
"""Leaders are never told of an exercise, by whatever event (R26)."""


@dataclass(frozen=True)
class Audience:
    """Holders of `unit_roles` in the event's unit(s), of `city_roles` anywhere, and the person named by a field."""

    unit_roles: frozenset[Role] = frozenset()
    city_roles: frozenset[Role] = frozenset()
    person_field: str | None = None
    people_field: str | None = None
    """A field that names several persons."""
    roles_field: str | None = None
    """A field that names further city roles."""
    listed_only: bool = False
    """Told only if the event's own list of persons, units and roles names anybody."""
    urgent_only: bool = False
    moved_only: bool = False
    """Of a reassessment: told only if due time or outcome is another one than before, and no editor's decision made
    it so, which is told by itself."""
    only_for: frozenset[str] = frozenset()
    """Told only if the field `decided_by` has one of these words; empty: always."""
    decided_by: str = "kind"
    """Field of the event that `only_for`, `city_roles_for` and `unit_roles_for` go by."""
    city_roles_for: tuple[tuple[str, frozenset[Role]], ...] = ()
    """Further city roles by the word of that field."""
    unit_roles_for: tuple[tuple[str, frozenset[Role]], ...] = ()
    """Further roles in the unit by the word of that field."""


AUDIENCES: dict[str, Audience] = {
    "draft.offered": Audience(unit_roles=frozenset({Role.RESPONSIBLE_LEADER})),
    "endorsement.requested": Audience(people_field="endorser_ids"),
    "draft.endorsed": Audience(unit_roles=frozenset({Role.RESPONSIBLE_LEADER})),
    "draft.returned": Audience(person_field="author_id"),
    "report.registered": Audience(city_roles=frozenset({Role.EDITOR}), urgent_only=True),
    "report.returned": Audience(unit_roles=OFFICE),
    "report.adopted": Audience(unit_roles=frozenset({Role.INFORMATION_OFFICER})),
    "adoption.withdrawn": Audience(unit_roles=frozenset({Role.INFORMATION_OFFICER})),
    "decision.undone": Audience(unit_roles=OFFICE, decided_by="decision", only_for=frozenset({ReportState.RETURNED})),
    "report.handed_over": Audience(person_field="to_id"),
    "reading.requested": Audience(people_field="reader_ids"),
    "issue.published": Audience(
        unit_roles=OFFICE, people_field="reader_ids", roles_field="reader_roles", listed_only=True
    ),
    "issue.withdrawn": Audience(
        unit_roles=OFFICE, people_field="reader_ids", roles_field="reader_roles", listed_only=True
    ),
    "issue_item.withdrawn": Audience(
        unit_roles=OFFICE, people_field="reader_ids", roles_field="reader_roles", listed_only=True
    ),
    "finding.proposed": Audience(unit_roles=OFFICE),
    "finding.confirmed": Audience(unit_roles=OFFICE),
    "finding.dropped": Audience(unit_roles=OFFICE),
    "report.corrected": Audience(unit_roles=OFFICE),
    "report.withdrawn": Audience(unit_roles=OFFICE),
    "amendment.received": Audience(
        person_field="held_by_id", decided_by="place", city_roles_for=(("composed", CHIEFS), ("published", CHIEFS))
    ),
    "report.reclassified": Audience(
        unit_roles=OFFICE, city_roles=frozenset({Role.EDITOR, Role.CHIEF_EDITOR, Role.SECURITY_ADMINISTRATOR})
    ),
    "chain.closed": Audience(unit_roles=OFFICE),
    "assignment.given": Audience(unit_roles=OFFICE),
    "feedback.accepted": Audience(unit_roles=frozenset({Role.INFORMATION_OFFICER})),
    "feedback.returned": Audience(unit_roles=OFFICE),
    "feedback.flagged": Audience(unit_roles=OFFICE),
    "assignment.escalated": Audience(
        decided_by="level",
        unit_roles_for=(
            ("officer", frozenset({Role.INFORMATION_OFFICER})),
            ("responsible_leader", frozenset({Role.RESPONSIBLE_LEADER})),
            ("head", frozenset({Role.UNIT_HEAD, Role.RESPONSIBLE_LEADER})),
        ),
        city_roles_for=(("supervision_office", SUPERVISION),),
    ),
    "notice.issued": Audience(unit_roles_for=(("chasing_notice", OFFICE),)),
    "office_step.missed": Audience(unit_roles=frozenset({Role.UNIT_HEAD}), city_roles=SUPERVISION),
    "extension.asked": Audience(city_roles=SUPERVISION),
    "extension.granted": Audience(unit_roles=OFFICE),
    "extension.refused": Audience(unit_roles=OFFICE),
    "deadline.approaching": Audience(unit_roles_for=UNITS_DEADLINES, city_roles_for=(CITYS_DEADLINE,)),
    # Of overdue feedback people are told one after the other, by assignment.escalated.
    "deadline.missed": Audience(
        unit_roles_for=(("urgent_report", OFFICE), ("follow_up", OFFICE), ("assignment_receipt", OFFICE)),
        city_roles_for=(
            ("urgent_report", frozenset({Role.DUTY_OFFICER})),
            ("follow_up", frozenset({Role.DUTY_OFFICER})),
            ("assignment_receipt", SUPERVISION),
            CITYS_DEADLINE,
        ),
    ),
    "lateness.decided": Audience(unit_roles=OFFICE),
    "deadline.reassessed": Audience(
        unit_roles_for=UNITS_DEADLINES,
        city_roles_for=(("urgent_report", frozenset({Role.DUTY_OFFICER})), CITYS_DEADLINE),
        moved_only=True,
    ),
    "commission.issued": Audience(unit_roles=OFFICE),
    "commission.withdrawn": Audience(unit_roles=OFFICE),
    "commission.excused": Audience(unit_roles=OFFICE),
    "guidance.issued": Audience(unit_roles=OFFICE),
    "research_project.started": Audience(unit_roles=OFFICE),
    "research_project.changed": Audience(unit_roles=OFFICE),
    "bulletin.issued": Audience(unit_roles=frozenset({Role.INFORMATION_OFFICER})),
    "checkpoint.declared": Audience(city_roles=frozenset({Role.AUDIT_ADMINISTRATOR})),
}


DUTY_CALL = "acknowledgement.awaited"
"""The message that calls a duty officer to an urgent report; told by the wait, not by an event."""
DUTY_OFFICERS = Audience(city_roles=frozenset({Role.DUTY_OFFICER}))


def concerns(audience: Audience, data: dict[str, Any]) -> bool:
    """Whether this event is told at all."""
    if audience.only_for and data[audience.decided_by] not in audience.only_for:
        return False
    if audience.moved_only and not _moved(data):
        return False
    if audience.urgent_only and not _presses(data):
        return False
    if audience.listed_only:
        return bool(_units_of(data) or _city_roles(audience, data) or _named(audience, data))
    return bool(_unit_roles(audience, data) or _city_roles(audience, data) or _named(audience, data))


def _presses(data: dict[str, Any]) -> bool:
    """Urgent information that somebody has to act on; of what is withdrawn there is nothing to do."""
    withdrawn = (data.get("amendment") or {}).get("act") == AmendmentAct.WITHDRAWAL
    return data["kind"] in URGENT_KINDS and not withdrawn


def _moved(data: dict[str, Any]) -> bool:
    outcomes = data["old_outcome"], data["new_outcome"]
    if DeadlineOutcome.WAIVED in outcomes:
        return False
    return bool(data["old_due_at"] != data["due_at"] or outcomes[0] != outcomes[1])


def people_to_tell(session: Session, audience: Audience, data: dict[str, Any], now: datetime) -> list[Person]:
    """Everybody in the audience who holds the post on this day (Asia/Shanghai), each once, by name."""
    day = china_day(now)
    units = _units_of(data)
    unit_roles, city_roles, named = _unit_roles(audience, data), _city_roles(audience, data), _named(audience, data)
    people: Iterable[Person] = session.scalars(
        select(Person)
        .where(or_(*_candidates(unit_roles, units, city_roles, named)))
        .order_by(Person.name, Person.person_id)
    )
    return [
        person
        for person in people
        if person.person_id in named
        or any(person.holds(unit_roles, unit, day) for unit in units)
        or person.holds(city_roles, None, day)
    ]


def _candidates(
    unit_roles: frozenset[Role], units: list[UUID], city_roles: frozenset[Role], named: set[UUID]
) -> Iterator[ColumnElement[bool]]:
    """Who may come into question, by an index; whether the post is valid that day is looked at afterwards."""
    yield Person.person_id.in_(named)
    for role in unit_roles:
        for unit in units:
            yield Person.posts.contains([{"role": role, "unit_id": str(unit)}])
    for role in city_roles:
        yield Person.posts.contains([{"role": role}])


def _unit_roles(audience: Audience, data: dict[str, Any]) -> frozenset[Role]:
    return audience.unit_roles | _by_word(audience.unit_roles_for, data.get(audience.decided_by))


def _city_roles(audience: Audience, data: dict[str, Any]) -> frozenset[Role]:
    further = _by_word(audience.city_roles_for, data.get(audience.decided_by))
    listed = {Role(role) for role in data[audience.roles_field]} if audience.roles_field else set()
    return (audience.city_roles | further | listed) - (NOT_OF_DRILLS if data.get("drill") else frozenset())


def _by_word(roles_for: tuple[tuple[str, frozenset[Role]], ...], word: Any) -> frozenset[Role]:
    return frozenset(role for named, roles in roles_for if named == word for role in roles)


def _named(audience: Audience, data: dict[str, Any]) -> set[UUID]:
    """Persons the event names as those to be told."""
    one = [data[audience.person_field]] if audience.person_field and data[audience.person_field] else []
    many = data[audience.people_field] if audience.people_field else []
    return {UUID(person_id) for person_id in (*one, *many)}


def _units_of(data: dict[str, Any]) -> list[UUID]:
    """Units the event speaks of; none for one of the city as a whole."""
    many = data.get("unit_ids", [data["unit_id"]] if "unit_id" in data else [])
    return [UUID(unit) for unit in many]
