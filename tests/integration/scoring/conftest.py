"""A scoring office on a fresh database, with three units."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from tests.factories.scoring_office import ScoringOffice


@pytest.fixture
def office(migrated_database: Callable[[str], str]) -> Iterator[ScoringOffice]:
    opened = ScoringOffice(migrated_database("scoring"))
    yield opened
    opened.close()
