"""Leaders' instructions."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/instructions/<uuid:instruction_id>"

ROUTES = (
    Route("GET", "/v1/instructions", "review", "list_instructions", "列出批示", "List instructions"),
    Route(
        "POST", "/v1/instructions", "review", "record_instruction", "登记批示并交办",
        "Record an instruction with its assignments", status=201, fresh_id="instruction_id",
    ),
    Route("GET", ONE, "review", "get_instruction", "查看批示", "One instruction"),
    Route("POST", f"{ONE}/closing", "review", "close_instruction", "办结", "Close"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
