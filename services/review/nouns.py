"""What the desk keeps, by the field that names it in a request (`kernel.nouns`)."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy.orm import Session

from contracts.rpc.refused_attempts import AttemptKind
from contracts.vocabulary import UNIT_ROLES
from kernel.errors import NotFound
from kernel.nouns import Noun, Nouns
from kernel.principal import Principal
from services.review.model.adoptions import Adoption
from services.review.model.assignments import Assignment
from services.review.model.commissions import Commission, CommissionTask
from services.review.model.desk import DeskItem
from services.review.model.findings import Finding
from services.review.model.guidance import Guidance
from services.review.model.instructions import Instruction
from services.review.model.issues import Issue
from services.review.model.queue_views import QueueView
from services.review.model.readings import ReadingRequest
from services.review.model.research import ResearchProject
from services.review.queries.assignments import visible_assignment
from services.review.queries.commissions import visible_commission, visible_task
from services.review.queries.desk import visible_item
from services.review.queries.findings import visible_finding
from services.review.queries.guidance import visible_guidance
from services.review.queries.issues import visible_issue
from services.review.queries.item_pictures import visible_members
from services.review.queries.readings import visible_reading
from services.review.queries.research import visible_project


def _see_item(session: Session, asker: Principal, report_id: UUID) -> None:
    """The desk sees all within its clearance; a unit's people are told of their own."""
    item = visible_item(session, asker, report_id)
    if asker.holds(*UNIT_ROLES) and item.unit_id != asker.unit_id:
        raise NotFound("编辑处没有这条信息。", "There is no such report on the desk.")


def _see_adoption(session: Session, asker: Principal, adoption_id: UUID) -> None:
    """Every report of the item, where several were combined into it."""
    adoption = session.get_one(Adoption, adoption_id)
    _see_item(session, asker, adoption.report_id)
    visible_members(session, asker, adoption)


def _see_view(session: Session, asker: Principal, view_id: UUID) -> None:
    if session.get_one(QueueView, view_id).editor_id != asker.id:
        raise NotFound("没有这个视图。", "There is no such view.")


def _see_all(_session: Session, _asker: Principal, _thing_id: UUID) -> None:
    """Whoever may ask for one may ask for all."""


_ITEM = Noun(AttemptKind.DESK_ITEM, DeskItem.report_id, _see_item)
_ADOPTION = Noun(AttemptKind.ADOPTION, Adoption.adoption_id, _see_adoption)
_GUIDANCE = Noun(AttemptKind.GUIDANCE, Guidance.guidance_id, visible_guidance)

NOUNS: Nouns = {
    "report_id": _ITEM,
    "from_report_id": _ITEM,
    "reading_id": Noun(AttemptKind.READING, ReadingRequest.reading_id, visible_reading),
    "issue_id": Noun(AttemptKind.ISSUE, Issue.issue_id, visible_issue),
    "adoption_id": _ADOPTION,
    "others": _ADOPTION,
    "view_id": Noun(AttemptKind.QUEUE_VIEW, QueueView.view_id, _see_view),
    "finding_id": Noun(AttemptKind.FINDING, Finding.finding_id, visible_finding),
    "instruction_id": Noun(AttemptKind.INSTRUCTION, Instruction.instruction_id, _see_all),
    "assignment_id": Noun(AttemptKind.ASSIGNMENT, Assignment.assignment_id, visible_assignment),
    "commission_id": Noun(AttemptKind.COMMISSION, Commission.commission_id, visible_commission),
    "task_id": Noun(AttemptKind.COMMISSION, CommissionTask.task_id, visible_task),
    "guidance_id": _GUIDANCE,
    "into_id": _GUIDANCE,
    "project_id": Noun(AttemptKind.RESEARCH, ResearchProject.project_id, visible_project),
}
