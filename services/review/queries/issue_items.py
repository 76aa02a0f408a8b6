"""What stands in issues, in order; of what a reader is not cleared for there is a place, and no word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, null, or_, select
from sqlalchemy.orm import Session

from contracts.rpc import issues as rpc
from contracts.rpc.roles import OVERSIGHT
from contracts.vocabulary import Role, Secrecy
from kernel.principal import Principal
from services.review.model.adoptions import Adoption
from services.review.model.composition import IssuePlace, in_order
from services.review.model.desk import DeskItem
from services.review.model.instructions import Instruction
from services.review.model.issues import Issue
from services.review.model.publications import Publication
from services.review.queries.amendments import AMENDED_SINCE
from services.review.queries.combined import Part, item_shown

STANDS: ColumnElement[bool] = or_(Adoption.withdrawn_at.is_(None), Adoption.published_at.is_not(None))
"""In force, or published: what is published keeps its text."""


def columns_of(issue: Issue, publication: Publication) -> list[str]:
    """Its columns in order; a published issue keeps those it had."""
    return list(issue.masthead["columns"] if issue.masthead else publication.columns)


def standing(session: Session, issue: Issue) -> Sequence[Adoption]:
    """All reports in the issue, those of combined items too, as they were adopted."""
    order = (Adoption.adopted_at, Adoption.adoption_id)
    return session.scalars(select(Adoption).where(Adoption.issue_id == issue.issue_id, STANDS).order_by(*order)).all()


def composition(session: Session, issue: Issue, publication: Publication) -> list[tuple[Adoption, str | None]]:
    """The issue's items by their leading adoptions, with their columns, in order."""
    leading = [adoption for adoption in standing(session, issue) if adoption.leading_id is None]
    return in_order(leading, places_of(session, [issue.issue_id]), columns_of(issue, publication))


def items_shown(
    session: Session, issues: Sequence[Issue], publications: dict[str, Publication], reader: Principal,
    *, with_text: bool = True,
) -> dict[UUID, list[rpc.IssueItem]]:  # fmt: skip
    """The items of each issue for this reader. What was amended since is told to those who compose."""
    ids = [issue.issue_id for issue in issues]
    composes = reader.holds(Role.EDITOR, Role.CHIEF_EDITOR)
    rows = session.execute(
        select(
            Adoption,
            DeskItem.secrecy.in_(Secrecy.up_to(reader.clearance)),
            case((AMENDED_SINCE, DeskItem.amended_act)) if composes else null(),
        )
        .join(DeskItem, DeskItem.report_id == Adoption.report_id)
        .where(and_(Adoption.issue_id.in_(ids), STANDS))
        .order_by(Adoption.adopted_at, Adoption.adoption_id)
    ).all()
    members: dict[UUID, list[Part]] = defaultdict(list)
    leading: dict[UUID, list[Adoption]] = defaultdict(list)
    for adoption, readable, amended in rows:
        members[adoption.leading_id or adoption.adoption_id].append(Part(adoption, readable, amended))
        if adoption.leading_id is None:
            leading[adoption.issue_id].append(adoption)
    places, instructions = places_of(session, ids), _instructions(session, ids, reader)
    shown = {}
    for issue in issues:
        columns = columns_of(issue, publications[issue.publication_code])
        shown[issue.issue_id] = [
            _with_instructions(item_shown(members[adoption.adoption_id], with_text=with_text), issue, instructions)
            for adoption, _ in in_order(leading[issue.issue_id], places, columns)
        ]
    return shown


def _with_instructions(
    item: rpc.IssueItem, issue: Issue, found: dict[tuple[UUID, UUID], list[rpc.ItemInstruction]]
) -> rpc.IssueItem:
    """Those on any of its reports."""
    own = [each for credit in item.credits for each in found.get((issue.issue_id, credit.report_id), [])]
    return item.model_copy(update={"instructions": own})


def places_of(session: Session, issue_ids: Sequence[UUID]) -> dict[UUID, IssuePlace]:
    rows = session.scalars(select(IssuePlace).where(IssuePlace.issue_id.in_(issue_ids)))
    return {place.adoption_id: place for place in rows}


def _instructions(
    session: Session, issue_ids: Sequence[UUID], reader: Principal
) -> dict[tuple[UUID, UUID], list[rpc.ItemInstruction]]:
    found: dict[tuple[UUID, UUID], list[rpc.ItemInstruction]] = defaultdict(list)
    if not reader.holds(*OVERSIGHT):
        return found
    statement = (
        select(Instruction)
        .where(Instruction.issue_id.in_(issue_ids), Instruction.withdrawn_at.is_(None))
        .order_by(Instruction.given_at, Instruction.recorded_at, Instruction.instruction_id)
    )
    for row in session.scalars(statement):
        told = rpc.ItemInstruction(
            instruction_id=row.instruction_id, leader=row.leader, instruction_class=row.instruction_class,
            given_at=row.given_at,
        )  # fmt: skip
        if row.issue_id is not None and row.report_id is not None:
            found[row.issue_id, row.report_id].append(told)
    return found
