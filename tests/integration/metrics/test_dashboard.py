"""R25: the committed dashboard is the built one, in two languages, and asks only for what exists."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import yaml

from deploy.dashboard import DASHBOARD, dashboard_text
from deploy.dashboard_rows import ROWS, queries
from deploy.metrics_page import metrics
from tests.contract.source import ROOT
from tests.integration.metrics.programs import RULES

PANELS: list[dict[str, Any]] = json.loads(DASHBOARD.read_text())["panels"]
COMPLIANCE = {
    "unit_class_severity:chengbao_urgent_reports_in_time:ratio30d",
    "unit_class:chengbao_feedback_in_time:ratio30d",
}


def recorded() -> set[str]:
    groups = yaml.safe_load(RULES.read_text())["groups"]
    return {rule["record"] for group in groups for rule in group["rules"] if "record" in rule}


def test_R25_the_dashboard_is_made_from_the_code() -> None:
    assert DASHBOARD.read_text() == dashboard_text(), "run: python -m deploy.dashboard"


def test_R25_both_compliance_metrics_are_shown() -> None:
    assert {expression for _, expression in queries()} >= COMPLIANCE


def test_R25_every_panel_and_row_has_a_title_in_two_languages_of_its_own() -> None:
    titles = [panel["title"] for panel in PANELS]
    assert len(set(titles)) == len(titles)
    assert [title for title in titles if not re.search(r"[\u4e00-\u9fff].* [A-Z][A-Za-z]+", title)] == []


def test_R25_every_panel_has_a_number_and_a_place_of_its_own() -> None:
    assert len({panel["id"] for panel in PANELS}) == len(PANELS)
    places = [
        (x, y)
        for panel in PANELS
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(set(places)) == len(places)
    assert max(x for x, _ in places) < 24


@pytest.mark.parametrize(("title", "expression"), list(queries()))
def test_R25_a_query_asks_only_for_figures_and_shares_that_exist(title: str, expression: str) -> None:
    histograms = {f"{metric.name}_{part}" for metric in metrics() for part in ("bucket", "count", "sum")}
    known = {metric.name for metric in metrics()} | histograms | recorded()
    assert set(re.findall(r"[\w:]*chengbao_[\w:]+", expression)) <= known


def test_R25_every_business_figure_is_shown_somewhere() -> None:
    """Directly, or by a rule that the dashboard shows."""
    shown = " ".join(expression for _, expression in queries())
    rules = {
        rule["record"]: rule["expr"]
        for group in yaml.safe_load(RULES.read_text())["groups"]
        for rule in group["rules"]
        if "record" in rule
    }
    for name, expression in reversed(rules.items()):
        shown += expression if name in shown else ""
    assert {metric.name for metric in metrics() if metric.name not in shown} == set()


def test_R25_provisioning_finds_the_dashboard_and_prometheus() -> None:
    provisioning = ROOT / "deploy" / "grafana" / "provisioning"
    source = yaml.safe_load((provisioning / "datasources" / "prometheus.yml").read_text())["datasources"][0]
    provider = yaml.safe_load((provisioning / "dashboards" / "chengbao.yml").read_text())["providers"][0]
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())["services"]
    assert source["type"] == "prometheus"
    assert source["url"].partition("//")[2].partition(":")[0] in compose
    assert f"./deploy/grafana/dashboards:{provider['options']['path']}:ro" in compose["grafana"]["volumes"]
    assert len(ROWS) == 6
