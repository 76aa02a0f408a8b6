"""A service's handlers are exactly those of the contract tables."""

from __future__ import annotations

from typing import ClassVar

import pytest

from contracts.model import EventData, Strict
from kernel.database import Work
from kernel.service import ContractMismatch, Event, Reading, Service, command, consumes, entries, query
from tests.support import toy


class _Happened(EventData):
    TYPE: ClassVar[str] = "thing.happened"


class _Base(Service):
    name = "base"


def test_the_toy_service_matches_its_contract() -> None:
    found = entries(toy.ToyService)

    assert found.commands == {"record_thing"}
    assert found.queries == {"get_thing", "count_things"}
    assert {name: one.batch for name, one in found.consumptions.items()} == {
        "thing.counted": False,
        "thing.listed": True,
        "thing.renamed": False,
    }


def test_missing_handlers_are_named_all_at_once() -> None:
    class Missing(_Base):
        methods = toy.ToyService.methods
        consumes_types = ("thing.happened",)

    with pytest.raises(ContractMismatch) as mismatch:
        entries(Missing)

    for name in ("command record_thing", "query get_thing", "query count_things", "event thing.happened"):
        assert f"{name} has no handler" in str(mismatch.value)


def test_surplus_handlers_are_named() -> None:
    class Surplus(_Base):
        @command
        def forget_all(self, work: Work, request: Strict) -> Strict:
            return request

        @query
        def look_at_all(self, reading: Reading, request: Strict) -> Strict:
            return request

        @consumes(_Happened)
        def note_it(self, work: Work, event: Event[_Happened]) -> None:
            """Never called."""

    with pytest.raises(ContractMismatch) as mismatch:
        entries(Surplus)

    for name in ("command forget_all", "query look_at_all", "event thing.happened"):
        assert name in str(mismatch.value)


def test_a_command_declared_as_query_is_a_mismatch() -> None:
    class Wrong(_Base):
        methods: ClassVar = {"get_thing": toy.ToyService.methods["get_thing"]}

        @command
        def get_thing(self, work: Work, request: toy.GetThing) -> Strict:
            return request

    with pytest.raises(ContractMismatch, match="query get_thing has no handler"):
        entries(Wrong)


def test_two_handlers_of_one_event_are_a_mismatch() -> None:
    class Twice(_Base):
        consumes_types = ("thing.happened",)

        @consumes(_Happened)
        def note_it(self, work: Work, event: Event[_Happened]) -> None:
            """Never called."""

        @consumes(_Happened)
        def note_it_too(self, work: Work, event: Event[_Happened]) -> None:
            """Never called."""

    with pytest.raises(ContractMismatch, match="two handlers"):
        entries(Twice)
