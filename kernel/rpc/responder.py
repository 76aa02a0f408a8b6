"""The responder: takes calls off the service's queue, has them carried out, sends the answers.

nameko's own ends the whole service when one reply cannot be published; here a lost reply is logged and the caller
repeats with the same command id.
"""

from __future__ import annotations

import json
import queue
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from time import monotonic
from typing import Any

import structlog
from prometheus_client import Histogram
from pydantic import ValidationError

from kernel.connections import (
    BROKER_ERRORS,
    HEARTBEAT_SECONDS,
    connect_broker,
    consume,
    drain,
    permitted_key,
    publish,
)
from kernel.errors import Refusal
from kernel.pauses import Pauses
from kernel.rpc.addresses import EXCHANGE, request_queue
from kernel.rpc.attempts import note_refusal
from kernel.rpc.commands import answer
from kernel.rpc.messages import Answer, RpcRequest
from kernel.service import Service

log = structlog.get_logger(__name__)

CONCURRENT_CALLS = 20
IDLE_SECONDS = 0.05
CONFIRM_SECONDS = 5.0
REPLY_TRIES = 2
REPLY_MILLISECONDS = 60_000

DURATION = Histogram(
    "chengbao_rpc_duration_seconds", "Time to carry out a call.", ("method", "outcome"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 15),
)  # fmt: skip
Spawn = Callable[[Callable[[], None]], Any]


@dataclass(frozen=True)
class OutgoingReply:
    """An answer on its way to a caller."""

    reply_to: str
    call_id: str
    body: bytes


class Responder:
    """Answers the calls of one service; each call is carried out by `spawn`, in a greenlet or thread of its own."""

    def __init__(self, broker_url: str, service: Service, spawn: Spawn) -> None:
        self.broker_url = broker_url
        self.service = service
        self.spawn = spawn
        self.replies = Replies(broker_url)
        self._done: queue.SimpleQueue[Any] = queue.SimpleQueue()

    def run(self, stopping: threading.Event) -> None:
        """Take calls until `stopping`; survives a lost broker; never raises."""
        pauses = Pauses()
        while not stopping.is_set():
            try:
                self._listen(stopping, pauses)
            except Exception as error:  # noqa: BLE001  # whatever it is, the service goes on
                log.warning("listening for calls begins anew", error=repr(error))
                stopping.wait(pauses.next())

    def _listen(self, stopping: threading.Event, pauses: Pauses) -> None:
        name = self.service.name
        self._done = queue.SimpleQueue()
        with connect_broker(self.broker_url, f"chengbao-{name}-rpc", heartbeat=HEARTBEAT_SECONDS) as connection:
            channel = connection.channel()
            channel.basic_qos(0, CONCURRENT_CALLS, False)
            calls = request_queue(name, connection)(channel)
            calls.declare()
            consume(channel, calls, self._take)
            log.info("listening for calls")
            pauses.reset()
            while not stopping.is_set():
                drain(connection, IDLE_SECONDS)
                self._acknowledge()

    def _take(self, message: Any) -> None:
        done = self._done
        self.spawn(lambda: self._carry_out(message, done))

    def _carry_out(self, message: Any, done: queue.SimpleQueue[Any]) -> None:
        """Carry out one call and answer it; the message is acknowledged afterwards by the listening thread.

        A refused attempt is written down between the two: if the process dies before that, the call comes again.
        """
        try:
            request = _request(message)
            result = self._answer(message, request) if isinstance(request, RpcRequest) else request
            reply_to = message.properties.get("reply_to")
            if reply_to:
                frame = {"result": result.model_dump(mode="json"), "error": None}
                body = json.dumps(frame, ensure_ascii=False).encode()
                self.replies.put(OutgoingReply(reply_to, str(message.properties.get("correlation_id")), body))
            if isinstance(request, RpcRequest) and result.refusal is not None:
                note_refusal(self.service, request, result.refusal)
        except Exception:
            log.exception("a call could not be answered")
        done.put(message)

    def _answer(self, message: Any, request: RpcRequest) -> Answer:
        if permitted_key(message) != f"{self.service.name}.{request.method}":
            return _not_ours("it was published as something else")
        began = monotonic()
        result = answer(self.service, request)
        method = request.method if request.method in self.service.methods else "unknown"
        outcome = result.refusal.problem if result.refusal else "replied"
        DURATION.labels(method, outcome).observe(monotonic() - began)
        return result

    def _acknowledge(self) -> None:
        with suppress(queue.Empty):
            while True:
                self._done.get_nowait().ack()


def _request(message: Any) -> RpcRequest | Answer:
    """The call a message holds, or the answer to one that holds none."""
    try:
        return RpcRequest.model_validate(json.loads(message.body)["kwargs"]["request"])
    except (ValidationError, ValueError, KeyError, TypeError) as error:
        return _not_ours(type(error).__name__)


def _not_ours(reason: str) -> Answer:
    return Answer.refused(Refusal("调用格式有误。", f"Not a call of ours: {reason}.", problem="malformed"))


class Replies:
    """Publishes replies from a thread of its own, so that a slow broker holds up no call."""

    def __init__(self, broker_url: str) -> None:
        self.broker_url = broker_url
        self._waiting: queue.SimpleQueue[OutgoingReply] = queue.SimpleQueue()
        self._connection: Any = None
        self._channel: Any = None

    def put(self, reply: OutgoingReply) -> None:
        self._waiting.put(reply)

    def run(self, stopping: threading.Event) -> None:
        """Publish until `stopping` and nothing waits; never raises."""
        while True:
            try:
                self._send(self._waiting.get(timeout=IDLE_SECONDS * 4))
            except queue.Empty:
                if stopping.is_set():
                    self._hang_up()
                    return

    def _send(self, reply: OutgoingReply) -> None:
        for _ in range(REPLY_TRIES):
            try:
                self._publish(reply)
                return
            except Exception as error:  # noqa: BLE001  # whatever it is, the service goes on
                log.warning("a reply was not taken by the bus", call_id=reply.call_id, error=repr(error))
                self._hang_up()

    def _publish(self, reply: OutgoingReply) -> None:
        if self._connection is None:
            self._connection = connect_broker(self.broker_url, "chengbao-replies", confirms=True)
            self._channel = self._connection.channel()
        publish(
            self._channel,
            reply.body,
            exchange=EXCHANGE.name,
            routing_key=reply.reply_to,
            correlation_id=reply.call_id,
            delivery_mode=1,
            expiration=REPLY_MILLISECONDS / 1000,
            confirm_timeout=CONFIRM_SECONDS,
        )

    def _hang_up(self) -> None:
        connection, self._connection, self._channel = self._connection, None, None
        if connection is not None:
            with suppress(*BROKER_ERRORS):
                connection.collect(1.0)
