"""The step a unit puts before its sign-off: whether drafts are endorsed first, and by whom."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ROUTES = (
    Route(
        "GET", "/v1/endorsement-rules", "intake", "list_endorsement_rules", "查看本单位核稿设置，第一条现行",
        "Your unit's settings of the step before sign-off; the first is in force",
    ),
    Route(
        "POST", "/v1/endorsement-rules", "intake", "record_endorsement_rule", "设置签发前的核稿",
        "Set the step before sign-off", status=201,
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
