"""One gateway per test, on a database of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.factories.gateway_office import Office


@pytest.fixture
def office(new_database: Callable[[str], str]) -> Iterator[Office]:
    """A gateway with one district."""
    made = Office(new_database("gateway"))
    yield made
    made.close()
