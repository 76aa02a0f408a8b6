"""Limits against flooding: per caller, counted in each worker's memory; urgent reports have a room of their own.

Counted here and not by Flask-Limiter: its memory storage starts a thread for nearly every request.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from threading import Lock
from typing import cast

from flask import Flask, current_app, g, request

from contracts.vocabulary import URGENT_KINDS, Kind
from gateway.assembly import gateway
from gateway.identity.identity import Identity
from kernel.errors import Refusal

WINDOW_S = 60.0
URGENT_PER_MINUTE = 60
"""Urgent reports are never limited below this per minute and unit (access.md)."""
SIGN_INS_SHARE = 4
"""Attempts to sign in, which cost much, per address: this part of the requests allowed."""
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
COUNTED_BY_REPORT = frozenset({"/v1/reports", "/v1/reports/bulk"})
"""Counted by `allow_report`, once for each report: a flood of plain ones closes no door to urgent ones."""
EXTENSION = "chengbao-rates"


class RateLimited(Refusal):
    """Too many requests; `retry_after` says when to come again, in seconds."""

    problem = "rate-limited"


class Counters:
    """How often each name was counted in the present minute; forgets everything when the minute is over."""

    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._lock = Lock()
        self._counts: dict[str, int] = {}
        self._ends = monotonic() + WINDOW_S

    def count(self, name: str, most: int) -> float:
        """Count one; returns 0, or the seconds to wait when `most` were counted already."""
        with self._lock:
            now = self._monotonic()
            if now >= self._ends:
                self._counts, self._ends = {}, now + WINDOW_S
            if self._counts.get(name, 0) >= most:
                return self._ends - now
            self._counts[name] = self._counts.get(name, 0) + 1
            return 0.0


def install(app: Flask) -> None:
    """Count every request after it was admitted. Must be installed after `gateway.entrance`."""
    app.extensions[EXTENSION] = Counters()
    app.before_request(_allow_request)


def _allow_request() -> None:
    identity: Identity | None = g.identity
    if request.path in OPEN_PATHS or (request.method == "POST" and request.path in COUNTED_BY_REPORT):
        return
    if identity:
        _count(f"caller {identity.scope}", allowed(identity))
    else:
        _count(f"address {request.remote_addr}", gateway().settings.requests_per_minute)


def allowed(identity: Identity) -> int:
    """Requests this caller may make of each worker a minute: the client's own limit, else the setting's."""
    own = identity.limits.per_minute if identity.limits else None
    return own or gateway().settings.requests_per_minute


def allow_sign_in() -> None:
    """Count one attempt to sign in from this address. Raises `RateLimited`."""
    _count(f"sign-in {request.remote_addr}", gateway().settings.requests_per_minute // SIGN_INS_SHARE)


def count_failed_token() -> None:
    """Count one wrong bearer token from this address, as many as attempts to sign in. Raises `RateLimited`; right
    tokens from the same address are not held up."""
    _count(f"token {request.remote_addr}", gateway().settings.requests_per_minute // SIGN_INS_SHARE)


def allow_report(identity: Identity, kind: Kind) -> None:
    """Count one report of this unit. Raises `RateLimited`."""
    unit, per_minute = identity.principal.unit_id, gateway().settings.requests_per_minute
    if kind in URGENT_KINDS:
        _count(f"urgent {unit}", max(per_minute, URGENT_PER_MINUTE))
    else:
        _count(f"reports {unit}", per_minute)
        _count(f"reports {identity.scope}", allowed(identity))


def _count(name: str, most: int) -> None:
    wait = math.ceil(cast(Counters, current_app.extensions[EXTENSION]).count(name, most))
    if wait:
        raise RateLimited(
            f"请求过于频繁，请在 {wait} 秒后重试。", f"Too many requests; try again in {wait} seconds.",
            extra={"retry_after": wait},
        )
