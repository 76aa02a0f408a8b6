"""API clients of units: a 256-bit random token, kept as SHA-256; attesting sign-offs is allowed one by one."""

from __future__ import annotations

import secrets
from typing import Any
from uuid import UUID

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from contracts.model import Instant, Strict
from contracts.rpc.fields import Name
from contracts.rpc.paging import ListQuery
from gateway.bodies import uuid_cursor
from gateway.identity.rights import token_hash
from gateway.model.accounts import clients
from gateway.model.directory import units
from kernel.database import Work
from kernel.errors import Invalid, NotFound
from kernel.ids import new_id


class CreateClient(Strict):
    name: Name
    unit_id: UUID


class Client(Strict):
    client_id: UUID
    name: str
    unit_id: UUID
    attested: bool
    disabled: bool
    created_at: Instant
    version: int


class FreshToken(Strict):
    """The bearer token is shown this once."""

    client_id: UUID
    name: str
    unit_id: UUID
    token: str


class ClientPage(Strict):
    items: list[Client]
    next_cursor: str | None = None


def create_client(work: Work, request: CreateClient) -> FreshToken:
    """A client bound to a unit that the directory knows. Raises `Invalid`."""
    if work.session.scalar(select(units.c.unit_id).where(units.c.unit_id == request.unit_id)) is None:
        raise Invalid(
            "名录中没有该单位，或名录变更尚未同步到网关，请稍后再试。",
            "The directory does not know this unit, or has not told the gateway yet; try again in a moment.",
            pointer="/unit_id",
        )
    client_id, token = new_id(), _new_token()
    work.session.execute(
        insert(clients).values(
            client_id=client_id, name=request.name, unit_id=request.unit_id, token_hash=token_hash(token),
            created_at=work.now,
        )
    )
    work.audit("client.create", client_id, 1, unit_id=str(request.unit_id))
    return FreshToken(client_id=client_id, name=request.name, unit_id=request.unit_id, token=token)


def renew_token(work: Work, client_id: UUID) -> FreshToken:
    """A new token; the old one is worthless from now on."""
    token = _new_token()
    client = _change(work, client_id, "client.renew_token", token_hash=token_hash(token))
    return FreshToken(client_id=client_id, name=client.name, unit_id=client.unit_id, token=token)


def disable_client(work: Work, client_id: UUID) -> Client:
    return _change(work, client_id, "client.disable", disabled=True)


def allow_attesting(work: Work, client_id: UUID) -> Client:
    """The unit's client may state who signed; it is shown on every document (lifecycles.md)."""
    return _change(work, client_id, "client.allow_attesting", attested=True)


def forbid_attesting(work: Work, client_id: UUID) -> Client:
    return _change(work, client_id, "client.forbid_attesting", attested=False)


def list_clients(session: Session, query: ListQuery) -> ClientPage:
    """One page by id, which is the order of their making."""
    statement = select(clients).order_by(clients.c.client_id).limit(query.limit + 1)
    if query.cursor:
        statement = statement.where(clients.c.client_id > uuid_cursor(query.cursor))
    page = [_client(row) for row in session.execute(statement)]
    more = len(page) > query.limit
    page = page[: query.limit]
    return ClientPage(items=page, next_cursor=str(page[-1].client_id) if more else None)


def _new_token() -> str:
    return f"cb_{secrets.token_urlsafe(32)}"


def _change(work: Work, client_id: UUID, act: str, **values: Any) -> Client:
    row = work.session.execute(
        update(clients)
        .where(clients.c.client_id == client_id)
        .values(version=clients.c.version + 1, **values)
        .returning(*clients.c)
    ).one_or_none()
    if row is None:
        raise NotFound("未找到该接口客户端。", "No such API client.")
    work.audit(act, client_id, row.version)
    return _client(row)


def _client(row: Any) -> Client:
    return Client(**{name: getattr(row, name) for name in Client.model_fields})
