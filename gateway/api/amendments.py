"""Corrections and withdrawals: what they change, and what the editors do about those of published items.

They are made like every signed document, by `POST /v1/reports` with `report_id` and `amendment`.
"""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/reports/<uuid:report_id>/amendments", "intake", "list_amendments", "查看更正和撤回",
        "Corrections and withdrawals of a report, each with what it changes",
    ),
    Route(
        "GET", "/v1/reports/<uuid:report_id>/differences", "intake", "report_differences", "比较两个签发版本",
        "Two signed versions of a report compared; without `from` and `to` the newest and the one before",
    ),
    Route(
        "GET", "/v1/amended-publications", "review", "list_amended_publications", "刊发后更正、撤回的信息",
        "Published items whose reports were corrected or withdrawn afterwards",
    ),
    Route(
        "POST", "/v1/amended-publications/<uuid:report_id>/decision", "review", "decide_amended",
        "处理刊发后的更正、撤回", "Decide about a published item that was amended",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
