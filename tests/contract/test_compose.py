"""docker-compose.yml describes the processes that `make full` starts."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.topology import CONSUMES
from deploy.city import City
from deploy.keys import issue_keys
from deploy.layout import GATEWAY_PORT, KEY_NAMES, METRICS_PORT, PROCESSES, Layout
from deploy.webserver import graceful_timeout
from kernel.runner import STOP_SECONDS
from tests.contract.source import ROOT

COMPOSE: dict[str, Any] = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
SERVERS = {"postgres", "rabbitmq", "preparation"}
WATCHERS = {"prometheus", "alertmanager", "grafana"}
ONLY_IN_CONTAINERS = {"CHENGBAO_METRICS_HOST"}
"""Prometheus looks in from another container."""

each_process = pytest.mark.parametrize("process", PROCESSES, ids=lambda process: process.name)


def container(process: Layout) -> dict[str, Any]:
    found: dict[str, Any] = COMPOSE["services"][process.name]
    return found


def port(process: Layout) -> int:
    return GATEWAY_PORT if process.web else METRICS_PORT


def test_there_is_one_container_for_each_process_and_server() -> None:
    assert set(COMPOSE["services"]) == {process.name for process in PROCESSES} | SERVERS | WATCHERS


@each_process
def test_a_container_runs_the_command_of_its_process(process: Layout) -> None:
    command = [part.format(host="0.0.0.0", port=port(process)) for part in process.command]
    assert container(process)["command"] == ["python", *command]


@each_process
def test_a_container_has_the_variables_of_its_process(process: Layout, tmp_path: Path) -> None:
    here = City(tmp_path, "full").environment(process.name)
    assert set(container(process)["environment"]) - ONLY_IN_CONTAINERS == set(here)


@each_process
def test_a_container_uses_the_database_and_key_of_its_process(process: Layout) -> None:
    environment = container(process)["environment"]
    name = f"chengbao_{process.database}"
    assert environment["CHENGBAO_DATABASE_URL"].startswith(f"postgresql://{name}:")
    assert environment["CHENGBAO_DATABASE_URL"].endswith(f"/{name}")
    assert environment["CHENGBAO_KEYS_DIR"] == f"/keys/{process.database}"


@each_process
def test_a_container_sees_no_private_key_but_its_own(process: Layout) -> None:
    mounts = [one for one in container(process)["volumes"] if "keys" in str(one)]
    assert mounts == [
        {
            "type": "volume", "source": "keys", "target": f"/keys/{process.database}", "read_only": True,
            "volume": {"subpath": process.database},
        }
    ]


@pytest.mark.parametrize("owner", KEY_NAMES)
def test_a_folder_of_keys_holds_one_private_key_and_all_public_ones(owner: str, tmp_path: Path) -> None:
    issue_keys(tmp_path)
    names = {path.name for path in (tmp_path / owner).iterdir()}
    assert names == {f"{owner}.pem"} | {f"{name}.pub.pem" for name in KEY_NAMES}


@each_process
def test_a_container_is_asked_for_its_health_where_the_launcher_asks(process: Layout) -> None:
    assert container(process)["healthcheck"]["test"][-1] == f"http://127.0.0.1:{port(process)}{process.health}"


@each_process
def test_only_the_gateway_is_reachable_from_outside(process: Layout) -> None:
    assert bool(container(process).get("ports")) == process.web


@each_process
def test_a_process_starts_after_databases_keys_and_queues_are_there(process: Layout) -> None:
    assert container(process)["depends_on"] == {"preparation": {"condition": "service_completed_successfully"}}


def test_preparation_knows_every_database() -> None:
    variables = set(COMPOSE["services"]["preparation"]["environment"])
    assert {f"{owner.upper()}_DATABASE_URL" for owner in KEY_NAMES} <= variables


def test_prometheus_asks_every_process() -> None:
    configuration = yaml.safe_load((ROOT / "deploy/prometheus/prometheus.yml").read_text())
    targets = [
        target
        for job in configuration["scrape_configs"]
        if job["job_name"] != "rabbitmq"
        for group in job["static_configs"]
        for target in group["targets"]
    ]
    assert sorted(targets) == sorted(f"{process.name}:{port(process)}" for process in PROCESSES)


def copied_into_the_image() -> set[str]:
    lines = [line.split() for line in (ROOT / "deploy" / "Dockerfile").read_text().splitlines()]
    return {name for line in lines if line[:1] == ["COPY"] for name in line[1:-1]}


def test_the_image_holds_every_package_of_the_product() -> None:
    packages = {"contracts", "kernel", "services", "gateway", "clients", "deploy", "fonts"}
    assert packages | {"requirements.lock", "pyproject.toml"} == copied_into_the_image()  # a backup names the version


def test_nothing_but_what_is_copied_is_shown_to_the_builder_of_the_image() -> None:
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if not line.startswith("#")]
    assert (lines[0], lines[-1]) == ("*", "**/__pycache__")
    assert set(lines[1:-1]) == {f"!{name}" for name in copied_into_the_image()}


@each_process
def test_a_container_is_given_longer_to_stop_than_its_process_takes(process: Layout) -> None:
    assert container(process)["stop_grace_period"] == "10s"
    assert max(STOP_SECONDS, graceful_timeout) < 10


def test_databases_and_broker_are_given_time_to_write_what_they_hold() -> None:
    assert {COMPOSE["services"][name]["stop_grace_period"] for name in ("postgres", "rabbitmq")} == {"1m"}


def test_the_database_is_asked_for_its_health_where_it_is_used() -> None:
    # On its socket the first start's temporary server answers too, which takes nobody from outside.
    assert COMPOSE["services"]["postgres"]["healthcheck"]["test"][2:4] == ["-h", "127.0.0.1"]


def test_the_broker_is_of_a_minor_version_as_its_data_do_not_go_back() -> None:
    assert re.fullmatch(r"rabbitmq:4\.\d+", COMPOSE["services"]["rabbitmq"]["image"])


@pytest.mark.parametrize("name", sorted(COMPOSE["services"]))
def test_no_container_keeps_logs_without_end(name: str) -> None:
    assert COMPOSE["services"][name]["logging"] == {"driver": "local"}


def test_every_consumer_is_a_container() -> None:
    assert {"courier" if name == "gateway" else name for name in CONSUMES} <= set(COMPOSE["services"])
