"""A reading never conflicts: the API's document tells of 409 and 412 at writes alone (`gateway/api/document.py`)."""

from __future__ import annotations

import importlib
import inspect
import sys
from collections.abc import Iterable, Iterator
from functools import cache
from types import CodeType, FunctionType, ModuleType
from typing import Any, cast

import pytest

from contracts.services import RPC
from gateway.api.rooms import ROOMS
from gateway.api.routes import Route
from kernel.errors import Conflict
from kernel.service import answers, entries
from services.intake.model import units

CONFLICTS = frozenset({"Conflict", "StaleVersion", "refuse_stale"})
OURS = ("services.", "kernel.", "contracts.", __name__)


@pytest.mark.parametrize("service", sorted(RPC))
def test_no_reading_can_come_to_a_conflict(service: str) -> None:
    kind = getattr(importlib.import_module(f"services.{service}.service"), f"{service.capitalize()}Service")
    queries = sorted(entries(kind).queries)
    assert queries
    assert {name: found for name in queries if (found := conflicts_below(getattr(kind, name)))} == {}


def test_every_address_that_is_read_is_answered_by_a_reading() -> None:
    routes = [route for room in ROOMS for route in getattr(room, "ROUTES", ()) if isinstance(route, Route)]
    assert [route.rule for route in routes if route.verb == "GET" and route.contract.command] == []


def _breach() -> None:
    raise Conflict("不行。", "No.")


_DEEP = FunctionType((lambda unit: unit.check_alive()).__code__, vars(units))
"""As if a reading of intake held one of its units against a day."""


@pytest.mark.parametrize(("reading", "where"), [(lambda: [_breach() for _ in "x"], "_breach"), (_DEEP, "check_alive")])
def test_a_breach_is_found(reading: Any, where: str) -> None:
    assert [name.rpartition(".")[2] for name in conflicts_below(cast(FunctionType, answers(reading)))] == [where]


def conflicts_below(function: FunctionType) -> list[str]:
    """The functions that tell of a conflict, of all that this one may call: by name, by what it closes over, and, where
    a method is called, any method of that name in the service's model."""
    known, found, todo = {function}, [], [function]
    while todo:
        one = todo.pop()
        if CONFLICTS & _words(one):
            found.append(f"{one.__module__}.{one.__qualname__}")
        fresh = set(_called(one)) - known
        known |= fresh
        todo.extend(fresh)
    return found


def _called(function: FunctionType) -> Iterator[FunctionType]:
    words, of_models = _words(function), _methods(".".join(function.__module__.split(".")[:2]))
    for word in words:
        named = function.__globals__.get(word)
        yield from _functions([named.__init__ if isinstance(named, type) else named])
        if isinstance(named, ModuleType):
            yield from _functions(getattr(named, other, None) for other in words)
        yield from of_models.get(word, ())
    yield from _functions(cell.cell_contents for cell in function.__closure__ or ())


def _words(function: FunctionType) -> set[str]:
    """Names that it reads, its inner functions' too: globals, and attributes of whatever it has in hand."""
    return {word for code in _codes(function.__code__) for word in code.co_names}


def _codes(code: CodeType) -> Iterator[CodeType]:
    yield code
    for inner in code.co_consts:
        if isinstance(inner, CodeType):
            yield from _codes(inner)


def _functions(values: Iterable[Any]) -> Iterator[FunctionType]:
    """Those of ours among them, under their decorators."""
    for value in values:
        bare = inspect.unwrap(value) if callable(value) else getattr(value, "fget", getattr(value, "__func__", None))
        if isinstance(bare, FunctionType) and bare.__module__.startswith(OURS):
            yield bare


@cache
def _methods(service: str) -> dict[str, list[FunctionType]]:
    """The methods of a service's model, by name."""
    found: dict[str, list[FunctionType]] = {}
    for name, module in list(sys.modules.items()):
        if name.startswith(f"{service}.model."):
            for kind in vars(module).values():
                for function in _functions(vars(kind).values() if isinstance(kind, type) else ()):
                    found.setdefault(function.__name__, []).append(function)
    return found
