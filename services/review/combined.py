"""Combined items (综合) of an issue being composed: gathered, divided, separated; the edit copy of an item (R08)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from contracts.rpc import combined as rpc
from contracts.rpc import issues as issue_rpc
from kernel.database import Work
from kernel.errors import Conflict, Invalid, NotFound, StaleVersion
from services.review.issues import check_column, locked_issue
from services.review.model.adoptions import WHOLE_SHARE, Adoption
from services.review.model.combined import divide, divide_equally, gather, promote
from services.review.model.desk import DeskItem
from services.review.model.item_pictures import bring_along, part_pictures
from services.review.queries.issues import issue_shown


def combine_items(work: Work, request: rpc.CombineItems) -> issue_rpc.Issue:
    """One item of several. Raises `NotFound`, `Invalid` for shares that are not 1 in sum or an item named twice."""
    leading = _adoption(work, request.issue_id, request.adoption_id)
    named = [request.adoption_id, *request.others]
    if len(set(named)) != len(named):
        raise Invalid("同一条稿件列了两次。", "An item is named twice.", pointer="/others")
    others = [_adoption(work, request.issue_id, adoption_id) for adoption_id in request.others]
    members = _members(work.session, [leading, *others])
    members.sort(key=lambda member: member.adoption_id != leading.adoption_id)
    gather(leading, members[1:])
    bring_along(leading, members[1:])
    _divide(members, request.shares)
    title, body = request.title or leading.title, request.body or leading.body
    if (title, body) != (leading.title, leading.body):
        leading.rewrite(title, body, work.principal.id)
    leading.item_kind = "combined"
    return _composed(work, request.issue_id, "combine_items", leading, [str(each.adoption_id) for each in members])


def divide_credit(work: Work, request: rpc.DivideCredit) -> issue_rpc.Issue:
    """Other shares. Raises `Invalid` with the sum unless it is 1, `Conflict` once published."""
    leading = _adoption(work, request.issue_id, request.adoption_id)
    _divide(_members(work.session, [leading]), request.shares)
    shares = [f"{each.adoption_id}:{each.share:f}" for each in request.shares]
    return _composed(work, request.issue_id, "divide_credit", leading, shares)


def separate_item(work: Work, request: rpc.SeparateItem) -> issue_rpc.Issue:
    """An item of its own again; the others close ranks. Raises `Conflict` for one that is single."""
    adoption = _adoption(work, request.issue_id, request.adoption_id)
    if close_ranks(work, adoption) is None:
        raise Conflict("该条不是综合稿的供稿。", "This is no part of a combined item.")
    return _composed(work, request.issue_id, "separate_item", adoption, [])


def revise_item(work: Work, request: rpc.ReviseItem) -> issue_rpc.Issue:
    """Another edit copy. Raises `StaleVersion` when somebody revised it since it was read."""
    adoption = _adoption(work, request.issue_id, request.adoption_id)
    if adoption.leading_id is not None:
        raise Conflict("该条已并入综合稿，请修改综合稿。", "It is part of a combined item; revise that one.")
    if adoption.version != request.version:
        raise StaleVersion(
            f"该稿已改到第{adoption.version}版，您看到的是第{request.version}版。",
            f"The item is at version {adoption.version}; you saw version {request.version}.",
            extra={"version": adoption.version},
        )
    check_column(work.session, locked_issue(work.session, request.issue_id), request.column)
    original = work.session.get_one(DeskItem, adoption.report_id)
    as_submitted = (request.title, request.body) == (original.title, original.body) and not adoption.pictures
    adoption.item_kind, adoption.column_name = request.item_kind, request.column
    adoption.rewrite(request.title, request.body, None if as_submitted else work.principal.id)
    return _composed(work, request.issue_id, "revise_item", adoption, [])


def close_ranks(work: Work, adoption: Adoption) -> Adoption | None:
    """It leaves its combined item: the others share its credit equally, the first of them leads. None for a single one.

    The caller holds the issue.
    """
    others = [each for each in _members(work.session, [adoption]) if each is not adoption]
    if not others:
        return None
    part_pictures(adoption, _leading(adoption, others), others[0])
    if adoption.leading_id is None:
        promote(others, adoption.column_name)
        others[0].item_kind = adoption.item_kind
        own = work.session.get_one(DeskItem, adoption.report_id)
        adoption.rewrite(own.title, own.body, None)  # the combined words tell of the others too
    if len(others) == 1:
        others[0].item_kind = "item"
    divide_equally(others)
    adoption.leading_id, adoption.share, adoption.item_kind = None, WHOLE_SHARE, "item"
    adoption.version += 1
    return others[0]


def _leading(adoption: Adoption, others: Sequence[Adoption]) -> Adoption:
    return next(each for each in (adoption, *others) if each.leading_id is None)


def _divide(members: Sequence[Adoption], shares: Iterable[rpc.Share] | None) -> None:
    if shares is None:
        divide_equally(members)
        return
    stated = list(shares)
    divided = {each.adoption_id: each.share for each in stated}
    if len(divided) != len(stated):
        raise Invalid("同一供稿列了两个份额。", "An adoption has two shares.", pointer="/shares")
    divide(members, divided)


def _adoption(work: Work, issue_id: UUID, adoption_id: UUID) -> Adoption:
    """An adoption in force in this issue, which is locked first. Raises `NotFound`, `Conflict` once published."""
    locked_issue(work.session, issue_id).require("compose")
    adoption = work.session.get(Adoption, adoption_id, populate_existing=True)
    if adoption is None or adoption.issue_id != issue_id or adoption.withdrawn_at is not None:
        raise NotFound("该期没有这条稿件，或已撤销采用。", "The issue holds no such item; it may have been withdrawn.")
    return adoption


def _members(session: Session, adoptions: Sequence[Adoption]) -> list[Adoption]:
    """All adoptions in force of the items that these belong to: the leading ones first, then in order of adoption."""
    session.flush()
    items = {adoption.leading_id or adoption.adoption_id for adoption in adoptions}
    rows = session.scalars(
        select(Adoption)
        .where(or_(Adoption.adoption_id.in_(items), Adoption.leading_id.in_(items)), Adoption.withdrawn_at.is_(None))
        .order_by(Adoption.leading_id.is_not(None), Adoption.adopted_at, Adoption.adoption_id)
    )
    return list(rows)


def _composed(work: Work, issue_id: UUID, act: str, adoption: Adoption, told: list[str]) -> issue_rpc.Issue:
    issue = locked_issue(work.session, issue_id)
    issue.compose()
    work.session.flush()
    work.audit(act, adoption.adoption_id, adoption.version, issue_id=str(issue_id), told=told)
    return issue_shown(work.session, issue, work.principal)
