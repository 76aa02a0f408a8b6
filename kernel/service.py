"""What a service is: the table of its RPC methods, consumed events, timed work and figures.

A service's `service.py` is read as its table of contents: every entry is a line or two that calls a use case.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Generic, Literal, Protocol, TypeVar, overload
from uuid import UUID

from pydantic import BaseModel
from sqlalchemy.orm import Session

from kernel.clock import Clock
from kernel.database import Database, Work
from kernel.metrics import Figure
from kernel.nouns import Nouns
from kernel.principal import Keyring, Principal
from kernel.schedule import Every
from kernel.settings import Settings
from kernel.worker import Worker

Data = TypeVar("Data", bound=BaseModel)
Data_co = TypeVar("Data_co", bound=BaseModel, covariant=True)
Self = TypeVar("Self")
Request = TypeVar("Request", bound=BaseModel)
Reply = TypeVar("Reply", bound=BaseModel)

_MARK = "_chengbao_entry"


class ContractMismatch(Exception):
    """The service's handlers and the contract tables differ; the message names every difference. Fix one of them."""


@dataclass(frozen=True)
class Reading:
    """One query: a read-only transaction, who asks, and the instant of asking."""

    session: Session
    principal: Principal
    now: datetime


@dataclass(frozen=True)
class Event(Generic[Data_co]):
    """An event as a handler sees it."""

    id: UUID
    type: str
    subject: str
    version: int
    """The subject's version after the change it tells of."""
    time: datetime
    data: Data_co
    principal_token: str
    """Who acted originally; evidence without expiry (`Keyring.verify(token, None)`)."""
    correlation_id: UUID
    causation_id: UUID | None


class MethodContract(Protocol):
    """What the kernel needs to know of an RPC method."""

    @property
    def request(self) -> type[BaseModel]: ...
    @property
    def reply(self) -> type[BaseModel]: ...
    @property
    def roles(self) -> frozenset[Any]: ...
    @property
    def command(self) -> bool: ...


@dataclass(frozen=True)
class Consumption:
    """Which method handles an event type, and whether it takes a list of events."""

    method: str
    model: type[BaseModel]
    batch: bool


@dataclass(frozen=True)
class Entries:
    """The handlers a service class declares."""

    commands: frozenset[str]
    queries: frozenset[str]
    glances: frozenset[str]
    """The queries of one statement each."""
    consumptions: Mapping[str, Consumption]
    """By event type."""


def command(method: Callable[[Self, Work, Request], Reply]) -> Callable[[Self, Work, Request], Reply]:
    """An RPC method that changes state; runs in one transaction that also keeps its reply."""
    setattr(method, _MARK, "command")
    return method


def query(method: Callable[[Self, Reading, Request], Reply]) -> Callable[[Self, Reading, Request], Reply]:
    """An RPC method that only reads."""
    setattr(method, _MARK, "query")
    return method


def carries_out(use_case: Callable[[Work, Request], Reply]) -> Callable[[Any, Work, Request], Reply]:
    """A command that is one use case and nothing else."""
    return command(lambda _service, work, request: use_case(work, request))


def answers(reading_of: Callable[[Reading, Request], Reply]) -> Callable[[Any, Reading, Request], Reply]:
    """A query that is one reading and nothing else."""
    return query(lambda _service, reading, request: reading_of(reading, request))


def glances(reading_of: Callable[[Reading, Request], Reply]) -> Callable[[Any, Reading, Request], Reply]:
    """A query of one statement: that is its own snapshot, so no transaction is begun and ended around it."""
    glance = answers(reading_of)
    setattr(glance, _MARK, "glance")
    return glance


@overload
def consumes(
    model: type[Data], *, batch: Literal[False] = False
) -> Callable[[Callable[[Self, Work, Event[Data]], None]], Callable[[Self, Work, Event[Data]], None]]: ...
@overload
def consumes(
    model: type[Data], *, batch: Literal[True]
) -> Callable[[Callable[[Self, Work, list[Event[Data]]], None]], Callable[[Self, Work, list[Event[Data]]], None]]: ...
def consumes(model: type[Data], *, batch: bool = False) -> Callable[[Any], Any]:
    """A handler of one event type; with `batch` it gets all events of that type that arrived one after another.

    It runs in the transaction that records the events as handled, as `system:<service>`; a batch handler writes per
    event through `work.caused_by(event.id, event.correlation_id)`. It must tolerate doubles and any order: raise
    `NotYet` when an earlier version of the subject is still to come, `BadMessage` when the event can never be handled.
    """

    def mark(method: Any) -> Any:
        setattr(method, _MARK, (*getattr(method, _MARK, ()), (model, batch)))
        return method

    return mark


def consumes_each(*models: type[BaseModel]) -> Callable[[Any], Any]:
    """One handler for several event types that have the same effect, such as telling people; see `consumes`."""

    def mark(method: Any) -> Any:
        for model in models:
            method = consumes(model)(method)
        return method

    return mark


class Service:
    """Base of every service; see `services/*/service.py`. One object serves all greenlets and keeps no state."""

    name: ClassVar[str]
    methods: ClassVar[Mapping[str, MethodContract]] = {}
    publishes: ClassVar[Sequence[type[BaseModel]]] = ()
    consumes_types: ClassVar[Sequence[str]] = ()
    schedule: Sequence[Every] = ()
    figures: Sequence[Figure] = ()
    nouns: ClassVar[Nouns] = {}
    """What it keeps, by the field that names it: a refused call for another's is an attempt."""
    workers: Sequence[Worker] = ()
    """Work that goes on all the time beside requests and events."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings = settings
        self.database = database
        self.clock: Clock = database.clock
        self.keyring: Keyring = database.keyring
        self.entries = entries(type(self))


def entries(service: type[Service]) -> Entries:
    """The handlers of a service class. Raises `ContractMismatch` unless they are exactly those of the contracts."""
    marked = {name: getattr(getattr(service, name), _MARK, None) for name in dir(service)}
    consumptions = _consumptions(marked)
    found = Entries(
        frozenset(name for name, mark in marked.items() if mark == "command"),
        frozenset(name for name, mark in marked.items() if mark in ("query", "glance")),
        frozenset(name for name, mark in marked.items() if mark == "glance"),
        {consumption.model.TYPE: consumption for consumption in consumptions},  # type: ignore[attr-defined]
    )
    differences = _method_differences(service, found) + _event_differences(service, found)
    if len(consumptions) > len(found.consumptions):
        differences.append("an event type has two handlers")
    if differences:
        raise ContractMismatch(f"service {service.name}: " + "; ".join(differences))
    return found


def _consumptions(marked: Mapping[str, Any]) -> list[Consumption]:
    return [
        Consumption(name, model, batch)
        for name, mark in marked.items()
        if isinstance(mark, tuple)
        for model, batch in mark
    ]


def _method_differences(service: type[Service], found: Entries) -> list[str]:
    commands = {name for name, contract in service.methods.items() if contract.command}
    queries = set(service.methods) - commands
    return [
        *(f"command {name} has no handler" for name in sorted(commands - found.commands)),
        *(f"query {name} has no handler" for name in sorted(queries - found.queries)),
        *(f"command {name} is not in the contract" for name in sorted(found.commands - commands)),
        *(f"query {name} is not in the contract" for name in sorted(found.queries - queries)),
    ]


def _event_differences(service: type[Service], found: Entries) -> list[str]:
    declared, handled = set(service.consumes_types), set(found.consumptions)
    return [
        *(f"event {name} has no handler" for name in sorted(declared - handled)),
        *(f"event {name} is handled but not declared as consumed" for name in sorted(handled - declared)),
    ]
