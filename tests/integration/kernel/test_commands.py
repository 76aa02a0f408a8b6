"""What a service does with one call: checks, one effect per command id, refusals as replies."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select, text

from kernel.database import make_engine
from kernel.errors import Conflict, Forbidden, Invalid, NotFound, Refusal
from kernel.ids import new_id
from kernel.rpc.commands import answer
from kernel.rpc.messages import Answer, RpcRequest
from kernel.testing import ServiceHarness, keyring_for
from tests.support import toy


def _request(harness: ServiceHarness, **changes: Any) -> RpcRequest:
    fresh = {
        "method": "record_thing",
        "body": {"name": "笔"},
        "token": keyring_for("gateway").sign(toy.CLERK, harness.clock.now()),
        "correlation_id": new_id(),
        "command_id": new_id(),
    }
    return RpcRequest(**(fresh | changes))


def _recorded(harness: ServiceHarness) -> int:
    with harness.database.reading() as session:
        return session.scalar(select(func.count()).select_from(toy.things)) or 0


def _problem(result: Answer) -> str | None:
    return result.refusal.problem if result.refusal else None


def test_a_command_is_answered_and_its_event_written(harness: ServiceHarness) -> None:
    thing = harness.call("record_thing", toy.RecordThing(name="墨"), toy.CLERK)

    assert [(event.subject, event.data.name) for event in harness.outbox()] == [(str(thing.thing_id), "墨")]


def test_a_repeat_gives_the_stored_reply_without_a_second_effect(harness: ServiceHarness) -> None:
    command_id = new_id()

    replies = [harness.call("record_thing", toy.RecordThing(name="纸"), toy.CLERK, command_id=command_id) for _ in "ab"]

    assert replies[0] == replies[1]
    assert (_recorded(harness), len(harness.outbox())) == (1, 1)


def test_two_at_once_have_one_effect_and_one_reply(harness: ServiceHarness) -> None:
    request = _request(harness)
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(lambda _: answer(harness.service, request), range(4)))

    assert all(one == answers[0] for one in answers)
    assert _recorded(harness) == 1


@pytest.mark.parametrize("change", [{"body": {"name": "别的"}}, {"token": "other person"}])
def test_a_command_id_used_for_another_request_is_refused(harness: ServiceHarness, change: dict[str, Any]) -> None:
    first = _request(harness)
    if "token" in change:
        other = toy.CLERK.__class__(str(new_id()), "王五", None, toy.CLERK.roles)
        change = {"token": keyring_for("gateway").sign(other, harness.clock.now())}
    answer(harness.service, first)

    again = answer(harness.service, first.model_copy(update=change))

    assert _problem(again) == "idempotency-key-reused"
    assert _recorded(harness) == 1


def test_a_refusal_is_a_reply_takes_everything_back_and_is_kept(harness: ServiceHarness) -> None:
    command_id = new_id()
    for _ in range(2):
        with pytest.raises(Conflict) as refused:
            harness.call("record_thing", toy.RecordThing(name="refused"), toy.CLERK, command_id=command_id)

    assert refused.value.detail_zh == "不可登记。"
    assert refused.value.extra == {"why": "because"}
    assert (_recorded(harness), harness.outbox()) == (0, [])


def test_a_command_too_late_is_not_carried_out(harness: ServiceHarness) -> None:
    late = _request(harness, not_after=harness.clock.now() - timedelta(seconds=1))

    assert _problem(answer(harness.service, late)) == "unavailable"
    assert _recorded(harness) == 0


def test_a_defect_is_told_as_internal_with_the_correlation_id_and_nothing_else(harness: ServiceHarness) -> None:
    request = _request(harness, body={"name": "defect"})

    result = answer(harness.service, request)

    assert _problem(result) == "internal"
    assert str(request.correlation_id) in result.model_dump_json()
    assert "secret" not in result.model_dump_json()
    assert _recorded(harness) == 0


def test_an_expired_or_forged_principal_is_not_served(harness: ServiceHarness) -> None:
    expired = _request(harness)
    harness.clock.advance(timedelta(minutes=2))
    forged = _request(harness, token=keyring_for("toy").sign(toy.CLERK, harness.clock.now()))

    assert [_problem(answer(harness.service, one)) for one in (expired, forged)] == ["unauthenticated"] * 2
    assert _recorded(harness) == 0


def test_a_role_that_may_not_is_forbidden_before_the_request_is_looked_at(harness: ServiceHarness) -> None:
    token = keyring_for("gateway").sign(toy.STRANGER, harness.clock.now())

    assert _problem(answer(harness.service, _request(harness, token=token, body={"nonsense": 1}))) == "forbidden"
    with pytest.raises(Forbidden):
        harness.call("count_things", toy.CountThings(), toy.STRANGER)


def test_a_wrong_request_is_refused_with_the_pointer_of_its_field(harness: ServiceHarness) -> None:
    result = answer(harness.service, _request(harness, body={"name": ""}))

    assert result.refusal is not None
    assert (result.refusal.problem, result.refusal.pointer) == ("invalid", "/name")
    assert isinstance(result.refusal.to_refusal(), Invalid)


def test_a_command_without_id_and_an_unknown_method_are_refused(harness: ServiceHarness) -> None:
    assert _problem(answer(harness.service, _request(harness, command_id=None))) == "invalid"
    assert _problem(answer(harness.service, _request(harness, method="no_such"))) == "not-found"
    assert _problem(answer(harness.service, _request(harness, method="forget"))) == "not-found"


def test_a_query_cannot_write(harness: ServiceHarness) -> None:
    with pytest.raises(NotFound):
        harness.call("get_thing", toy.GetThing(thing_id=new_id()), toy.CLERK)
    with harness.database.reading() as session, pytest.raises(Exception, match="read-only"):
        session.execute(toy.ticks.insert().values(number=1))


def test_a_command_that_meets_a_dead_database_is_told_as_unknown_and_repeats_safely(harness: ServiceHarness) -> None:
    url, request = harness.database.engine.url, _request(harness)
    harness.database.engine.dispose()
    harness.database.engine = _nowhere()
    lost = answer(harness.service, request)
    harness.database.engine.dispose()
    harness.database.engine = _engine(url)

    assert _problem(lost) == "outcome-unknown"
    assert _problem(answer(harness.service, request)) is None
    assert _recorded(harness) == 1


@pytest.mark.parametrize(
    ("state", "problem"),
    [
        ("57014", "unavailable"), ("40P01", "unavailable"), ("40001", "unavailable"), ("23505", "conflict"),
        ("55P03", "still-running"), ("53100", "disk-full"), ("57P01", "outcome-unknown"), ("22012", "internal"),
    ],
)  # fmt: skip
def test_what_the_database_failed_with_is_told_and_nothing_is_done(
    harness: ServiceHarness, state: str, problem: str
) -> None:
    result = answer(harness.service, _request(harness, body={"name": f"SQLSTATE {state}"}))

    assert _problem(result) == problem
    assert "secret" not in result.model_dump_json()
    assert (_recorded(harness), harness.outbox()) == (0, [])


@pytest.mark.parametrize("state", ["23505", "40P01", "40001"])
def test_a_command_that_lost_a_race_is_begun_anew_once(harness: ServiceHarness, state: str) -> None:
    with harness.database.engine.begin() as connection:
        connection.execute(text("CREATE SEQUENCE tries"))

    result = answer(harness.service, _request(harness, body={"name": f"SQLSTATE {state} once"}))

    assert _problem(result) is None
    assert (_recorded(harness), len(harness.outbox())) == (1, 1)


def _nowhere() -> Any:
    return make_engine("postgresql://nobody:x@127.0.0.1:1/none", pool_size=1)


def _engine(url: Any) -> Any:
    return make_engine(url.render_as_string(hide_password=False), pool_size=2)


def test_refusals_keep_their_class_on_the_way(harness: ServiceHarness) -> None:
    travelled = Answer.refused(NotFound("无", "none", pointer="/x")).model_dump_json()

    refusal = Answer.model_validate_json(travelled).refusal

    assert refusal is not None
    assert isinstance(refusal.to_refusal(), NotFound)
    assert isinstance(refusal.to_refusal(), Refusal)
