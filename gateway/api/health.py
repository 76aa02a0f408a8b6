"""Whether this process lives, whether it can accept, and its process figures."""

from __future__ import annotations

import os

from flask import Flask, Response
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest, multiprocess

from contracts.model import Strict
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import json_answer
from gateway.assembly import gateway


class Health(Strict):
    status: str = "ok"


def alive() -> Response:
    """This process answers."""
    return json_answer(Health())


def ready() -> Response:
    """Reports can be accepted: the database is there and flushes what it commits."""
    parts = gateway()
    with parts.database.glancing() as session:
        parts.durability.check(session)
    return json_answer(Health())


def figures() -> Response:
    """Process figures of all workers."""
    registry = REGISTRY
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        registry = CollectorRegistry()
        multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


ROUTES = (
    OwnRoute("GET", "/healthz", alive, "进程存活", "This process answers", Health),
    OwnRoute("GET", "/readyz", ready, "可以接收报送", "Reports can be accepted: the database is there", Health),
    OwnRoute("GET", "/metrics", figures, "进程指标（Prometheus）", "Process figures of all workers"),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
