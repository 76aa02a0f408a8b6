"""Ports are chosen before anybody listens on them: seven for a city, and two that are equal keep it from starting."""

from __future__ import annotations

from deploy.processes import free_port


def test_no_port_is_given_twice_though_nobody_listens_yet() -> None:
    ports = [free_port() for _ in range(400)]
    assert len(set(ports)) == len(ports)
