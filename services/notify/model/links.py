"""Where a message's reader acts: the console's page of the thing that an event tells of."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

PAGES: dict[str, tuple[str, str]] = {
    # message                  page           field with the id
    "draft.offered": ("drafts", "draft_id"),
    "draft.returned": ("drafts", "draft_id"),
    "draft.endorsed": ("drafts", "draft_id"),
    "endorsement.requested": ("drafts", "draft_id"),
    "report.registered": ("reports", "report_id"),
    "report.returned": ("reports", "report_id"),
    "report.adopted": ("reports", "report_id"),
    "adoption.withdrawn": ("reports", "report_id"),
    "decision.undone": ("reports", "report_id"),
    "report.handed_over": ("queue", "report_id"),
    "reading.requested": ("readings", "reading_id"),
    "issue.published": ("reading", "issue_id"),
    "issue.withdrawn": ("reading", "issue_id"),
    "acknowledgement.awaited": ("reports", "report_id"),
    "assignment.given": ("assignments", "assignment_id"),
    "feedback.returned": ("assignments", "assignment_id"),
    "feedback.accepted": ("assignments", "assignment_id"),
    "report.corrected": ("reports", "report_id"),
    "report.withdrawn": ("reports", "report_id"),
    "chain.closed": ("reports", "report_id"),
    "finding.proposed": ("findings", "finding_id"),
    "finding.confirmed": ("findings", "finding_id"),
    "finding.dropped": ("findings", "finding_id"),
    "commission.issued": ("commission-tasks", "task_id"),
    "commission.withdrawn": ("commission-tasks", "task_id"),
    "commission.excused": ("commission-tasks", "task_id"),
    "guidance.issued": ("guidance", "guidance_id"),
    "research_project.started": ("research-projects", "project_id"),
    "research_project.changed": ("research-projects", "project_id"),
    "assignment.escalated": ("assignments", "assignment_id"),
    "notice.issued": ("assignments", "assignment_id"),
    "office_step.missed": ("instructions", "instruction_id"),
    "extension.asked": ("assignments", "assignment_id"),
    "extension.granted": ("assignments", "assignment_id"),
    "extension.refused": ("assignments", "assignment_id"),
    "lateness.decided": ("timeliness/cases", "deadline_id"),
}
"""Messages that lead somewhere; the others say all there is."""


def link_to(message: str, data: Mapping[str, Any], public_url: str) -> str | None:
    """Address of the page; None without a public address, or where no page belongs to the message."""
    page, field = PAGES.get(message, ("", ""))
    if not public_url or data.get(field) is None:
        return None
    return f"{public_url.rstrip('/')}/{page}/{data[field]}"
