"""The ledger of supervision, its figures and its notices."""

from __future__ import annotations

from flask import Flask

from gateway.api.bulletins import send_file
from gateway.api.routes import Route, register

LEDGER = "/v1/supervision-ledger"
ASSIGNMENT = "/v1/assignments/<uuid:assignment_id>"

ROUTES = (
    Route("GET", LEDGER, "review", "list_supervision_ledger", "督办台账", "The ledger of supervision"),
    Route(
        "GET", f"{LEDGER}/file", "review", "export_supervision_ledger", "下载督办台账（XLSX）",
        "The ledger as a spreadsheet", respond=send_file,
    ),
    Route(
        "GET", f"{LEDGER}/paper", "review", "print_supervision_ledger", "打印督办台账、每周未办结清单",
        "The ledger as an official paper, with unfinished=true the week's list: ?format=pdf or docx",
        respond=send_file,
    ),
    Route("GET", f"{LEDGER}/figures", "review", "supervision_figures", "督办统计", "Counts of supervision"),
    Route(
        "GET", f"{LEDGER}/office-cases", "review", "list_office_cases", "督办部门待办",
        "What lies with the supervision office, the oldest first",
    ),
    Route(
        "GET", f"{LEDGER}/finished-office-steps", "review", "list_finished_steps", "督办部门已办结",
        "What the supervision office finished, the newest first",
    ),
    Route(
        "GET", f"{LEDGER}/office-time", "review", "office_time", "督办部门办理用时",
        "How much the supervision office finished in time and late, and how long it took",
    ),
    Route(
        "GET", f"{LEDGER}/leaders", "review", "lateness_by_leader", "各位领导的批示有无逾期",
        "Is anyone late for a leader: one line each",
    ),
    Route(
        "POST", f"{ASSIGNMENT}/notices", "review", "issue_notice", "签发通知单",
        "Issue the assignment notice or a chasing notice: it gets its number", status=201, fresh_id="notice_id",
    ),
    Route(
        "GET", f"{ASSIGNMENT}/notice", "review", "get_assignment_notice", "下载交办通知单",
        "The assignment notice as an official paper: ?format=pdf or docx", respond=send_file,
    ),
    Route(
        "GET", f"{ASSIGNMENT}/chasing-notice", "review", "get_chasing_notice", "下载催办单",
        "The chasing notice as an official paper: ?format=pdf or docx", respond=send_file,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
