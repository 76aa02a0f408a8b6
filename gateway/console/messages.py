"""Messages with the state of their deliveries: one's own, or all of them (without text) for duty and operations."""

from __future__ import annotations

from uuid import UUID

from flask import current_app, flash, render_template
from werkzeug.exceptions import HTTPException

from contracts.rpc.notify import Delivery, MessagePage
from contracts.vocabulary import DeliveryState
from gateway.console.forms import asked, asked_query
from gateway.console.menu import may
from gateway.console.page import BLUEPRINT, Answer, Page, go_to


def list_messages() -> Answer:
    query = asked_query("state", "cursor")
    page = asked("notify", "list_messages", MessagePage, **query)
    return render_template("console/messages.html", page=page, query=query, states=DeliveryState, opens=_opens)


def _opens(path: str | None) -> bool:
    """Whether it is a page that the reader may open, now: posts change after a message was written."""
    try:
        endpoint, _ = current_app.url_map.bind("").match(path or "", method="GET")
    except HTTPException:
        return False
    blueprint, _, name = endpoint.partition(".")
    return blueprint == BLUEPRINT and may(name)


def retry_delivery(delivery_id: UUID) -> Answer:
    asked("notify", "retry_delivery", Delivery, delivery_id=delivery_id)
    flash("已安排重新发送。")
    return go_to("list_messages")


PAGES = (
    Page("GET", "/messages", list_messages),
    Page("POST", "/deliveries/<uuid:delivery_id>/retry", retry_delivery),
)
