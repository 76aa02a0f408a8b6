"""Plans of years with targets and progress; intake owns them."""

from __future__ import annotations

from flask import Flask

from gateway.api.bulletins import send_file
from gateway.api.routes import Route, register

ROUTES = (
    Route("GET", "/v1/plans", "intake", "list_plans", "列出年度计划", "List the plans of years"),
    Route(
        "GET", "/v1/plans/<year>", "intake", "get_plan", "查看年度计划和各单位进度", "A year's plan and its progress",
        versioned=True,
    ),
    Route(
        "PUT", "/v1/plans/<year>", "intake", "record_plan", "制定或变更年度计划", "Make or change a year's plan",
        versioned=True,
    ),
    Route(
        "GET", "/v1/plans/<year>/file", "intake", "export_plan", "下载年度计划进度（XLSX）",
        "A year's progress as a spreadsheet", respond=send_file,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
