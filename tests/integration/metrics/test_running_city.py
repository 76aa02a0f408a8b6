"""R25: what a running city tells a real Prometheus, and what dashboard and rules make of it."""

from __future__ import annotations

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from urllib.request import urlopen
from uuid import uuid4

import httpx
import pytest
from prometheus_client import multiprocess
from prometheus_client.metrics_core import Metric as Family
from prometheus_client.parser import text_string_to_metric_families

from deploy.city import City
from deploy.dashboard_rows import queries
from deploy.demo_people import DEMO
from deploy.metrics_page import ALL, EVERYBODY, GATEWAY, SERVICES, metrics, values_of
from deploy.processes import wait_until
from tests.contract.source import ROOT
from tests.integration.metrics.programs import PROMETHEUS, output_of
from tests.integration.metrics.prometheus import Prometheus
from tests.support.city import Visitors

PATIENCE = 60.0
PROCESSES = (*SERVICES, GATEWAY)
WITHOUT_DATA_AT_FIRST = {
    "批示反馈按时率（30 天） Feedback in time, 30 days": "no instruction was given",
    "批示反馈按时率：单位类别 Feedback in time by class": "no instruction was given",
    "告警 Alerts firing": "nothing is wrong",
    "持续工作失败 Failures of continuous work": "nothing failed",
}
EMPTY_QUERIES = {
    "sum by (process, state) (increase(chengbao_events_put_aside_total[$__rate_interval]))": "nothing was put aside",
    "max by (step) (chengbao_office_steps_median_seconds)": "the supervision office finished nothing",
    "sum by (entry) (max by (rule, entry) (chengbao_ledger_entries))": "nothing was adopted",
}
REPORTS: tuple[dict[str, str], ...] = (
    {"kind": "development", "title": "河西区推进老旧小区改造", "body": "今年已完成十二个小区。"},
    {
        "kind": "urgent_first",
        "title": "河西区一商场发生火灾",
        "body": "消防已到场处置，无人员伤亡。",
        "severity": "general",
        "place": "河西区友谊路",
    },
)


def submit(client: httpx.Client, content: dict[str, str]) -> httpx.Response:
    if content["kind"] == "urgent_first":
        content = {**content, "occurred_at": (datetime.now(UTC) - timedelta(minutes=30)).isoformat()}
    people = {
        "author_id": str(DEMO.person("hexi.wang").person_id),
        "signer_id": str(DEMO.person("hexi.li").person_id),
    }
    headers = {"Idempotency-Key": str(uuid4())}
    return client.post("/v1/reports", json={"content": content, **people}, headers=headers)


@pytest.fixture(scope="module")
def prometheus(city: City, visitors: Visitors, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prometheus]:
    """Has seen a city without and with two reports on the desk, and everybody's figures since."""
    server = Prometheus(city, tmp_path_factory.mktemp("prometheus"))
    server.start()
    try:
        with visitors.client() as client:
            assert wait_until(lambda: len(server.query("up == 1")) == len(PROCESSES), PATIENCE)
            for report in REPORTS:
                assert submit(client, report).status_code == 202
            assert wait_until(lambda: seen(server, "sum(chengbao_queue_items)") == len(REPORTS), PATIENCE)
        with visitors.person("editor") as editor:
            assert len(editor.get("/v1/queue")["items"]) == len(REPORTS)
        yield server
    finally:
        server.stop()


def seen(server: Prometheus, expression: str) -> float:
    samples = server.query(expression)
    return float(samples[0]["value"][1]) if samples else float("nan")


def page(city: City, process: str) -> str:
    with urlopen(city.health_url(process).replace("/readyz", "/metrics"), timeout=10) as response:
        text: str = response.read().decode()
    return text


def families(text: str) -> dict[str, Family]:
    """Our metrics by exported name; what prometheus-client adds to each left out."""
    found = (family for family in text_string_to_metric_families(text) if family.name.startswith("chengbao_"))
    return {
        f"{family.name}_total" if family.type == "counter" else family.name: family
        for family in found
        if not family.name.endswith("_created")
    }


@pytest.mark.parametrize("process", PROCESSES)
def test_R25_promtool_finds_nothing_to_say_about_a_page_of_metrics(
    prometheus: Prometheus, city: City, process: str
) -> None:
    assert output_of("promtool", "check", "metrics", given=page(city, process)) == (0, "")


@pytest.mark.parametrize("process", PROCESSES)
def test_R25_a_process_exports_what_is_documented_and_nothing_else(
    prometheus: Prometheus, city: City, process: str
) -> None:
    of_this = {GATEWAY, EVERYBODY} if process == GATEWAY else {ALL, EVERYBODY, process}
    documented = {metric.name: metric.kind for metric in metrics() if metric.process in of_this}
    assert {name: family.type for name, family in families(page(city, process)).items()} == documented


@pytest.mark.parametrize("process", PROCESSES)
def test_R25_labels_have_only_the_values_written_down(prometheus: Prometheus, city: City, process: str) -> None:
    surprising = [
        (name, label, value)
        for name, family in families(page(city, process)).items()
        for sample in family.samples
        for label, value in sample.labels.items()
        if label != "le" and not is_written(name, label, value)
    ]
    assert surprising == []


