"""F3: the answer to COMMIT is lost. F4: the gateway dies after its commit, before its response."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import psycopg
import pytest
from sqlalchemy import text

from contracts.vocabulary import Role
from deploy.city import City, running
from deploy.demo_people import DEMO
from deploy.processes import wait_until
from deploy.seeding import Seeds
from kernel.errors import Refusal
from kernel.ids import new_id
from kernel.testing import ServiceHarness
from tests.factories.gateway_office import Office, report
from tests.faults.kills import WELL_SECONDS, is_well, kill
from tests.support import toy
from tests.support.city import copy_city
from tests.support.proxy import LossyLink
from tests.support.toy_city import event_body

NewDatabase = Callable[[str], str]


@pytest.fixture
def link(new_database: NewDatabase) -> Iterator[LossyLink]:
    """A link to an empty database."""
    with LossyLink(new_database("toy")) as made:
        yield made


@pytest.fixture
def harness(link: LossyLink) -> Iterator[ServiceHarness]:
    """The toy service whose database lies behind the link."""
    with closing(ServiceHarness(toy.ToyService, link.url, metadata=toy.metadata, retry_pauses="0.1,0.1")) as made:
        yield made


def _count(harness: ServiceHarness, statement: str) -> int:
    with harness.database.reading() as session:
        return int(session.scalar(text(statement)) or 0)


def test_F3_a_report_whose_commit_was_not_answered_is_received_once(migrated_database: NewDatabase) -> None:
    with LossyLink(migrated_database("gateway")) as link, closing(Office(link.url)) as office:
        signer = office.add_person("李强", Role.RESPONSIBLE_LEADER)
        client = office.api_client()
        body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
        link.lose_answers()
        unanswered = client.post("/v1/reports", body, Idempotency_Key="k")
        with office.parts.database.reading() as session:
            committed = session.execute(text("SELECT number, received_at FROM receipts")).one()
        office.clock.advance(timedelta(minutes=1))
        repeated = client.post("/v1/reports", body, Idempotency_Key="k")
        with office.parts.database.reading() as session:
            kept = session.execute(
                text("SELECT (SELECT count(*) FROM receipts), (SELECT count(*) FROM outbox WHERE type = :type)"),
                {"type": "report.accepted"},
            ).one()

    assert unanswered.status_code in (503, 504)
    assert (repeated.status_code, repeated.json["number"]) == (202, committed.number)
    assert repeated.json["received_at"].startswith(committed.received_at.strftime("%Y-%m-%dT%H:%M:%S"))
    assert tuple(kept) == (1, 1)


def test_F3_an_event_whose_commit_was_not_answered_takes_effect_once(
    harness: ServiceHarness, link: LossyLink
) -> None:
    body = event_body(toy.ThingCounted(what="once"), new_id(), 1)
    link.lose_answers()
    harness.deliver_body(body)
    assert link.lost.is_set()
    harness.deliver_body(body, deliveries_before=1)  # as the bus does, that was never acknowledged
    harness.retry()

    assert _count(harness, "SELECT count(*) FROM effects") == 1
    assert harness.held() == []


def test_F3_a_command_whose_commit_was_not_answered_is_done_once(harness: ServiceHarness, link: LossyLink) -> None:
    command_id = new_id()
    link.lose_answers()
    with pytest.raises(Refusal) as unanswered:
        harness.call("record_thing", toy.RecordThing(name="once"), toy.CLERK, command_id=command_id)
    thing = harness.call("record_thing", toy.RecordThing(name="once"), toy.CLERK, command_id=command_id)

    assert unanswered.value.problem == "outcome-unknown"
    with harness.database.reading() as session:
        assert session.scalars(text("SELECT id FROM things")).all() == [thing.thing_id]
    assert len(harness.outbox()) == 1


class LinkedCity(City):
    """A city whose gateway reaches its database over a link."""

    link: LossyLink | None = None

    def environment(self, name: str) -> dict[str, str]:
        variables = super().environment(name)
        if name == "gateway":
            self.link = self.link or LossyLink(variables["CHENGBAO_DATABASE_URL"])
            variables["CHENGBAO_DATABASE_URL"] = self.link.url
        return variables


def test_F4_a_gateway_that_dies_between_commit_and_response_gives_the_same_receipt_on_repeat(
    seeded_folder: tuple[Path, Seeds], servers_folder: Path
) -> None:
    root, seeds = seeded_folder
    with running(LinkedCity(copy_city(root, servers_folder))) as city:
        assert isinstance(city, LinkedCity)
        assert city.link is not None
        key, act = str(uuid4()), _attested()
        city.link.lose_answers(after=b"INSERT INTO receipts", hold=True)
        answers: list[httpx.Response | httpx.TransportError] = []
        waiting = threading.Thread(target=lambda: answers.append(_submit(city, seeds, act, key)))
        waiting.start()
        assert city.link.lost.wait(WELL_SECONDS), "the gateway never came to its commit"
        committed = _receipts(city)
        kill(city, "gateway")
        waiting.join(WELL_SECONDS)
        assert wait_until(lambda: is_well(city, "gateway"), WELL_SECONDS)
        repeated = _submit(city, seeds, act, key)
        kept = _receipts(city)

    assert isinstance(answers[0], httpx.TransportError)
    assert isinstance(repeated, httpx.Response)
    assert (repeated.status_code, repeated.json()) == (202, committed[0])
    assert kept == committed


def _attested() -> dict[str, Any]:
    officer, leader = DEMO.person("hexi.wang"), DEMO.person("hexi.li")
    return {"content": report(), "author_id": str(officer.person_id), "signer_id": str(leader.person_id)}


def _submit(city: City, seeds: Seeds, act: dict[str, Any], key: str) -> httpx.Response | httpx.TransportError:
    headers = {"Authorization": f"Bearer {seeds.client_token}", "Idempotency-Key": key}
    try:
        return httpx.post(f"{city.base_url}/v1/reports", json=act, headers=headers, timeout=60, trust_env=False)
    except httpx.TransportError as error:
        return error


def _receipts(city: City) -> list[dict[str, Any]]:
    with psycopg.connect(city.database_url("gateway")) as connection:
        return [row[0] for row in connection.execute("SELECT document FROM receipts ORDER BY number")]
