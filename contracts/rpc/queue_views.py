"""Saved views of the queue: an editor's own filters under a name."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from contracts.model import Instant, Method, Strict, command, query
from contracts.rpc.desk import QueueFilters
from contracts.rpc.fields import Name
from contracts.rpc.paging import Done
from contracts.rpc.roles import DESK


class SaveQueueView(Strict):
    """Keep these filters under this name; a view of that name is replaced."""

    name: Name
    filters: QueueFilters


class QueueView(SaveQueueView):
    view_id: UUID
    saved_at: Instant


class QueueViews(Strict):
    """One's own, by name; at most 30."""

    items: list[QueueView] = Field(max_length=30)


class NoArguments(Strict):
    """Nothing is asked for: one's own are meant."""


class QueueViewId(Strict):
    view_id: UUID


METHODS: dict[str, Method] = {
    "list_queue_views": query(NoArguments, QueueViews, *DESK),
    "save_queue_view": command(SaveQueueView, QueueView, *DESK),
    "remove_queue_view": command(QueueViewId, Done, *DESK),
}
