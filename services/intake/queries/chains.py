"""The chain of a report: its steps, what is missing, the figures over time, what is due next (notice 二(一))."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from contracts.rpc import chains as rpc
from contracts.rpc.content import Incident
from contracts.rpc.intake import ReportId
from contracts.vocabulary import (
    URGENT_FOLLOWING,
    URGENT_KINDS,
    AmendmentAct,
    ChainState,
    DeadlineKind,
    DeadlineOutcome,
    Element,
    Figure,
    Kind,
    ReportFlag,
    ReportState,
    Severity,
)
from kernel.deadlines.engine import find_deadline
from kernel.errors import NotFound
from kernel.principal import Principal
from kernel.service import Reading
from services.intake.model.chain_contents import chain_contents, told_by
from services.intake.model.chain_steps import ChainRow, ChainStepRow
from services.intake.model.chains import ChainOfReports, FigureStated, Statement, Step, chain_of
from services.intake.model.incidents import IncidentReport
from services.intake.model.reports import Report, ReportVersion
from services.intake.queries.visibility import cleared, in_reach, reads_text


def get_chain(reading: Reading, request: ReportId) -> rpc.Chain:
    """The chain that a report of the reader's belongs to. Raises `NotFound`, for what is no urgent report too."""
    report = visible_urgent_report(reading.session, reading.principal, request.report_id)
    reports = visible_members(reading.session, reading.principal, root_of(report), report.unit_id) or [report]
    return chain_reply(reading.session, reading.principal, reports)


def visible_urgent_report(session: Session, reader: Principal, report_id: UUID) -> Report:
    """An urgent report that the reader may see. Raises `NotFound`."""
    visible = (in_reach(reader, Report.unit_id), Report.secrecy.in_(cleared(reader)))
    report = session.scalar(select(Report).where(Report.id == report_id, *visible))
    if report is None or report.kind not in URGENT_KINDS:
        raise NotFound(f"没有找到紧急信息 {report_id}。", f"There is no urgent report {report_id}.")
    return report


def root_of(report: Report) -> UUID:
    """Id under which the documents of a report's chain are found: that of its first report."""
    return report.follows_report_id if report.kind in URGENT_FOLLOWING and report.follows_report_id else report.id


def members(
    session: Session, root: UUID, unit_id: UUID, conditions: Iterable[ColumnElement[bool]] = ()
) -> list[Report]:
    """The registered documents of one chain: of the unit whose chain it is only, whoever else names it."""
    first = (Report.id == root) & (Report.kind == Kind.URGENT_FIRST)
    following = (Report.follows_report_id == root) & Report.kind.in_(URGENT_FOLLOWING)
    query = select(Report).where(or_(first, following), Report.unit_id == unit_id, *conditions)
    return list(session.scalars(query.order_by(Report.first_received_at, Report.number)))


def visible_members(session: Session, reader: Principal, root: UUID, unit_id: UUID) -> list[Report]:
    """Those documents of one chain that a reader who may see its unit is cleared for."""
    return members(session, root, unit_id, [Report.secrecy.in_(cleared(reader))])


def read_chain(session: Session, reports: list[Report]) -> ChainOfReports:
    """The chain that these documents make, in all their signed versions."""
    versions = session.scalars(select(ReportVersion).where(ReportVersion.report_id.in_([each.id for each in reports])))
    return chain_of(map(_statement, versions), chain_contents())


def _statement(version: ReportVersion) -> Statement:
    content = version.content
    incident = Incident.model_validate(content["incident"]) if content.get("incident") else None
    figures = incident.figures.model_dump(exclude_none=True) if incident and incident.figures else {}
    return Statement(
        report_id=version.report_id,
        version=version.version,
        kind=version.kind,
        received_at=version.received_at,
        receipt_number=version.receipt_number,
        body=content["body"],
        told=told_by(content["occurred_at"], content["place"], incident),
        figures={Figure(name): Decimal(value) for name, value in figures.items()},
        elements=incident.elements if incident else {},
        severity=Severity(content["severity"]) if content["severity"] else None,
        author_name=version.sign_off["author_name"],
        signer_name=version.sign_off["signer_name"],
        withdraws=version.version > 1 and (content.get("amendment") or {}).get("act") == AmendmentAct.WITHDRAWAL,
    )


