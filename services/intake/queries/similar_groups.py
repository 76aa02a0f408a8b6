"""Which reports of one page of a list are alike: by their sketches alone, which takes a few milliseconds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import select

from contracts.rpc import similar as rpc
from kernel.service import Reading
from services.intake.model.reports import Report
from services.intake.model.similar import SIMILAR, ReportSketch, Sketch
from services.intake.queries.visibility import cleared


def similar_among(reading: Reading, request: rpc.SimilarAmong) -> rpc.SimilarGroups:
    """Groups of two or more, exercises apart; what the reader is not cleared for is in none."""
    rows = reading.session.execute(
        select(ReportSketch.report_id, Report.drill, ReportSketch.bins, ReportSketch.bands)
        .join(Report, Report.id == ReportSketch.report_id)
        .where(Report.id.in_(request.report_ids), Report.secrecy.in_(cleared(reading.principal)))
    )
    sketches = {row.report_id: (row.drill, Sketch(row.bins, tuple(row.bands))) for row in rows}
    in_order = [report_id for report_id in dict.fromkeys(request.report_ids) if report_id in sketches]
    pairs = (
        (one, other)
        for one, other in _sharing(in_order, {each: sketches[each][1] for each in in_order})
        if sketches[one][0] == sketches[other][0]
        and sketches[one][1].agreement(sketches[other][1].bins) >= SIMILAR
    )
    return rpc.SimilarGroups(groups=joined(in_order, pairs))


def _sharing(report_ids: Sequence[UUID], sketches: dict[UUID, Sketch]) -> Iterable[tuple[UUID, UUID]]:
    """Pairs that have a band in common, each once."""
    by_band: dict[int, list[UUID]] = defaultdict(list)
    pairs: dict[tuple[UUID, UUID], None] = {}
    for report_id in report_ids:
        for band in sketches[report_id].bands:
            pairs |= dict.fromkeys((earlier, report_id) for earlier in by_band[band])
            by_band[band].append(report_id)
    return [pair for pair in pairs if pair[0] != pair[1]]


def joined(members: Sequence[UUID], pairs: Iterable[tuple[UUID, UUID]]) -> list[list[UUID]]:
    """Groups of those that pairs join, directly or by others; members and groups in the order given."""
    group_of = {member: [member] for member in members}
    for one, other in pairs:
        kept, merged = group_of[one], group_of[other]
        if kept is not merged:
            kept += merged
            group_of |= dict.fromkeys(merged, kept)
    place = {member: number for number, member in enumerate(members)}
    found: list[list[UUID]] = []
    for member in members:
        group = group_of[member]
        if len(group) > 1 and min(group, key=place.__getitem__) == member:
            found.append(sorted(group, key=place.__getitem__))
    return found
