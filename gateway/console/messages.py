"""Messages with the state of their deliveries: one's own, or all of them (without text) for duty and operations."""

from __future__ import annotations

from uuid import UUID

from flask import flash, render_template

from contracts.rpc.notify import Delivery, MessagePage
from contracts.vocabulary import DeliveryState
from gateway.console.forms import asked, asked_query
from gateway.console.page import Answer, Page, go_to


def list_messages() -> Answer:
    query = asked_query("state", "cursor")
    page = asked("notify", "list_messages", MessagePage, **query)
    return render_template("console/messages.html", page=page, query=query, states=DeliveryState)


def retry_delivery(delivery_id: UUID) -> Answer:
    asked("notify", "retry_delivery", Delivery, delivery_id=delivery_id)
    flash("已安排重新发送。")
    return go_to("list_messages")


PAGES = (
    Page("GET", "/messages", list_messages),
    Page("POST", "/deliveries/<uuid:delivery_id>/retry", retry_delivery),
)
