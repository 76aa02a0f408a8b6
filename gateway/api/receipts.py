"""Receipts with what became of them, answered from the gateway's own database, and the keys to check them by."""

from __future__ import annotations

from flask import Flask, Response, request

from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import json_answer
from gateway.assembly import gateway
from gateway.bodies import checked, query_values
from gateway.entrance import present
from gateway.receipts.keys import PublicKeys, public_keys
from gateway.receipts.reading import ListReceipts, ReceiptPage, ReceiptView, get_receipt, list_receipts
from gateway.receipts.trials import get_trial, list_trials


def show_receipts() -> Response:
    """Receipts, newest first."""
    query = checked(ListReceipts, query_values(request.args))
    if present().trial:
        return json_answer(list_trials(gateway(), present(), query))
    with gateway().database.reading() as session:
        return json_answer(list_receipts(session, present().principal, query))


def show_receipt(number: str) -> Response:
    """A receipt and what became of it."""
    if present().trial:
        return json_answer(get_trial(gateway(), present(), number))
    with gateway().database.reading() as session:
        return json_answer(get_receipt(session, present().principal, number))


def show_keys() -> Response:
    """Public keys by which receipts are checked offline."""
    return json_answer(public_keys(gateway().keyring))


ROUTES = (
    OwnRoute(
        "GET", "/v1/receipts", show_receipts, "列出回执，新的在前", "Receipts, newest first", ReceiptPage,
        query=ListReceipts,
    ),
    OwnRoute(
        "GET", "/v1/receipts/<number>", show_receipt, "查看回执及办理进展", "A receipt and what became of it",
        ReceiptView,
    ),
    OwnRoute(
        "GET", "/v1/keys", show_keys, "验证回执所用的公钥", "Public keys by which receipts are checked offline",
        PublicKeys,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
