"""Assignments and their feedback."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

EXTENSIONS = "/v1/assignments/<uuid:assignment_id>/extensions"

ROUTES = (
    Route("GET", "/v1/assignments", "review", "list_assignments", "列出交办事项", "List assignments"),
    Route("GET", "/v1/assignments/<uuid:assignment_id>", "review", "get_assignment", "查看交办事项", "One assignment"),
    Route(
        "POST", "/v1/assignments/<uuid:assignment_id>/receipt", "review", "receive_assignment", "签收", "Receive it"
    ),
    Route(
        "POST", "/v1/assignments/<uuid:assignment_id>/acceptance", "review", "accept_feedback", "反馈通过",
        "Accept the feedback",
    ),
    Route(
        "POST", "/v1/assignments/<uuid:assignment_id>/return", "review", "return_feedback", "反馈退回",
        "Return the feedback",
    ),
    Route(
        "POST", "/v1/assignments/<uuid:assignment_id>/feedback/desk-item", "review", "lay_feedback_on_desk",
        "反馈提交编辑台", "Lay the accepted feedback on the editors' desk",
    ),
    Route(
        "POST", EXTENSIONS, "review", "ask_extension", "申请延期", "Ask for more time, before it is due", status=201,
        fresh_id="extension_id",
    ),
    Route(
        "POST", f"{EXTENSIONS}/<uuid:extension_id>/grant", "review", "grant_extension", "准予延期",
        "Grant the extension",
    ),
    Route(
        "POST", f"{EXTENSIONS}/<uuid:extension_id>/refusal", "review", "refuse_extension", "不予延期",
        "Refuse the extension",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
