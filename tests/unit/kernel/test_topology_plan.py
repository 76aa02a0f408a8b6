"""What the contracts' tables ask of the bus."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from kernel.bus.topology import TopologyMismatch, _Plan, queue_arguments


class Accepted:
    TYPE: ClassVar[str] = "report.accepted"


class Met:
    TYPE: ClassVar[str] = "deadline.met"


class Broker:
    """The part of kombu's connection that tells what is on the other side."""

    def __init__(self, version: str) -> None:
        self.connection: Any = type("Open", (), {"server_properties": {"version": version}})()


PUBLISHED = {"gateway": (Accepted,), "intake": (Met,)}


def test_types_nobody_consumes_go_to_the_queue_that_forgets() -> None:
    plan = _Plan.of(PUBLISHED, {"review": ("report.accepted",)}, 1)
    assert plan.bindings == {
        "chengbao.review": frozenset({"report.accepted"}),
        "chengbao.unconsumed": frozenset({"deadline.met"}),
    }


def test_the_marker_tells_other_bindings_but_not_another_order() -> None:
    one = _Plan.of(PUBLISHED, {"review": ("report.accepted", "deadline.met")}, 1)
    same = _Plan.of(PUBLISHED, {"review": ("deadline.met", "report.accepted")}, 1)
    other = _Plan.of(PUBLISHED, {"review": ("deadline.met",)}, 1)
    assert one.markers == same.markers
    assert one.markers[0] == other.markers[0]
    assert one.markers[1] != other.markers[1]


@pytest.mark.parametrize(("version", "limit"), [("3.10.8", None), ("3.13.7", None), ("4.0.2", -1), ("4.2.0", -1)])
def test_F09_the_delivery_limit_is_lifted_where_the_broker_has_one(version: str, limit: int | None) -> None:
    assert queue_arguments(Broker(version)).get("x-delivery-limit") == limit


def test_a_mismatch_names_every_fault_and_the_remedy() -> None:
    mismatch = TopologyMismatch(["queue a is missing", "queue b is missing"])
    assert "queue a is missing; queue b is missing" in str(mismatch)
    assert "run 'chengbao topology apply'" in str(mismatch)
