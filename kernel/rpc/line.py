"""One thread's connection for calls: a channel with confirms and a queue for replies.

A plain kombu client that speaks nameko's frames; docs/decisions/0030-calls-by-plain-kombu.md says why.
"""

from __future__ import annotations

import json
from contextlib import suppress
from time import monotonic
from typing import Any
from uuid import UUID

from amqp.exceptions import NotFound

from kernel.connections import BROKER_ERRORS, connect_broker, consume, publish
from kernel.ids import new_id
from kernel.rpc.addresses import EXCHANGE, reply_queue, request_queue_name
from kernel.rpc.messages import Answer, RpcRequest
from kernel.rpc.outcomes import nothing_done, outcome_unknown

CLOSE_SECONDS = 1.0


class Line:
    """Made for one thread; after any error of `exchange` it must be closed and a new one made.

    Its maker raises `BROKER_ERRORS`.
    """

    def __init__(self, broker_url: str) -> None:
        self._replies: dict[str, Any] = {}
        self._returned = False
        self._connection = connect_broker(broker_url, "chengbao-caller", confirms=True)
        try:
            self._channel = self._connection.channel()
            self._listen()
        except BaseException:
            self.close()
            raise

    def _listen(self) -> None:
        self._channel.events["basic_return"].add(self._note_returned)
        queue = reply_queue(self._connection.userid, str(new_id()))(self._channel)
        self._reply_to = queue.routing_key
        queue.declare()
        consume(self._channel, queue, self._keep, no_ack=True)

    def _keep(self, message: Any) -> None:
        self._replies[message.properties.get("correlation_id")] = message.body

    def _note_returned(self, *_: Any) -> None:
        self._returned = True

    def is_alive(self) -> bool:
        """Whether the broker has not hung up meanwhile: better noticed before a call is published than after."""
        try:
            while True:
                self._connection.drain_events(timeout=0)
        except TimeoutError:
            return bool(self._connection.connected)
        except BROKER_ERRORS:
            return False

    def exchange(self, service: str, request: RpcRequest, limit: float) -> Answer:
        """Publish the call and wait for its answer, `limit` seconds in all.

        Raises `Unavailable` when it is certain that no service will see the call, else `OutcomeUnknown`.
        """
        deadline = monotonic() + limit
        self._expect_a_listener(service)
        call_id = str(new_id())
        try:
            self._publish(service, request, call_id, limit)
            while call_id not in self._replies and not self._returned:
                self._connection.drain_events(timeout=max(deadline - monotonic(), 0.001))
        except BROKER_ERRORS as error:
            raise outcome_unknown(request.command_id) from error
        if self._returned:
            raise nothing_done()
        return _answer(self._replies.pop(call_id), request.command_id)

    def _expect_a_listener(self, service: str) -> None:
        """Rather say at once that nobody is there than publish a call that nobody takes in time."""
        try:
            queue = self._channel.queue_declare(request_queue_name(service), passive=True)
        except NotFound as error:
            raise nothing_done() from error
        except BROKER_ERRORS as error:
            raise nothing_done() from error
        if queue.consumer_count == 0:
            raise nothing_done()

    def _publish(self, service: str, request: RpcRequest, call_id: str, limit: float) -> None:
        frame = {"args": [], "kwargs": {"request": request.model_dump(mode="json")}}
        publish(
            self._channel,
            json.dumps(frame, ensure_ascii=False).encode(),
            exchange=EXCHANGE.name,
            routing_key=f"{service}.{request.method}",
            reply_to=self._reply_to,
            correlation_id=call_id,
            expiration=limit,
            mandatory=True,
            confirm_timeout=limit,
        )

    def close(self) -> None:
        """Never raises, blocks a second at the most."""
        with suppress(Exception):
            self._connection.collect(CLOSE_SECONDS)


def _answer(body: bytes | str, command_id: UUID | None) -> Answer:
    frame = json.loads(body)
    if frame.get("error") is not None:
        raise outcome_unknown(command_id)
    return Answer.model_validate(frame["result"])
