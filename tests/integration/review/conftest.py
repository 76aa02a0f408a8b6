"""The city's desk on a fresh database for each test."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from kernel.audit.evidence import Evidence
from kernel.testing import ServiceHarness, SettableClock, keyring_for
from services.review.service import ReviewService
from tests.factories.review import NOW, ReviewOffice
from tests.support.servers import NewDatabase


@pytest.fixture
def new_office(new_database: NewDatabase) -> Iterator[Callable[[], ReviewOffice]]:
    """`new_office()`: another desk with a database of its own, units known."""
    offices: list[ReviewOffice] = []

    def create() -> ReviewOffice:
        harness = ServiceHarness(
            ReviewService,
            new_database("review"),
            SettableClock(NOW),
            evidence=Evidence(keyring_for("review")),
        )
        offices.append(ReviewOffice(harness))
        offices[-1].know_units()
        return offices[-1]

    yield create
    for office in offices:
        office.harness.close()


@pytest.fixture
def office(new_office: Callable[[], ReviewOffice]) -> ReviewOffice:
    """A desk at work."""
    return new_office()
