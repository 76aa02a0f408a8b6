"""The life of a delivery: tried again with growing pauses, given up in the end, doubles marked."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

from contracts.vocabulary import Channel, DeliveryState
from services.notify.deliveries.pauses import PAUSES
from services.notify.model.messages import LEASE, Delivery

NOON = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)


def delivery() -> Delivery:
    return Delivery.due(UUID(int=1), Channel.SMS, "+8613900000000", "请反馈", NOON)


def test_R26_a_passing_failure_is_tried_again_after_the_next_pause() -> None:
    tried = delivery()
    tried.begin(NOON)
    tried.fail(NOON, "busy", final=False, unknown=False)
    assert (tried.state, tried.next_try_at) == (DeliveryState.WAITING, NOON + PAUSES[0])


def test_R26_after_the_last_pause_a_delivery_is_given_up() -> None:
    tried = delivery()
    for _ in range(len(PAUSES) + 1):
        tried.begin(NOON)
        tried.fail(NOON, "busy", final=False, unknown=False)
    assert tried.state == DeliveryState.FAILED


def test_R26_a_refusal_for_good_is_not_tried_again() -> None:
    tried = delivery()
    tried.begin(NOON)
    tried.fail(NOON, "no such number", final=True, unknown=False)
    assert tried.state == DeliveryState.FAILED


def test_R26_a_worker_that_died_in_the_middle_leaves_a_possible_double() -> None:
    tried = delivery()
    tried.begin(NOON)
    tried.begin(NOON + LEASE)
    assert tried.possible_double


def test_R26_an_answer_that_was_lost_marks_a_possible_double() -> None:
    tried = delivery()
    tried.begin(NOON)
    tried.fail(NOON, "connection lost", final=False, unknown=True)
    tried.begin(NOON)
    tried.succeed(NOON, captured=False)
    assert (tried.state, tried.possible_double) == (DeliveryState.SENT, True)
