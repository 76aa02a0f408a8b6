"""Webhooks of one API client: where its system is told, what was told, once more by a button."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template, request

from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.console.accounts import done
from gateway.console.forms import asked_query, line
from gateway.console.page import Answer, Page, go_to
from gateway.entrance import present
from gateway.identity.clients import get_client
from gateway.webhooks.registry import (
    MOST,
    ChangeWebhook,
    CreateWebhook,
    FreshWebhook,
    ListDeliveries,
    ListWebhooks,
    NewsKind,
    RenewSecret,
    change_webhook,
    create_webhook,
    get_webhook,
    list_deliveries,
    list_webhooks,
    redeliver,
    renew_secret,
    try_webhook,
)


def show_webhooks(client_id: UUID) -> Answer:
    with gateway().database.reading() as session:
        client = get_client(session, client_id)
        page = list_webhooks(session, present(), ListWebhooks(client_id=client_id, limit=MOST))
    return render_template(
        "console/webhooks.html", client=client, page=page, kinds=list(NewsKind), hosts=gateway().settings.webhook_hosts
    )


def create_client_webhook(client_id: UUID) -> Answer:
    typed = {"url": line("url") or "", "events": request.form.getlist("events"), "client_id": client_id}
    return _show_once(done(create_webhook, checked(CreateWebhook, typed)))


def show_webhook(webhook_id: UUID) -> Answer:
    query = asked_query("state", "cursor")
    with gateway().database.reading() as session:
        webhook = get_webhook(session, present(), webhook_id)
        client = get_client(session, webhook.client_id)
        page = list_deliveries(session, present(), webhook_id, checked(ListDeliveries, query))
    return render_template(
        "console/webhook.html", webhook=webhook, client=client, page=page, query=query, kinds=list(NewsKind)
    )


def change_client_webhook(webhook_id: UUID) -> Answer:
    typed = {
        "url": line("url") or "", "events": request.form.getlist("events"), "disabled": line("disabled") == "yes",
        "version": int(line("version") or 0),
    }
    done(change_webhook, webhook_id, checked(ChangeWebhook, typed))
    flash("推送已保存。")
    return go_to("show_webhook", webhook_id=webhook_id)


def renew_webhook_secret(webhook_id: UUID) -> Answer:
    return _show_once(done(renew_secret, webhook_id, checked(RenewSecret, {"version": line("version")})))


def _show_once(fresh: FreshWebhook) -> Answer:
    return render_template(
        "console/secret.html", title="签名密钥", name=fresh.webhook.url, word="签名密钥", secret=fresh.secret,
        back="show_clients",
    )


def try_client_webhook(webhook_id: UUID) -> Answer:
    done(try_webhook, webhook_id)
    flash("测试通知即将发出，结果见下方记录。")
    return go_to("show_webhook", webhook_id=webhook_id)


def redeliver_news(delivery_id: UUID) -> Answer:
    delivery = done(redeliver, delivery_id)
    flash("将立即重新推送。")
    return go_to("show_webhook", webhook_id=delivery.webhook_id)


OF_CLIENT = "/clients/<uuid:client_id>/webhooks"
ONE = "/webhooks/<uuid:webhook_id>"

PAGES = (
    Page("GET", OF_CLIENT, show_webhooks),
    Page("POST", OF_CLIENT, create_client_webhook),
    Page("GET", ONE, show_webhook),
    Page("POST", ONE, change_client_webhook),
    Page("POST", f"{ONE}/secret", renew_webhook_secret),
    Page("POST", f"{ONE}/test", try_client_webhook),
    Page("POST", "/webhook-deliveries/<uuid:delivery_id>/redelivery", redeliver_news),
)
