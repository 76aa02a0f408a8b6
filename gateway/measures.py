"""One log line and one measurement per answered request; the ids join the lines of one report in all processes."""

from __future__ import annotations

from time import monotonic

import structlog
from flask import Flask, Response, g, request
from prometheus_client import Histogram

REQUESTS = Histogram(
    "chengbao_request_seconds",
    "Time from the first byte of a request to its answer, by address and class of status.",
    ("verb", "route", "status"),
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)
VERBS = frozenset({"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"})
"""A stranger may send any word as a verb; each would be a label for ever."""
QUIET = frozenset({"/healthz", "/readyz", "/metrics"})

log = structlog.get_logger("gateway.requests")


def install(app: Flask) -> None:
    """Must be installed first, so that what others refuse is measured too."""
    app.before_request(_begin)
    app.after_request(_note)


def _begin() -> None:
    g.began = monotonic()


def _note(response: Response) -> Response:
    rule = request.url_rule.rule if request.url_rule else "none"
    took = monotonic() - g.began
    verb = request.method if request.method in VERBS else "other"
    REQUESTS.labels(verb, rule, f"{response.status_code // 100}xx").observe(took)
    if request.path not in QUIET:
        identity = g.get("identity")
        log.info(
            "answered",
            verb=request.method, route=rule, status=response.status_code, seconds=round(took, 4),
            caller=identity.scope if identity else None,
        )
    return response
