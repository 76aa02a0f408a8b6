"""Commissions and each unit's part of them."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/commissions/<uuid:commission_id>"
PART = "/v1/commission-tasks/<uuid:task_id>"

ROUTES = (
    Route("GET", "/v1/commissions", "review", "list_commissions", "列出约稿", "List commissions, newest first"),
    Route(
        "POST", "/v1/commissions", "review", "issue_commission", "下达约稿", "Commission a report of units",
        status=201, fresh_id="commission_id",
    ),
    Route("GET", ONE, "review", "get_commission", "查看约稿", "One commission with its counts"),
    Route("POST", f"{ONE}/withdrawal", "review", "withdraw_commission", "撤回约稿", "Withdraw it"),
    Route("POST", f"{ONE}/closing", "review", "close_commission", "办结约稿", "Close it, all being in"),
    Route(
        "POST", f"{ONE}/upward-delivery", "review", "deliver_upward", "登记已上报",
        "Record that the city has delivered upward",
    ),
    Route(
        "GET", "/v1/commission-tasks", "review", "list_commission_tasks", "列出各单位约稿任务",
        "List units' parts of commissions, next due first",
    ),
    Route("GET", PART, "review", "get_commission_task", "查看一单位的约稿任务", "One unit's part with its answers"),
    Route("POST", f"{PART}/excuse", "review", "excuse_unit", "免交", "Excuse the unit"),
    Route("POST", f"{PART}/mark", "review", "mark_answer", "评定质量", "Mark the quality of what was delivered"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
