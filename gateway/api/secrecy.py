"""A wrong secrecy class: raised at once; what was done, and who had been told."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/reports/<uuid:report_id>/secrecy"

ROUTES = (
    Route("POST", ONE, "intake", "raise_secrecy", "调高密级", "Raise the secrecy class of a report, at once"),
    Route("GET", ONE, "intake", "get_reclassification", "查看密级调整", "What was done about a wrong secrecy class"),
    Route(
        "GET", f"{ONE}/told", "notify", "list_told", "调整前已发出的通知",
        "Who had been told before the class was raised",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
