"""Limits against flooding: per caller, counted in each worker's memory; urgent reports have a room of their own."""

from __future__ import annotations

import math
import time
from typing import cast

from flask import Flask, current_app, g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from limits import RateLimitItem, RateLimitItemPerMinute

from contracts.vocabulary import Kind
from gateway.assembly import gateway
from gateway.identity.identity import Identity
from kernel.errors import Refusal

URGENT_PER_MINUTE = 60
"""Urgent reports are never limited below this per minute and unit (access.md)."""
SIGN_INS_PER_MINUTE = 120
OPEN_PATHS = frozenset({"/healthz", "/readyz", "/metrics"})
_URGENT = frozenset({Kind.URGENT_FIRST, Kind.URGENT_FOLLOW_UP})


class RateLimited(Refusal):
    """Too many requests; `retry_after` says when to come again, in seconds."""

    problem = "rate-limited"


def install(app: Flask) -> None:
    """Count every request after it was admitted. Must be installed after `gateway.entrance`."""
    app.extensions["chengbao-limiter"] = Limiter(
        get_remote_address, app=app, storage_uri="memory://", enabled=True, headers_enabled=False
    )
    app.before_request(_allow_request)


def _allow_request() -> None:
    identity: Identity | None = g.identity
    if request.path in OPEN_PATHS or (request.method, request.path) == ("POST", "/v1/reports"):
        return
    if identity is not None:
        _hit(RateLimitItemPerMinute(gateway().settings.requests_per_minute), f"caller {identity.scope}")
    elif (request.method, request.path) == ("POST", "/v1/sessions"):
        _hit(RateLimitItemPerMinute(SIGN_INS_PER_MINUTE), f"sign-in {get_remote_address()}")
    else:
        _hit(RateLimitItemPerMinute(gateway().settings.requests_per_minute), f"address {get_remote_address()}")


def allow_report(identity: Identity, kind: Kind) -> None:
    """Count one report of this unit. Raises `RateLimited`."""
    unit, per_minute = identity.principal.unit_id, gateway().settings.requests_per_minute
    if kind in _URGENT:
        _hit(RateLimitItemPerMinute(max(per_minute, URGENT_PER_MINUTE)), f"urgent {unit}")
    else:
        _hit(RateLimitItemPerMinute(per_minute), f"reports {unit}")


def _hit(item: RateLimitItem, name: str) -> None:
    limiter = cast(Limiter, current_app.extensions["chengbao-limiter"]).limiter
    if limiter.hit(item, name):
        return
    wait = max(1, math.ceil(limiter.get_window_stats(item, name).reset_time - time.time()))
    raise RateLimited(
        f"请求过于频繁，请在 {wait} 秒后重试。", f"Too many requests; try again in {wait} seconds.",
        extra={"retry_after": wait},
    )
