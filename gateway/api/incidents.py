"""Incidents: several units' reports of one event."""

from __future__ import annotations

from flask import Flask

from gateway.api.routes import Route, register

ONE = "/v1/incidents/<uuid:incident_id>"

ROUTES = (
    Route("GET", "/v1/incidents", "intake", "list_incidents", "列出突发事件", "List incidents, newest first"),
    Route(
        "POST", "/v1/incidents", "intake", "open_incident", "由首报立为突发事件", "Make an incident of a first report",
        status=201, fresh_id="incident_id",
    ),
    Route("GET", ONE, "intake", "get_incident", "查看突发事件", "One incident with one timeline"),
    Route("POST", f"{ONE}/reports", "intake", "join_incident", "归入首报", "Join another first report"),
    Route(
        "POST", f"{ONE}/reports/<uuid:report_id>/leaving", "intake", "leave_incident", "移出首报",
        "Take a first report out",
    ),
)


def install(app: Flask) -> None:
    register(app, ROUTES)
