"""A service as a process: starts, answers, consumes, relays, tells what it does, stops in time."""

from __future__ import annotations

import json
import signal

from kernel.ids import new_id
from kernel.rpc import Caller
from tests.support import toy
from tests.support.toy_city import ToyCity


def test_a_service_answers_consumes_relays_and_stops_within_three_seconds(toy_city: ToyCity, caller: Caller) -> None:
    process = toy_city.start()

    thing = toy_city.call(caller, "record_thing", toy.RecordThing(name="砚台"))
    toy_city.publish(*[toy.ThingCounted(what=f"c{n:02}") for n in range(50)])

    assert toy_city.call(caller, "get_thing", toy.GetThing(thing_id=thing.thing_id)).name == "砚台"
    toy_city.wait_until(lambda: toy_city.effects() == [f"c{n:02}" for n in range(50)])
    toy_city.wait_until(lambda: toy_city.query("SELECT count(*) FROM outbox WHERE sent") == [(1,)])
    assert toy_city.kill(process, signal.SIGTERM) < 3
    assert process.returncode == 0


def test_log_lines_of_an_act_carry_its_ids_and_metrics_tell_what_happened(toy_city: ToyCity, caller: Caller) -> None:
    toy_city.start()
    correlation_id = new_id()

    thing = toy_city.call(caller, "record_thing", toy.RecordThing(name="镇纸"), correlation_id=correlation_id)
    toy_city.publish(toy.ThingCounted(what="fails"), toy.ThingCounted(what="fine"))
    toy_city.wait_until(lambda: toy_city.held() == {"parked": 1})

    lines = [json.loads(line) for line in toy_city.log().splitlines() if line.startswith("{")]
    assert thing.name == "镇纸"
    assert any(line.get("correlation_id") == str(correlation_id) for line in lines)
    assert all(line["service"] == "toy" for line in lines)
    toy_city.wait_until(lambda: 'chengbao_held_events{state="parked"} 1.0' in toy_city.metrics())
    figures = toy_city.metrics()
    assert "chengbao_toy_things 1.0" in figures
    assert 'chengbao_events_handled_total{type="thing.counted"} 1.0' in figures
    assert 'chengbao_rpc_duration_seconds_count{method="record_thing",outcome="replied"} 1.0' in figures
    assert 'chengbao_job_runs_total{name="fail",outcome="failed"}' in figures


def test_a_timed_job_runs_in_one_of_two_replicas_and_goes_on_in_the_other(toy_city: ToyCity) -> None:
    first = toy_city.start()
    toy_city.start(wait=False)
    toy_city.wait_until(lambda: len(toy_city.query("SELECT 1 FROM ticks")) > 3)
    leaders = [number for number in (0, 1) if '"job tick"' in _leading(toy_city, number)]

    toy_city.kill(first)
    toy_city.wait_until(lambda: '"job tick"' in _leading(toy_city, 1))
    before = len(toy_city.query("SELECT 1 FROM ticks"))

    assert leaders == [0]
    toy_city.wait_until(lambda: len(toy_city.query("SELECT 1 FROM ticks")) > before)


def _leading(toy_city: ToyCity, number: int) -> str:
    return "\n".join(line for line in toy_city.log(number).splitlines() if '"leading"' in line)
