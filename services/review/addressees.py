"""Whom the city addresses: units by name, or by class as they stand on the day."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import or_, select

from contracts.rpc.commissions import MOST_UNITS, Addressees
from contracts.vocabulary import UnitClass
from kernel.clock import china_day
from kernel.database import Work
from kernel.errors import Invalid
from services.review.model.units import Unit


def addressed_units(work: Work, asked: Addressees) -> list[Unit]:
    """Each unit once, by name. Raises `Invalid`: one that is unknown or dissolved, none at all, too many."""
    found = {unit.unit_id: unit for unit in _of_classes(work, asked)}
    for place, unit_id in enumerate(asked.unit_ids):
        found[unit_id] = _living(work, unit_id, place)
    if not found:
        raise Invalid(
            "没有选定任何单位（所选类别中也没有现存单位）。",
            "No unit is addressed: name units, or a class that has some.",
            pointer="/unit_ids",
        )
    if len(found) > MOST_UNITS:
        raise Invalid(
            f"共 {len(found)} 个单位，一次最多 {MOST_UNITS} 个，请分次下达。",
            f"{len(found)} units are addressed; {MOST_UNITS} is the most for one act.", pointer="/unit_classes",
        )
    return sorted(found.values(), key=lambda unit: (unit.name, unit.unit_id))


def _of_classes(work: Work, asked: Addressees) -> list[Unit]:
    if not asked.unit_classes:
        return []
    living = or_(Unit.valid_to.is_(None), Unit.valid_to >= china_day(work.now))
    city = select(Unit.unit_id).where(Unit.unit_class == UnitClass.CITY_OFFICE)
    # A subunit has its unit's class; the city asks the unit.
    direct = or_(Unit.parent_id.is_(None), Unit.parent_id.in_(city))
    statement = select(Unit).where(Unit.unit_class.in_(asked.unit_classes), living, direct)
    return list(work.session.scalars(statement.limit(10 * MOST_UNITS)))


def _living(work: Work, unit_id: UUID, place: int) -> Unit:
    unit = work.session.get(Unit, unit_id)
    if unit is None:
        raise Invalid("没有这个单位。", "There is no such unit.", pointer=f"/unit_ids/{place}")
    if not unit.can_be_assigned(china_day(work.now)):
        raise Invalid(
            f"{unit.name}已撤销，请去掉后再下达。", f"{unit.name} has been dissolved; leave it out.",
            pointer=f"/unit_ids/{place}",
        )
    return unit
