"""Fills a fresh city with a month of work, through the public API, on the city's own clock."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from random import Random

from clients.problems import ChengbaoError
from deploy.city import City
from deploy.demo.cast import demo_cast
from deploy.demo.desk import Office
from deploy.demo.drafts import Desk
from deploy.demo.in_hand import InHand
from deploy.demo.month import Agenda, days, moment, month_before
from deploy.demo.occasions import Occasions
from deploy.demo.people import DemoFailed, People
from deploy.demo.reports import Units
from deploy.demo.unit_system import HOSTS, plan_webhooks
from deploy.seeding import Seeds, seed
from kernel.clock import ShiftedClock, china_day

AFTER = timedelta(days=2, hours=9.5)
"""The demo stops on the third day of the next month at half past nine: some things are open, the bulletin is out."""

Tell = Callable[[str], None]


def begin_clock(clock: ShiftedClock, today: date) -> date:
    """Set a fresh city's clock to the morning of the month before; returns that month's first day."""
    first, _ = month_before(today)
    clock.set_to(moment(first, 7.0))
    return first


def end_of(first: date) -> datetime:
    """When the demo stops that began on this first day of a month."""
    return moment((first + timedelta(days=31)).replace(day=1), 0) + AFTER


def fill(city: City, clock: ShiftedClock, first: date, end: datetime, number: int, tell: Tell) -> Seeds:
    """Make the people, then live from `first` to `end`; the month's bulletin is issued the day after its last.

    Raises `DemoFailed`, `SeedingFailed`.
    """
    tell("名录、账户、接口 units, people, accounts")
    cast = demo_cast(number)
    people = People(city, seed(city, cast))
    agenda = Agenda(end)
    chance = Random(f"month {number}")  # noqa: S311  # a story, not a secret
    units = Units(people, cast, agenda, chance)
    office = Office(people, units, agenda, chance)
    for day in days(first, end.date() + timedelta(days=1)):
        units.plan_day(day)
        office.plan_day(day)
    agenda.plan(end_of(first) - timedelta(hours=30), office.decide_on_late_ones)
    units.plan_last_morning()
    Desk(people).plan(agenda)
    Occasions(people, units, agenda).plan()
    InHand(people, units, agenda).plan()
    if hosts := city.settings.get(HOSTS):
        plan_webhooks(people, agenda, hosts)
    agenda.plan(end_of(first) - timedelta(hours=24), lambda _at: office.issue_bulletin(f"{first:%Y-%m}"))
    try:
        _live(agenda, clock, units, tell)
    except ChengbaoError as error:
        raise DemoFailed(f"{clock.now():%Y-%m-%d %H:%M} UTC: {error}") from error
    finally:
        people.close()
    clock.set_to(agenda.end)
    return people.seeds


def _live(agenda: Agenda, clock: ShiftedClock, units: Units, tell: Tell) -> None:
    today = None
    for at, deed in agenda:
        if china_day(at) != today:
            today = china_day(at)
            tell(f"{today:%m月%d日}，已报送 {units.count} 篇 reports so far")
        if at > clock.now():
            clock.set_to(at)  # never back: acts that took longer than planned push the next ones
        deed(at)
