"""Webhooks of API clients: registered by the client itself or the system administrator, their secrets shown once."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import Field
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from contracts.events.intake import ReportRegistered
from contracts.events.review import (
    AdoptionWithdrawn,
    AssignmentGiven,
    DecisionUndone,
    InstructionGiven,
    ReportAdopted,
    ReportKept,
    ReportNotUsed,
    ReportReturned,
)
from contracts.model import Instant, Strict, Text
from contracts.rpc.paging import ListQuery
from contracts.vocabulary import Labelled, Role
from gateway.assembly import gateway
from gateway.bodies import uuid_cursor
from gateway.identity.builds_on import BuildsOn
from gateway.identity.identity import Identity
from gateway.model.accounts import clients
from gateway.model.webhooks import webhook_deliveries, webhooks
from gateway.secret import seal
from gateway.webhooks.deliveries import GIVEN_UP_AFTER, write_test
from gateway.webhooks.signing import fresh_secret
from gateway.webhooks.targets import WrongTarget, permitted
from kernel.database import Work
from kernel.errors import Conflict, Invalid, NotFound, refuse_stale
from kernel.ids import new_id

MOST = 10
"""Webhooks of one client."""


class NewsKind(Labelled):
    """What a webhook may be told."""

    REGISTERED = ReportRegistered.TYPE, "已收到登记"
    RETURNED = ReportReturned.TYPE, "被退回"
    ADOPTED = ReportAdopted.TYPE, "被采用"
    KEPT = ReportKept.TYPE, "留存备查"
    NOT_USED = ReportNotUsed.TYPE, "未采用"
    WITHDRAWN = AdoptionWithdrawn.TYPE, "采用被撤销"
    UNDONE = DecisionUndone.TYPE, "处理决定被撤回"
    INSTRUCTION = InstructionGiven.TYPE, "有批示"
    ASSIGNMENT = AssignmentGiven.TYPE, "有交办"


Url = Annotated[Text, Field(min_length=8, max_length=500)]
Events = Annotated[list[NewsKind], Field(min_length=1, max_length=len(NewsKind))]
State = Literal["waiting", "sending", "delivered", "given_up"]


class CreateWebhook(Strict):
    """`client_id` is stated by the system administrator only; a client registers its own."""

    url: Url
    events: Events = Field(default_factory=lambda: list(NewsKind))
    client_id: UUID | None = None


class ChangeWebhook(BuildsOn):
    """The whole of it anew; `disabled` keeps what waits until it is enabled again."""

    url: Url
    events: Events
    disabled: bool = False


class RenewSecret(BuildsOn):
    """For so many hours both secrets sign, so that the receiver can change his in between."""

    overlap_hours: Annotated[int, Field(ge=0, le=168)] = 24


class Webhook(Strict):
    webhook_id: UUID
    client_id: UUID
    url: str
    events: list[NewsKind]
    disabled: bool
    earlier_until: Instant | None
    """Until then the secret before the present one signs too."""
    created_at: Instant
    version: int


class FreshWebhook(Strict):
    """The secret is shown this once."""

    webhook: Webhook
    secret: str


class WebhookList(Strict):
    items: list[Webhook]
    next_cursor: str | None = None


class Delivery(Strict):
    """One piece of news on its way; `delivery_id` is the `webhook-id` that the receiver sees."""

    delivery_id: UUID
    webhook_id: UUID
    type: str
    state: State
    attempts: int
    status: int | None
    error: str | None
    created_at: Instant
    tried_at: Instant | None
    next_try_at: Instant | None
    body: str


class DeliveryPage(Strict):
    items: list[Delivery]
    next_cursor: str | None = None


class ListDeliveries(ListQuery):
    """Newest first."""

    state: State | None = None


class ListWebhooks(ListQuery):
    client_id: UUID | None = None


def create_webhook(work: Work, request: CreateWebhook) -> FreshWebhook:
    """Raises `Invalid` for an address that is not on the operator's list, `Conflict` beyond MOST."""
    _check_url(request.url)
    client = _client(work, request)
    held = work.session.scalars(select(webhooks.c.webhook_id).where(webhooks.c.client_id == client.client_id)).all()
    if len(held) >= MOST:
        raise Conflict(f"每个客户端最多 {MOST} 个推送地址。", f"A client has {MOST} webhooks at the most.")
    secret, webhook_id = fresh_secret(), new_id()
    row = work.session.execute(
        insert(webhooks)
        .values(
            webhook_id=webhook_id, client_id=client.client_id, unit_id=client.unit_id, url=request.url,
            events=_sorted(request.events), secret=seal(gateway().keyring, secret), created_at=work.now,
        )
        .returning(*webhooks.c)
    ).one()
    work.audit("webhook.create", webhook_id, 1, client_id=str(client.client_id), url=request.url)
    return FreshWebhook(webhook=_webhook(row), secret=secret)


