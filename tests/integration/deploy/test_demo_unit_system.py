"""The demo's unit system: takes news, takes it at the second try, never takes it; on loopback alone."""

from __future__ import annotations

from http.client import HTTPConnection

import pytest

from deploy.demo.unit_system import HESITATES, HOSTS, LOOPBACK, REFUSES, TAKES, UnitSystem
from gateway.webhooks.targets import permitted


@pytest.mark.parametrize(
    ("path", "answers"), [(TAKES, [204, 204]), (HESITATES, [503, 204]), (REFUSES, [503, 503]), ("/other", [503, 503])]
)
def test_it_answers_by_its_path_and_the_city_may_call_it(path: str, answers: list[int]) -> None:
    system = UnitSystem(0)
    try:
        list_of_hosts = permitted(system.settings[HOSTS])
        origin = system.settings[HOSTS].partition(",")[0]
        target = list_of_hosts.target(f"{origin}{path}")
        assert list_of_hosts.address(target) == LOOPBACK
        assert [tell(target.port, path) for _ in range(2)] == answers
    finally:
        system.close()


def tell(port: int, path: str) -> int:
    connection = HTTPConnection(LOOPBACK, port, timeout=5)
    try:
        connection.request("POST", path, b"{}", {"webhook-id": "7"})
        return connection.getresponse().status
    finally:
        connection.close()
