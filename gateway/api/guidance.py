"""Reporting guidance: drawn up, issued, who answered which point."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/guidance/<uuid:guidance_id>"

ROUTES = (
    Route("GET", "/v1/guidance", "review", "list_guidance", "列出报送要点", "List guidance, newest period first"),
    Route(
        "POST", "/v1/guidance", "review", "save_guidance", "拟制报送要点", "Draw up guidance", status=201,
        fresh_id="guidance_id",
    ),
    Route("GET", ONE, "review", "get_guidance", "查看报送要点", "One with who answered which point", versioned=True),
    Route(
        "GET", f"{ONE}/answers", "review", "list_point_answers", "列出回应要点的信息",
        "List the reports that answer its points",
    ),
    Route("PUT", ONE, "review", "save_guidance", "修改报送要点", "Change what is being drawn up", versioned=True),
    Route("POST", f"{ONE}/issue", "review", "issue_guidance", "下发报送要点", "Issue it to the units"),
    Route(
        "POST", f"{ONE}/carry-over", "review", "carry_over_points", "结转无人回应的要点",
        "Draw up the next with the points that nobody answered", status=201, fresh_id="into_id",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
