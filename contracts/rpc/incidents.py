"""What intake answers on incidents: several units' reports of one event, with one timeline (notice 二(一))."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.chains import Chain, ChainStep, FigureStated
from contracts.rpc.fields import Remarks, Title
from contracts.rpc.paging import ListQuery
from contracts.rpc.roles import READERS
from contracts.vocabulary import Figure, IncidentCategory, IncidentState, Likeness, Role

NEAR = timedelta(hours=6)
"""How far the occurrences of two units' reports may lie apart for one to be proposed for the other's incident."""


class OpenIncident(Strict):
    """Make an incident of a first report; its title unless another is given."""

    incident_id: UUID
    report_id: UUID
    title: Title | None = None
    reason: Remarks


class JoinIncident(Strict):
    incident_id: UUID
    report_id: UUID
    reason: Remarks


class LeaveIncident(Strict):
    incident_id: UUID
    report_id: UUID
    reason: Remarks


class IncidentId(Strict):
    incident_id: UUID


class ListIncidents(ListQuery):
    """Newest first."""


class IncidentSummary(Strict):
    """An incident in a list. A unit sees the title of its own report, and counts its own reports only."""

    incident_id: UUID
    number: str
    title: str
    category: IncidentCategory | None
    occurred_at: Instant | None
    state: IncidentState
    drill: bool
    unit_names: list[str]
    reports: int
    opened_at: Instant


class IncidentPage(Strict):
    items: list[IncidentSummary]
    next_cursor: str | None = None


class JoinedChain(Strict):
    """The chain of one unit, with who joined it and why (for the city only)."""

    chain: Chain
    joined_by: str
    joined_at: Instant
    reason: str


class IncidentStep(Strict):
    """One document on the incident's timeline."""

    unit_name: str
    step: ChainStep


class UnitFigures(Strict):
    """What one unit stated last; figures of several units are never added up: they may count the same people."""

    unit_name: str
    first_report_id: UUID
    figures: dict[Figure, Decimal]


class Candidate(Strict):
    """Another unit's first report that may tell of the same incident: a hint, nothing is joined by it."""

    report_id: UUID
    number: str
    unit_name: str
    title: str
    occurred_at: Instant
    likeness: list[Likeness]


class IncidentRecord(IncidentSummary):
    """An incident with one timeline over all units' chains, newest last; a unit sees its own reports only."""

    place: str | None
    opened_by: str
    version: int
    chains: list[JoinedChain]
    timeline: list[IncidentStep]
    figures: list[FigureStated]
    """Every change of a figure, of whichever unit, oldest first."""
    figures_by_unit: list[UnitFigures]
    candidates: list[Candidate] = Field(description="for those who may join")


JOINERS = (Role.EDITOR, Role.CHIEF_EDITOR, Role.DUTY_OFFICER)

METHODS: dict[str, Method] = {
    "open_incident": command(OpenIncident, IncidentRecord, *JOINERS),
    "join_incident": command(JoinIncident, IncidentRecord, *JOINERS),
    "leave_incident": command(LeaveIncident, IncidentRecord, *JOINERS),
    "list_incidents": query(ListIncidents, IncidentPage, *READERS),
    "get_incident": query(IncidentId, IncidentRecord, *READERS),
}
