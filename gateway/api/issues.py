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
    Route("PUT", f"{ONE}/arrangement", "review", "arrange_issue", "编排次序", "Set the order", versioned=True),
    Route("POST", f"{ONE}/proof", "review", "proof_issue", "出校样", "Make the proof", versioned=True),
    Route(
        "POST", f"{ONE}/recomposition", "review", "recompose_issue", "退回编排", "Back to composing", versioned=True
    ),
    Route(
        "POST", f"{ONE}/comments", "review", "comment_on_issue", "对校样提意见", "Comment on the proof", status=201,
        fresh_id="comment_id",
    ),
    Route(
        "POST", f"{ONE}/comments/<uuid:comment_id>/resolution", "review", "resolve_comment", "处理意见",
        "Resolve a comment",
    ),
    Route("POST", f"{ONE}/signatures", "review", "sign_issue", "签发校样", "Sign the proof", versioned=True),
    Route("POST", f"{ONE}/withdrawal", "review", "withdraw_issue", "撤销一期", "Withdraw an issue", versioned=True),
    Route("POST", f"{ONE}/reading", "review", "read_issue", "阅读", "Read: the first time is kept"),
    Route("GET", f"{ONE}/readers", "review", "list_issue_readers", "阅读情况", "Who has read it"),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
