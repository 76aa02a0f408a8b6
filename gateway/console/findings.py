"""Findings about units: the city proposes and decides, the unit reads what is said about it and replies."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import flash, render_template

from contracts.rpc.directory import Unit, UnitPage
from contracts.rpc.findings import Finding, FindingDecision, FindingPage, FindingState
from contracts.rpc.verifications import Verification
from contracts.vocabulary import UNIT_ROLES, FindingKind
from gateway.console.forms import asked, asked_query, form_key, line, paragraphs
from gateway.console.menu import may
from gateway.console.page import Answer, Page, go_to
from gateway.console.verifications import verifications_of
from gateway.entrance import present
from kernel.errors import Refusal

ONE = "/findings/<uuid:finding_id>"


def list_findings() -> Answer:
    query = asked_query("state", "unit_id", "cursor")
    page = asked("review", "list_findings", FindingPage, **query)
    about = asked_query("report_id", "about_unit_id", "number")
    return render_template(
        "console/findings.html", page=page, query=query, states=FindingState, kinds=FindingKind, about=about,
        verified=_verified(about.get("report_id")), own=present().principal.holds(*UNIT_ROLES),
        units=_units() if may("propose_finding") else [],
    )


def _units() -> list[Unit]:
    """Units a finding may be about; none while intake is away, which the page survives."""
    try:
        return asked("intake", "list_units", UnitPage, limit=200).items
    except Refusal:
        return []


def _verified(report_id: str | None) -> list[Verification]:
    """The report's verifications in force, one of which may be named among the grounds."""
    record = verifications_of(report_id) if report_id and may("propose_finding") else None
    return [entry for entry in record.items if entry.corrected_by_id is None] if record else []


def propose_finding() -> Answer:
    finding = asked(
        "review", "propose_finding", Finding, finding_id=uuid5(form_key(), "finding_id"), kind=line("kind"),
        unit_id=line("unit_id"), report_id=line("report_id"), incident_number=line("incident_number"),
        facts=paragraphs("facts"), grounds=paragraphs("grounds"), verification_id=line("verification_id"),
    )
    flash("已提出，并通知单位可在期限内申辩。")
    return go_to("show_finding", finding_id=finding.finding_id)


def show_finding(finding_id: UUID) -> Answer:
    finding = asked("review", "get_finding", Finding, finding_id=finding_id)
    return render_template("console/finding.html", finding=finding, decisions=FindingDecision)


def reply_to_finding(finding_id: UUID) -> Answer:
    asked("review", "reply_to_finding", Finding, finding_id=finding_id, text=paragraphs("text"))
    flash("申辩已登记，与认定一并保存。")
    return go_to("show_finding", finding_id=finding_id)


def decide_finding(finding_id: UUID) -> Answer:
    decided = asked(
        "review", "decide_finding", Finding, finding_id=finding_id, decision=line("decision"),
        reason=paragraphs("reason"),
    )
    flash(f"已决定：{decided.state.label}。")
    return go_to("show_finding", finding_id=finding_id)


PAGES = (
    Page("GET", "/findings", list_findings),
    Page("POST", "/findings", propose_finding),
    Page("GET", ONE, show_finding),
    Page("POST", f"{ONE}/replies", reply_to_finding),
    Page("POST", f"{ONE}/decision", decide_finding),
)
