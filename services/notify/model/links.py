"""Where a message's reader acts: the console's page of the thing that an event tells of, if he may open it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from contracts.services import RPC
from contracts.vocabulary import DeadlineKind


@dataclass(frozen=True)
class Destination:
    """A page of the console; `path` names the event's field, `service` and `method` are what the page asks."""

    path: str
    service: str
    method: str
    kind: str | None = None
    """Only of an event whose field `kind` has this word."""

    def opens_for(self, roles: frozenset[str]) -> bool:
        return not roles.isdisjoint(RPC[self.service][self.method].roles)

    def address(self, data: Mapping[str, Any]) -> str | None:
        """None where the event names no such thing."""
        if self.kind is not None and data["kind"] != self.kind:
            return None
        try:
            filled = self.path.format_map({name: value for name, value in data.items() if value is not None})
        except KeyError:
            return None
        return f"/{filled}"


_DRAFT = Destination("drafts/{draft_id}", "intake", "get_draft")
_REPORT = Destination("reports/{report_id}", "intake", "get_report")
_ISSUE = Destination("reading/{issue_id}", "review", "read_issue")
_ASSIGNMENT = Destination("assignments/{assignment_id}", "review", "get_assignment")
_FINDING = Destination("findings/{finding_id}", "review", "get_finding")
_TASK = Destination("commission-tasks/{task_id}", "review", "get_commission_task")
_PROJECT = Destination("research-projects/{project_id}", "review", "get_project")
_CASE = ("timeliness/cases/{deadline_id}", "intake", "get_deadline")
_DEADLINE = (
    Destination("assignments/{subject_id}", "review", "get_assignment", DeadlineKind.FEEDBACK),
    Destination("assignments/{subject_id}", "review", "get_assignment", DeadlineKind.ASSIGNMENT_RECEIPT),
    Destination("commission-tasks/{subject_id}", "review", "get_commission_task", DeadlineKind.COMMISSION),
    Destination("commissions/{subject_id}", "review", "get_commission", DeadlineKind.COMMISSION_UPWARD),
    Destination(*_CASE, DeadlineKind.URGENT_REPORT),
    Destination(*_CASE, DeadlineKind.FOLLOW_UP),
)

PAGES: dict[str, tuple[Destination, ...]] = {
    "draft.offered": (_DRAFT,),
    "draft.returned": (_DRAFT,),
    "draft.endorsed": (_DRAFT,),
    "endorsement.requested": (_DRAFT,),
    "report.registered": (_REPORT,),
    "report.returned": (_REPORT,),
    "report.adopted": (_REPORT,),
    "report.corrected": (_REPORT,),
    "report.withdrawn": (_REPORT,),
    "chain.closed": (_REPORT,),
    "adoption.withdrawn": (_REPORT,),
    "decision.undone": (_REPORT,),
    "report.handed_over": (Destination("queue/{report_id}", "review", "open_desk_item"),),
    "reading.requested": (Destination("readings/{reading_id}", "review", "get_reading"),),
    "issue.published": (_ISSUE,),
    "issue.withdrawn": (_ISSUE,),
    "issue_item.withdrawn": (_ISSUE,),
    "acknowledgement.awaited": (_REPORT,),
    "assignment.given": (_ASSIGNMENT,),
    "feedback.returned": (_ASSIGNMENT,),
    "feedback.accepted": (_ASSIGNMENT,),
    "feedback.flagged": (_REPORT,),
    "finding.proposed": (_FINDING,),
    "finding.confirmed": (_FINDING,),
    "finding.dropped": (_FINDING,),
    "commission.issued": (_TASK,),
    "commission.withdrawn": (_TASK,),
    "commission.excused": (_TASK,),
    "guidance.issued": (Destination("guidance/{guidance_id}", "review", "get_guidance"),),
    "research_project.started": (_PROJECT,),
    "research_project.changed": (_PROJECT,),
    "assignment.escalated": (_ASSIGNMENT,),
    "notice.issued": (_ASSIGNMENT,),
    # The head of the office reads what lies with his office, not the instruction.
    "office_step.missed": (
        Destination("instructions/{instruction_id}", "review", "get_instruction"),
        Destination("supervision/office", "review", "list_office_cases"),
    ),
    "extension.asked": (_ASSIGNMENT,),
    "extension.granted": (_ASSIGNMENT,),
    "extension.refused": (_ASSIGNMENT,),
    "lateness.decided": (Destination(*_CASE),),
    "deadline.approaching": _DEADLINE,
    "deadline.missed": _DEADLINE,
    "deadline.reassessed": _DEADLINE,
    "amendment.received": (Destination("queue/{report_id}", "review", "open_desk_item"),),
    "bulletin.issued": (Destination("bulletins/{period}", "scoring", "get_bulletin"),),
}
"""Messages that lead somewhere, to the first page that their reader's posts may open; the others say all there is."""


def page_of(message: str, data: Mapping[str, Any], roles: frozenset[str]) -> str | None:
    """Path of the page for whoever holds `roles`; None where no page is for him."""
    addresses = (page.address(data) for page in PAGES.get(message, ()) if page.opens_for(roles))
    return next((address for address in addresses if address is not None), None)


def link_to(page: str | None, public_url: str) -> str | None:
    """Its address for letters; None without a public address."""
    return f"{public_url.rstrip('/')}{page}" if page and public_url else None
