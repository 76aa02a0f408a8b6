"""Grants of roles: one security administrator proposes, another approves, neither for himself (access.md 4)."""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from contracts.model import Instant, Strict
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import Role
from gateway.bodies import uuid_cursor
from gateway.model.accounts import ADMINISTRATORS, UNGRANTABLE, accounts, grants
from kernel.database import Work
from kernel.errors import Conflict, Forbidden, Invalid, NotFound
from kernel.ids import new_id

State = Literal["proposed", "approved", "refused", "revoked"]

MOVES: dict[str, tuple[str, str]] = {
    "approve": ("proposed", "approved"),
    "refuse": ("proposed", "refused"),
    "revoke": ("approved", "revoked"),
}
"""Act -> (from, to)."""


class ProposeGrant(Strict):
    account_id: UUID
    role: Annotated[Role, Field(description="role to be granted")]


class Grant(Strict):
    grant_id: UUID
    account_id: UUID
    role: Role
    state: State
    proposed_by: UUID
    proposed_by_name: str
    proposed_at: Instant
    decided_by: UUID | None
    decided_by_name: str | None
    decided_at: Instant | None
    version: int
    login: str | None = None
    """With `name`, of the account; in lists."""
    name: str | None = None


class ListGrants(ListQuery):
    state: State | None = None
    account_id: UUID | None = None


class GrantPage(Strict):
    items: list[Grant]
    next_cursor: str | None = None


def propose_grant(work: Work, request: ProposeGrant) -> Grant:
    """The first of two persons. Raises a refusal when the role may not stand beside those the account has."""
    if work.principal.same_person(request.account_id):
        raise Forbidden("不能为本人申请授权。", "You cannot propose a grant for yourself.", pointer="/account_id")
    if request.role in UNGRANTABLE:
        raise Invalid("该角色不能授予个人。", "This role cannot be granted to a person.", pointer="/role")
    account = select(accounts.c.login).where(accounts.c.account_id == request.account_id)
    # Held until the end of the act: two proposals for one account at the same moment would not see each other's role.
    if work.session.scalar(account.with_for_update()) is None:
        raise Invalid("未找到该账户。", "No such account.", pointer="/account_id")
    _check_separation(work, request)
    return insert_grant(work, request.account_id, request.role)


def insert_grant(work: Work, account_id: UUID, role: Role, state: State = "proposed") -> Grant:
    """The row itself; only the bootstrap gives a state other than proposed."""
    proposer = work.principal.person_id if not work.principal.holds(Role.SYSTEM) else UUID(int=0)
    try:
        row = work.session.execute(
            insert(grants)
            .values(
                grant_id=new_id(), account_id=account_id, role=role, state=state, proposed_by=proposer,
                proposed_by_name=work.principal.name, proposed_at=work.now,
            )
            .returning(*grants.c)
        ).one()
    except IntegrityError as error:
        raise Conflict(
            "该账户已有此角色，或已有待批的申请。", "The account has this role, or a proposal for it is waiting."
        ) from error
    work.audit(f"grant.{state}", row.grant_id, 1, account_id=str(account_id), role=str(role))
    return _grant(row)


def _check_separation(work: Work, request: ProposeGrant) -> None:
    """The three administrators are different persons and do no business; all other roles may be combined."""
    rows = work.session.scalars(
        select(grants.c.role).where(
            grants.c.account_id == request.account_id, grants.c.state.in_(("proposed", "approved"))
        )
    )
    held = {Role(role) for role in rows} - {request.role}
    if held and (request.role in ADMINISTRATORS or held & ADMINISTRATORS):
        names = "、".join(sorted(role.label for role in held))
        raise Conflict(
            f"三员分立：该账户已有角色（{names}），不能兼任。",
            f"Separated administrators: the account holds {', '.join(sorted(held))} and cannot hold this role too.",
            pointer="/role",
        )


def approve_grant(work: Work, grant_id: UUID) -> Grant:
    """The second person: neither who proposed it nor whom it is for."""
    grant = _locked(work, grant_id)
    if work.principal.same_person(grant.proposed_by):
        raise Forbidden("须由另一位安全管理员批准。", "Another security administrator must approve it.")
    if work.principal.same_person(grant.account_id):
        raise Forbidden("不能批准本人的授权。", "You cannot approve your own grant.")
    return _move(work, grant, "approve")


def refuse_grant(work: Work, grant_id: UUID) -> Grant:
    """The proposal ends here."""
    return _move(work, _locked(work, grant_id), "refuse")


def revoke_grant(work: Work, grant_id: UUID) -> Grant:
    """Taking a right away needs one person only and works on the next request."""
    grant = _locked(work, grant_id)
    if work.principal.same_person(grant.account_id):
        raise Forbidden("不能撤销本人的授权。", "You cannot revoke your own grant.")
    return _move(work, grant, "revoke")


def list_grants(session: Session, query: ListGrants) -> GrantPage:
    """One page, newest first."""
    statement = (
        select(grants, accounts.c.login, accounts.c.name)
        .join(accounts, accounts.c.account_id == grants.c.account_id)
        .order_by(grants.c.grant_id.desc())
        .limit(query.limit + 1)
    )
    if query.state:
        statement = statement.where(grants.c.state == query.state)
    if query.account_id:
        statement = statement.where(grants.c.account_id == query.account_id)
    if query.cursor:
        statement = statement.where(grants.c.grant_id < uuid_cursor(query.cursor))
    page = [_grant(row) for row in session.execute(statement)]
    more = len(page) > query.limit
    page = page[: query.limit]
    return GrantPage(items=page, next_cursor=str(page[-1].grant_id) if more else None)


def _locked(work: Work, grant_id: UUID) -> Grant:
    row = work.session.execute(select(grants).where(grants.c.grant_id == grant_id).with_for_update()).one_or_none()
    if row is None:
        raise NotFound("未找到该授权。", "No such grant.")
    return _grant(row)


def _move(work: Work, grant: Grant, act: str) -> Grant:
    before, after = MOVES[act]
    if grant.state != before:
        raise Conflict(
            f"授权当前状态为 {grant.state}，不能执行。", f"The grant is {grant.state}; this is not possible."
        )
    row = work.session.execute(
        update(grants)
        .where(grants.c.grant_id == grant.grant_id)
        .values(
            state=after, decided_by=work.principal.person_id, decided_by_name=work.principal.name, decided_at=work.now,
            version=grants.c.version + 1,
        )
        .returning(*grants.c)
    ).one()
    work.audit(f"grant.{after}", grant.grant_id, row.version, account_id=str(grant.account_id), role=str(grant.role))
    return _grant(row)


def _grant(row: Any) -> Grant:
    return Grant(**{name: getattr(row, name) for name in Grant.model_fields if name in row._fields})
