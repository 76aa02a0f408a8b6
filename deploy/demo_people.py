"""The people of a fresh city to try the product with: two districts, a bureau, and the city's information division."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID, uuid5

from contracts.vocabulary import Role, UnitClass

NAMESPACE = UUID("8f1d9f0a-3c52-5d53-9a61-6d2f7d0b7c11")
"""Ids are made from it, so that seeding a second time changes nothing."""
SINCE = "2008-12-01"
"""The notice's month; every post is valid from then on."""


@dataclass(frozen=True)
class DemoUnit:
    code: str
    name: str
    unit_class: UnitClass
    position: int | None = None
    """In the city's official order."""
    parent: str | None = None
    """Code of the unit it belongs to."""
    renamed: tuple[str, str] | None = None
    """What it was called before, and from which day it has its name."""

    @property
    def unit_id(self) -> UUID:
        return uuid5(NAMESPACE, f"unit {self.code}")


@dataclass(frozen=True)
class DemoPerson:
    login: str
    name: str
    unit: str
    """Code of the unit."""
    role: Role
    post: str
    full_time: bool | None = None
    deputised: tuple[str, str] | None = None
    """First and last day on which this person stood in for the unit's leader."""

    @property
    def person_id(self) -> UUID:
        return uuid5(NAMESPACE, f"person {self.login}")


UNITS: tuple[DemoUnit, ...] = (
    DemoUnit("office", "市政府办公厅信息处", UnitClass.CITY_OFFICE),
    DemoUnit("hexi", "河西区人民政府办公室", UnitClass.DISTRICT, 3),
    DemoUnit("wuqing", "武清区人民政府办公室", UnitClass.DISTRICT, 12),
    DemoUnit(
        "shangwu", "市商务委员会办公室", UnitClass.BUREAU, 40, renamed=("市商务局办公室", "2014-07-01")
    ),
    DemoUnit("hexi-yingji", "河西区应急管理局", UnitClass.DISTRICT, 1, parent="hexi"),
    DemoUnit("hexi-weijian", "河西区卫生健康委员会", UnitClass.DISTRICT, 2, parent="hexi"),
)

PEOPLE: tuple[DemoPerson, ...] = (
    DemoPerson("hexi.wang", "王敏", "hexi", Role.INFORMATION_OFFICER, "信息员", True, ("2025-07-01", "2025-07-31")),
    DemoPerson("hexi.li", "李强", "hexi", Role.RESPONSIBLE_LEADER, "分管副主任"),
    DemoPerson("wuqing.zhao", "赵倩", "wuqing", Role.INFORMATION_OFFICER, "信息员", False),
    DemoPerson("wuqing.sun", "孙伟", "wuqing", Role.RESPONSIBLE_LEADER, "分管副主任"),
    DemoPerson("shangwu.zhou", "周婷", "shangwu", Role.INFORMATION_OFFICER, "信息员", True),
    DemoPerson("shangwu.feng", "冯雪", "shangwu", Role.SECTION_HEAD, "信息科科长"),
    DemoPerson("shangwu.wu", "吴刚", "shangwu", Role.RESPONSIBLE_LEADER, "分管副主任"),
    DemoPerson("editor", "陈静", "office", Role.EDITOR, "责任编辑"),
    DemoPerson("chief", "刘洋", "office", Role.CHIEF_EDITOR, "总编辑"),
    DemoPerson("leader", "张建国", "office", Role.LEADER, "副市长"),
    DemoPerson("secretary", "何芳", "office", Role.SECRETARY, "领导秘书"),
    DemoPerson("supervisor", "马丽", "office", Role.SUPERVISOR, "督办员"),
    DemoPerson("duty", "郭涛", "office", Role.DUTY_OFFICER, "值班员"),
    DemoPerson("duty2", "沈楠", "office", Role.DUTY_OFFICER, "值班员"),
    DemoPerson("scorer", "林峰", "office", Role.SCORING_OFFICER, "计分员"),
)

PUBLICATIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("daily", "每日要情", ("要情", "简讯")),
    ("special", "专报", ()),
)
"""Code, name, columns."""



@dataclass(frozen=True)
class Cast:
    """Everybody and everything a city is seeded with; `client_units` get an API client that may attest, in
    `endorsing_units` a section head endorses a draft before it is offered for sign-off."""

    units: tuple[DemoUnit, ...]
    people: tuple[DemoPerson, ...]
    publications: tuple[tuple[str, str, tuple[str, ...]], ...]
    client_units: tuple[str, ...]
    endorsing_units: tuple[str, ...] = ()
    targets: tuple[tuple[str, str, int], ...] = ()
    """Of the year's plan: code of the unit, measure, value."""

    def unit(self, code: str) -> DemoUnit:
        """Raises `StopIteration` for a code that is not in the cast."""
        return next(entry for entry in self.units if entry.code == code)

    def leader(self, code: str) -> DemoPerson:
        """The responsible leader of a unit. Raises `StopIteration` for a unit without one."""
        return next(
            entry for entry in self.people if entry.unit == code and entry.role is Role.RESPONSIBLE_LEADER
        )

    def person(self, login: str) -> DemoPerson:
        """Raises `StopIteration` for a login that is not in the cast."""
        return next(entry for entry in self.people if entry.login == login)


TARGETS: tuple[tuple[str, str, int], ...] = (
    ("hexi", "reports", 120), ("hexi", "adopted", 30), ("hexi", "urgent_in_time", 95),
    ("wuqing", "reports", 100), ("wuqing", "adopted", 25), ("wuqing", "urgent_in_time", 95),
    ("shangwu", "reports", 60), ("shangwu", "research", 4),
)
DEMO = Cast(UNITS, PEOPLE, PUBLICATIONS, client_units=("hexi",), endorsing_units=("shangwu",), targets=TARGETS)


def unit(code: str) -> DemoUnit:
    """Raises `StopIteration` for a code that is not in `UNITS`."""
    return DEMO.unit(code)
