"""API clients of units: 256-bit random tokens, kept as SHA-256; what a client may do is set one by one (0093).

Tokens are changed without downtime: the earlier one stays valid for some hours beside the new one.
"""

from __future__ import annotations

import secrets
from datetime import timedelta
from ipaddress import ip_network
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AfterValidator, Field
from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from contracts.model import Instant, Strict, Text
from contracts.rpc.fields import Name
from contracts.rpc.paging import ListQuery
from gateway.bodies import uuid_cursor
from gateway.identity.builds_on import BuildsOn
from gateway.identity.rights import token_hash
from gateway.identity.scopes import ALL, Scope
from gateway.model.accounts import clients
from gateway.model.directory import units
from kernel.database import Work
from kernel.errors import Conflict, Invalid, NotFound, refuse_stale
from kernel.ids import new_id

PREFIX_LENGTH = 9
"""Characters of a token that are shown to tell it from others; 37 unknown ones are left."""
OVERLAP_HOURS = 168


def _network(value: str) -> str:
    try:
        return str(ip_network(value.strip(), strict=False))
    except ValueError as error:
        raise ValueError("an address or a network is wanted, for example 203.0.113.7 or 203.0.113.0/24") from error


Network = Annotated[Text, Field(max_length=50), AfterValidator(_network)]
Scopes = Annotated[list[Scope], Field(max_length=len(ALL))]


class CreateClient(Strict):
    """`trial`: everything is checked and answered with a trial receipt, nothing reaches the desk; cannot be changed."""

    name: Name
    unit_id: UUID
    trial: bool = False
    scopes: Scopes = Field(default_factory=lambda: list(ALL))


class ClientRights(BuildsOn):
    """What the client may do: `networks` empty means from everywhere, `per_minute` empty as the gateway's setting.

    Urgent reports have 60 a minute and unit whatever stands here.
    """

    scopes: Scopes
    networks: Annotated[list[Network], Field(max_length=50)] = Field(default_factory=list)
    per_minute: Annotated[int, Field(ge=1, le=100_000)] | None = None


class RenewToken(BuildsOn):
    """The earlier token stays valid for so many hours; 0 ends it at once."""

    overlap_hours: Annotated[int, Field(ge=0, le=OVERLAP_HOURS)] = 0


class Token(Strict):
    """A token by its first characters (None: from before they were kept); `used_at` is right to some seconds."""

    which: Literal["present", "earlier"]
    prefix: str | None
    used_at: Instant | None
    valid_until: Instant | None = None


class Client(Strict):
    client_id: UUID
    name: str
    unit_id: UUID
    attested: bool
    disabled: bool
    trial: bool
    scopes: list[Scope]
    networks: list[str]
    per_minute: int | None
    tokens: list[Token]
    created_at: Instant
    version: int


class FreshToken(Strict):
    """The bearer token is shown this once."""

    client_id: UUID
    name: str
    unit_id: UUID
    token: str
    trial: bool
    version: int
    earlier_until: Instant | None = None


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
            token_prefix=token[:PREFIX_LENGTH], trial=request.trial, scopes=_sorted(request.scopes),
            created_at=work.now,
        )
    )
    work.audit("client.create", client_id, 1, unit_id=str(request.unit_id), trial=request.trial)
    return FreshToken(
        client_id=client_id, name=request.name, unit_id=request.unit_id, token=token, trial=request.trial, version=1
    )


def renew_token(work: Work, client_id: UUID, request: RenewToken) -> FreshToken:
    """A new token. The present one becomes the earlier one, valid for `overlap_hours`; a still earlier one ends."""
    token = _new_token()
    until = work.now + timedelta(hours=request.overlap_hours) if request.overlap_hours else None
    earlier = (
        {"earlier_hash": clients.c.token_hash, "earlier_prefix": clients.c.token_prefix,
         "earlier_used_at": clients.c.token_used_at, "earlier_until": until}
        if until
        else _NO_EARLIER
    )
    row = _changed(
        work, client_id, "client.renew_token", request, token_hash=token_hash(token),
        token_prefix=token[:PREFIX_LENGTH], token_used_at=None, **earlier,
    )
    return FreshToken(
        client_id=client_id, name=row.name, unit_id=row.unit_id, token=token, trial=row.trial, version=row.version,
        earlier_until=until,
    )


