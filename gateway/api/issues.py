"""Issues of publications."""

from __future__ import annotations

from flask import Flask

from gateway.api.bulletins import send_file
from gateway.api.routes import Route, register

ONE = "/v1/issues/<uuid:issue_id>"

ROUTES = (
    Route("GET", "/v1/issues", "review", "list_issues", "列出期刊", "List issues"),
    Route(
        "POST", "/v1/issues", "review", "open_issue", "新开一期", "Begin an issue", status=201, fresh_id="issue_id",
        versioned=True,
    ),
    Route("GET", ONE, "review", "get_issue", "查看一期", "One issue", versioned=True),
    Route(
        "GET", f"{ONE}/paper", "review", "get_issue_file", "下载一期的公文版式文件",
        "As an official paper: ?format=pdf or docx", respond=send_file,
    ),
    Route("POST", f"{ONE}/publication", "review", "publish_issue", "签发刊发", "Publish, once", versioned=True),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
