"""A toy service with a contract of its own, for the tests of the kernel; `python -m tests.support.toy` runs it.

Its effects have no unique key on purpose: a double shows as a second row.
"""

from __future__ import annotations

import os
import signal
from typing import ClassVar
from uuid import UUID

from pydantic import Field
from sqlalchemy import Column, Integer, MetaData, Table, Text, Uuid, func, insert, select, text, update

from contracts.model import EventData, Method, Strict
from kernel.database import Work
from kernel.errors import BadMessage, Conflict, NotFound, NotYet, SlowDown
from kernel.ids import new_id
from kernel.metrics import Figure
from kernel.principal import Principal
from kernel.schedule import Every
from kernel.service import Event, Reading, Service, command, consumes, query

metadata = MetaData()
things = Table(
    "things",
    metadata,
    Column("id", Uuid, primary_key=True),
    Column("name", Text, nullable=False),
    Column("version", Integer, nullable=False),
)
effects = Table("effects", metadata, Column("event_id", Uuid, nullable=False), Column("what", Text, nullable=False))
ticks = Table("ticks", metadata, Column("number", Integer, nullable=False))


class ThingCounted(EventData):
    TYPE: ClassVar[str] = "thing.counted"
    what: str


class ThingListed(EventData):
    TYPE: ClassVar[str] = "thing.listed"
    what: str


class ThingRenamed(EventData):
    TYPE: ClassVar[str] = "thing.renamed"
    name: str


class ThingRecorded(EventData):
    TYPE: ClassVar[str] = "thing.recorded"
    name: str


class RecordThing(Strict):
    name: str = Field(min_length=1)


class Thing(Strict):
    thing_id: UUID
    name: str


class GetThing(Strict):
    thing_id: UUID


class Things(Strict):
    count: int


class CountThings(Strict):
    pass


CLERK = Principal("01900000-0000-7000-8000-000000000001", "张三", None, frozenset({"clerk"}))
STRANGER = Principal("01900000-0000-7000-8000-000000000002", "李四", None, frozenset({"stranger"}))
ROLES: frozenset[str] = frozenset({"clerk"})


def _method(request: type[Strict], reply: type[Strict], *, changes: bool) -> Method:
    return Method(request, reply, ROLES, command=changes)  # type: ignore[arg-type]  # roles of the toy alone


def _tick(work: Work) -> None:
    work.session.execute(insert(ticks).values(number=1))


def _raise_state(work: Work, name: str) -> None:
    """Let the database fail with the state the name says; "once" only at the first try."""
    _, state, *once = name.split()
    if once and work.session.execute(text("SELECT nextval('tries')")).scalar_one() > 1:
        return
    work.session.execute(text(f"DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '{state}', MESSAGE = 'secret'; END $$"))


def _fail(work: Work) -> None:
    raise RuntimeError("this job always fails")


class ToyService(Service):
    name = "toy"
    methods: ClassVar[dict[str, Method]] = {
        "record_thing": _method(RecordThing, Thing, changes=True),
        "get_thing": _method(GetThing, Thing, changes=False),
        "count_things": _method(CountThings, Things, changes=False),
    }
    publishes: ClassVar[tuple[type[EventData], ...]] = (ThingRecorded,)
    consumes_types = ("thing.counted", "thing.listed", "thing.renamed")
    schedule = (Every(0.2, "tick", _tick), Every(60.0, "fail", _fail))
    figures = (
        Figure(
            "chengbao_toy_things",
            "Things recorded.",
            (),
            lambda session, now: [((), float(session.scalar(select(func.count()).select_from(things)) or 0))],
        ),
    )

    @command
    def record_thing(self, work: Work, request: RecordThing) -> Thing:
        thing = Thing(thing_id=new_id(), name=request.name)
        work.session.execute(insert(things).values(id=thing.thing_id, name=thing.name, version=1))
        work.emit(ThingRecorded(name=thing.name), subject=thing.thing_id, version=1)
        if request.name == "refused":
            raise Conflict("不可登记。", "Not this one.", extra={"why": "because"})
        if request.name.startswith("SQLSTATE "):
            _raise_state(work, request.name)
        if request.name == "defect":
            raise RuntimeError("a defect with a secret in it")
        return thing

    @query
    def get_thing(self, reading: Reading, request: GetThing) -> Thing:
        row = reading.session.execute(select(things).where(things.c.id == request.thing_id)).first()
        if row is None:
            raise NotFound("没有这件东西。", "No such thing.")
        return Thing(thing_id=row.id, name=row.name)

    @query
    def count_things(self, reading: Reading, request: CountThings) -> Things:
        return Things(count=reading.session.scalar(select(func.count()).select_from(things)) or 0)

    @consumes(ThingCounted)
    def count_thing(self, work: Work, event: Event[ThingCounted]) -> None:
        what = event.data.what
        work.session.execute(insert(effects).values(event_id=event.id, what=what))
        if what == "bad":
            raise BadMessage("it says bad")
        if what.startswith("fails"):
            raise RuntimeError("the handler failed")
        if what == "slow":
            raise SlowDown("it is overloaded")
        if what == "kills":
            os.kill(os.getpid(), signal.SIGKILL)

    @consumes(ThingListed, batch=True)
    def list_things(self, work: Work, events: list[Event[ThingListed]]) -> None:
        work.session.execute(insert(effects), [{"event_id": event.id, "what": event.data.what} for event in events])

    @consumes(ThingRenamed)
    def rename_thing(self, work: Work, event: Event[ThingRenamed]) -> None:
        subject = UUID(event.subject)
        version = work.session.scalar(select(things.c.version).where(things.c.id == subject).with_for_update()) or 0
        if event.version > version + 1:
            raise NotYet(f"version {version + 1} is still to come")
        if version == 0:
            work.session.execute(insert(things).values(id=subject, name=event.data.name, version=1))
        elif event.version == version + 1:
            changed = update(things).where(things.c.id == subject)
            work.session.execute(changed.values(name=event.data.name, version=event.version))


PUBLISHES = {"toy": (ThingRecorded,), "elsewhere": (ThingCounted, ThingListed, ThingRenamed)}
CONSUMES = {"toy": ToyService.consumes_types}
VERSION = 1
