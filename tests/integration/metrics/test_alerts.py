"""R25: each alert fires when it should and stays quiet when not, and says what to do then."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from deploy.metrics_page import metrics
from services.intake.service import IntakeService
from services.notify.schedule import CALL_JOB
from services.notify.service import NotifyService
from services.review.service import ReviewService
from services.scoring.service import ScoringService
from tests.contract.source import ROOT
from tests.integration.metrics.alert_cases import CASES, Case, Series
from tests.integration.metrics.programs import PROMETHEUS, RULES, output_of

GROUPS = yaml.safe_load(RULES.read_text())["groups"]
ALERTS = {rule["alert"]: rule for group in GROUPS for rule in group["rules"] if "alert" in rule}
MANUAL = ROOT / "docs" / "operators" / "alerts.md"
SECTION_PARTS = ("**What it means.** ", "**What to look at.** ", "**At 3 a.m.** ")
BY_ALERT = {case.alert: case for case in CASES}
OWN = {metric.name for metric in metrics()}
CHINESE, ENGLISH = re.compile(r"[\u4e00-\u9fff]"), re.compile(r"[A-Za-z]{2,} [a-z]")


def firing(case: Case) -> dict[str, Any]:
    """The alert as Prometheus writes it down while it fires."""
    labels = {"alertname": case.alert, "alertstate": "firing", **ALERTS[case.alert]["labels"], **case.labels}
    written = ",".join(f'{name}="{value}"' for name, value in labels.items())
    return {"labels": f"ALERTS{{{written}}}", "value": 1}


def trial(case: Case, series: Series, samples: list[dict[str, Any]]) -> dict[str, Any]:
    return {
        "interval": "1m",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {
                "expr": f'ALERTS{{alertname="{case.alert}",alertstate="firing"}}',
                "eval_time": f"{case.after}m",
                "exp_samples": samples,
            }
        ],
    }


def promtool(folder: Path, trials: Iterable[dict[str, Any]]) -> tuple[int, str]:
    file = folder / "trials.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "tests": list(trials)}))
    return output_of("promtool", "test", "rules", file)


def test_R25_every_alert_fires_when_it_should(tmp_path: Path) -> None:
    status, said = promtool(tmp_path, (trial(case, case.fires, [firing(case)]) for case in CASES))
    assert status == 0, said


def test_R25_no_alert_fires_when_it_should_not(tmp_path: Path) -> None:
    status, said = promtool(tmp_path, (trial(case, case.quiet, []) for case in CASES))
    assert status == 0, said


def test_R25_a_case_that_is_wrong_is_found(tmp_path: Path) -> None:
    status, said = promtool(tmp_path, (trial(case, case.quiet, [firing(case)]) for case in CASES))
    assert status == 1
    assert said.count("exp:") == len(CASES)


def test_R25_whoever_is_woken_by_timed_work_finds_its_name() -> None:
    section = MANUAL.read_text(encoding="utf-8").partition("## ChengbaoTimedWorkFailing")[2].partition("\n## ")[0]
    told = " ".join(section.split())
    services = (IntakeService, ReviewService, ScoringService, NotifyService)
    names = {job.name for service in services for job in service.schedule} | {CALL_JOB}
    assert {name for name in names if f"`{name}`" not in told} == set()


def test_R25_every_alert_has_its_cases() -> None:
    assert set(BY_ALERT) == set(ALERTS)
    assert len(BY_ALERT) == len(CASES)


def test_R25_every_alert_has_a_section_of_the_manual_and_every_section_an_alert() -> None:
    assert sorted(re.findall(r"^## (\w+)$", MANUAL.read_text(), re.MULTILINE)) == sorted(ALERTS)


@pytest.mark.parametrize("alert", sorted(ALERTS))
def test_R25_an_alert_says_in_two_languages_what_happened_and_what_to_do(alert: str) -> None:
    rule = ALERTS[alert]
    assert rule["labels"]["severity"] in {"critical", "warning"}
    for text in (rule["annotations"]["summary"], rule["annotations"]["description"]):
        assert CHINESE.search(text)
        assert ENGLISH.search(text)
    assert rule["annotations"]["runbook"] == f"{MANUAL.relative_to(ROOT)}#{alert.lower()}"


@pytest.mark.parametrize("alert", sorted(ALERTS))
def test_R25_an_alert_names_only_labels_it_has(alert: str) -> None:
    words = " ".join(ALERTS[alert]["annotations"].values())
    assert set(re.findall(r"\$labels\.(\w+)", words)) <= BY_ALERT[alert].labels.keys()


@pytest.mark.parametrize("alert", sorted(ALERTS))
def test_R25_the_manual_says_what_to_do_at_three_in_the_morning(alert: str) -> None:
    section = MANUAL.read_text().partition(f"## {alert}\n")[2].partition("\n## ")[0]
    assert f"Severity: {ALERTS[alert]['labels']['severity']}." in section
    parts = [section.partition(part)[2].partition("\n\n")[0] for part in SECTION_PARTS]
    assert all(len(part) > 10 for part in parts), parts


def test_R25_rules_ask_only_for_figures_that_exist() -> None:
    asked = set(re.findall(r"(?<![\w:])chengbao_\w+", RULES.read_text()))
    histograms = {f"{metric.name}_{part}" for metric in metrics() for part in ("bucket", "count", "sum")}
    assert {name for name in asked if name not in OWN | histograms} == set()


@pytest.mark.parametrize("path", [RULES, PROMETHEUS / "prometheus.yml"], ids=lambda path: path.name)
def test_R25_promtool_reads_rules_and_configuration(path: Path) -> None:
    kind = "rules" if path == RULES else "config"
    status, said = output_of("promtool", "check", kind, path)
    assert (status, "SUCCESS" in said, "FAILED" in said) == (0, True, False), said


def test_R25_shares_in_time_look_thirty_days_back(tmp_path: Path) -> None:
    """40 days: 10 in time and 10 late before, 9 in time and 1 late within the last 30."""
    larger = '{unit_class="district",severity="larger"}'
    bureau = '{unit_class="bureau",outcome="%s"}'
    series = {
        f"chengbao_urgent_reports_met{larger}": "10x9 19x31",
        f"chengbao_urgent_reports_missed{larger}": "10x9 11x31",
        f"chengbao_feedback_deadlines{bureau % 'met'}": "10x9 13x31",
        f"chengbao_feedback_deadlines{bureau % 'missed'}": "10x9 11x31",
    }
    expected = {
        f"unit_class_severity:chengbao_urgent_reports_in_time:ratio{larger}": 19 / 30,
        f"unit_class_severity:chengbao_urgent_reports_in_time:ratio30d{larger}": 0.9,
        'unit_class:chengbao_urgent_reports_in_time:ratio30d{unit_class="district"}': 0.9,
        'unit_class:chengbao_feedback_in_time:ratio{unit_class="bureau"}': 13 / 24,
        'unit_class:chengbao_feedback_in_time:ratio30d{unit_class="bureau"}': 0.75,
    }
    trials = {
        "interval": "1d",
        "input_series": [{"series": name, "values": values} for name, values in series.items()],
        "promql_expr_test": [
            {"expr": name, "eval_time": "39d", "exp_samples": [{"labels": name, "value": value}]}
            for name, value in expected.items()
        ],
    }
    file = tmp_path / "shares.yml"
    file.write_text(yaml.safe_dump({"rule_files": [str(RULES)], "evaluation_interval": "1d", "tests": [trials]}))
    status, said = output_of("promtool", "test", "rules", file)
    assert status == 0, said


def test_R25_alertmanager_reads_its_configuration_and_wakes_somebody_for_critical_alerts_only() -> None:
    configuration = ROOT / "deploy" / "alertmanager" / "alertmanager.yml"
    status, said = output_of("amtool", "check-config", configuration)
    assert (status, "SUCCESS" in said) == (0, True), said
    routes = {
        severity: output_of(
            "amtool", "config", "routes", "test", f"--config.file={configuration}", f"severity={severity}"
        )[1].split()
        for severity in ("critical", "warning")
    }
    assert "at-once" in routes["critical"]
    assert "working-day" in routes["warning"]


def test_R25_the_mail_of_an_alert_says_what_to_do() -> None:
    annotations = {"summary": "事件未送出。", "description": "检查总线。", "runbook": "alerts.md#x"}
    alert = {"status": "firing", "annotations": annotations, "startsAt": "2026-11-24T18:00:00Z"}
    data = {"status": "firing", "groupLabels": {"alertname": "X"}, "commonLabels": {"severity": "critical"}}
    status, said = output_of(
        "amtool", "template", "render",
        f"--template.glob={ROOT / 'deploy' / 'alertmanager' / '*.tmpl'}",
        '--template.text={{ template "chengbao.subject" . }}\n{{ template "chengbao.text" . }}',
        "--template.data=/dev/stdin",
        given=json.dumps(data | {"alerts": [alert]}),
    )  # fmt: skip
    assert status == 0, said
    assert "[呈报 Chengbao] 告警 critical: X\n" in said
    assert all(text in said for text in annotations.values())
