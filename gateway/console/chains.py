"""The chain of an urgent report: what was told when, what is missing, the figures over time."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from flask import flash, render_template

from contracts.rpc.chains import Chain, FigureStated
from contracts.vocabulary import Figure
from gateway.console.forms import asked
from gateway.console.page import Answer, Page, go_to

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
    return render_template("console/chain.html", chain=chain, report_id=report_id, **figure_table(chain.figures))


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
    used = {figure for row in rows.values() for figure in row.values}
    return {"figure_rows": list(rows.values()), "figure_columns": [figure for figure in Figure if figure in used]}


def _with_change(stated: FigureStated) -> str:
    value = _plain(stated.value)
    if stated.change is None:
        return value
    return f"{value}（{'+' if stated.change > 0 else '−'}{_plain(abs(stated.change))}）"


def _plain(value: Decimal) -> str:
    """With thousands separated and without needless zeros."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


PAGES = (
    Page("GET", ONE, show_chain),
    Page("POST", f"{ONE}/closing", close_chain),
)
