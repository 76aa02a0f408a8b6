"""Trainings of information staff and the hours of units; intake owns them."""

from __future__ import annotations

from flask import Flask

from gateway.api.bulletins import send_file
from gateway.api.routes import Route, register

ONE = "/v1/trainings/<uuid:training_id>"

ROUTES = (
    Route(
        "GET", "/v1/trainings", "intake", "list_trainings", "列出培训交流，可按年度、单位、人员",
        "List trainings, exchanges and visits, newest first",
    ),
    Route(
        "POST", "/v1/trainings", "intake", "record_training", "登记培训交流", "Record a training", status=201,
        fresh_id="training_id", versioned=True,
    ),
    Route(
        "GET", "/v1/trainings/file", "intake", "export_trainings", "下载一年的培训记录（XLSX）",
        "A year's trainings as a spreadsheet", respond=send_file,
    ),
    Route("GET", ONE, "intake", "get_training", "查看培训交流及人员", "A training with its people", versioned=True),
    Route("PUT", ONE, "intake", "change_training", "变更培训记录", "Change a training", versioned=True),
    Route("DELETE", ONE, "intake", "remove_training", "删除登记有误的培训记录", "Take a wrong record away"),
    Route(
        "GET", "/v1/training-hours", "intake", "training_hours", "一年中各单位的培训次数、人数和学时",
        "Trainings, people and hours of units in a year",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
