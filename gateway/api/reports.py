"""Reports: signed and accepted here, read from intake."""

from __future__ import annotations

from flask import Flask, Response, g, request

from contracts.model import Strict
from contracts.receipts import Receipt
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import Route, idempotency_key, json_answer, register
from gateway.assembly import gateway
from gateway.bodies import checked, json_body, query_values
from gateway.entrance import present
from gateway.rates import allow_report
from gateway.receipts.acceptance import accept_report, examine_report
from gateway.receipts.signoff import SubmitReport
from gateway.receipts.trials import try_report
from kernel.errors import Refusal

ROUTES = (
    Route("GET", "/v1/reports", "intake", "list_reports", "列出信息，新的在前", "List reports, newest first"),
    Route("GET", "/v1/reports/<uuid:report_id>", "intake", "get_report", "查看一条信息", "One report"),
    Route(
        "POST", "/v1/reports/<uuid:report_id>/acknowledgement", "intake", "acknowledge_report", "值班员签收紧急信息",
        "Acknowledge an urgent report as the city's duty officer",
    ),
    Route(
        "GET", "/v1/reports/<uuid:report_id>/chain", "intake", "get_chain", "查看首报、续报、终报",
        "The chain of an urgent report",
    ),
    Route(
        "POST", "/v1/reports/<uuid:report_id>/chain/closing", "intake", "close_chain", "收到终报后办结",
        "Close the chain after its final report",
    ),
    Route(
        "POST", "/v1/reports/<uuid:report_id>/outcomes", "review", "record_outcome", "登记上级采用、批示情况",
        "Record what a higher level did with it", status=201,
    ),
)


class KeyRequired(Refusal):
    """Without a key a repeat after a lost answer would make a second report."""

    problem = "idempotency-key-required"


class SubmitOptions(Strict):
    """Query of POST /v1/reports."""

    dry_run: bool = False


class Examination(Strict):
    """Answer of a dry run: nothing was kept."""

    dry_run: bool = True
    acceptable: bool = True
    content_hash: str


def submit_report() -> Response:
    """Sign a document and submit it; 202 with the receipt once it is kept durably."""
    key, options = idempotency_key(), checked(SubmitOptions, query_values(request.args))
    if key is None and not options.dry_run:
        raise KeyRequired("报送必须携带 Idempotency-Key 请求头。", "Submitting needs the header Idempotency-Key.")
    act = checked(SubmitReport, json_body())
    identity = present()
    allow_report(identity, act.content.kind)
    if options.dry_run or key is None:
        return json_answer(Examination(content_hash=examine_report(gateway(), identity, act)))
    accept = try_report if identity.trial else accept_report
    accepted = accept(gateway(), identity, act, key, g.correlation_id)
    response = Response(accepted.response, status=202, mimetype="application/json")
    response.headers["Location"] = f"/v1/receipts/{accepted.number}"
    if identity.trial:
        response.headers["Chengbao-Trial"] = "true"
    if accepted.repeated:
        response.headers["Idempotency-Replayed"] = "true"
    return response


OWN_ROUTES = (
    OwnRoute(
        "POST", "/v1/reports", submit_report, "签发并报送", "Sign a document and submit it", Receipt, body=SubmitReport,
        query=SubmitOptions, status=202,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
    register_own(app, OWN_ROUTES)
