"""What intake answers about the parts that a kind of report has."""

from __future__ import annotations

from contracts.model import Method, Strict, query
from contracts.rpc.roles import CITY, UNIT
from contracts.vocabulary import Kind


class StructurePart(Strict):
    heading: str
    required: bool
    """Otherwise recommended; neither refuses anything."""


class ReportStructure(Strict):
    kind: Kind
    parts: list[StructurePart]
    outline: str
    """Its headings, numbered, a line each with an empty one between: what an author begins from."""


class ListReportStructures(Strict):
    kind: Kind | None = None


class ReportStructureList(Strict):
    items: list[ReportStructure]
    """Only kinds that have a structure of their own."""


METHODS: dict[str, Method] = {
    "list_report_structures": query(ListReportStructures, ReportStructureList, *UNIT, *CITY),
}
