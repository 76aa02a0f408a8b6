"""Structured logs: one JSON object a line on standard output, with the ids that join one report's lines everywhere."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog

_QUIET = ("amqp", "kombu", "alembic", "nameko", "urllib3")
"""Libraries that tell too much at level info."""


def configure_logging(service: str, level: str = "info") -> None:
    """Send all logs of this process, our own and the libraries', to standard output as JSON lines."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _named(service),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stdout)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                structlog.processors.JSONRenderer(ensure_ascii=False),
            ],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


def _named(service: str) -> Any:
    def add(logger: Any, method: str, entry: dict[str, Any]) -> dict[str, Any]:
        entry.setdefault("service", service)
        return entry

    return add


@contextmanager
def act(correlation_id: UUID | None, causation_id: UUID | None) -> Iterator[None]:
    """Every line logged inside carries these ids."""
    ids = {"correlation_id": correlation_id, "causation_id": causation_id}
    with structlog.contextvars.bound_contextvars(**{name: str(one) for name, one in ids.items() if one is not None}):
        yield
