"""R25: every figure has a proper name, bounded labels and its row in the operators' page."""

from __future__ import annotations

import ast

import pytest

from deploy.metrics_page import LABEL_VALUES, OPEN_LABELS, PAGE, Metric, metrics, metrics_page, values_of
from tests.contract.source import PRODUCT, sources

METRICS = sorted(metrics(), key=lambda metric: metric.name)
COUNTED = frozenset(
    [
        "accounts",
        "addresses",
        "adoptions",
        "assignments",
        "attempts",
        "attachments",
        "bulletins",
        "deadlines",
        "deliveries",
        "drafts",
        "entries",
        "events",
        "extensions",
        "failures",
        "feedback",
        "instructions",
        "issues",
        "items",
        "points",
        "receipts",
        "reports",
        "runs",
        "steps",
    ]
)
"""What is counted without a unit of its own; what is measured in time ends in seconds, what is yes or no in FLAGS."""
FLAGS = frozenset({"connected", "durable", "readable", "ready"})
OTHER_UNITS = frozenset(
    ["milliseconds", "ms", "minutes", "hours", "days", "percent", "kilobytes", "kb", "mb", "count", "number"]
)
TELLING = frozenset(
    [
        "title",
        "subject",
        "unit_name",
        "person",
        "person_id",
        "author",
        "login",
        "report_id",
        "text",
        "address",
    ]
)
DECLARATIONS = frozenset({"Figure", "Counter", "Gauge", "Histogram", "Summary", "Info", "Enum"})
PROMETHEUS_OWN = frozenset({"job", "instance", "process", "le", "quantile", "__name__"})


def ids(metric: Metric) -> str:
    return metric.name


def declared() -> set[str]:
    """Names of all metrics in our source."""
    calls = (
        node
        for source in sources(*PRODUCT)
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in DECLARATIONS
    )
    first = (call.args[0] for call in calls if call.args)
    names = (argument.value for argument in first if isinstance(argument, ast.Constant))
    return {name for name in names if isinstance(name, str) and name.startswith("chengbao_")}


def test_R25_the_page_of_metrics_is_made_from_the_code() -> None:
    assert PAGE.read_text() == metrics_page(), "run: python -m deploy.metrics_page"


def test_R25_every_metric_of_the_source_is_on_the_page_and_the_other_way_round() -> None:
    assert {name.removesuffix("_total") for name in declared()} == {m.name.removesuffix("_total") for m in METRICS}


def test_R25_no_metric_is_declared_twice() -> None:
    names = [metric.name for metric in METRICS]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("metric", METRICS, ids=ids)
def test_R25_a_name_says_thing_and_unit(metric: Metric) -> None:
    words = metric.name.removesuffix("_total").split("_")
    assert words[0] == "chengbao"
    assert words[-1] in {"seconds", "bytes"} or COUNTED.intersection(words) or words[-1] in FLAGS
    assert not OTHER_UNITS.intersection(words)
    assert metric.name.endswith("_total") == (metric.kind == "counter")


@pytest.mark.parametrize("metric", METRICS, ids=ids)
def test_R25_a_meaning_is_a_sentence(metric: Metric) -> None:
    assert metric.meaning.endswith(".")
    assert "|" not in metric.meaning


@pytest.mark.parametrize("metric", METRICS, ids=ids)
def test_R25_every_label_has_a_closed_list_of_values_and_none_tells_who_or_what(metric: Metric) -> None:
    for label in metric.labels:
        assert values_of(metric.name, label) != ()
    assert not TELLING.intersection(metric.labels)
    assert not PROMETHEUS_OWN.intersection(metric.labels)


def test_R25_no_list_of_values_is_left_over() -> None:
    used = {label for metric in METRICS for label in metric.labels}
    used |= {f"{metric.name}.{label}" for metric in METRICS for label in metric.labels}
    assert (LABEL_VALUES.keys() | OPEN_LABELS.keys()) - used == set()
