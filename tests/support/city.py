"""Fixtures: a whole running city with demo people; seeded once a test session, copied for each test module."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import httpx
import pytest

from clients.client import trusted
from deploy.city import City, running
from deploy.seeding import Seeds, SignedIn, seed

_numbers = count(1)


class Visitors:
    """Signs demo people in: `visitors.person("editor")`, `visitors.client()` for the API client of 河西区."""

    def __init__(self, city: City, seeds: Seeds) -> None:
        self.city = city
        self.seeds = seeds

    def person(self, login: str) -> SignedIn:
        """A session of this person; a refusal raises `deploy.seeding.Refused`."""
        return SignedIn(self.city.base_url, login, self.seeds.password(login))

    def client(self) -> httpx.Client:
        """The API client of 河西区, which may attest sign-offs."""
        headers = {"Authorization": f"Bearer {self.seeds.client_token}"}
        return httpx.Client(base_url=self.city.base_url, headers=headers, timeout=20, trust_env=False, verify=trusted())


@pytest.fixture(scope="session")
def seeded_folder(servers_folder: Path) -> tuple[Path, Seeds]:
    """The data of a stopped city with demo people, and their passwords."""
    root = servers_folder / "seeded"
    with running(City(root)) as city:
        return root, seed(city)


@pytest.fixture
def city_folder(seeded_folder: tuple[Path, Seeds], servers_folder: Path) -> Path:
    """A copy of it, for a test that starts a city of its own."""
    return copy_city(seeded_folder[0], servers_folder)


@pytest.fixture(scope="module")
def city(seeded_folder: tuple[Path, Seeds], servers_folder: Path) -> Iterator[City]:
    """A running embedded city with demo people, for the tests of one module."""
    with running(City(copy_city(seeded_folder[0], servers_folder))) as running_city:
        yield running_city


@pytest.fixture(scope="module")
def visitors(city: City, seeded_folder: tuple[Path, Seeds]) -> Visitors:
    """Who signs in at the module's city."""
    return Visitors(city, seeded_folder[1])


@contextmanager
def seeded_city(root: Path, mode: str, settings: Mapping[str, str] | None = None) -> Iterator[tuple[City, Seeds]]:
    """A city seeded on the spot: RabbitMQ's data names its own folder, so that a city in full mode cannot be copied."""
    with running(City(root, mode, settings=settings)) as city:
        yield city, seed(city)


@pytest.fixture(scope="module")
def full_city(servers_folder: Path) -> Iterator[tuple[City, Seeds]]:
    """A running city in full mode with demo people, for the tests of one module."""
    with seeded_city(servers_folder / f"full{next(_numbers)}", "full") as seeded:
        yield seeded


def copy_city(root: Path, into: Path) -> Path:
    """A copy of a stopped embedded city's data; owners are kept, because the database's folder is not ours."""
    copy = into / f"city{next(_numbers)}"
    subprocess.run(["cp", "-a", root, copy], check=True)
    return copy
