"""Leaders' instructions."""

from __future__ import annotations

from uuid import UUID

from flask import Flask, Response, request

from contracts.rpc.instructions import Instruction, InstructionId
from gateway.api.own_routes import OwnRoute, register_own
from gateway.api.routes import Route, ask, register
from gateway.assembly import gateway
from gateway.attachments.downloads import given_out, not_found
from gateway.bodies import query_values

ONE = "/v1/instructions/<uuid:instruction_id>"

ROUTES = (
    Route("GET", "/v1/instructions", "review", "list_instructions", "列出批示", "List instructions"),
    Route(
        "POST", "/v1/instructions", "review", "record_instruction", "登记批示并交办",
        "Record an instruction with its assignments", status=201, fresh_id="instruction_id",
    ),
    Route("GET", ONE, "review", "get_instruction", "查看批示", "One instruction"),
    Route(
        "GET", f"{ONE}/turns", "review", "list_turns", "轮到谁办、各用多久",
        "Whose turn it was with an instruction, and for how long",
    ),
    Route(
        "POST", f"{ONE}/confirmation", "review", "confirm_instruction", "确认批示并交办",
        "Confirm that it is the leader's; the units are assigned",
    ),
    Route("POST", f"{ONE}/withdrawal", "review", "withdraw_instruction", "撤销登记", "Withdraw a wrong entry"),
    Route("POST", f"{ONE}/presentation", "review", "present_instruction", "呈阅", "The leader is shown the results"),
    Route("POST", f"{ONE}/closing", "review", "close_instruction", "办结", "Close"),
)


def download_scan(instruction_id: UUID) -> Response:
    """The scan of the paper, for whoever may read the instruction: review decides."""
    query_values(request.args)
    instruction = ask("review", "get_instruction", InstructionId(instruction_id=instruction_id))
    if not isinstance(instruction, Instruction) or instruction.scan is None:
        raise not_found()
    return given_out(gateway(), instruction.scan)


OWN_ROUTES = (
    OwnRoute(
        "GET", f"{ONE}/scan", download_scan, "下载批示件扫描", "The scan of the instruction's paper", bytes_out=True,
        asks=(("review", "get_instruction"),),
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
    register_own(app, OWN_ROUTES)