def chain_reply(session: Session, reader: Principal, reports: list[Report]) -> rpc.Chain:
    """The chain as the reader sees it; the documents in order of receipt."""
    chain, by_id = read_chain(session, reports), {report.id: report for report in reports}
    with_text, flags = reads_text(reader), chain_flags(session, by_id)
    head = next((report for report in reports if report.kind is Kind.URGENT_FIRST), reports[0])
    row = session.get(ChainRow, head.id)
    closed = row is not None and row.closed_at is not None
    return rpc.Chain(
        first_report_id=head.id if head.kind is Kind.URGENT_FIRST else None,
        unit_id=head.unit_id,
        unit_name=head.unit_name,
        title=head.title,
        severity=severity_of(reports),
        drill=head.drill,
        state=ChainState.CLOSED if closed else ChainState.FINAL_RECEIVED if chain.final else ChainState.OPEN,
        closed_at=row.closed_at if row else None,
        closed_by=row.closed_by if row else None,
        steps=[_step(step, by_id[step.report_id], with_text, flags) for step in chain.steps],
        missing=list(chain.missing),
        figures=[_figure(stated, head.unit_name) for stated in chain.figures] if with_text else [],
        next_step=_next_step(session, chain),
        incident_id=session.scalar(
            select(IncidentReport.incident_id).where(IncidentReport.first_report_id == head.id)
        ),
    )


def chain_flags(session: Session, report_ids: Iterable[UUID]) -> dict[UUID, list[ReportFlag]]:
    """What the chains say of these reports."""
    rows = session.scalars(select(ChainStepRow).where(ChainStepRow.report_id.in_(list(report_ids))))
    return {
        row.report_id: [
            *map(ReportFlag, row.flags), *([ReportFlag.AFTER_CLOSING] if row.after_closing else []),
        ]
        for row in rows
    }  # fmt: skip


def _next_step(session: Session, chain: ChainOfReports) -> rpc.NextStep | None:
    """What is owed after the last document; nothing once the final report has come."""
    deadline = find_deadline(session, DeadlineKind.FOLLOW_UP, chain.steps[-1].report_id)
    if deadline is None or chain.final:
        return None
    explanation = deadline.explain()
    return rpc.NextStep(
        kind=Kind.URGENT_FOLLOW_UP if chain.missing else Kind.URGENT_FINAL,
        follows_upon=deadline.subject_id,
        due_at=deadline.due_at,
        outcome=DeadlineOutcome(deadline.outcome),
        explanation_zh=explanation.zh,
        explanation_en=explanation.en,
    )


def severity_of(reports: list[Report]) -> Severity | None:
    """The severity stated last by a document that was not withdrawn, else by the first one; in order of receipt."""
    counting = [reports[0], *(each for each in reports[1:] if each.state is not ReportState.WITHDRAWN)]
    return next((report.severity for report in reversed(counting) if report.severity), None)


def _step(
    step: Step, report: Report, with_text: bool, flags: dict[UUID, list[ReportFlag]]
) -> rpc.ChainStep:
    return rpc.ChainStep(
        report_id=report.id,
        number=report.number,
        kind=step.kind,
        label=step.label,
        title=report.title,
        state=report.state,
        received_at=step.received_at,
        receipt_numbers=[statement.receipt_number for statement in step.statements],
        author_name=step.newest.author_name if with_text else "",
        signer_name=step.newest.signer_name if with_text else "",
        elements=_in_order(step.newest.elements) if with_text else {},
        missing=list(step.missing),
        flags=[*map(ReportFlag, report.flags), *flags.get(report.id, [])] if with_text else [],
    )


def _in_order(elements: Mapping[Element, str]) -> dict[Element, str]:
    """As the vocabulary has them: a document kept as JSON has forgotten its order."""
    return {element: elements[element] for element in Element if element in elements}


def _figure(stated: FigureStated, unit_name: str) -> rpc.FigureStated:
    return rpc.FigureStated(
        figure=stated.figure,
        value=stated.value,
        change=stated.change,
        received_at=stated.by.received_at,
        receipt_number=stated.by.receipt_number,
        report_id=stated.by.report_id,
        unit_name=unit_name,
        author_name=stated.by.author_name,
        signer_name=stated.by.signer_name,
    )
