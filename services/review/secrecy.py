"""A report's class was raised: the desk, issues, instructions and feedback hide it from those not cleared (R07)."""

from __future__ import annotations

from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from contracts.events.intake import ReportReclassified
from contracts.rpc.secrecy import WITHHELD_TEXT, WITHHELD_TITLE
from kernel.database import Work
from kernel.deadlines.model import Deadline
from services.review.adoptions import withdraw_unpublished
from services.review.deadlines import COMMISSION, OF_ASSIGNMENT, UPWARD
from services.review.issues import locked_issue
from services.review.model.adoptions import Adoption
from services.review.model.assignments import Assignment
from services.review.model.commissions import Commission, CommissionTask
from services.review.model.desk import DeskItem
from services.review.model.instructions import Instruction
from services.review.model.notice_texts import with_title_withheld
from services.review.model.notices import Notice
from services.review.model.research import ResearchChange, ResearchMilestone, ResearchNote, ResearchProject
from services.review.model.secrecy import RaisedClass, raised_class
from services.review.queries.desk import adoption_in_force
from services.review.research import MILESTONE

REASON = "密级已调整 (its secrecy class was raised)"


def follow_reclassification(work: Work, raised: ReportReclassified) -> None:
    """Hide it; an issue that is being composed loses it, a published one keeps its text for those who are cleared."""
    known = raised_class(work.session, raised.report_id)
    secrecy = known.higher(raised.secrecy)
    if secrecy is known:
        return
    work.session.merge(RaisedClass(report_id=raised.report_id, secrecy=secrecy))
    adoption = _adoption_with_its_issue(work.session, raised)
    item = work.session.get(DeskItem, raised.report_id, with_for_update=True, populate_existing=True)
    if item is not None:
        item.secrecy = item.secrecy.higher(secrecy)
        if adoption is not None and adoption.published_at is None:
            withdraw_unpublished(work, item, adoption, REASON)
    _hide_instructions(work.session, raised)
    _hide_commissions(work.session, raised)
    _hide_projects(work.session, raised)
    work.audit("follow_reclassification", raised.report_id, None, secrecy=str(secrecy))


def _adoption_with_its_issue(session: Session, raised: ReportReclassified) -> Adoption | None:
    """The adoption in force, its issue locked first: the order of locks is issue, item."""
    adoption = adoption_in_force(session, raised.report_id)
    if adoption is None:
        return None
    locked_issue(session, adoption.issue_id)
    session.refresh(adoption, with_for_update=True)
    return adoption if adoption.withdrawn_at is None else None


def _hide_instructions(session: Session, raised: ReportReclassified) -> None:
    """Instructions, assignments and their deadlines are called by the report's title."""
    concerned = select(Instruction.instruction_id).where(Instruction.report_id == raised.report_id)
    of_instruction = Assignment.instruction_id.in_(concerned)
    assignments = select(Assignment.assignment_id).where(of_instruction)
    deadlines = select(Deadline).where(Deadline.kind.in_(OF_ASSIGNMENT), Deadline.subject_id.in_(assignments))
    for deadline in session.scalars(deadlines.order_by(Deadline.id).with_for_update()):
        deadline.facts = deadline.facts | {"title": WITHHELD_TITLE}
    for table, condition in ((Assignment, of_instruction), (Instruction, Instruction.report_id == raised.report_id)):
        session.execute(update(table).where(condition).values(report_title=WITHHELD_TITLE))
    # After the assignments: a notice that was being issued held its assignment.
    for notice in session.scalars(select(Notice).where(Notice.assignment_id.in_(assignments)).with_for_update()):
        notice.content = with_title_withheld(notice.content, WITHHELD_TITLE)


def _hide_commissions(session: Session, raised: ReportReclassified) -> None:
    """A commission that began from the report was given its title, more or less; the units know the rest by now."""
    from_it = Commission.from_report_id == raised.report_id
    ids = select(Commission.commission_id).where(from_it).order_by(Commission.commission_id)
    session.execute(ids.with_for_update())  # the commission, then its deadlines: the order of locks
    tasks = select(CommissionTask.task_id).join(
        Commission, Commission.commission_id == CommissionTask.commission_id
    ).where(from_it)
    upward = and_(
        Deadline.kind == UPWARD, Deadline.subject_id.in_(select(Commission.commission_id).where(from_it))
    )
    of_tasks = and_(Deadline.kind == COMMISSION, Deadline.subject_id.in_(tasks))
    deadlines = select(Deadline).where(or_(of_tasks, upward))
    for deadline in session.scalars(deadlines.order_by(Deadline.id).with_for_update()):
        deadline.facts = deadline.facts | {"title": WITHHELD_TITLE}
    session.execute(
        update(Commission).where(from_it).values(
            subject=WITHHELD_TITLE, requirements=WITHHELD_TEXT, template=None, upward_note=None,
            version=Commission.version + 1,
        )
    )


def _hide_projects(session: Session, raised: ReportReclassified) -> None:
    """The same of a research project that began from the report."""
    from_it = ResearchProject.from_report_id == raised.report_id
    milestones = select(ResearchMilestone.milestone_id).join(
        ResearchProject, ResearchProject.project_id == ResearchMilestone.project_id
    ).where(from_it)
    deadlines = select(Deadline).where(Deadline.kind == MILESTONE, Deadline.subject_id.in_(milestones))
    for deadline in session.scalars(deadlines.order_by(Deadline.id).with_for_update()):
        deadline.facts = deadline.facts | {"title": WITHHELD_TITLE}
    session.execute(
        update(ResearchProject).where(from_it).values(
            topic=WITHHELD_TITLE, plan=WITHHELD_TEXT, version=ResearchProject.version + 1
        )
    )
    of_project = ResearchChange.project_id.in_(select(ResearchProject.project_id).where(from_it))
    for text in (ResearchChange.old_plan, ResearchChange.new_plan):
        session.execute(update(ResearchChange).where(of_project, text.is_not(None)).values({text: WITHHELD_TEXT}))
    session.execute(update(ResearchChange).where(of_project).values(reason=WITHHELD_TEXT))
    noted = ResearchNote.project_id.in_(select(ResearchProject.project_id).where(from_it))
    session.execute(update(ResearchNote).where(noted).values(text=WITHHELD_TEXT))
    dropped = ResearchMilestone.milestone_id.in_(milestones), ResearchMilestone.dropped_at.is_not(None)
    session.execute(update(ResearchMilestone).where(*dropped).values(dropped_because=WITHHELD_TEXT))