def is_written(metric: str, label: str, value: str) -> bool:
    """Routes as the document of the API names them, units as the directory; a fresh city's ledger has no rules."""
    closed = values_of(metric, label)
    if closed is not None:
        return value in closed
    if label in ("unit", "unit_id"):
        return any(value in (unit.name, str(unit.unit_id)) for unit in DEMO.units)
    return label == "route" and re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", value) in routes()


@cache
def routes() -> frozenset[str]:
    return frozenset({*json.loads((ROOT / "contracts" / "openapi.json").read_text())["paths"], "none"})


def test_R25_every_query_of_the_dashboard_has_an_answer(prometheus: Prometheus) -> None:
    expected = {
        expression
        for title, expression in queries()
        if title not in WITHOUT_DATA_AT_FIRST and expression not in EMPTY_QUERIES
    }
    answered = wait_until(lambda: all(prometheus.query(expression) for expression in expected), PATIENCE)
    silent = [expression for expression in expected if not prometheus.query(expression)]
    assert answered, silent
    assert [expression for title, expression in queries() if prometheus.query(expression) is None] == []


def test_R25_every_rule_is_evaluated_without_trouble(prometheus: Prometheus) -> None:
    assert wait_until(lambda: all(rule["health"] != "unknown" for rule in prometheus.rules()), PATIENCE)
    troubled = [(rule["name"], rule.get("lastError")) for rule in prometheus.rules() if rule["health"] != "ok"]
    assert troubled == []
    for rule in prometheus.rules():
        prometheus.query(rule["query"])


def test_R25_a_city_that_is_well_wakes_nobody(prometheus: Prometheus) -> None:
    assert [sample["metric"] for sample in prometheus.query('ALERTS{alertstate="firing"}')] == []


def test_R04_an_urgent_report_in_time_moves_the_compliance_metric(prometheus: Prometheus) -> None:
    ratio = 'unit_class_severity:chengbao_urgent_reports_in_time:ratio{unit_class="district",severity="general"}'
    assert wait_until(lambda: seen(prometheus, ratio) == 1, PATIENCE)
    assert seen(prometheus, "sum(chengbao_receipts_total)") == len(REPORTS)


def test_R25_a_process_that_hangs_is_an_alert_to_come(prometheus: Prometheus, city: City) -> None:
    pending = 'ALERTS{alertname="ChengbaoProcessDown",alertstate="pending",process="notify"}'
    os.kill(city.pid("notify"), signal.SIGSTOP)
    try:
        assert wait_until(lambda: bool(prometheus.query(pending)), PATIENCE)
    finally:
        os.kill(city.pid("notify"), signal.SIGCONT)
    assert wait_until(lambda: not prometheus.query(pending), PATIENCE)


def test_R25_processes_are_named_after_their_container() -> None:
    named = {
        target["labels"]["process"]
        for job in ("chengbao", "chengbao-gateway", "rabbitmq")
        for target in discovered(job)
    }
    assert named == {*PROCESSES, "rabbitmq"}


def discovered(job: str) -> list[dict[str, dict[str, str]]]:
    """A job's targets as Prometheus labels them."""
    status, said = output_of(
        "promtool", "check", "service-discovery", "--timeout=1s", PROMETHEUS / "prometheus.yml", job
    )
    assert status == 0, said
    targets: list[dict[str, dict[str, str]]] = json.loads(said)
    return targets


def test_R25_the_figures_of_all_web_workers_add_up_and_outlive_them(city: City, visitors: Visitors) -> None:
    asked = 0

    def everybody_has_answered(workers: int) -> bool:
        nonlocal asked
        with ExitStack() as stack:  # new connections, so that either worker may take them
            for client in [stack.enter_context(visitors.client()) for _ in range(8)]:
                assert client.get("/v1/receipts/none").status_code == 404
                asked += 1
        counts = [counted(city, file) for file in worker_files(city)]
        return len(counts) == workers and all(counts)

    assert wait_until(lambda: everybody_has_answered(2), PATIENCE)
    assert counted(city) == asked
    os.kill(pid_of(worker_files(city)[0]), signal.SIGKILL)
    assert wait_until(lambda: everybody_has_answered(3), PATIENCE)
    assert counted(city) == asked


def worker_files(city: City) -> list[Path]:
    """Where each web worker counts; what it counted stays when it has ended."""
    return sorted(Path(city.environment("gateway")["PROMETHEUS_MULTIPROC_DIR"]).glob("histogram_*.db"))


def pid_of(file: Path) -> int:
    return int(file.stem.partition("_")[2])


def counted(city: City, file: Path | None = None) -> float:
    """How many of our requests a worker has counted, or the page says that all have."""
    if file is None:
        found = text_string_to_metric_families(page(city, GATEWAY))
    else:
        found = multiprocess.MultiProcessCollector.merge([str(file)])  # type: ignore[no-untyped-call]
    return sum(
        sample.value
        for family in found
        for sample in family.samples
        if sample.name == "chengbao_request_seconds_count" and sample.labels["route"].startswith("/v1/receipts/")
    )
