"""Calling a service from threads: for the gateway and for operators' commands; needs no eventlet."""

from __future__ import annotations

import threading
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

import structlog
from pydantic import BaseModel

from kernel.clock import Clock, SystemClock
from kernel.connections import BROKER_ERRORS
from kernel.rpc.line import Line
from kernel.rpc.messages import Answer, RpcRequest
from kernel.rpc.outcomes import nothing_done

log = structlog.get_logger(__name__)

Reply = TypeVar("Reply", bound=BaseModel)

TIMEOUT_SECONDS = 5.0


class Caller:
    """Calls services over the bus; one object may serve any number of threads.

    Each thread has a connection of its own, which is thrown away after any error: a late reply would otherwise be
    kept for ever, and a connection cut off once is of no use. Blocks for `timeout` seconds at the most, and 5 s more
    when it must connect first.
    """

    def __init__(self, broker_url: str, timeout: float = TIMEOUT_SECONDS, clock: Clock | None = None) -> None:
        self.broker_url = broker_url
        self.timeout = timeout
        self.clock = clock or SystemClock()
        self._local = threading.local()

    def call(
        self,
        service: str,
        method: str,
        request: BaseModel,
        *,
        token: str,
        command_id: UUID | None,
        correlation_id: UUID,
        reply: type[Reply],
        timeout: float | None = None,
    ) -> Reply:
        """Call and wait for the reply. Raises the service's `Refusal`, `Unavailable` or `OutcomeUnknown`.

        The service does not carry the call out once `timeout` has passed. A repeat with the same `command_id` gives
        the same reply without a second effect.
        """
        limit = self.timeout if timeout is None else timeout
        message = RpcRequest(
            method=method,
            body=request.model_dump(mode="json"),
            token=token,
            correlation_id=correlation_id,
            command_id=command_id,
            not_after=self.clock.now() + timedelta(seconds=limit),
        )
        answer = self._exchange(service, message, limit)
        if answer.refusal is not None:
            raise answer.refusal.to_refusal()
        return reply.model_validate(answer.reply)

    def _exchange(self, service: str, message: RpcRequest, limit: float) -> Answer:
        line = self._line()
        try:
            return line.exchange(service, message, limit)
        except BaseException:
            self._throw_away()
            raise

    def _line(self) -> Line:
        """This thread's line. Raises `Unavailable`: it is made before anything is published."""
        line: Line | None = getattr(self._local, "line", None)
        if line is not None and line.is_alive():
            return line
        self._throw_away()
        try:
            self._local.line = Line(self.broker_url)
        except BROKER_ERRORS as error:
            log.warning("the bus is away", error=repr(error))
            raise nothing_done() from error
        opened: Line = self._local.line
        return opened

    def _throw_away(self) -> None:
        line: Line | None = getattr(self._local, "line", None)
        self._local.line = None
        if line is not None:
            line.close()

    def close(self) -> None:
        """Close this thread's connection."""
        self._throw_away()


