"""The chain of an urgent report: what was told when, what is missing, the figures over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from flask import flash, render_template

from contracts.rpc.chains import Chain, FigureStated
from contracts.rpc.incidents import IncidentPage, IncidentSummary
from contracts.vocabulary import Figure
from gateway.console.forms import asked
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from gateway.console.wording import figure

ONE = "/reports/<uuid:report_id>/chain"


@dataclass
class FiguresAt:
    """The figures that one receipt changed."""

    received_at: datetime
    receipt_number: str
    unit_name: str
    said_by: str
    values: dict[Figure, str] = field(default_factory=dict)


def show_chain(report_id: UUID) -> Answer:
    chain = asked("intake", "get_chain", Chain, report_id=report_id)
    return render_template(
        "console/chain.html", chain=chain, report_id=report_id, incidents=_incidents(chain),
        **figure_table(chain.figures),
    )


def close_chain(report_id: UUID) -> Answer:
    asked("intake", "close_chain", Chain, report_id=report_id)
    flash("已办结。此后如有新的续报，将自动转为办理中。")
    return go_to("show_chain", report_id=report_id)


def figure_table(stated: list[FigureStated]) -> dict[str, object]:
    """Rows of receipts, newest last, and the columns that any of them fills."""
    rows: dict[tuple[datetime, str], FiguresAt] = {}
    for each in sorted(stated, key=lambda one: (one.received_at, one.receipt_number)):
        row = rows.setdefault(
            (each.received_at, each.receipt_number),
            FiguresAt(each.received_at, each.receipt_number, each.unit_name, each.author_name),
        )
        row.values[each.figure] = _with_change(each)
    used = {column for row in rows.values() for column in row.values}
    return {"figure_rows": list(rows.values()), "figure_columns": [column for column in Figure if column in used]}


def _with_change(stated: FigureStated) -> str:
    value = figure(stated.value)
    if stated.change is None:
        return value
    return f"{value}（{'+' if stated.change > 0 else '−'}{figure(abs(stated.change))}）"


def _incidents(chain: Chain) -> list[IncidentSummary]:
    """Incidents that the first report may be joined to: where it is in none, for those who may join."""
    if chain.incident_id or not chain.first_report_id or not may("gather_report"):
        return []
    page = asked("intake", "list_incidents", IncidentPage)
    return [incident for incident in page.items if incident.drill == chain.drill]


PAGES = (
    Page("GET", ONE, show_chain),
    Page("POST", f"{ONE}/closing", close_chain),
)