_NO_EARLIER: dict[str, Any] = dict.fromkeys(
    ("earlier_hash", "earlier_prefix", "earlier_used_at", "earlier_until")
)


def revoke_token(work: Work, client_id: UUID, which: str, request: BuildsOn) -> Client:
    """End one of two tokens: the earlier one before its time, or the present one, so that the earlier one goes on.

    Raises `Conflict` where there is no second token: a client's only token is renewed, or the client disabled.
    """
    row = work.session.execute(select(clients).where(clients.c.client_id == client_id).with_for_update()).one_or_none()
    if row is None or which not in {"present", "earlier"}:
        raise NotFound("未找到该密钥。", "No such token.")
    if row.earlier_until is None or row.earlier_until <= work.now:
        raise Conflict(
            "该客户端只有一个有效密钥；请更换密钥或停用客户端。",
            "The client has one valid token only; renew it, or disable the client.",
        )
    kept: dict[str, Any] = {} if which == "earlier" else {
        "token_hash": row.earlier_hash, "token_prefix": row.earlier_prefix, "token_used_at": row.earlier_used_at
    }
    changed = _changed(work, client_id, "client.revoke_token", request, {"which": which}, **kept, **_NO_EARLIER)
    return _client(changed)


def set_rights(work: Work, client_id: UUID, request: ClientRights) -> Client:
    """What the client may do, from the next request on. Raises `StaleVersion` when it changed since it was read."""
    values = {
        "scopes": _sorted(request.scopes), "networks": sorted(set(request.networks)), "per_minute": request.per_minute
    }
    return _client(_changed(work, client_id, "client.set_rights", request, values, **values))


def disable_client(work: Work, client_id: UUID, request: BuildsOn) -> Client:
    return _client(_changed(work, client_id, "client.disable", request, disabled=True))


def allow_attesting(work: Work, client_id: UUID, request: BuildsOn) -> Client:
    """The unit's client may state who signed; it is shown on every document (lifecycles.md)."""
    return _client(_changed(work, client_id, "client.allow_attesting", request, attested=True))


def forbid_attesting(work: Work, client_id: UUID, request: BuildsOn) -> Client:
    return _client(_changed(work, client_id, "client.forbid_attesting", request, attested=False))


def get_client(session: Session, client_id: UUID) -> Client:
    row = session.execute(select(clients).where(clients.c.client_id == client_id)).one_or_none()
    if row is None:
        raise NotFound("未找到该接口客户端。", "No such API client.")
    return _client(row)


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


def _sorted(scopes: list[Scope]) -> list[str]:
    return [str(scope) for scope in ALL if scope in scopes]


def _changed(
    work: Work, client_id: UUID, act: str, request: BuildsOn, detail: dict[str, Any] | None = None, **values: Any
) -> Any:
    """The client's row with these values. Raises `NotFound`; `StaleVersion` unless it is as the caller read it."""
    known = clients.c.client_id == client_id
    held = work.session.scalar(select(clients.c.version).where(known).with_for_update())
    if held is None:
        raise NotFound("未找到该接口客户端。", "No such API client.")
    refuse_stale(held, request.version, "该接口客户端", "The client")
    row = work.session.execute(
        update(clients).where(known).values(version=held + 1, **values).returning(*clients.c)
    ).one()
    work.audit(act, client_id, row.version, **(detail or {}))
    return row


def _client(row: Any) -> Client:
    plain = {name: getattr(row, name) for name in Client.model_fields if name != "tokens"}
    tokens = [Token(which="present", prefix=row.token_prefix, used_at=row.token_used_at)]
    if row.earlier_until is not None:
        tokens.append(
            Token(
                which="earlier", prefix=row.earlier_prefix, used_at=row.earlier_used_at, valid_until=row.earlier_until
            )
        )
    plain["scopes"] = [scope for scope in ALL if scope in row.scopes]
    return Client(**plain, tokens=tokens)
