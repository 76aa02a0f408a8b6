"""Writes docs/operators/metrics.md from the code: `python -m deploy.metrics_page`; a test compares them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from prometheus_client import Counter, Gauge, Histogram
from prometheus_client.metrics import MetricWrapperBase

from contracts.problems import PROBLEMS
from contracts.rpc.deadlines import COUNTED
from contracts.rpc.extensions import ExtensionState
from contracts.rpc.office_steps import OfficeStep
from contracts.rpc.refused_attempts import AttemptKind, AttemptReason
from contracts.rpc.supervision import FeedbackOutcome
from contracts.services import RPC
from contracts.topology import event_types
from contracts.vocabulary import Channel, DeliveryState, IssueState, Kind, Severity, UnitClass
from gateway.attachments.refusals import Reason
from gateway.attachments.uploads import REFUSED
from gateway.courier import Courier
from gateway.measures import REQUESTS, VERBS
from kernel.assembly import BUS_READY
from kernel.audit.attempts import KEPT, UNWRITTEN
from kernel.consumer import CONNECTED
from kernel.held import PUT_ASIDE
from kernel.inbox import HANDLED
from kernel.metrics import KERNEL_FIGURES, READABLE, Figure
from kernel.relay import SENT
from kernel.rpc.responder import DURATION
from kernel.schedule import INTERVAL, RUNS
from kernel.service import Service
from kernel.worker import FAILED_STEPS
from services.intake.metrics import ACKNOWLEDGED_AFTER
from services.intake.service import IntakeService
from services.notify.recipients.audience import AUDIENCES, DUTY_CALL
from services.notify.schedule import CALL_JOB
from services.notify.service import NotifyService
from services.review.metrics import URGENCIES
from services.review.model.feedback import FeedbackState
from services.review.service import ReviewService
from services.scoring.service import ScoringService

PAGE = Path(__file__).resolve().parents[1] / "docs" / "operators" / "metrics.md"
SERVICES: dict[str, type[Service]] = {
    "intake": IntakeService,
    "review": ReviewService,
    "scoring": ScoringService,
    "notify": NotifyService,
    "courier": Courier,
}
"""What runs in each process that serves /metrics on its metrics port."""
PROCESS_METRICS: tuple[MetricWrapperBase, ...] = (
    BUS_READY,
    CONNECTED,
    SENT,
    HANDLED,
    PUT_ASIDE,
    DURATION,
    INTERVAL,
    RUNS,
    FAILED_STEPS,
)
"""Counted in every one of them; they begin again at 0 when the process does."""
ALL, GATEWAY, EVERYBODY = "services, courier", "gateway", "services, courier, gateway"
KINDS: dict[type[MetricWrapperBase], Literal["counter", "gauge", "histogram"]] = {
    Counter: "counter",
    Gauge: "gauge",
    Histogram: "histogram",
}


@dataclass(frozen=True)
class Metric:
    """One metric as it is exported; `process` says by whom."""

    name: str
    kind: Literal["counter", "gauge", "histogram"]
    labels: tuple[str, ...]
    process: str
    meaning: str


def metrics() -> Iterator[Metric]:
    """Every metric of the product, those of all processes first."""
    yield from (_of_figure(figure, ALL) for figure in (*KERNEL_FIGURES, READABLE))
    yield from (_of_counted(counted, ALL) for counted in PROCESS_METRICS)
    yield from (_of_counted(counted, EVERYBODY) for counted in (KEPT, UNWRITTEN))
    yield _of_counted(REQUESTS, GATEWAY)
    yield _of_counted(REFUSED, GATEWAY)
    yield _of_counted(ACKNOWLEDGED_AFTER, "intake")
    for process, service in SERVICES.items():
        yield from (_of_figure(figure, process) for figure in service.figures)


def _of_figure(figure: Figure, process: str) -> Metric:
    return Metric(figure.name, figure.kind, figure.labels, process, figure.help)


def _of_counted(counted: MetricWrapperBase, process: str) -> Metric:
    described = next(iter(counted.describe()))
    kind = KINDS[type(counted)]
    name = f"{described.name}_total" if kind == "counter" else described.name
    return Metric(name, kind, tuple(counted._labelnames), process, described.documentation)


def _once(*values: str) -> tuple[str, ...]:
    """Each in its first place: some timed work is every service's."""
    return tuple(dict.fromkeys(values))


def _names(schedules: Sequence[Any]) -> tuple[str, ...]:
    return tuple(entry.name for entry in schedules)


