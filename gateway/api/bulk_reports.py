"""Several reports in one request, each a durable act of its own with its own key and its own answer (0093)."""

from __future__ import annotations

import json
from typing import Annotated, Any

from flask import Flask, Response, g, request
from pydantic import Field, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from contracts.model import Strict, Text
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import KEY_LENGTH, json_answer
from gateway.assembly import gateway
from gateway.attempts import note
from gateway.bodies import checked, json_body, query_values, refused
from gateway.entrance import present
from gateway.problems import refusal_answer
from gateway.rates import allow_report
from gateway.receipts.acceptance import accept_report
from gateway.receipts.signoff import SubmitReport
from gateway.receipts.trials import try_report
from kernel.errors import Refusal
from kernel.troubles import Trouble, refusal_of, trouble_of

MOST = 50
AWAY = frozenset({"unavailable", "outcome-unknown", "durability-off", "disk-full"})
"""Problems that the next item would meet too: the rest is not tried and answered alike."""

class _Described:
    """Each report is checked by itself, so that a wrong one refuses itself alone; the document tells its shape."""

    def __get_pydantic_json_schema__(self, _: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return handler(SubmitReport.__pydantic_core_schema__)


Key = Annotated[Text, Field(min_length=1, max_length=KEY_LENGTH, pattern=r"^[!-~ ]+$")]
Report = Annotated[Any, _Described()]


class BulkItem(Strict):
    """`idempotency_key` is the one that POST /v1/reports would carry for this report; a repeat by either is one act."""

    idempotency_key: Key
    report: Report


class SubmitReports(Strict):
    items: Annotated[list[BulkItem], Field(min_length=1, max_length=MOST)]


class BulkResult(Strict):
    """Either `receipt` (`status` 202) or `problem`, the problem document that POST /v1/reports would answer."""

    idempotency_key: str
    status: int
    repeated: bool = False
    receipt: dict[str, Any] | None = None
    problem: dict[str, Any] | None = None


class BulkResults(Strict):
    """In the order of the items."""

    items: list[BulkResult]


def submit_reports() -> Response:
    """One after another; a refused one stops none of the others."""
    query_values(request.args)
    wanted = checked(SubmitReports, json_body())
    results: list[BulkResult] = []
    away: Refusal | None = None
    for place, item in enumerate(wanted.items):
        try:
            if away is not None:
                raise away
            results.append(_accepted(item, place))
        except Refusal as refusal:
            away = refusal if refusal.problem in AWAY else None
            results.append(_refused(item, refusal))
    return json_answer(BulkResults(items=results))


def _accepted(item: BulkItem, place: int) -> BulkResult:
    """Raises a refusal; of the database's troubles too, for they are this item's alone."""
    act, identity = _act(item, place), present()
    allow_report(identity, act.content.kind)
    accept = try_report if identity.trial else accept_report
    try:
        accepted = accept(gateway(), identity, act, item.idempotency_key, g.correlation_id)
    except (DBAPIError, PoolTimeout) as error:
        trouble = trouble_of(error)
        if trouble is Trouble.DEFECT:
            raise
        raise refusal_of(trouble) from error
    return BulkResult(
        idempotency_key=item.idempotency_key, status=202, repeated=accepted.repeated,
        receipt=json.loads(accepted.response),
    )


def _act(item: BulkItem, place: int) -> SubmitReport:
    """The item's report. Raises `Invalid` with pointers from the root of the whole body."""
    try:
        return SubmitReport.model_validate(item.report)
    except ValidationError as error:
        refusal = refused(error)
        root = f"/items/{place}/report"
        faults = [fault | {"pointer": root + fault["pointer"]} for fault in refusal.extra["errors"]]
        refusal.pointer, refusal.extra["errors"] = faults[0]["pointer"], faults
        raise refusal from error


def _refused(item: BulkItem, refusal: Refusal) -> BulkResult:
    note(refusal)
    answer = refusal_answer(refusal)
    document = json.loads(answer.get_data())
    return BulkResult(idempotency_key=item.idempotency_key, status=answer.status_code, problem=document)


ROUTES = (
    OwnRoute(
        "POST", "/v1/reports/bulk", submit_reports, f"一次报送多件（至多 {MOST} 件），逐件答复",
        f"Submit up to {MOST} reports, with a result for each", BulkResults, body=SubmitReports,
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
