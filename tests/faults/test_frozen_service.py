"""F10: a call to a service that is frozen is told as unknown, is not done behind the caller's back, and repeats safely.

A service away, and a lost answer: tests/integration/kernel/test_calls.py.
"""

from __future__ import annotations

import os
import signal

import pytest

from kernel.ids import new_id
from kernel.rpc import Caller, OutcomeUnknown
from tests.support import toy
from tests.support.toy_city import ToyCity


def test_F10_a_command_to_a_frozen_service_is_not_done_late_and_its_repeat_is_done_once(
    toy_city: ToyCity, caller: Caller
) -> None:
    process = toy_city.start()
    command_id, request = new_id(), toy.RecordThing(name="once")
    os.kill(process.pid, signal.SIGSTOP)
    with pytest.raises(OutcomeUnknown) as unknown:
        toy_city.call(caller, "record_thing", request, command_id=command_id, timeout=1.0)
    os.kill(process.pid, signal.SIGCONT)
    # Behind the command in the same queue; both are carried out side by side, so its answer alone decides nothing.
    late = toy_city.call(caller, "count_things", toy.CountThings(), timeout=30.0)
    toy_city.wait_until(lambda: _decided(toy_city), "nobody took the late command")
    done_late = toy_city.query("SELECT id FROM things")
    thing = toy_city.call(caller, "record_thing", request, command_id=command_id, timeout=30.0)
    again = toy_city.call(caller, "record_thing", request, command_id=command_id, timeout=30.0)

    assert unknown.value.command_id == command_id
    assert (late.count, done_late) == (0, [])
    assert thing == again
    assert toy_city.query("SELECT id FROM things") == [(thing.thing_id,)]


def _decided(toy_city: ToyCity) -> bool:
    """Whether the service has answered the late command. The embedded bus gives it to nobody: it has expired."""
    return toy_city.broker_url.startswith("pgbus:") or "record_thing" in toy_city.log()