LABEL_VALUES: dict[str, tuple[str, ...]] = {
    "unit_class": tuple(UnitClass),
    "severity": tuple(Severity),
    "urgency": tuple(URGENCIES.values()),
    "kind": tuple(Kind),
    "channel": tuple(Channel),
    "step": tuple(OfficeStep),
    "message": tuple(sorted({*AUDIENCES, DUTY_CALL})),
    "type": tuple(sorted(event_types())),
    "entry": ("posting", "reversal"),
    "period": ("month", "quarter", "year"),
    "verb": (*sorted(VERBS), "other"),
    "status": ("2xx", "3xx", "4xx", "5xx"),
    "method": (*sorted(method for methods in RPC.values() for method in methods), "unknown"),
    "name": _once(
        "checkpoint", CALL_JOB, *(name for service in SERVICES.values() for name in _names(service.schedule))
    ),
    "worker": ("deliver", "webhooks"),
    "chengbao_held_events.state": ("failing", "waiting", "parked"),
    "chengbao_events_put_aside_total.state": ("failing", "waiting", "parked"),
    "chengbao_adoptions.state": ("in_force", "withdrawn"),
    "chengbao_issues.state": tuple(IssueState),
    "chengbao_webhook_deliveries.state": ("waiting", "given_up"),
    "chengbao_deliveries.state": tuple(DeliveryState),
    "chengbao_feedback_flagged.state": (FeedbackState.UNMATCHED.value, FeedbackState.FOREIGN.value),
    "chengbao_extensions.state": tuple(ExtensionState),
    "chengbao_feedback_deadlines.outcome": tuple(FeedbackOutcome),
    "chengbao_unit_urgent_reports.outcome": tuple(COUNTED),
    "chengbao_attachments_refused_total.reason": tuple(Reason),
    "chengbao_refused_attempts_total.kind": tuple(AttemptKind),
    "chengbao_refused_attempts_total.reason": tuple(AttemptReason),
    "chengbao_office_steps_finished.outcome": ("in_time", "late"),
    "chengbao_job_runs_total.outcome": ("done", "failed"),
    "chengbao_rpc_duration_seconds.outcome": ("replied", *sorted(PROBLEMS)),
}
"""Every value a label may have; where one word means different things, the metric stands before it."""
OPEN_LABELS = {
    "route": "the addresses of `contracts/openapi.json` and of the pages, with their parameters unfilled; `none` else",
    "unit_id": "the ids of units that ever had to report something urgent",
    "unit": "the name such a unit had at its newest time limit",
    "rule": "the names of rules in the scoring rule files",
}
"""Labels whose values are as many as the operator's own rule files, the routes of the gateway or the units, no more."""


def values_of(metric: str, label: str) -> tuple[str, ...] | None:
    """The values of a label of a metric; None for an open one. Raises `KeyError` when nobody wrote them down."""
    if label in OPEN_LABELS:
        return None
    return LABEL_VALUES.get(f"{metric}.{label}") or LABEL_VALUES[label]


HEAD = """# Metrics

Every process tells Prometheus its figures under `/metrics`: services and courier on their metrics port, the gateway on
its own (the sum of its web workers). Business figures are read from the database when asked, so that a restart or a
second replica neither loses nor doubles them: **take `max` over replicas, never `sum`**. What is counted in the process
(kind counter or histogram, marked "services, courier" or "gateway") begins again at 0 with the process: use `rate`.
Names end in their unit (`_seconds`) or name what is counted; labels have a closed list of values; no titles, no names
of persons. What to watch and what to do then: [alerts](alerts.md). Written by `python -m deploy.metrics_page`.

prometheus-client adds `<name>_created` to counters and histograms, and `process_*` and `python_*` to services and
courier.

| Metric | Kind | Labels | Process | Meaning |
|---|---|---|---|---|
"""
LABELS_HEAD = """
## Labels

Prometheus adds `job`, `instance` and, by our configuration, `process`.

| Label | Values |
|---|---|
"""


def metrics_page() -> str:
    """The page as Markdown."""
    rows = "".join(_row(metric) for metric in metrics())
    closed = {f"`{label}`": ", ".join(f"`{value}`" for value in values) for label, values in LABEL_VALUES.items()}
    labels = {**closed, **{f"`{label}`": words for label, words in OPEN_LABELS.items()}}
    return HEAD + rows + LABELS_HEAD + "".join(f"| {label} | {values} |\n" for label, values in labels.items())


def _row(metric: Metric) -> str:
    labels = ", ".join(f"`{label}`" for label in metric.labels)
    return f"| `{metric.name}` | {metric.kind} | {labels} | {metric.process} | {metric.meaning} |\n"


if __name__ == "__main__":
    PAGE.write_text(metrics_page(), encoding="utf-8")
