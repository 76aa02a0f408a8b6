"""One log line, one measurement and, for an API client, one count per answered request.

The ids join the lines of one report in all processes.
"""

from __future__ import annotations

from time import monotonic
from typing import cast
from uuid import UUID

import structlog
from flask import Flask, Response, current_app, g, request
from prometheus_client import Histogram

from gateway.assembly import gateway
from gateway.identity.identity import Identity
from gateway.identity.usage import UsageCounter

REQUESTS = Histogram(
    "chengbao_request_seconds",
    "Time from the first byte of a request to its answer, by address and class of status.",
    ("verb", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
VERBS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
"""A stranger may send any word as a verb; each would be a label for ever."""
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

USAGE = "chengbao-usage"

log = structlog.get_logger("gateway.requests")


def install(app: Flask) -> None:
    """Must be installed first, so that what others refuse is measured too."""
    app.extensions[USAGE] = UsageCounter()
    app.before_request(_begin)
    app.after_request(_note)


def _begin() -> None:
    g.began = monotonic()


def _note(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "none"
    took = monotonic() - g.began
    verb = request.method if request.method in VERBS else "other"
    REQUESTS.labels(verb, rule, f"{response.status_code // 100}xx").observe(took)
    identity: Identity | None = g.get("identity")
    if identity and identity.limits:
        usage().count(
            UUID(identity.principal.id), gateway().clock.now(), f"{verb} {rule}", response.status_code,
            earlier_token=identity.limits.by_earlier_token,
        )
    usage().flush_when_due(gateway().database)
    if request.path not in QUIET:
        log.info(
            "answered",
            verb=request.method, route=rule, status=response.status_code, seconds=round(took, 4),
            caller=identity.scope if identity else None,
        )
    return response


def usage() -> UsageCounter:
    """What this worker counted for API clients."""
    return cast(UsageCounter, current_app.extensions[USAGE])
