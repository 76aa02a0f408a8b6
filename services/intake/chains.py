"""Following chains of urgent information: every document that is registered is judged together with its chain."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from contracts.vocabulary import URGENT_KINDS, Kind
from kernel.database import Work
from services.intake.follow_ups import chase_chain
from services.intake.model.chain_steps import ChainRow, ChainStepRow
from services.intake.model.chains import ChainOfReports
from services.intake.model.reports import Report
from services.intake.queries.chains import members, read_chain, root_of


def follow_chains(work: Work, registered: list[tuple[Work, Report]]) -> None:
    """Judge the chains anew that these reports belong to, each once, in one order for everybody."""
    by_chain: dict[UUID, list[tuple[Work, Report]]] = {}
    for caused, report in registered:
        if report.kind in URGENT_KINDS:
            by_chain.setdefault(root_of(report), []).append((caused, report))
    for root in sorted(by_chain):
        caused = by_chain[root][-1][0]
        _follow(caused, root, {report.id for _, report in by_chain[root]})


def locked_chain(work: Work, root: UUID) -> ChainRow:
    """The chain's row, locked until the transaction ends; made when it is not there yet."""
    start = {"first_report_id": root, "version": 0}
    work.session.execute(insert(ChainRow).values(start).on_conflict_do_nothing())
    query = select(ChainRow).where(ChainRow.first_report_id == root).with_for_update()
    return work.session.scalars(query.execution_options(populate_existing=True)).one()


def _follow(work: Work, root: UUID, registered: set[UUID]) -> None:
    row = locked_chain(work, root)
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
