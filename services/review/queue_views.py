"""Saved views of the queue, each editor's own (R11)."""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert

from contracts.rpc import queue_views as rpc
from contracts.rpc.paging import Done
from kernel.database import Work
from kernel.errors import Conflict, NotFound
from kernel.ids import new_id
from kernel.service import Reading
from services.review.model.queue_views import QueueView

MOST = 30
"""Views of one editor."""


def list_queue_views(reading: Reading, _request: rpc.NoArguments) -> rpc.QueueViews:
    """One's own, by name."""
    rows = reading.session.scalars(
        select(QueueView).where(QueueView.editor_id == reading.principal.id).order_by(QueueView.name)
    )
    return rpc.QueueViews(items=[_shown(row) for row in rows])


def save_queue_view(work: Work, request: rpc.SaveQueueView) -> rpc.QueueView:
    """Keep it, in place of one of the same name. Raises `Conflict` beyond the most one may have."""
    own = QueueView.editor_id == work.principal.id
    others = select(func.count()).select_from(QueueView).where(own, QueueView.name != request.name)
    if work.session.scalars(others).one() >= MOST:
        raise Conflict(f"常用视图最多 {MOST} 个，请先删去不用的。", f"There are {MOST} views; remove one first.")
    values = {
        "filters": request.filters.model_dump(mode="json", exclude_defaults=True), "saved_at": work.now,
    }  # fmt: skip
    fresh = insert(QueueView).values(
        view_id=new_id(), editor_id=work.principal.id, name=request.name, **values
    )
    saved = fresh.on_conflict_do_update(constraint="queue_views_one_per_name", set_=values).returning(QueueView.view_id)
    view = work.session.get_one(QueueView, work.session.scalars(saved).one(), populate_existing=True)
    work.audit("save_queue_view", view.view_id, None)
    return _shown(view)


def remove_queue_view(work: Work, request: rpc.QueueViewId) -> Done:
    """Raises `NotFound` for one that is not one's own."""
    view = work.session.get(QueueView, request.view_id)
    if view is None or view.editor_id != work.principal.id:
        raise NotFound("没有这个视图。", "There is no such view.")
    work.session.delete(view)
    work.audit("remove_queue_view", view.view_id, None)
    return Done()


def _shown(view: QueueView) -> rpc.QueueView:
    return rpc.QueueView.model_validate(
        {"view_id": view.view_id, "name": view.name, "filters": view.filters, "saved_at": view.saved_at}
    )
