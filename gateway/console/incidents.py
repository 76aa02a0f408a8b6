"""Incidents: several units' reports of one event on one timeline, for the city."""

from __future__ import annotations

from uuid import UUID, uuid5

from flask import flash, render_template

from contracts.rpc.incidents import IncidentPage, IncidentRecord
from gateway.console.chains import figure_table
from gateway.console.forms import asked, asked_query, form_key, line, paragraphs
from gateway.console.page import Answer, Page, go_to

ONE = "/incidents/<uuid:incident_id>"


def list_incidents() -> Answer:
    query = asked_query("cursor")
    page = asked("intake", "list_incidents", IncidentPage, **query)
    return render_template("console/incidents.html", page=page, query=query)


def show_incident(incident_id: UUID) -> Answer:
    incident = asked("intake", "get_incident", IncidentRecord, incident_id=incident_id)
    by_unit = incident.figures_by_unit
    return render_template(
        "console/incident.html", incident=incident, compared=[unit for unit in by_unit if unit.figures],
        **figure_table(incident.figures),
    )


def gather_report() -> Answer:
    """Join a first report to the incident chosen, or make a new one of it where none was chosen."""
    facts = {"report_id": line("report_id"), "reason": paragraphs("reason")}
    chosen = line("incident_id")
    if chosen:
        incident = asked("intake", "join_incident", IncidentRecord, incident_id=chosen, **facts)
    else:
        fresh = uuid5(form_key(), "incident_id")
        incident = asked("intake", "open_incident", IncidentRecord, incident_id=fresh, **facts)
    flash(f"已归入突发事件 {incident.number}。")
    return go_to("show_incident", incident_id=incident.incident_id)


def leave_incident(incident_id: UUID, report_id: UUID) -> Answer:
    asked(
        "intake", "leave_incident", IncidentRecord, incident_id=incident_id, report_id=report_id,
        reason=paragraphs("reason"),
    )
    flash("已移出。")
    return go_to("show_incident", incident_id=incident_id)


PAGES = (
    Page("GET", "/incidents", list_incidents),
    Page("POST", "/incidents", gather_report),
    Page("GET", ONE, show_incident),
    Page("POST", f"{ONE}/reports/<uuid:report_id>/leaving", leave_incident),
)
