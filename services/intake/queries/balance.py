"""Good news and bad, and channels, counted from registered reports; the same conditions list what was counted."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_

from contracts.rpc import balance as rpc
from contracts.vocabulary import Kind, Leaning, ReportState, SourceChannel
from kernel.clock import SHANGHAI
from kernel.service import Reading
from services.intake.model.reports import Report
from services.intake.model.units import Unit
from services.intake.queries.keyset import cursor_after, instant_after, page
from services.intake.queries.visibility import cleared, in_reach

_ADOPTED = Report.state == ReportState.ADOPTED


def report_balance(reading: Reading, request: rpc.BalanceQuery) -> rpc.ReportBalance:
    """Counts of units and of channels, of what the reader is cleared for."""
    return rpc.ReportBalance(units=_units(reading, request), channels=_channels(reading, request))


def _units(reading: Reading, request: rpc.BalanceQuery) -> list[rpc.UnitBalance]:
    counts: dict[str, ColumnElement[int]] = {
        each.value: func.count().filter(Report.leaning == each) for each in Leaning
    }
    counts |= {
        "unstated": func.count().filter(Report.leaning.is_(None)), "reports": func.count(),
        "adopted": func.count().filter(_ADOPTED),
    }
    query = (
        select(Unit.id, Unit.name, Report.unit_class, *(count.label(name) for name, count in counts.items()))
        .join(Unit, Unit.id == Report.unit_id)
        .where(*_counted(reading, request))
        .group_by(Unit.id, Unit.name, Unit.sort_key, Report.unit_class)
        .order_by(Unit.sort_key, Unit.id, Report.unit_class)
    )
    return [_unit(row) for row in reading.session.execute(query)]


def _unit(row: Any) -> rpc.UnitBalance:
    return rpc.UnitBalance(
        unit_id=row.id, unit_name=row.name, unit_class=row.unit_class, good_news=row.good_news, bad_news=row.bad_news,
        neutral=row.neutral, unstated=row.unstated, reports=row.reports, adopted=row.adopted,
        one_sided=row.good_news >= rpc.ONE_SIDED_FROM and row.bad_news == 0,
    )


def _channels(reading: Reading, request: rpc.BalanceQuery) -> list[rpc.ChannelBalance]:
    query = (
        select(Report.source_channel, func.count(), func.count().filter(_ADOPTED))
        .where(*_counted(reading, request))
        .group_by(Report.source_channel)
    )
    found = [
        rpc.ChannelBalance(channel=channel, reports=reports, adopted=adopted)
        for channel, reports, adopted in reading.session.execute(query)
    ]
    order = [*SourceChannel, None]
    return sorted(found, key=lambda each: order.index(each.channel))


def list_balanced(reading: Reading, request: rpc.ListBalanced) -> rpc.BalancedPage:
    """The reports of a number, newest first."""
    query = select(Report).where(*_counted(reading, request), *_chosen(request))
    query = query.order_by(Report.first_received_at.desc(), Report.id.desc()).limit(request.limit + 1)
    if request.cursor:
        query = query.where(tuple_(Report.first_received_at, Report.id) < instant_after(request.cursor))
    reports, last = page(list(reading.session.scalars(query)), request.limit)
    return rpc.BalancedPage(
        items=[
            rpc.BalancedReport(
                report_id=each.id, number=each.number, title=each.title, unit_id=each.unit_id,
                unit_name=each.unit_name, kind=each.kind, state=each.state, leaning=each.leaning,
                channel=each.source_channel, first_received_at=each.first_received_at,
            )
            for each in reports
        ],
        next_cursor=cursor_after(last.first_received_at, last.id) if last else None,
    )


def _counted(reading: Reading, request: rpc.BalanceQuery) -> list[ColumnElement[bool]]:
    conditions = [
        in_reach(reading.principal, Report.unit_id), Report.secrecy.in_(cleared(reading.principal)), ~Report.drill,
        Report.kind != Kind.FEEDBACK, Report.state != ReportState.WITHDRAWN,
    ]
    if request.since is not None:
        conditions.append(Report.first_received_at >= datetime.combine(request.since, time(), SHANGHAI))
    if request.until is not None:
        end = datetime.combine(request.until, time(), SHANGHAI) + timedelta(days=1)
        conditions.append(Report.first_received_at < end)
    if request.unit_id is not None:
        conditions.append(Report.unit_id == request.unit_id)
    if request.unit_class is not None:
        conditions.append(Report.unit_class == request.unit_class)
    return conditions


def _chosen(request: rpc.ListBalanced) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, value, said in (
        (Report.leaning, request.leaning, request.leaning_said),
        (Report.source_channel, request.channel, request.channel_said),
    ):
        if value is not None:
            conditions.append(column == value)
        if said is not None:
            conditions.append(column.is_(None) if said is rpc.Stated.UNSTATED else column.is_not(None))
    if request.adopted is not None:
        conditions.append(_ADOPTED if request.adopted else ~_ADOPTED)
    return conditions
