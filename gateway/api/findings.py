"""Findings late, omitted, false, concealed, understated, with the unit's right of reply."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/findings/<uuid:finding_id>"

ROUTES = (
    Route("GET", "/v1/findings", "review", "list_findings", "列出认定", "List findings, newest first"),
    Route(
        "POST", "/v1/findings", "review", "propose_finding", "提出认定", "Propose a finding against a unit",
        status=201, fresh_id="finding_id",
    ),
    Route("GET", ONE, "review", "get_finding", "查看认定", "One finding with the unit's replies"),
    Route("POST", f"{ONE}/replies", "review", "reply_to_finding", "单位申辩", "Reply as the unit", status=201),
    Route("POST", f"{ONE}/decision", "review", "decide_finding", "决定认定", "Confirm or drop, as a second person"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
