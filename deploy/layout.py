"""Which processes a city is made of: the same in embedded mode, in full mode and in containers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
GATEWAY_PORT = 8080
METRICS_PORT = 9108
"""Of every container; on one machine each process has the next free one."""
WEB_WORKERS = 2
WEB_THREADS = 8
MODES = ("embedded", "full")


@dataclass(frozen=True)
class Layout:
    """One process: what it runs, whose database and key it uses, and where it tells that it is well.

    `{port}` in the command is the port it answers on.
    """

    name: str
    command: tuple[str, ...]
    """Arguments of the Python interpreter."""
    database: str
    health: str
    """Path that answers 200 once the process does its work."""
    web: bool = False
    """Answers people on `GATEWAY_PORT`; the others answer Prometheus on their metrics port."""


def _service(name: str) -> Layout:
    return Layout(name, ("-m", f"services.{name}"), name, "/readyz")


# The gateway first: it can accept before anything else is up, and its users wait for it.
PROCESSES: tuple[Layout, ...] = (
    Layout(
        "gateway",
        (
            *("-m", "gunicorn", "gateway.app:app", "--config", "python:deploy.webserver", "--bind", "{host}:{port}"),
            *("--workers", str(WEB_WORKERS), "--threads", str(WEB_THREADS)),
        ),
        "gateway",
        "/readyz",
        web=True,
    ),
    Layout("courier", ("-m", "gateway.courier"), "gateway", "/readyz"),
    _service("intake"),
    _service("review"),
    _service("scoring"),
    _service("notify"),
)
KEY_NAMES: tuple[str, ...] = tuple(sorted({process.database for process in PROCESSES}))
"""Each speaks with a key of its own; courier and web workers are both the gateway."""

BUS_DATABASE = "bus"


def process(name: str) -> Layout:
    """The process called `name`. Raises `KeyError`."""
    return next(entry for entry in PROCESSES if entry.name == name)


def database_name(owner: str) -> str:
    """Name of the database and of the login that alone may enter it."""
    return f"chengbao_{owner}"
