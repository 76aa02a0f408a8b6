"""Writes Grafana's dashboard: `python -m deploy.dashboard`; a test compares it, another asks a Prometheus every query.

Needs the development packages (grafana-foundation-sdk); the JSON it writes is committed and provisioned as it is.
"""

from __future__ import annotations

from itertools import count
from pathlib import Path

from grafana_foundation_sdk.builders import common, prometheus, stat, timeseries
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.common import BigValueColorMode, LegendDisplayMode, LegendPlacement
from grafana_foundation_sdk.models.dashboard import (
    DataSourceRef,
    FieldColorModeId,
    Threshold,
    ThresholdsMode,
)

from deploy.dashboard_panels import SHARE, Chart, Number
from deploy.dashboard_rows import ROWS

DASHBOARD = Path(__file__).resolve().parent / "grafana" / "dashboards" / "chengbao.json"
DATA_SOURCE = DataSourceRef(type_val="prometheus", uid="${datasource}")
HEIGHT = 7


def dashboard_text() -> str:
    """The dashboard as Grafana's JSON."""
    board = (
        builders.Dashboard("呈报运行 Chengbao operations")
        .uid("chengbao")
        .tags(["chengbao"])
        .timezone("Asia/Shanghai")
        .refresh("30s")
        .time("now-24h", "now")
        .readonly()
        .with_variable(builders.DatasourceVariable("datasource").label("数据源 Data source").type("prometheus"))
    )
    numbers = count(1)
    for title, panels in ROWS:
        board = board.with_row(builders.Row(title).id(next(numbers)))
        for panel in panels:
            built = _number(panel) if isinstance(panel, Number) else _chart(panel)
            board = board.with_panel(built.id(next(numbers)))
    return JSONEncoder(sort_keys=True, indent=1, ensure_ascii=False).encode(board.build()) + "\n"


def _chart(chart: Chart) -> timeseries.Panel:
    legend = (
        common.VizLegendOptions()
        .display_mode(LegendDisplayMode.LIST)
        .placement(LegendPlacement.BOTTOM)
        .show_legend(True)
    )
    panel = timeseries.Panel().title(chart.title).description(chart.description).datasource(DATA_SOURCE)
    panel = panel.unit(chart.unit).min(0).height(HEIGHT).span(chart.width).legend(legend)
    for reference, (expression, name) in zip("ABCDEF", chart.queries, strict=False):
        panel = panel.with_target(_query(expression, name).ref_id(reference))
    return panel.max(1) if chart.unit == SHARE else panel


def _number(number: Number) -> stat.Panel:
    steps = [Threshold(value=value, color=color) for value, color in number.steps]
    return (
        stat.Panel()
        .title(number.title)
        .description(number.description)
        .datasource(DATA_SOURCE)
        .unit(number.unit)
        .no_value("—")
        .height(HEIGHT)
        .span(number.width)
        .reduce_options(common.ReduceDataOptions().calcs(["lastNotNull"]))
        .color_mode(BigValueColorMode.BACKGROUND)
        .color_scheme(builders.FieldColor().mode(FieldColorModeId.THRESHOLDS))
        .thresholds(builders.ThresholdsConfig().mode(ThresholdsMode.ABSOLUTE).steps(steps))
        .with_target(_query(number.query, number.legend).ref_id("A").instant())
    )


def _query(expression: str, legend: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().expr(expression).legend_format(legend)


if __name__ == "__main__":
    DASHBOARD.write_text(dashboard_text(), encoding="utf-8")
