"""Following chains of urgent information: every document that is registered is judged together with its chain."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contracts.events.intake import ChainClosed
from contracts.rpc import chains as rpc
from contracts.rpc.intake import ReportId
from contracts.vocabulary import URGENT_KINDS, Kind, ReportState
from kernel.database import Work
from kernel.errors import Conflict
from services.intake.follow_ups import chase_chain, waive_chain
from services.intake.model.chain_steps import ChainRow, ChainStepRow
from services.intake.model.chains import ChainOfReports
from services.intake.model.reports import Report
from services.intake.queries.chains import (
    chain_reply,
    members,
    read_chain,
    root_of,
    visible_members,
    visible_urgent_report,
)


def follow_chains(work: Work, registered: list[tuple[Work, Report]]) -> None:
    """Judge the chains anew that these reports belong to, each once, in one order for everybody."""
    by_chain: dict[UUID, list[tuple[Work, Report]]] = {}
    for caused, report in registered:
        if report.kind in URGENT_KINDS:
            by_chain.setdefault(root_of(report), []).append((caused, report))
    for root in sorted(by_chain):
        caused = by_chain[root][-1][0]
        _follow(caused, root, {report.id for _, report in by_chain[root]})


def close_chain(work: Work, request: ReportId) -> rpc.Chain:
    """The city is done with the chain. Raises `NotFound`, `Conflict` without a final report or when closed already."""
    report = visible_urgent_report(work.session, work.principal, request.report_id)
    row = _locked_chain(work, root_of(report))
    reports = members(work.session, row.first_report_id, report.unit_id)
    _check_may_close(row, reports)
    first = next(each for each in reports if each.kind is Kind.URGENT_FIRST)
    row.close(work.principal.name, work.now)
    closed = ChainClosed(
        report_id=first.id, number=first.number, unit_id=first.unit_id, title=first.told_title,
        closed_by=work.principal.name, closed_at=work.now, drill=first.drill,
    )  # fmt: skip
    work.emit(closed, subject=first.id, version=row.version)
    work.audit("chain.closed", first.id, row.version)
    shown = visible_members(work.session, work.principal, first.id, first.unit_id)
    return chain_reply(work.session, work.principal, shown)


def _check_may_close(row: ChainRow, reports: list[Report]) -> None:
    if row.closed_at is not None:
        raise Conflict(f"该信息已由{row.closed_by}办结。", f"This chain was closed already by {row.closed_by}.")
    finals = [report for report in reports if report.kind is Kind.URGENT_FINAL]
    if not finals or all(report.kind is not Kind.URGENT_FIRST for report in reports):
        raise Conflict("尚未收到终报，不能办结。", "No final report has been received; the chain cannot be closed.")
    if all(report.state in (ReportState.RETURNED, ReportState.WITHDRAWN) for report in finals):
        raise Conflict(
            "终报已退回修改或已撤回，收到新的终报才能办结。",
            "The final report was returned or withdrawn; close the chain once a new one has come.",
        )


def _locked_chain(work: Work, root: UUID) -> ChainRow:
    """The chain's row, locked until the transaction ends; made when it is not there yet."""
    start = {"first_report_id": root, "version": 0}
    work.session.execute(insert(ChainRow).values(start).on_conflict_do_nothing())
    query = select(ChainRow).where(ChainRow.first_report_id == root).with_for_update()
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def _follow(work: Work, root: UUID, registered: set[UUID]) -> None:
    row = _locked_chain(work, root)
    first = work.session.get(Report, root)
    if first is None or first.kind is not Kind.URGENT_FIRST:
        return  # judged when the first report comes
    reports = members(work.session, root, first.unit_id)
    fresh = registered & {report.id for report in reports}
    if not fresh:
        return  # another unit named this chain
    chain = read_chain(work.session, reports)
    _keep_steps(work, root, chain, fresh if row.closed_at else set())
    if row.closed_at:
        row.reopen()
        work.audit("chain.reopened", root, row.version, report_ids=sorted(map(str, fresh)))
    if first.state is ReportState.WITHDRAWN:
        waive_chain(work, chain)
    else:
        chase_chain(work, first, chain)


def _keep_steps(work: Work, root: UUID, chain: ChainOfReports, after_closing: set[UUID]) -> None:
    rows = insert(ChainStepRow).values(
        [
            {
                "report_id": step.report_id,
                "first_report_id": root,
                "flags": [str(flag) for flag in step.flags],
                "after_closing": step.report_id in after_closing,
            }
            for step in chain.steps
        ]
    )
    work.session.execute(
        rows.on_conflict_do_update(
            index_elements=[ChainStepRow.report_id],
            set_={
                "flags": rows.excluded.flags,
                "after_closing": ChainStepRow.after_closing | rows.excluded.after_closing,
            },
        )
    )
