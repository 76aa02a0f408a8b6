"""Figures read from the truth: computed from the database when scraped, so no restart or replica loses or doubles them.

Process figures (events handled, calls, sent events, runs of jobs) are ordinary prometheus-client counters, declared
where they are counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from socketserver import ThreadingMixIn
from time import monotonic
from typing import TYPE_CHECKING, Any, Literal
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import structlog
from prometheus_client import REGISTRY, CollectorRegistry, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from kernel.audit.checkpoints import oldest_unwitnessed
from kernel.database import Database
from kernel.outbox import outbox
from kernel.tables import held

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

log = structlog.get_logger(__name__)

CACHE_SECONDS = 5.0
Rows = Iterable[tuple[tuple[str, ...], float]]


@dataclass(frozen=True)
class Figure:
    """One business figure: `read` gives a value for each combination of label values.

    `help` says in a sentence what it means; the operators' table of metrics is made from it.
    """

    name: str
    help: str
    labels: tuple[str, ...]
    read: Callable[[Session, datetime], Rows]
    kind: Literal["gauge", "counter"] = "gauge"


def _unsent(session: Session, now: datetime) -> Rows:
    yield (), float(session.scalar(select(func.count()).select_from(outbox).where(~outbox.c.sent)) or 0)


def _oldest_unsent(session: Session, now: datetime) -> Rows:
    # By the database's clock, which wrote the times.
    age = func.extract("epoch", func.clock_timestamp() - func.min(outbox.c.written_at))
    yield (), float(session.scalar(select(age).where(~outbox.c.sent)) or 0)


def _held(session: Session, now: datetime) -> Rows:
    counted: dict[str, int] = dict.fromkeys(("failing", "waiting", "parked"), 0)
    for state, count in session.execute(select(held.c.state, func.count()).group_by(held.c.state)):
        if state in counted:
            counted[state] = count
    yield from (((state,), float(count)) for state, count in counted.items())


def _unwitnessed(session: Session, now: datetime) -> Rows:
    since = oldest_unwitnessed(session)
    yield (), max(0.0, (now - since).total_seconds()) if since else 0.0


KERNEL_FIGURES = (
    Figure("chengbao_outbox_unsent_events", "Events written but not yet acknowledged by the bus.", (), _unsent),
    Figure("chengbao_outbox_oldest_unsent_seconds", "Age of the oldest event not yet sent.", (), _oldest_unsent),
    Figure("chengbao_held_events", "Events taken off the bus without effect so far, by state.", ("state",), _held),
    Figure(
        "chengbao_evidence_unwitnessed_seconds",
        "Age of the oldest evidence entry that no checkpoint covers yet; 0 when all are covered.",
        (),
        _unwitnessed,
    ),
)
READABLE = Figure("chengbao_figures_readable", "1 if the figures could be read from the database.", (), lambda *_: ())
"""Says of the others whether they are there; it needs no database itself."""


class Figures:
    """The figures of one process as a collector of prometheus-client; computed once in `cache_seconds` at the most.

    While the database is away they are absent, and `chengbao_figures_readable` is 0.
    """

    def __init__(
        self, database: Database, figures: Sequence[Figure], cache_seconds: float = CACHE_SECONDS
    ) -> None:
        self.database = database
        self.figures = (*KERNEL_FIGURES, *figures)
        self.cache_seconds = cache_seconds
        self._lock = threading.Lock()
        self._cached: list[Metric] = []
        self._read_at = float("-inf")

    def describe(self) -> list[Metric]:
        """Names only, so that registering needs no database."""
        return [_family(figure, ()) for figure in self.figures]

    def collect(self) -> Iterator[Metric]:
        with self._lock:
            if monotonic() - self._read_at > self.cache_seconds:
                self._cached = self._read()
                self._read_at = monotonic()
        yield from self._cached

    def _read(self) -> list[Metric]:
        try:
            with self.database.reading() as session:
                now = self.database.clock.now()
                families = [_family(figure, figure.read(session, now)) for figure in self.figures]
        except Exception as error:  # noqa: BLE001  # a scrape must not fail for one figure
            log.warning("figures cannot be read", error=repr(error))
            return [_readable(0)]
        return [*families, _readable(1)]


def _family(figure: Figure, rows: Rows) -> Metric:
    kind: Any = GaugeMetricFamily if figure.kind == "gauge" else CounterMetricFamily
    family: Metric = kind(figure.name, figure.help, labels=figure.labels)
    for labels, value in rows:
        family.add_metric(labels, value)  # type: ignore[attr-defined]  # both kinds have it, their base has not
    return family


def _readable(value: float) -> Metric:
    return GaugeMetricFamily(READABLE.name, READABLE.help, value)


class _Server(ThreadingMixIn, WSGIServer):
    """A thread per request, so that one slow reader holds nobody up."""

    daemon_threads = True


class _Silent(WSGIRequestHandler):
    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the name of the base class
        """A scrape every few seconds is no news."""


def serve_metrics(
    port: int,
    host: str,
    figures: Figures,
    registry: CollectorRegistry = REGISTRY,
    ready: Callable[[], bool] = lambda: True,
) -> Callable[[], None]:
    """Serve /metrics, and /readyz (200 once `ready`, else 503), in a thread of its own.

    Returns what stops it. Raises `OSError` when the port is taken.
    """
    registry.register(figures)
    metrics: WSGIApplication = make_wsgi_app(registry)

    def answer(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/readyz":
            return metrics(environ, start_response)
        well = ready()
        start_response("200 OK" if well else "503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"ready\n" if well else b"starting\n"]

    server = make_server(host, port, answer, _Server, _Silent)
    thread = threading.Thread(target=server.serve_forever, daemon=True, name="metrics")
    thread.start()

    def stop() -> None:
        server.shutdown()
        server.server_close()
        thread.join(1)
        registry.unregister(figures)

    return stop
