"""What each broker login may do, against the contracts: its own event types, its own queues, nobody else's."""

from __future__ import annotations

import json
import re
import shlex
from typing import Any

import pytest

from contracts.services import CALLS, RPC
from contracts.topology import CONSUMES, PUBLISHES, event_types
from deploy.layout import KEY_NAMES, PROCESSES
from deploy.logins import (
    EXCHANGES_FILE,
    OWNERS,
    TOPOLOGY,
    Login,
    commands,
    compose_text,
    definitions,
    exchanges,
    login_of,
    logins,
    permissions,
    topology_login,
)
from kernel.bus.topology import CALLS_EXCHANGE, EVENTS_EXCHANGE, UNCONSUMED_QUEUE, queue_name
from tests.contract.test_compose import COMPOSE

QUEUES = (*map(queue_name, CONSUMES), UNCONSUMED_QUEUE)
CALL_QUEUES = tuple(f"rpc-{service}" for service in RPC)
REPLIES = tuple(f"rpc.reply-chengbao_{owner}-0189" for owner in OWNERS)
EXCHANGES = (EVENTS_EXCHANGE, CALLS_EXCHANGE, "amq.default", "amq.topic", "chengbao.topology.v1")
NAMES = (*QUEUES, *CALL_QUEUES, *REPLIES, *EXCHANGES, "anything", "chengbao.intake.more", "my-chengbao.intake")

each_owner = pytest.mark.parametrize("owner", KEY_NAMES)


def matched(expression: str, names: Any) -> set[str]:
    """As RabbitMQ does it: a search, not a full match."""
    return {name for name in names if re.search(expression, name)}


def own_queues(owner: str) -> set[str]:
    calls = {f"rpc-{owner}"} if owner in RPC else set()
    return calls | ({f"rpc.reply-chengbao_{owner}-0189"} if owner in CALLS else set())


@each_owner
def test_access6_a_login_publishes_exactly_its_own_event_types(owner: str) -> None:
    topics = login_of(owner).topics[EVENTS_EXCHANGE]
    tried = (*event_types(), "report.accepted.more", "xreport.accepted", "reportxaccepted", "#", "*.*")
    assert matched(topics.write, tried) == {event.TYPE for event in PUBLISHES[owner]}
    assert matched(topics.read, tried) == set()


@each_owner
def test_access6_a_login_makes_and_deletes_only_queues_of_its_calls_and_replies(owner: str) -> None:
    assert matched(login_of(owner).configure, NAMES) == own_queues(owner)


@each_owner
def test_access6_a_login_reads_only_its_own_queues(owner: str) -> None:
    marker = "chengbao.topology.v1"  # nobody publishes to it; RabbitMQ 4.3 tells nobody else that it is there
    assert matched(login_of(owner).read, NAMES) == own_queues(owner) | {queue_name(owner), CALLS_EXCHANGE, marker}


@each_owner
def test_access6_a_login_publishes_only_through_the_two_exchanges(owner: str) -> None:
    looked_at = {f"rpc-{called}" for called in CALLS.get(owner, ())}  # else RabbitMQ 4.3 does not say who listens
    assert matched(login_of(owner).write, NAMES) == own_queues(owner) | looked_at | {EVENTS_EXCHANGE, CALLS_EXCHANGE}


@each_owner
def test_access6_a_login_calls_and_answers_as_the_contracts_say(owner: str) -> None:
    calls = {f"{service}.{method}" for service, methods in RPC.items() for method in methods}
    replies = {f"reply.chengbao_{name}.0189" for name in OWNERS}
    write = login_of(owner).topics[CALLS_EXCHANGE].write
    assert matched(write, calls) == {call for call in calls if call.partition(".")[0] in CALLS.get(owner, ())}
    assert matched(write, replies) == {f"reply.chengbao_{caller}.0189" for caller in CALLS if owner in CALLS[caller]}


