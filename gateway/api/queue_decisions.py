"""One decision on several reports: each a command of its own with its own answer (R11)."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Annotated, Any
from uuid import UUID, uuid5

from flask import Flask, Response, request
from pydantic import Field

from contracts.model import Strict
from contracts.rpc.fields import Remarks
from contracts.services import RPC
from contracts.vocabulary import Labelled
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import ask, command_id_for, json_answer
from gateway.bodies import checked, json_body, query_values
from gateway.problems import refusal_answer
from kernel.errors import Invalid, Refusal

MOST = 200


class BulkAct(Labelled):
    """What may be done to several reports at once; adoption is decided one by one."""

    CLAIM = "claim", "认领"
    RELEASE = "release", "放回"
    KEEP = "keep", "存档备查"
    PRE_ADOPT = "pre_adopt", "预采用"
    DECLINE = "decline", "不采用"
    RETURN = "return", "退回修改"
    UNDO = "undo", "撤销处理"


METHODS: dict[BulkAct, tuple[str, str | None]] = {
    # act              method             field of its words
    BulkAct.CLAIM: ("claim_report", None),
    BulkAct.RELEASE: ("release_report", None),
    BulkAct.KEEP: ("keep_report", None),
    BulkAct.PRE_ADOPT: ("pre_adopt_report", None),
    BulkAct.DECLINE: ("decline_report", "reason"),
    BulkAct.RETURN: ("return_report", "remarks"),
    BulkAct.UNDO: ("undo_decision", None),
}
AWAY = frozenset({"unavailable", "outcome-unknown"})
"""Problems that the next report would meet too: the rest is not tried and answered alike."""


class DecideQueue(Strict):
    """`words` are the reason for not using them or the remarks of a return; the other acts take none."""

    act: BulkAct
    report_ids: Annotated[list[UUID], Field(min_length=1, max_length=MOST)]
    words: Remarks | None = None


class DecisionResult(Strict):
    """`status` as the act on this report alone would be answered; `problem` where it is no 200."""

    report_id: UUID
    status: int
    state: str | None = None
    problem: dict[str, Any] | None = None


class DecisionResults(Strict):
    """In the order of the reports."""

    items: list[DecisionResult]


def decide_queue() -> Response:
    """A refused one stops none of the others."""
    query_values(request.args)
    wanted = checked(DecideQueue, json_body())
    command_id = command_id_for("POST", request.path)
    return json_answer(DecisionResults(items=decide_each(wanted, command_id)))


def decide_each(wanted: DecideQueue, command_id: UUID) -> list[DecisionResult]:
    """Each report's own command, made from `command_id`, so that a repeat does nothing twice. Raises `Invalid`."""
    method, field = METHODS[wanted.act]
    _check(wanted, field)
    words = {field: wanted.words} if field else {}
    results: list[DecisionResult] = []
    away: Refusal | None = None
    for report_id in wanted.report_ids:
        try:
            if away is not None:
                raise away
            body = checked(RPC["review"][method].request, {"report_id": report_id} | words)
            reply = ask("review", method, body, uuid5(command_id, f"{wanted.act} {report_id}"))
            results.append(DecisionResult(report_id=report_id, status=200, state=_state(reply)))
        except Refusal as refusal:
            away = refusal if refusal.problem in AWAY else None
            results.append(_refused(report_id, refusal))
    return results


def _check(wanted: DecideQueue, field: str | None) -> None:
    if field and wanted.words is None:
        raise Invalid(
            f"{wanted.act.label}须写明理由或意见。", f"{wanted.act} needs `words`.", pointer="/words"
        )
    if not field and wanted.words is not None:
        raise Invalid(f"{wanted.act.label}不带理由。", f"{wanted.act} takes no `words`.", pointer="/words")
    if len(set(wanted.report_ids)) != len(wanted.report_ids):
        raise Invalid("同一条信息列了两次。", "A report is named twice.", pointer="/report_ids")


def _state(reply: Any) -> str:
    return str(reply.decision or reply.state)


def _refused(report_id: UUID, refusal: Refusal) -> DecisionResult:
    answer = refusal_answer(refusal)
    return DecisionResult(report_id=report_id, status=answer.status_code, problem=json.loads(answer.get_data()))


def refused(results: Sequence[DecisionResult]) -> list[DecisionResult]:
    return [result for result in results if result.problem is not None]


ROUTES = (
    OwnRoute(
        "POST", "/v1/queue/decisions", decide_queue, f"批量处理（至多 {MOST} 条），逐条答复",
        f"One act on up to {MOST} reports, with a result for each", DecisionResults, body=DecideQueue,
        asks=tuple(("review", method) for method, _ in METHODS.values()),
    ),
)


def install(app: Flask) -> None:
    register_own(app, ROUTES)
