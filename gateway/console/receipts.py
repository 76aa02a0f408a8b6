"""Receipts: answered from the gateway's own database, so that they show while all behind it is away."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from flask import Response, render_template, request

from contracts.vocabulary import ReceiptState
from gateway.assembly import gateway
from gateway.bodies import checked
from gateway.console.attachments import files_of_receipt
from gateway.console.forms import asked_query
from gateway.console.page import Answer, Page
from gateway.console.signed_facts import signed_facts
from gateway.entrance import present
from gateway.receipts.reading import ListReceipts, ReceiptView, get_content, get_receipt, list_receipts
from kernel.errors import Forbidden

STOP_POLLING = 286
"""htmx asks for a part again and again until it is answered with this status."""


def show_receipts() -> Answer:
    query = asked_query("number", "cursor")
    with gateway().database.reading() as session:
        page = list_receipts(session, present().principal, checked(ListReceipts, query))
    return render_template("console/receipts.html", page=page, query=query)


def show_receipt(number: str) -> Answer:
    with gateway().database.reading() as session:
        view = get_receipt(session, present().principal, number)
        content = get_content(session, present().principal, number)
    return render_template(
        "console/receipt.html", view=view, content=content,
        facts=signed_facts(content, files_of_receipt(number)) if content else [],
        steps=steps_of(view),
    )


def show_progress(number: str) -> Answer:
    """The part of the page that changes; asked for again until the desk has decided."""
    view = _receipt(number)
    part = render_template("console/receipt_progress.html", view=view, steps=steps_of(view))
    return part, STOP_POLLING if view.progress.decision and request.headers.get("HX-Request") else 200


@dataclass(frozen=True)
class Step:
    """One step on a receipt's way: whether it was taken, by whom and when as far as that is shown."""

    label: str
    done: bool
    by: str | None
    at: datetime | None


def steps_of(view: ReceiptView) -> list[Step]:
    """The way of a receipt; only what is urgent is acknowledged, by a person, at any time after its registration."""
    progress, state = view.progress, view.progress.state
    reached = tuple(ReceiptState).index(state)
    facts: dict[ReceiptState, tuple[str | None, datetime | None]] = {
        ReceiptState.ACCEPTED: (None, view.received_at),
        ReceiptState.REGISTERED: (None, progress.registered_at),
        ReceiptState.ON_THE_DESK: (None, progress.queued_at),
        ReceiptState.ACKNOWLEDGED: (progress.acknowledged_by, progress.acknowledged_at),
        ReceiptState.SEEN: (progress.seen_by, progress.seen_at),
    }
    if progress.acknowledged_zh is None:
        del facts[ReceiptState.ACKNOWLEDGED]
    return [
        Step(step.label, _taken(step, at, reached), by, at) for step, (by, at) in facts.items()
    ]


def _taken(step: ReceiptState, at: datetime | None, reached: int) -> bool:
    if step is ReceiptState.ACKNOWLEDGED:
        return at is not None
    return tuple(ReceiptState).index(step) <= reached


def download_receipt(number: str) -> Answer:
    """The receipt as it was given, to be kept by the unit and checked offline."""
    document = _receipt(number).receipt
    if document is None:
        raise Forbidden("无权查看该回执全文。", "You may not read this receipt whole.")
    text = json.dumps(document, ensure_ascii=False, indent=2)
    headers = {"Content-Disposition": f'attachment; filename="receipt-{document["number"]}.json"'}
    return Response(text, mimetype="application/json", headers=headers)


def _receipt(number: str) -> ReceiptView:
    with gateway().database.reading() as session:
        return get_receipt(session, present().principal, number)


PAGES = (
    Page("GET", "/receipts", show_receipts),
    Page("GET", "/receipts/<number>", show_receipt),
    Page("GET", "/receipts/<number>/progress", show_progress),
    Page("GET", "/receipts/<number>/file", download_receipt),
)
