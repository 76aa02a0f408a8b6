"""The editors' desk."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/queue/<uuid:report_id>"

ROUTES = (
    Route("GET", "/v1/queue", "review", "list_queue", "编辑处待办", "The desk: urgent first, then the oldest"),
    Route("GET", ONE, "review", "get_desk_item", "查看待办信息", "One desk item"),
    Route("POST", f"{ONE}/opening", "review", "open_desk_item", "打开阅看", "Open: it counts as seen"),
    Route("POST", f"{ONE}/claim", "review", "claim_report", "认领", "Claim"),
    Route("POST", f"{ONE}/release", "review", "release_report", "放回", "Release"),
    Route("POST", f"{ONE}/return", "review", "return_report", "退回修改", "Return for revision"),
    Route("POST", f"{ONE}/keeping", "review", "keep_report", "存档备查", "Keep on file"),
    Route("POST", f"{ONE}/decline", "review", "decline_report", "不采用", "Do not use"),
    Route("POST", f"{ONE}/adoption", "review", "adopt_report", "采用", "Adopt into an issue"),
    Route(
        "POST", f"{ONE}/adoption/withdrawal", "review", "withdraw_adoption", "撤销采用", "Withdraw the adoption"
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
