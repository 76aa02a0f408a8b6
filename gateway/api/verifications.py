"""The verification record of a report: whom the city asked and what was said; the unit reads the conclusions."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

OF_REPORT = "/v1/reports/<uuid:report_id>"

ROUTES = (
    Route(
        "GET", f"{OF_REPORT}/verifications", "review", "list_verifications", "查看核实记录",
        "The verification record of a report, newest question first",
    ),
    Route(
        "POST", f"{OF_REPORT}/verifications", "review", "record_verification", "登记核实，或更正已有的一条",
        "Record a verification, or correct an earlier entry by a new one", status=201, fresh_id="verification_id",
    ),
    Route(
        "GET", f"{OF_REPORT}/verification-conclusions", "review", "list_conclusions", "本单位信息的核实结论",
        "The conclusions of verifying one's own unit's report",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
