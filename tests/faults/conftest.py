"""Fixtures of the fault tests: the toy city of the kernel, and databases for a whole module."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import count

import pytest

from deploy.postgres import EmbeddedPostgres
from kernel.migrate import upgrade
from tests.support.servers import FOLDERS, drop_databases
from tests.support.toy_city import caller, consuming, toy_city

__all__ = ["caller", "consuming", "module_database", "toy_city"]

_numbers = count(1)


@pytest.fixture(scope="module")
def module_database(postgres: EmbeddedPostgres) -> Iterator[Callable[[str], str]]:
    """Like `migrated_database`, for a fixture that serves a whole module."""
    names: list[str] = []

    def create(service: str) -> str:
        names.append(f"module_{service}_{next(_numbers)}")
        url = postgres.create_database(names[-1], owner=f"test_{service}")
        upgrade(url, FOLDERS[service])
        return url

    yield create
    drop_databases(postgres, names)
