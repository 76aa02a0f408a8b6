"""Deliberate defects, each a few characters in a copy of the tree, with the test that must then fail."""

from __future__ import annotations

from dataclasses import dataclass

KERNEL = "tests/integration/kernel"
GATEWAY = "tests/integration/gateway"
FAULTS = "tests/faults"


@dataclass(frozen=True)
class Mutation:
    """`old` stands exactly once in `path` and is replaced by `new`; the build then runs, and does the wrong thing."""

    name: str
    path: str
    old: str
    new: str
    caught_by: str
    """The test's node id, without parameters; it may be several of one name."""
    short: bool = False
    """Also tried in the short run."""


MUTATIONS = (
    Mutation(
        "acknowledge-before-commit",
        "kernel/consumer.py",
        "        self.inbox.receive([_incoming(message) for message in messages])\n",
        "        channel.basic_ack(messages[-1].delivery_tag, multiple=True)\n"
        "        self.inbox.receive([_incoming(message) for message in messages])\n"
        "        return\n",
        f"{KERNEL}/test_exactly_once.py"
        "::test_a_process_killed_in_the_middle_of_a_batch_leaves_each_effect_exactly_once",
    ),
    Mutation(
        "believe-what-an-event-says-it-is",
        "kernel/inbox.py",
        "        if message.permitted_type not in (None, envelope.type):",
        "        if False:",
        f"{KERNEL}/test_permitted_keys.py::test_access6_an_event_published_as_another_type_is_parked",
    ),
    Mutation(
        "mark-sent-before-confirm",
        "kernel/relay.py",
        "            acknowledged = self.publisher.publish(events, CONFIRM_SECONDS)",
        "            self._mark({event[1] for event in events})\n"
        "            acknowledged = self.publisher.publish(events, CONFIRM_SECONDS)",
        f"{KERNEL}/test_relay.py::test_without_confirms_nothing_is_marked_and_the_same_ids_go_out_again",
    ),
    Mutation(
        "forgotten-idempotency-key",
        "gateway/receipts/acceptance.py",
        '"scope": scope, "key": key, "request_hash": request_hash,',
        '"scope": scope, "key": number, "request_hash": request_hash,',
        f"{FAULTS}/test_lost_answers.py::test_F3_a_report_whose_commit_was_not_answered_is_received_once",
    ),
    Mutation(
        "no-unique-key",
        "kernel/inbox.py",
        "    return [arrival for arrival in first_of.values() if arrival.event.id in new]",
        "    return list(first_of.values())",
        f"{KERNEL}/test_exactly_once.py::test_doubles_have_one_effect",
        short=True,
    ),
    Mutation(
        "publish-after-commit",
        "kernel/database.py",
        "            if work._rows:\n"
        "                outbox.write(session, work._rows)\n"
        "            if work._facts and self.evidence:\n"
        "                self.evidence.append(work, work._facts)\n"
        "            session.commit()\n",
        "            if work._facts and self.evidence:\n"
        "                self.evidence.append(work, work._facts)\n"
        "            session.commit()\n"
        "            if work._rows:\n"
        "                outbox.write(session, work._rows)\n"
        "                session.commit()\n",
        f"{FAULTS}/test_lost_answers.py::test_F3_a_command_whose_commit_was_not_answered_is_done_once",
        short=True,
    ),
    Mutation(
        "retry-in-the-handler",
        "kernel/inbox.py",
        "            return self.take_effect([arrival])\n",
        "            try:\n"
        "                return self.take_effect([arrival])\n"
        "            except RuntimeError:\n"
        "                return self.take_effect([arrival])\n",
        f"{KERNEL}/test_held_events.py::test_a_failing_event_is_not_tried_again_in_the_same_breath",
    ),
    Mutation(
        "no-topology-check",
        "kernel/assembly.py",
        "            lambda: check(self.settings.broker_url, tables.PUBLISHES, tables.CONSUMES, tables.VERSION),",
        "            lambda: None,",
        f"{FAULTS}/test_start_order.py"
        "::test_F7_a_service_whose_bus_lacks_a_queue_publishes_nothing_until_it_is_made_again",
    ),
    Mutation(
        "no-time-limit-of-a-command",
        "kernel/rpc/commands.py",
        "        if request.not_after is not None and now > request.not_after:",
        "        if False:",
        f"{FAULTS}/test_frozen_service.py"
        "::test_F10_a_command_to_a_frozen_service_is_not_done_late_and_its_repeat_is_done_once",
    ),
    Mutation(
        "no-stored-reply",
        "kernel/rpc/commands.py",
        "        if not _claim(work, request.command_id, request.method, digest):",
        "        _claim(work, request.command_id, request.method, digest)\n        if False:",
        f"{FAULTS}/test_lost_answers.py::test_F3_a_command_whose_commit_was_not_answered_is_done_once",
    ),
    Mutation(
        "flush-off-is-not-looked-at",
        "gateway/receipts/acceptance.py",
        "        gateway.durability.require(gateway.database)\n",
        "",
        f"{GATEWAY}/test_acceptance.py::test_R04_nothing_is_accepted_without_flushing",
    ),
    Mutation(
        "clock-read-twice",
        "gateway/receipts/acceptance.py",
        "content_hash=hashed, received_at=work.now,",
        "content_hash=hashed, received_at=gateway.clock.now(),",
        f"{GATEWAY}/test_acceptance.py::test_R04_an_act_has_one_time_though_the_clock_goes_on",
        short=True,
    ),
    Mutation(
        "watermark-ahead-of-the-bus",
        "gateway/receipts/watermark.py",
        "    up_to = min(work.now, unsent - TICK) if unsent else work.now",
        "    up_to = work.now",
        f"{GATEWAY}/test_races.py::test_R04_watermark_stays_behind_a_receipt_the_bus_has_not_confirmed",
    ),
)
