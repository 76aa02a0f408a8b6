"""Many at once: one receipt for one draft and one key, and the watermark behind all that is under way."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import timedelta
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from contracts.events.gateway import WatermarkAdvanced
from contracts.receipts import Receipt
from contracts.vocabulary import Role
from gateway.receipts.statements import take_locks
from gateway.receipts.watermark import advance_watermark
from tests.factories.gateway_office import Office, Signed, report

MANY = 50


def _at_once(count: int, send: Callable[[int], Any]) -> list[Any]:
    """All start together; the test client is made anew for each thread."""
    gate = threading.Barrier(min(count, 25))

    def run(number: int) -> Any:
        if number < gate.parties:
            gate.wait(10)
        return send(number)

    with ThreadPoolExecutor(25) as pool:
        return list(pool.map(run, range(count)))


def _separate(office: Office, who: Signed) -> Signed:
    """The same person from another browser tab: cookies and headers alike."""
    client = office.app.test_client()
    for cookie in who.client._cookies.values():
        client.set_cookie(cookie.key, cookie.value)
    return Signed(client, who.headers, who.id)


def test_R09_of_50_parallel_signs_of_one_draft_one_wins(office: Office) -> None:
    leader, content = office.leader(), report()
    body = {"content": content, "offer_token": office.offer(content)}
    tabs = [_separate(office, leader) for _ in range(MANY)]
    answers = _at_once(MANY, lambda n: tabs[n].post("/v1/reports", body, Idempotency_Key=f"k{n}"))
    assert Counter(answer.status_code for answer in answers) == {202: 1, 409: MANY - 1}
    refused = {answer.json["type"] for answer in answers if answer.status_code == 409}
    assert refused == {"/problems/already-signed"}


def test_R09_a_text_changed_a_second_ago_is_not_signed_any_more(office: Office) -> None:
    leader, draft_id = office.leader(), uuid4()
    office.void_offer(draft_id, 4)
    office.void_offer(draft_id, 2)  # an earlier one that comes later changes nothing
    office.void_offer(draft_id, 4)
    for version, status, problem in ((2, 412, "stale-version"), (4, 412, "stale-version"), (5, 202, None)):
        answer = office.signed_report(leader, draft_id=str(draft_id), version=version)
        assert (answer.status_code, answer.json.get("type")) == (status, problem and f"/problems/{problem}")


def test_R09_a_signature_given_before_the_change_was_heard_of_stands(office: Office) -> None:
    leader, content, draft_id = office.leader(), report(), uuid4()
    body = {"content": content, "offer_token": office.offer(content, draft_id=str(draft_id))}
    first = leader.post("/v1/reports", body, Idempotency_Key="k")
    office.void_offer(draft_id, 2)
    again = leader.post("/v1/reports", body, Idempotency_Key="k")
    assert (first.status_code, again.status_code, again.data) == (202, 202, first.data)


def test_R24_of_50_parallel_repeats_of_one_key_all_get_the_same_bytes(office: Office) -> None:
    leader, content = office.leader(), report()
    body = {"content": content, "offer_token": office.offer(content)}
    tabs = [_separate(office, leader) for _ in range(MANY)]
    answers = _at_once(MANY, lambda n: tabs[n].post("/v1/reports", body, Idempotency_Key="k"))
    assert {(answer.status_code, answer.data) for answer in answers} == {(202, answers[0].data)}


def test_R24_a_repeat_while_the_first_still_runs_waits_5_s_then_409(office: Office) -> None:
    client, signer = office.api_client(), office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
    with _under_way(office, f"client:{client.id} POST /v1/reports", "k"):
        answer = client.post("/v1/reports", body, Idempotency_Key="k")
    assert (answer.status_code, answer.json["type"]) == (409, "/problems/still-running")
    assert client.post("/v1/reports", body, Idempotency_Key="k").status_code == 202


@contextmanager
def _under_way(office: Office, scope: str, key: str) -> Iterator[None]:
    """An act of acceptance between reading its time and its commit."""
    with psycopg.connect(office.parts.database.url) as connection:
        connection.execute(take_locks(scope, key))
        yield


def test_R01_a_report_waits_when_every_lane_of_the_evidence_is_taken(office: Office) -> None:
    leader = office.leader()
    with ThreadPoolExecutor(1) as pool:
        with office.parts.database.engine.connect() as holder, holder.begin():
            holder.exec_driver_sql("SELECT FROM evidence_lanes FOR UPDATE")
            waiting = pool.submit(office.signed_report, leader)
            with pytest.raises(TimeoutError):
                waiting.result(0.5)
        assert waiting.result(10).status_code == HTTPStatus.ACCEPTED


def test_R01_a_restart_of_the_database_costs_the_next_report_nothing(office: Office) -> None:
    client, signer = office.api_client(), office.add_person("李强", Role.RESPONSIBLE_LEADER)
    body = {"content": report(), "author_name": "王芳", "signer_id": str(signer)}
    with psycopg.connect(office.parts.database.url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid() AND usename = current_user"
        )
    answers = [client.post("/v1/reports", body, Idempotency_Key=f"k{n}").status_code for n in range(3)]
    assert answers == [HTTPStatus.ACCEPTED] * 3


def _advance(office: Office) -> Any:
    with office.work() as work:
        return advance_watermark(work)


def _hand_on(office: Office) -> None:
    with office.parts.database.engine.begin() as connection:
        connection.execute(text("UPDATE outbox SET sent = true"))


def _announced(office: Office) -> list[WatermarkAdvanced]:
    with office.parts.database.reading() as session:
        rows = session.execute(text("SELECT envelope FROM outbox WHERE type = 'watermark.advanced' ORDER BY id"))
        return [WatermarkAdvanced.model_validate(row.envelope["data"]) for row in rows]


def test_R04_watermark_stays_behind_a_receipt_the_bus_has_not_confirmed(office: Office) -> None:
    receipt = Receipt.model_validate_json(office.signed_report(office.leader()).data)
    office.clock.advance(timedelta(seconds=10))
    assert _advance(office) < receipt.received_at
    assert _announced(office)[-1].accepted_total == 0
    _hand_on(office)
    assert _advance(office) == office.clock.now()
    assert _announced(office)[-1].accepted_total == 1


def test_R04_watermark_stays_while_an_acceptance_is_under_way(office: Office) -> None:
    with _under_way(office, "client:x", "k"):
        office.clock.advance(timedelta(seconds=10))
        assert _advance(office) is None
    assert _advance(office) == office.clock.now()


def test_R04_a_courier_frozen_while_it_advances_the_watermark_holds_up_no_report(office: Office) -> None:
    leader, answers = office.leader(), []

    def freeze() -> None:
        with office.work() as work:
            advance_watermark(work)
            answers.append(office.signed_report(leader).status_code)

    with pytest.raises(DBAPIError, match="idle-in-transaction"):
        freeze()
    assert answers == [HTTPStatus.ACCEPTED]


def test_R04_no_receipt_gets_a_time_the_watermark_has_passed(office: Office) -> None:
    leader = office.leader()
    up_to = _advance(office)
    office.clock.advance(timedelta(hours=-1))
    receipt = Receipt.model_validate_json(office.signed_report(leader).data)
    assert receipt.received_at > up_to


def test_R04_watermark_counts_every_receipt_once_under_load(office: Office) -> None:
    client, signer = office.api_client(), str(office.add_person("李强", Role.RESPONSIBLE_LEADER))
    body = {"content": report(), "author_name": "王芳", "signer_id": signer}
    done = threading.Event()

    def courier() -> None:
        while not done.is_set():
            office.clock.advance(timedelta(milliseconds=1))
            _advance(office)
            _hand_on(office)

    watch = threading.Thread(target=courier)
    watch.start()
    clients = [Signed(office.app.test_client(), client.headers) for _ in range(60)]
    answers = _at_once(60, lambda n: clients[n].post("/v1/reports", body, Idempotency_Key=str(uuid4())))
    done.set()
    watch.join()
    office.clock.advance(timedelta(seconds=1))
    _hand_on(office)
    _advance(office)
    times = sorted(Receipt.model_validate_json(answer.data).received_at for answer in answers)
    announced = _announced(office)
    assert [mark.accepted_total for mark in announced] == [
        sum(time <= mark.up_to for time in times) for mark in announced
    ]
    assert announced[-1].accepted_total == 60
