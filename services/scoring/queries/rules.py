"""Reading the versions of the rules."""

from __future__ import annotations

from sqlalchemy import select

from contracts.rpc.paging import ListQuery
from contracts.rpc.scoring import Rules, RulesPage
from kernel.service import Reading
from services.scoring.model.rules import RecordedRules
from services.scoring.queries.bulletins import cursor_of


def list_rules(reading: Reading, request: ListQuery) -> RulesPage:
    """All versions, the one recorded last first."""
    query = select(RecordedRules).order_by(RecordedRules.rules_id.desc()).limit(request.limit + 1)
    if request.cursor:
        query = query.where(RecordedRules.rules_id < cursor_of(request.cursor))
    found = reading.session.scalars(query).all()
    page = found[: request.limit]
    more = len(found) > request.limit
    return RulesPage(items=[shown(one) for one in page], next_cursor=str(page[-1].rules_id) if more else None)


def shown(recorded: RecordedRules) -> Rules:
    return Rules(
        rules_id=recorded.rules_id,
        place=recorded.place,
        version=recorded.version,
        valid_from=recorded.valid_from.isoformat(),
        text=recorded.text,
        content_hash=recorded.content_hash,
    )
