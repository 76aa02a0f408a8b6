"""The rules of the directory as a whole: a tree of units with dates, and posts that lie within their units' lives.

All changes of one act are put first and what results is judged, so that the order of an import's rows is all one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from contracts.rpc.directory import Post, RecordPerson, RecordUnit
from contracts.vocabulary import Role, UnitClass
from kernel.errors import Invalid

TREE_DEPTH = 20


@dataclass(frozen=True)
class Fault:
    """What is wrong with one thing that was to be recorded."""

    subject: UUID
    pointer: str
    zh: str
    en: str

    def refusal(self) -> Invalid:
        return Invalid(self.zh, self.en, pointer=self.pointer)


@dataclass
class Taken:
    """What an act changes (units before their subunits), and why it must not."""

    units: list[RecordUnit] = field(default_factory=list)
    people: list[RecordPerson] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


class Directory:
    """Units and people as they are recorded; `take` changes this picture, never a database."""

    def __init__(self, units: Iterable[RecordUnit], people: Iterable[RecordPerson] = ()) -> None:
        self.units = {unit.unit_id: unit for unit in units}
        self.people = {person.person_id: person for person in people}

    def take(
        self, units: Iterable[RecordUnit], people: Iterable[RecordPerson] = (), *, today: date
    ) -> Taken:
        """Put units and people, with what follows for others: classes of subunits, ends of posts."""
        before_units, before_people = dict(self.units), dict(self.people)
        stated = {unit.unit_id: self._dated(unit, today) for unit in units}
        named = {person.person_id: person.model_copy(update={"version": None}) for person in people}
        self.units |= stated
        self.people |= named
        self._index()
        faults = [fault for unit in stated.values() for fault in self._tree_faults(unit, today)]
        if not faults:
            self._follow_classes(stated, before_units, today)
            faults = [fault for unit in stated.values() for fault in self._class_faults(unit)]
        self._end_posts(stated, named)
        faults += [fault for person in named.values() for fault in self._person_faults(person)]
        changed = [unit for unit_id, unit in self.units.items() if before_units.get(unit_id) != unit]
        return Taken(
            changed if faults else sorted(changed, key=lambda unit: len(self.above(unit))),
            [person for person_id, person in self.people.items() if before_people.get(person_id) != person],
            faults,
        )

    def above(self, unit: RecordUnit) -> list[RecordUnit]:
        """The units it belongs to, the nearest first; ends at the first unknown, repeated or too high one."""
        found: list[RecordUnit] = []
        parent = self.units.get(unit.parent_id) if unit.parent_id else None
        while parent is not None and parent not in found and parent.unit_id != unit.unit_id:
            found.append(parent)
            if len(found) > TREE_DEPTH:
                break
            parent = self.units.get(parent.parent_id) if parent.parent_id else None
        return found

    def class_given(self, parent_id: UUID | None) -> UnitClass | None:
        """The class that a unit takes from its parent; None where it states its own, directly under the city."""
        parent = self.units.get(parent_id) if parent_id else None
        if parent is None or parent.unit_class is UnitClass.CITY_OFFICE:
            return None
        return parent.unit_class

    def _index(self) -> None:
        self._unit_codes = Counter(unit.code for unit in self.units.values())
        self._person_codes = Counter(person.code for person in self.people.values())
        self._below: dict[UUID | None, list[UUID]] = {}
        for unit in self.units.values():
            self._below.setdefault(unit.parent_id, []).append(unit.unit_id)

    def _subunits(self, unit_id: UUID) -> list[RecordUnit]:
        return [self.units[below] for below in self._below.get(unit_id, [])]

    def _dated(self, unit: RecordUnit, today: date) -> RecordUnit:
        """With the day from which its name holds; a new name holds from today unless it says otherwise."""
        held = self.units.get(unit.unit_id)
        since = unit.name_since
        if since is None and held is None:
            since = unit.valid_from
        elif since is None and held is not None:
            since = _name_since(held, unit, today)
        return unit.model_copy(update={"name_since": since, "version": None})

    def _tree_faults(self, unit: RecordUnit, today: date) -> Iterator[Fault]:
        if unit.valid_to is not None and unit.valid_to < unit.valid_from:
            yield _period(unit.unit_id, unit.valid_from, unit.valid_to, "/valid_to")
        if unit.name_since is not None and unit.name_since > max(today, unit.valid_from):
            yield Fault(
                unit.unit_id, "/name_since",
                f"更名自 {unit.name_since} 起，还没有到；请在更名当天或之后登记。",
                f"The name holds from {unit.name_since}, which has not come; record it on that day or later.",
            )
        if unit.code and self._unit_codes[unit.code] > 1:
            yield Fault(
                unit.unit_id, "/code", f"单位代码 {unit.code} 已用于另一单位。",
                f"Another unit has the code {unit.code}.",
            )
        if not self._is_placed(unit):
            yield Fault(
                unit.unit_id, "/parent_id", "上级单位不存在，或会使单位关系成环、层级过深。",
                "The parent unit does not exist, or the units would no longer form a tree of sensible depth.",
            )
            return
        yield from self._life_faults(unit)

    def _is_placed(self, unit: RecordUnit) -> bool:
        if unit.parent_id is None:
            return True
        above = self.above(unit)
        return bool(above) and above[-1].parent_id is None and len(above) <= TREE_DEPTH

    def _life_faults(self, unit: RecordUnit) -> Iterator[Fault]:
        parent = self.units.get(unit.parent_id) if unit.parent_id else None
        if parent is not None and _outlives(unit.valid_to, parent.valid_to):
            yield Fault(
                unit.unit_id, "/valid_to",
                f"上级单位“{parent.name}”有效期至 {parent.valid_to}，下级单位的止期不能更晚；或先变更上级单位。",
                f"The parent unit {parent.name} ends on {parent.valid_to}; a subunit cannot last longer.",
            )
        if unit.valid_to is None:
            return
        for other in self._subunits(unit.unit_id):
            if _outlives(other.valid_to, unit.valid_to):
                yield Fault(
                    unit.unit_id, "/valid_to",
                    f"下级单位“{other.name}”在 {unit.valid_to} 之后仍有效；请先撤销它，或改由其他单位管理。",
                    f"The subunit {other.name} lasts beyond {unit.valid_to}; end or move it first.",
                )
                return

    def _follow_classes(self, stated: dict[UUID, RecordUnit], before: dict[UUID, RecordUnit], today: date) -> None:
        """Subunits of a unit whose class changed take the new one, but for those that this act states itself."""
        waiting = [
            unit for unit in stated.values()
            if unit.unit_id in before and before[unit.unit_id].unit_class is not unit.unit_class
        ]
        while waiting:
            parent = waiting.pop()
            if parent.unit_class is UnitClass.CITY_OFFICE:
                continue
            for unit in self._subunits(parent.unit_id):
                if unit.unit_id not in stated and unit.unit_class is not parent.unit_class:
                    self.units[unit.unit_id] = unit.model_copy(
                        update={"unit_class": parent.unit_class, "name_since": max(today, unit.valid_from)}
                    )
                    waiting.append(self.units[unit.unit_id])

    def _class_faults(self, unit: RecordUnit) -> Iterator[Fault]:
        given = self.class_given(unit.parent_id)
        if given is not None and unit.unit_class is not given:
            yield Fault(
                unit.unit_id, "/unit_class",
                f"下级单位的类别随上级，应为“{given.label}”。",
                f"A subunit has the class of the unit it belongs to, {given}.",
            )

    def _end_posts(self, stated: dict[UUID, RecordUnit], named: dict[UUID, RecordPerson]) -> None:
        """Posts in a unit that ends end with it; those of people whom this act states itself are judged instead."""
        ends = {unit.unit_id: unit.valid_to for unit in stated.values() if unit.valid_to is not None}
        for person in list(self.people.values()) if ends else []:
            posts = [post for each in person.posts for post in _ended(each, ends.get(each.unit_id))]
            if person.person_id not in named and posts != person.posts:
                self.people[person.person_id] = person.model_copy(update={"posts": posts})

    def _person_faults(self, person: RecordPerson) -> Iterator[Fault]:
        subject = person.person_id
        if person.unit_id not in self.units:
            yield _unknown_unit(subject, person.unit_id, "/unit_id")
        if person.code and self._person_codes[person.code] > 1:
            yield Fault(
                subject, "/code", f"人员编号 {person.code} 已用于另一人。", f"Somebody else has the code {person.code}."
            )
        for place, post in enumerate(person.posts):
            yield from self._post_faults(subject, post, f"/posts/{place}")

    def _post_faults(self, subject: UUID, post: Post, pointer: str) -> Iterator[Fault]:
        unit = self.units.get(post.unit_id)
        if unit is None:
            yield _unknown_unit(subject, post.unit_id, f"{pointer}/unit_id")
        elif _outlives(post.valid_to, unit.valid_to):
            yield Fault(
                subject, f"{pointer}/valid_to",
                f"“{unit.name}”已于 {unit.valid_to} 终止，岗位止期应不晚于该日。",
                f"{unit.name} ends on {unit.valid_to}; a post in it cannot last longer.",
            )
        if post.valid_to is not None and post.valid_to < post.valid_from:
            yield _period(subject, post.valid_from, post.valid_to, f"{pointer}/valid_to")
        if post.full_time is not None and post.role is not Role.INFORMATION_OFFICER:
            yield Fault(
                subject, f"{pointer}/full_time", "专职、兼职只用于信息员。",
                "Full or part time is said of information officers only.",
            )


def _name_since(held: RecordUnit, unit: RecordUnit, today: date) -> date:
    if (held.name, held.unit_class) == (unit.name, unit.unit_class):
        return unit.valid_from if held.name_since == held.valid_from else held.name_since or unit.valid_from
    return unit.valid_from if unit.valid_from != held.valid_from else max(today, unit.valid_from)


def _outlives(end: date | None, limit: date | None) -> bool:
    return limit is not None and (end is None or end > limit)


def _ended(post: Post, end: date | None) -> list[Post]:
    """The post cut off at the end of its unit; nothing is left of one that had not begun by then."""
    if not _outlives(post.valid_to, end):
        return [post]
    return [post.model_copy(update={"valid_to": end})] if end is not None and post.valid_from <= end else []


def _period(subject: UUID, valid_from: date, valid_to: date, pointer: str) -> Fault:
    return Fault(
        subject, pointer, f"有效期止（{valid_to}）不能早于有效期起（{valid_from}）。",
        f"The period ends ({valid_to}) before it begins ({valid_from}).",
    )


def _unknown_unit(subject: UUID, unit_id: UUID, pointer: str) -> Fault:
    return Fault(
        subject, pointer, f"没有编号为 {unit_id} 的单位，请先登记单位。",
        f"There is no unit {unit_id}; record the unit first.",
    )
