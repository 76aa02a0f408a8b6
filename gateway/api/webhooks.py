"""Webhooks: where a unit's system is told what became of its reports, and the log of what was told."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, Response, request

from gateway.api.own_routes import OwnRoute, command, register_own
from gateway.api.routes import json_answer
from gateway.assembly import gateway
from gateway.bodies import checked, query_values
from gateway.entrance import present
from gateway.webhooks.registry import (
    ChangeWebhook,
    CreateWebhook,
    Delivery,
    DeliveryPage,
    FreshWebhook,
    ListDeliveries,
    ListWebhooks,
    RenewSecret,
    Webhook,
    WebhookList,
    change_webhook,
    create_webhook,
    get_webhook,
    list_deliveries,
    list_webhooks,
    redeliver,
    renew_secret,
    try_webhook,
)

ONE = "/v1/webhooks/<uuid:webhook_id>"


def show_webhooks() -> Response:
    """Webhooks of the client, or of all."""
    query = checked(ListWebhooks, query_values(request.args))
    with gateway().database.reading() as session:
        return json_answer(list_webhooks(session, present(), query))


def show_webhook(webhook_id: UUID) -> Response:
    """One of them."""
    query_values(request.args)
    with gateway().database.reading() as session:
        return json_answer(get_webhook(session, present(), webhook_id), versioned=True)


def show_deliveries(webhook_id: UUID) -> Response:
    """What was told, newest first."""
    query = checked(ListDeliveries, query_values(request.args))
    with gateway().database.reading() as session:
        return json_answer(list_deliveries(session, present(), webhook_id, query))


ROUTES = (
    OwnRoute("GET", "/v1/webhooks", show_webhooks, "列出推送", "List webhooks", WebhookList, query=ListWebhooks),
    OwnRoute(
        "POST", "/v1/webhooks", command(create_webhook, CreateWebhook, 201), "登记推送地址；签名密钥只显示一次",
        "Register a webhook; its secret is shown once", FreshWebhook, body=CreateWebhook, status=201,
    ),
    OwnRoute("GET", ONE, show_webhook, "查看推送", "One webhook", Webhook, versioned=True),
    OwnRoute(
        "PUT", ONE, command(change_webhook, ChangeWebhook, versioned=True), "修改推送", "Change a webhook", Webhook,
        body=ChangeWebhook, versioned=True,
    ),
    OwnRoute(
        "POST", f"{ONE}/secret", command(renew_secret, RenewSecret, versioned=True),
        "更换签名密钥；两个密钥并用若干小时", "A new secret; both sign for overlap_hours", FreshWebhook,
        body=RenewSecret, versioned=True,
    ),
    OwnRoute(
        "GET", f"{ONE}/deliveries", show_deliveries, "推送记录，新的在前", "What was told, newest first", DeliveryPage,
        query=ListDeliveries,
    ),
    OwnRoute(
        "POST", f"{ONE}/test", command(try_webhook, status=201), "发送测试通知",
        "Send news that tells nothing, to see whether it arrives", Delivery, status=201,
    ),
    OwnRoute(
        "POST", "/v1/webhook-deliveries/<uuid:delivery_id>/redelivery", command(redeliver), "重新推送",
        "Tell it once more", Delivery,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
