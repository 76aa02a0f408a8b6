"""The people of the demo city: two in every unit, the heads of two, and the city's information division."""

from __future__ import annotations

from random import Random

from contracts.vocabulary import Role, UnitClass
from deploy.demo.units import Reporter, reporters
from deploy.demo_people import PEOPLE, Cast, DemoPerson, DemoUnit

OFFICE = DemoUnit("office", "市政府办公厅信息处", UnitClass.CITY_OFFICE)
PUBLICATIONS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    ("daily", "每日要情", ("要情", "简讯")),
    ("special", "专报", ()),
    ("reference", "参阅", ("调研", "社情民意")),
)
_FAMILY = "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕"
_GIVEN = """
    建国 志强 海燕 晓东 丽华 文博 国庆 秀英 永刚 雅静 振华 玉梅 立新 春生 佳宁 学军 淑珍 明哲 红梅 子轩
    连城 慧敏 宝山 思远 金凤 长江 美玲 庆丰 若曦 天佑 桂芳 书恒 艳秋 鹏飞 素云 一鸣
"""
TITLES = {UnitClass.DISTRICT: "分管副主任", UnitClass.BUREAU: "分管办公室负责人", UnitClass.AFFILIATED: "办公室主任"}


HEADS = ("hexi", "nankai")
"""Units whose head is told when feedback stays away."""


def demo_cast(seed: int) -> Cast:
    """Everybody; the same for the same seed."""
    chance = Random(f"people {seed}")  # noqa: S311  # names, not secrets
    units, people = [OFFICE], [person for person in PEOPLE if person.unit == OFFICE.code]
    for place, entry in enumerate(reporters(), 1):
        units.append(DemoUnit(entry.code, entry.name, entry.unit_class, place, phone=f"022-2300{place:02d}00"))
        people += _pair(entry, chance)
        if entry.code in HEADS:
            people.append(_head(entry, seed))
    return Cast(tuple(units), tuple(people), PUBLICATIONS, tuple(unit.code for unit in units[1:]))


def _pair(entry: Reporter, chance: Random) -> list[DemoPerson]:
    """Who writes and who signs, two persons of different names."""
    officer, leader = (f"{family}{chance.choice(_GIVEN.split())}" for family in chance.sample(_FAMILY, 2))
    return [
        DemoPerson(f"{entry.code}.xxy", officer, entry.code, Role.INFORMATION_OFFICER, "信息员"),
        DemoPerson(f"{entry.code}.ld", leader, entry.code, Role.RESPONSIBLE_LEADER, TITLES[entry.unit_class]),
    ]


def _head(entry: Reporter, seed: int) -> DemoPerson:
    """Drawn apart, so that everybody else is called as ever."""
    chance = Random(f"head {seed} {entry.code}")  # noqa: S311  # names, not secrets
    name = f"{chance.choice(_FAMILY)}{chance.choice(_GIVEN.split())}"
    return DemoPerson(f"{entry.code}.zr", name, entry.code, Role.UNIT_HEAD, "办公室主任")
