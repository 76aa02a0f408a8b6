"""Findings: proposed with grounds, answered by the unit in its time, confirmed or dropped by a second person (R07)."""

from __future__ import annotations

from typing import Any

from contracts.events import review as events
from contracts.rpc import findings as rpc
from contracts.vocabulary import FindingKind, Kind
from kernel.database import Work
from kernel.deadlines.calendar import WorkingCalendar
from kernel.errors import Conflict, Invalid
from kernel.ids import new_id
from services.review.model.desk import DeskItem
from services.review.model.findings import Finding, FindingStatement
from services.review.model.secrecy import told_title
from services.review.model.units import Unit
from services.review.model.verifications import in_force
from services.review.queries.desk import visible_item
from services.review.queries.findings import finding_shown, visible_finding
from services.review.queries.verifications import entries_of

WITHOUT_REPORT = frozenset({FindingKind.OMITTED, FindingKind.CONCEALED})
"""What may be found where nothing was reported at all."""


def propose_finding(
    work: Work, request: rpc.ProposeFinding, reply_days: int, calendar: WorkingCalendar
) -> rpc.Finding:
    """Propose one; the unit may reply until the end of the `reply_days`-th working day. Raises `Refusal`."""
    unit = work.session.get(Unit, request.unit_id)
    if unit is None:
        raise Invalid("没有这个单位。", "There is no such unit.", pointer="/unit_id")
    _check_report(work, request)
    _check_verification(work, request)
    if work.session.get(Finding, request.finding_id):
        raise Conflict("该认定已提出。", "This finding has been proposed already.")
    finding = Finding(
        **request.model_dump(), version=1, state=rpc.FindingState.PROPOSED, unit_name=unit.name,
        unit_class=unit.unit_class, proposed_by_id=work.principal.id, proposed_by=work.principal.name,
        proposed_at=work.now, reply_due_at=calendar.reckon(work.now, reply_days).at,
    )  # fmt: skip
    work.session.add(finding)
    work.session.flush()
    work.emit(events.FindingProposed(**_of(work, finding)), subject=finding.finding_id, version=finding.version)
    work.audit("propose_finding", finding.finding_id, finding.version, kind=finding.kind.value)
    return finding_shown(work.session, finding)


def reply_to_finding(work: Work, request: rpc.ReplyToFinding) -> rpc.Finding:
    """The unit's reply, kept beside it; late ones too, until it is decided. Raises `NotFound`, `Conflict`."""
    finding = visible_finding(work.session, work.principal, request.finding_id, lock=True)
    finding.require_open()
    said = FindingStatement(
        statement_id=new_id(), finding_id=finding.finding_id, by_id=work.principal.id, by_name=work.principal.name,
        text=request.text, at=work.now,
    )  # fmt: skip
    work.session.add(said)
    finding.version += 1
    work.audit("reply_to_finding", finding.finding_id, finding.version)
    return finding_shown(work.session, finding)


def decide_finding(work: Work, request: rpc.DecideFinding) -> rpc.Finding:
    """Confirm or drop it; points follow a confirmed one, if a rule names its kind. Raises `Refusal`."""
    finding = visible_finding(work.session, work.principal, request.finding_id, lock=True)
    replied = bool(finding_shown(work.session, finding).replies)
    finding.decide(work.principal, request.decision, request.reason, work.now, replied=replied)
    told = {"reason": request.reason, "decided_by": work.principal.name, "decided_at": work.now}
    confirmed = request.decision is rpc.FindingDecision.CONFIRMED
    event = (events.FindingConfirmed if confirmed else events.FindingDropped)(**_of(work, finding), **told)
    work.emit(event, subject=finding.finding_id, version=finding.version)
    work.audit("decide_finding", finding.finding_id, finding.version, decision=request.decision.value)
    return finding_shown(work.session, finding)


def _check_report(work: Work, request: rpc.ProposeFinding) -> DeskItem | None:
    if request.report_id is None:
        if request.kind not in WITHOUT_REPORT:
            raise Invalid(
                f"认定{request.kind.label}须指明所报信息。", f"A finding {request.kind} names the report.",
                pointer="/report_id",
            )
        return None
    item = visible_item(work.session, work.principal, request.report_id)
    item.refuse_drill("作认定", "found fault with")
    if item.unit_id != request.unit_id:
        raise Invalid("该信息不是这个单位报的。", "The report is not this unit's.", pointer="/unit_id")
    if request.kind is FindingKind.LATE and item.kind is Kind.URGENT_FIRST:
        raise Conflict(
            "紧急信息是否迟报，请在“时限”中按该信息的时限认定。",
            "Whether an urgent report is late is decided on its deadline (GET /v1/deadlines).",
        )
    return item


def _check_verification(work: Work, request: rpc.ProposeFinding) -> None:
    """An entry named as grounds is one of the report, and no later one has corrected it."""
    if request.verification_id is None:
        return
    entries = entries_of(work.session, request.report_id) if request.report_id else []
    if all(entry.verification_id != request.verification_id for entry in in_force(entries)):
        raise Invalid(
            "该信息没有这条有效的核实记录。", "The report has no such verification in force.",
            pointer="/verification_id",
        )


def _of(work: Work, finding: Finding) -> dict[str, Any]:
    """What every event of a finding tells."""
    title = finding.incident_number or finding.facts[:60]
    if finding.report_id is not None:
        item = work.session.get_one(DeskItem, finding.report_id)
        title = told_title(work.session, item.report_id, item.title)
    return {
        "finding_id": finding.finding_id,
        "kind": finding.kind,
        "unit_id": finding.unit_id,
        "unit_class": finding.unit_class,
        "report_id": finding.report_id,
        "title": title,
        "reply_due_at": finding.reply_due_at,
    }