def _client(work: Work, request: CreateWebhook) -> Any:
    own = work.principal.holds(Role.API_CLIENT)
    if own and request.client_id is not None:
        raise Invalid(
            "客户端由密钥确定，不得填写。", "The client is known by its token.", pointer="/client_id",
            about=("client_id", request.client_id),
        )
    wanted = UUID(work.principal.id) if own else request.client_id
    row = work.session.execute(
        select(clients).where(clients.c.client_id == wanted, ~clients.c.trial).with_for_update()
    ).one_or_none()
    if row is None:
        raise Invalid("未找到该接口客户端。", "No such API client.", pointer="/client_id")
    return row


def change_webhook(work: Work, webhook_id: UUID, request: ChangeWebhook) -> Webhook:
    """Raises `StaleVersion` when it changed since it was read."""
    _check_url(request.url)
    _locked(work, webhook_id, request)
    changed = _set(
        work, "webhook.change", webhook_id, url=request.url, events=_sorted(request.events), disabled=request.disabled
    )
    return _webhook(changed)


def renew_secret(work: Work, webhook_id: UUID, request: RenewSecret) -> FreshWebhook:
    """A new one beside the present one. Raises `StaleVersion`: two who renew at once would end each other's."""
    row, secret = _locked(work, webhook_id, request), fresh_secret()
    hours = request.overlap_hours
    changed = _set(
        work, "webhook.renew_secret", webhook_id, secret=seal(gateway().keyring, secret),
        earlier_secret=row.secret if hours else None,
        earlier_until=work.now + timedelta(hours=hours) if hours else None,
    )
    return FreshWebhook(webhook=_webhook(changed), secret=secret)


def try_webhook(work: Work, webhook_id: UUID) -> Delivery:
    """Send something that tells nothing, to see whether news arrives. Raises `Conflict` for a disabled webhook."""
    row = _locked(work, webhook_id, BuildsOn())
    if row.disabled:
        raise Conflict("该推送已停用，不会发送。", "The webhook is disabled; nothing is sent to it.")
    delivery_id = write_test(work, gateway().settings.public_url, webhook_id, row.unit_id)
    work.audit("webhook.test", webhook_id, row.version)
    written = select(webhook_deliveries).where(webhook_deliveries.c.delivery_id == delivery_id)
    return _delivery(work.session.execute(written).one())


def redeliver(work: Work, delivery_id: UUID) -> Delivery:
    """Once more, whatever became of it, under the same `webhook-id`; a fresh time to give up begins."""
    row = work.session.execute(
        select(webhook_deliveries).where(webhook_deliveries.c.delivery_id == delivery_id).with_for_update()
    ).one_or_none()
    absent = NotFound("未找到该推送记录。", "No such delivery.")
    if row is None:
        raise absent
    try:
        _locked(work, row.webhook_id, BuildsOn())
    except NotFound as foreign:
        raise absent from foreign
    if row.state == "sending" and row.next_try_at > work.now:
        raise Conflict("正在推送，请稍后再试。", "It is being sent at this moment; try again later.")
    changed = work.session.execute(
        update(webhook_deliveries)
        .where(webhook_deliveries.c.delivery_id == delivery_id)
        .values(state="waiting", attempts=0, next_try_at=work.now, give_up_at=work.now + GIVEN_UP_AFTER)
        .returning(*webhook_deliveries.c)
    ).one()
    work.audit("webhook.redeliver", delivery_id)
    return _delivery(changed)