@each_owner
def test_access6_a_login_binds_its_queues_to_its_own_calls_and_replies(owner: str) -> None:
    keys = {f"{service}.*" for service in OWNERS} | {f"reply.chengbao_{name}.0189" for name in OWNERS}
    read = login_of(owner).topics[CALLS_EXCHANGE].read
    bound = matched(read, keys | {"#", "*.*", "reply.#", "reply.chengbao_gateway.*", "reply.chengbao_gateway.#"})
    assert bound == {f"{owner}.*" for _ in [owner] if owner in RPC} | {
        f"reply.chengbao_{owner}.0189" for _ in [owner] if owner in CALLS
    }


def test_access6_only_the_topology_login_makes_queues_of_events() -> None:
    makers = {login.name for login in logins() for queue in QUEUES if re.search(login.configure, queue)}
    assert makers == {"chengbao_topology"}
    assert matched(topology_login().read, (*QUEUES, *CALL_QUEUES, *REPLIES)) == set()
    assert matched(topology_login().write, (*CALL_QUEUES, *REPLIES, *EXCHANGES)) == set()


@pytest.mark.parametrize("login", logins(), ids=lambda login: login.name)
def test_expressions_pass_through_shells_and_json_unchanged(login: Login) -> None:
    assert "\\" not in repr(login)


def test_every_process_has_a_login_and_topology_one_of_its_own() -> None:
    assert set(OWNERS) == {process.database for process in PROCESSES} | {TOPOLOGY}
    assert {login.name for login in logins()} == {f"chengbao_{owner}" for owner in OWNERS}


def test_the_containers_broker_has_exactly_these_logins() -> None:
    committed = COMPOSE["configs"]["broker-logins"]["content"]
    assert committed == compose_text() + "\n", "run: python -m deploy.logins"


@pytest.mark.parametrize("container", [*(process.name for process in PROCESSES), "preparation"])
def test_a_container_has_the_login_of_its_owner(container: str) -> None:
    owners = {process.name: process.database for process in PROCESSES}
    owner = owners.get(container, TOPOLOGY)
    address = COMPOSE["services"][container]["environment"]["CHENGBAO_BROKER_URL"]
    assert address == f"amqp://chengbao_{owner}:${{{owner.upper()}_BROKER_PASSWORD}}@rabbitmq:5672/%2F"


def test_no_definition_limits_an_exchange_that_is_not_there() -> None:
    document = definitions(dict.fromkeys(OWNERS, "x"))
    made = {entry["name"] for entry in document["exchanges"]}
    assert made == {entry["exchange"] for entry in document["topic_permissions"]}  # RabbitMQ 4.3 would not start


def test_the_lines_for_rabbitmqctl_make_the_exchanges_before_they_limit_them() -> None:
    lines = [shlex.split(line) for line in commands("city")]
    echo, text, *into = lines[0]
    assert (echo, json.loads(text), into) == ("echo", {"exchanges": exchanges("city")}, [">", EXCHANGES_FILE])
    assert lines[1] == ["rabbitmqctl", "import_definitions", EXCHANGES_FILE]


def test_the_lines_for_rabbitmqctl_say_the_same_as_the_definitions() -> None:
    lines = [shlex.split(line) for line in commands("city")]
    document = json.loads(json.dumps(permissions("city")))
    assert [line[2] for line in lines if line[1] == "add_user"] == [f"chengbao_{owner}" for owner in OWNERS]
    assert [line[2:] for line in lines if line[1] == "set_permissions"] == [
        ["-p", entry["vhost"], entry["user"], entry["configure"], entry["write"], entry["read"]]
        for entry in document["permissions"]
    ]
    assert [line[2:] for line in lines if line[1] == "set_topic_permissions"] == [
        ["-p", entry["vhost"], entry["user"], entry["exchange"], entry["write"], entry["read"]]
        for entry in document["topic_permissions"]
    ]
