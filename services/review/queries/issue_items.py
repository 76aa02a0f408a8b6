"""What stands in issues, in order; of what a reader is not cleared for there is a place, and no word."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, and_, case, null, or_, select
from sqlalchemy.orm import Session

from contracts.rpc import issues as rpc
from contracts.rpc.roles import OVERSIGHT
from contracts.rpc.secrecy import WITHHELD_TEXT, WITHHELD_TITLE
from contracts.vocabulary import AmendmentAct, Role, Secrecy
from kernel.principal import Principal
from services.review.model.adoptions import Adoption
from services.review.model.composition import IssuePlace, in_order
from services.review.model.desk import DeskItem
from services.review.model.instructions import Instruction
from services.review.model.issues import Issue
from services.review.model.publications import Publication
from services.review.queries.amendments import AMENDED_SINCE

STANDS: ColumnElement[bool] = or_(Adoption.withdrawn_at.is_(None), Adoption.published_at.is_not(None))
"""In force, or published: what is published keeps its text."""


def columns_of(issue: Issue, publication: Publication) -> list[str]:
    """Its columns in order; a published issue keeps those it had."""
    return list(issue.masthead["columns"] if issue.masthead else publication.columns)


def composition(session: Session, issue: Issue, publication: Publication) -> list[tuple[Adoption, str | None]]:
    """The issue's items with their columns, in order."""
    adoptions = session.scalars(select(Adoption).where(Adoption.issue_id == issue.issue_id, STANDS)).all()
    return in_order(adoptions, _places(session, [issue.issue_id]), columns_of(issue, publication))


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
    ).all()
    facts = {adoption.adoption_id: (readable, amended) for adoption, readable, amended in rows}
    by_issue: dict[UUID, list[Adoption]] = defaultdict(list)
    for adoption, _, _ in rows:
        by_issue[adoption.issue_id].append(adoption)
    places, instructions = _places(session, ids), _instructions(session, ids, reader)
    shown = {}
    for issue in issues:
        columns = columns_of(issue, publications[issue.publication_code])
        shown[issue.issue_id] = [
            _item_shown(
                adoption, column, instructions[issue.issue_id, adoption.report_id], *facts[adoption.adoption_id],
                with_text=with_text,
            )
            for adoption, column in in_order(by_issue[issue.issue_id], places, columns)
        ]  # fmt: skip
    return shown


def _places(session: Session, issue_ids: Sequence[UUID]) -> dict[UUID, IssuePlace]:
    rows = session.scalars(select(IssuePlace).where(IssuePlace.issue_id.in_(issue_ids)))
    return {place.adoption_id: place for place in rows}


def _instructions(
    session: Session, issue_ids: Sequence[UUID], reader: Principal
) -> dict[tuple[UUID, UUID], list[rpc.ItemInstruction]]:
    found: dict[tuple[UUID, UUID], list[rpc.ItemInstruction]] = defaultdict(list)
    if not reader.holds(*OVERSIGHT):
        return found
    statement = select(Instruction).where(Instruction.issue_id.in_(issue_ids)).order_by(Instruction.given_at)
    for row in session.scalars(statement):
        found[row.issue_id, row.report_id].append(
            rpc.ItemInstruction(
                instruction_id=row.instruction_id, leader=row.leader, instruction_class=row.instruction_class,
                given_at=row.given_at,
            )
        )
    return found


def _item_shown(
    adoption: Adoption, column: str | None, instructions: list[rpc.ItemInstruction], readable: bool,
    amended: AmendmentAct | None, *, with_text: bool,
) -> rpc.IssueItem:  # fmt: skip
    body = adoption.body if readable else WITHHELD_TEXT
    return rpc.IssueItem(
        adoption_id=adoption.adoption_id,
        report_id=adoption.report_id,
        receipt_number=adoption.receipt_number,
        unit_id=adoption.unit_id,
        unit_name=adoption.unit_name,
        item_kind=adoption.item_kind,
        title=adoption.title if readable else WITHHELD_TITLE,
        body=body if with_text else "",
        share=adoption.share,
        column=column,
        instructions=instructions,
        amended=amended,
    )