def list_webhooks(session: Session, identity: Identity, query: ListWebhooks) -> WebhookList:
    """A client's own; for the system administrator those of all clients, or of one."""
    statement = select(webhooks).order_by(webhooks.c.webhook_id).limit(query.limit + 1)
    wanted = UUID(identity.principal.id) if identity.is_client else query.client_id
    if wanted:
        statement = statement.where(webhooks.c.client_id == wanted)
    if query.cursor:
        statement = statement.where(webhooks.c.webhook_id > uuid_cursor(query.cursor))
    page = [_webhook(row) for row in session.execute(statement)]
    more = len(page) > query.limit
    page = page[: query.limit]
    return WebhookList(items=page, next_cursor=str(page[-1].webhook_id) if more else None)


def get_webhook(session: Session, identity: Identity, webhook_id: UUID) -> Webhook:
    """Raises `NotFound` alike for absent and foreign ones."""
    statement = select(webhooks).where(webhooks.c.webhook_id == webhook_id)
    row = session.execute(statement).one_or_none()
    if row is None or (identity.is_client and str(row.client_id) != identity.principal.id):
        raise NotFound("未找到该推送。", "No such webhook.")
    return _webhook(row)


def list_deliveries(
    session: Session, identity: Identity, webhook_id: UUID, query: ListDeliveries
) -> DeliveryPage:
    """The log of one webhook, newest first."""
    get_webhook(session, identity, webhook_id)
    statement = (
        select(webhook_deliveries)
        .where(webhook_deliveries.c.webhook_id == webhook_id)
        .order_by(webhook_deliveries.c.delivery_id.desc())
        .limit(query.limit + 1)
    )
    if query.state:
        statement = statement.where(webhook_deliveries.c.state == query.state)
    if query.cursor:
        statement = statement.where(webhook_deliveries.c.delivery_id < uuid_cursor(query.cursor))
    page = [_delivery(row) for row in session.execute(statement)]
    more = len(page) > query.limit
    page = page[: query.limit]
    return DeliveryPage(items=page, next_cursor=str(page[-1].delivery_id) if more else None)


def _check_url(url: str) -> None:
    try:
        permitted(gateway().settings.webhook_hosts).target(url)
    except WrongTarget as wrong:
        raise Invalid(f"推送地址{wrong.zh}", f"The address: {wrong.en}", pointer="/url") from wrong


def _locked(work: Work, webhook_id: UUID, request: BuildsOn) -> Any:
    """The row, held until the end of the act. Raises `NotFound`, for another client's alike; `StaleVersion`."""
    row = work.session.execute(
        select(webhooks).where(webhooks.c.webhook_id == webhook_id).with_for_update()
    ).one_or_none()
    foreign = row is not None and work.principal.holds(Role.API_CLIENT) and str(row.client_id) != work.principal.id
    if row is None or foreign:
        raise NotFound("未找到该推送。", "No such webhook.")
    refuse_stale(row.version, request.version, "该推送", "The webhook")
    return row


def _set(work: Work, act: str, webhook_id: UUID, **values: Any) -> Any:
    row = work.session.execute(
        update(webhooks)
        .where(webhooks.c.webhook_id == webhook_id)
        .values(version=webhooks.c.version + 1, **values)
        .returning(*webhooks.c)
    ).one()
    work.audit(act, webhook_id, row.version, url=row.url, disabled=row.disabled)
    return row


def _sorted(events: list[NewsKind]) -> list[str]:
    return [str(news) for news in NewsKind if news in events]


def _webhook(row: Any) -> Webhook:
    return Webhook(**{name: getattr(row, name) for name in Webhook.model_fields})


def _delivery(row: Any) -> Delivery:
    shown = {name: getattr(row, name) for name in Delivery.model_fields}
    if row.state not in {"waiting", "sending"}:
        shown["next_try_at"] = None
    return Delivery(**shown)
