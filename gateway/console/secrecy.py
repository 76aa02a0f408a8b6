"""A wrong secrecy class: raised from the report's page; then a page of what was done and what could not be."""

from __future__ import annotations

from uuid import UUID

from flask import render_template

from contracts.rpc.secrecy import Reclassification, ToldPeople
from gateway.console.forms import asked, line, paragraphs
from gateway.console.page import Answer, Page, go_to
from kernel.errors import Refusal

ONE = "/reports/<uuid:report_id>/secrecy"

MESSAGES = {
    "draft.offered": "送签提醒", "draft.returned": "退改提醒", "report.registered": "紧急信息提醒",
    "report.returned": "退回通知", "report.adopted": "采用通知", "acknowledgement.awaited": "催签通知",
    "deadline.approaching": "时限提醒", "deadline.missed": "超时通知", "deadline.reassessed": "时限变更通知",
    "lateness.decided": "迟报认定通知", "chain.closed": "办结通知", "assignment.given": "交办通知",
    "feedback.accepted": "反馈办结通知", "feedback.returned": "反馈退回通知", "feedback.flagged": "反馈未计入通知",
    "draft.endorsed": "核稿通知", "endorsement.requested": "核稿提醒", "adoption.withdrawn": "撤销采用通知",
    "amendment.received": "更正撤回通知", "assignment.escalated": "逾期告知", "decision.undone": "退回撤销通知",
    "extension.asked": "延期申请通知", "extension.granted": "准予延期通知", "extension.refused": "不予延期通知",
    "finding.proposed": "拟认定通知", "finding.confirmed": "认定通知", "finding.dropped": "不予认定通知",
    "notice.issued": "通知单", "office_step.missed": "督办超时告知", "reading.requested": "送阅通知",
    "report.corrected": "更正通知", "report.handed_over": "移交通知", "report.withdrawn": "撤回通知",
    "report.reclassified": "密级调整通知", "issue.published": "刊发通知", "issue.withdrawn": "期刊撤销通知",
    "bulletin.issued": "通报通知", "commission.issued": "约稿通知", "commission.withdrawn": "约稿撤回通知",
    "commission.excused": "免交通知", "guidance.issued": "报送要点通知", "research_project.started": "调研课题通知",
    "issue_item.withdrawn": "已刊发的采用撤销通知",
    "research_project.changed": "课题变更通知", "checkpoint.declared": "存证检查点通知",
}  # fmt: skip


def raise_secrecy(report_id: UUID) -> Answer:
    asked(
        "intake", "raise_secrecy", Reclassification, report_id=report_id, secrecy=line("secrecy"),
        reason=paragraphs("secrecy_reason"),
    )
    return go_to("show_secrecy", report_id=report_id)


def show_secrecy(report_id: UUID) -> Answer:
    raised = asked("intake", "get_reclassification", Reclassification, report_id=report_id)
    return render_template("console/secrecy.html", raised=raised, told=_told(report_id), messages=MESSAGES)


def _told(report_id: UUID) -> ToldPeople | None:
    """Who had been told; None while notify has not heard of it, or is away."""
    try:
        return asked("notify", "list_told", ToldPeople, report_id=report_id)
    except Refusal:
        return None


PAGES = (Page("POST", ONE, raise_secrecy), Page("GET", ONE, show_secrecy))
